"""The twenty things, in the order of the hour."""

from typing import Final

from bot.activity.news import NewsKind
from bot.sandbox.cast import ANA, CUSTOMERS, SAM, SUPPORT
from tests.flows.channel import shown
from tests.flows.hands import labels, said
from tests.flows.stage import until_posted
from tests.hour.play import Hour, Thing

JORDAN, AMARA = CUSTOMERS[0], CUSTOMERS[1]


async def see_how_the_line_stands(hour: Hour) -> None:
    await hour.sam.open_home("Support", "2 on duty")


async def put_up_a_board(hour: Hour) -> None:
    await hour.sam.type("/dp board Support")
    await hour.sam.submit()
    await hour.board()


async def see_who_is_on_duty(hour: Hour) -> None:
    board = await hour.board()
    hour.sam.begin()
    assert "Ana Ferreira" in said(await hour.sam.press(board, "Who is on duty"))


async def see_the_calls_that_go_on(hour: Hour) -> None:
    await hour.talking(JORDAN.phone, SUPPORT.phone)
    board = await hour.board()
    hour.sam.begin()
    assert "Transfer…" in labels(await hour.sam.press(board, "Live calls"))


async def leave_a_note_on_a_call(hour: Hour) -> None:
    calls = await hour.sam.press(await hour.board(), "Live calls")
    hour.sam.begin()
    await hour.sam.press(calls, "Note…")
    await hour.sam.submit({"words": "Wants a refund by Friday"})
    await until_posted(hour.demo)
    await shown(hour.sam, "Wants a refund by Friday")


async def park_a_call(hour: Hour) -> None:
    calls = await hour.sam.press(await hour.board(), "Live calls")
    hour.sam.begin()
    assert "Parked" in said(await hour.sam.press(calls, "Park"))


async def take_a_parked_call(hour: Hour) -> None:
    await until_posted(hour.demo)
    card = await shown(hour.sam, "Parked", JORDAN.name)
    hour.sam.begin()
    assert "on your phone" in said(await hour.sam.press(card, "Take the call"))


async def end_a_call(hour: Hour) -> None:
    await until_posted(hour.demo)
    calls = await hour.sam.press(await hour.board(), "Live calls")
    hour.sam.begin()
    await hour.sam.press(calls, "Hang up…")
    await hour.sam.submit()
    await until_posted(hour.demo)
    assert not hour.demo.dialpad.phone.live


async def transfer_a_call(hour: Hour) -> None:
    await hour.talking(AMARA.phone, SUPPORT.phone)
    calls = await hour.sam.press(await hour.board(), "Live calls")
    hour.sam.begin()
    await hour.sam.press(calls, "Transfer…")
    await hour.sam.submit({"to": await hour.sam.pick("to", "Sam")})
    await until_posted(hour.demo)
    await shown(hour.sam, "transferred to Sam Okafor by")
    for one in list(hour.demo.dialpad.phone.live):
        if one.is_live:
            hour.demo.dialpad.phone.hang_up(one.id)
    await until_posted(hour.demo)


async def claim_a_missed_call(hour: Hour) -> None:
    phone = hour.demo.dialpad.phone
    phone.hang_up(phone.ring(CUSTOMERS[2].phone, SUPPORT.phone).id)
    await until_posted(hour.demo)
    hour.sam.begin()
    home = await hour.sam.open_home("Missed call", "Claim")
    before = labels(home).count("Claim")
    await hour.sam.press(home, "Claim")
    await hour.sam.person.until(lambda: labels(hour.sam.person.home or {}).count("Claim") < before)


async def see_all_open_work(hour: Hour) -> None:
    home = await hour.sam.until_home("Open work")
    hour.sam.begin()
    await hour.sam.press(home, "Show all")
    assert "Open work of your lines" in said(await hour.sam.modal())


async def text_a_customer_back(hour: Hour) -> None:
    await hour.sam.type(f"/dp sms {CUSTOMERS[2].phone} Sorry that we missed you. Is now a good time?")
    await hour.sam.submit()
    assert hour.sam.sent("POST", "/sms")


async def see_the_days_statistics(hour: Hour) -> None:
    home = await hour.sam.until_home("Support")
    hour.sam.begin()
    await hour.sam.press(home, "Statistics of today")
    await hour.sam.person.until(lambda: "Support" in said(hour.sam.person.modal or {}))


async def take_somebody_off_duty(hour: Hour) -> None:
    home = await hour.sam.until_home("People…")
    hour.sam.begin()
    await hour.sam.press(home, "People…")
    await hour.sam.press_spoken(await hour.sam.modal(), f"Take off duty: {ANA.name}")
    assert not hour.demo.dialpad.state.users[ANA.dialpad_id or 0].on_duty


async def put_somebody_on_duty(hour: Hour) -> None:
    home = await hour.sam.until_home("People…")
    hour.sam.begin()
    await hour.sam.press(home, "People…")
    await hour.sam.press_spoken(await hour.sam.modal(), f"Put on duty: {ANA.name}")
    assert hour.demo.dialpad.state.users[ANA.dialpad_id or 0].on_duty


async def set_up_alerts(hour: Hour) -> None:
    await hour.sam.type("/dp alerts Support")
    await hour.sam.modal()
    await hour.sam.submit()
    await hour.sam.submit()
    owned = await hour.demo.bot.store.subscriptions.owned(hour.sam.key)
    assert any(NewsKind.ALERT in one.kinds for one in owned)


async def acknowledge_an_alert(hour: Hour) -> None:
    for person in (ANA, SAM):
        hour.demo.dialpad.phone.inside.set_duty(person.dialpad_id or 0, on=False, reason="Lunch")
    await hour.pass_(36)
    alert = await shown(hour.sam, "🚨 Support: nobody is on duty")
    hour.sam.begin()
    await hour.sam.press(alert, "Acknowledge")
    await shown(hour.sam, "🚨 Support", "Acknowledged by")


async def say_that_one_has_seen_it(hour: Hour) -> None:
    board = await shown(hour.sam, "🟥 Support", "queue")
    hour.sam.begin()
    await hour.sam.press(board, "Seen")
    await shown(hour.sam, "🟥 Support", "Seen by")


async def be_left_alone_for_half_an_hour(hour: Hour) -> None:
    home = await hour.sam.until_home("for 30 min")
    hour.sam.begin()
    await hour.sam.press(home, "… for 30 min")
    await hour.sam.person.until(lambda: "Turn off do not disturb" in labels(hour.sam.person.home or {}))


async def star_an_action(hour: Hour) -> None:
    await hour.sam.type("/dp run DIALPAD_CREATE_NEW_CONTACT_ENTRY first_name=Marta")
    await hour.sam.press(await hour.sam.modal(), "Add to favorites")
    assert "Remove from favorites" in labels(await hour.sam.modal())


THINGS: Final = (
    Thing("See how the line stands", (0, 1, 0), see_how_the_line_stands),
    Thing("Put up its board in a channel", (1, 1, 0), put_up_a_board),
    Thing("See who is on duty", (0, 1, 0), see_who_is_on_duty),
    Thing("See the calls that go on", (0, 1, 0), see_the_calls_that_go_on),
    Thing("Leave a note on a live call", (0, 2, 0), leave_a_note_on_a_call),
    Thing("Park somebody's call", (0, 1, 0), park_a_call),
    Thing("Take a parked call", (0, 1, 0), take_a_parked_call),
    Thing("End a call, after a yes", (0, 2, 0), end_a_call),
    Thing("Transfer somebody's call to a colleague", (0, 2, 1), transfer_a_call),
    Thing("Claim a missed call, from Home", (0, 2, 0), claim_a_missed_call),
    Thing("See all open work", (0, 1, 0), see_all_open_work),
    Thing("Text a customer back, after a yes", (1, 1, 0), text_a_customer_back),
    Thing("See the day's statistics", (0, 1, 0), see_the_days_statistics),
    Thing("Take somebody off duty", (0, 2, 0), take_somebody_off_duty),
    Thing("Put somebody on duty", (0, 2, 0), put_somebody_on_duty),
    Thing("Set up alerts", (1, 2, 0), set_up_alerts),
    Thing("Acknowledge an alert", (0, 1, 0), acknowledge_an_alert),
    Thing("Tell the channel that one has seen it", (0, 1, 0), say_that_one_has_seen_it),
    Thing("Do not disturb for half an hour", (0, 1, 0), be_left_alone_for_half_an_hour),
    Thing("Star an action with what is filled in", (1, 1, 0), star_an_action),
)
