"""Open work in rows."""

from dataclasses import replace

import pytest

from bot.activity.items import Item
from bot.cards.notice import notice
from bot.cards.work_list import WorkNames, in_order, sections_of, work_row, work_rows
from bot.contract.board import OpenWork, open_work
from bot.contract.reply import Button, Listing, Mention
from tests.bot.activity.test_items import ANA, JORDAN, SAM, act, at, item, missed, text
from tests.handlers.harness import plain

NOW = at(60)
NAMES = WorkNames({JORDAN: "Jordan Lee"})


def row(*facts: object, me: str = "", opens: bool = False, names: WorkNames = NAMES) -> tuple[str, str, list[str]]:
    """What a row says, its small print, and its buttons."""
    made = work_row(_work(*facts), names, NOW, me, opens=opens)
    buttons = [*([made.button] if made.button else []), *made.more]
    return plain(made.text), plain(made.note), [one.label for one in buttons]


def _work(*facts: object) -> OpenWork:
    made = item(*facts)  # type: ignore[arg-type]  # facts of a test
    return open_work(replace(made, line_name="Support"))


def test_a_row_says_who_waits_where_and_since_when() -> None:
    said, note, buttons = row(missed(0), missed(5))
    assert said == f"🔴 Missed call · Jordan Lee {JORDAN} · Support · since 23 04:00"
    assert note == "called 2 times, last 23 04:05"
    assert buttons == ["Claim"]


@pytest.mark.parametrize(
    ("facts", "head"),
    [
        ([text(0)], "💬 Text"),
        ([missed(0, has_voicemail=True)], "📬 Voicemail"),
        ([missed(0), act(1, ANA, "claimed")], f"🙋 Claimed by {ANA}"),
        ([missed(0), act(1, ANA, "snoozed", until=at(90))], "💤 Put off until 23 05:30"),
        ([missed(0), act(1, ANA, "claimed"), act(2, ANA, "snoozed", until=at(90))],
         f"🙋 Claimed by {ANA}, put off until 23 05:30"),
        ([missed(0), act(1, ANA, "waits")], "⏳ Waiting for them"),
    ],
)  # fmt: skip
def test_a_row_begins_with_how_it_stands(facts: list[object], head: str) -> None:
    assert row(*facts)[0].startswith(f"{head} · ")


def test_only_what_nobody_has_can_be_claimed() -> None:
    assert row(missed(0), opens=True)[2] == ["Claim", "Open the card"]
    assert row(missed(0), act(1, ANA, "claimed"), opens=True)[2] == ["Open the card"]
    assert row(missed(0), act(1, ANA, "snoozed", until=at(90)))[2] == ["Open the card"]
    offered = [missed(0), act(1, ANA, "claimed"), act(2, ANA, "handed", to=SAM)]
    assert row(*offered, me=SAM)[2] == ["Accept"]
    assert row(*offered, me=ANA)[2] == ["Open the card"]


def test_a_card_that_is_gone_has_no_button() -> None:
    work = work_row(OpenWork(item(missed(0)), ""), NAMES, NOW)
    assert (work.button, work.more) == (None, ())


def test_what_a_channel_reads_alerts_nobody() -> None:
    claimed = _work(missed(0), act(1, ANA, "claimed"), act(2, SAM, "noted", words="VIP"))
    said = work_row(claimed, replace(NAMES, unmentioned={ANA: "Ana Ferreira"}), NOW)

    assert "Claimed by Ana Ferreira" in plain(said.text)
    assert "note by a colleague" in plain(said.note)
    assert not [part for part in (*said.text, *said.note) if isinstance(part, Mention)]


def works() -> list[Item]:
    return [
        item(missed(0), act(10, SAM, "claimed")),
        item(missed(1), act(11, ANA, "waits")),
        item(missed(2)),
        item(missed(3), act(12, ANA, "claimed")),
        item(missed(4)),
        item(missed(5), act(13, SAM, "claimed"), act(14, SAM, "handed", to=ANA)),
    ]


def test_sections_are_mine_then_nobodys_then_others_then_what_is_put_off() -> None:
    all_ = [open_work(one) for one in works()]

    assert [(one.heading, [work.item.since for work in one.works]) for one in sections_of(all_, ANA, NOW)] == [
        ("Yours", [at(3), at(5)]),
        ("Nobody has claimed", [at(2), at(4)]),
        ("Claimed by others", [at(0)]),
        ("Put off, or waiting for them", [at(1)]),
    ]
    assert sorted(work.item.since for work in in_order(all_, "", NOW)) == [at(minute) for minute in range(6)]


def test_what_is_put_off_comes_back_by_itself() -> None:
    snoozed = [open_work(item(missed(0), act(1, ANA, "snoozed", until=at(30))))]

    assert sections_of(snoozed, "", at(29))[0].heading == "Put off, or waiting for them"
    assert sections_of(snoozed, "", at(30))[0].heading == "Nobody has claimed"


def test_a_long_list_says_how_many_are_not_shown() -> None:
    all_ = [open_work(one) for one in works()]

    assert plain(work_rows(all_, NAMES, NOW, 4)[-1].text) == "… and 2 more"
    assert len(work_rows(all_, NAMES, NOW, 6)) == 6


def test_a_handover_lists_the_work_with_a_button_to_take_each() -> None:
    said = {"about": "handover", "line": "11", "name": "Support", "came": ["Ana"], "on": ["Ana", "Sam"], "open": 1}
    made = notice(said, "w1", work_rows([_work(missed(0))], NAMES, NOW, 10))

    assert isinstance(made, Listing)
    assert [plain(one.text) for one in made.rows[:2]] == ["On duty now: Ana and Sam", "Open work (1)"]
    assert made.rows[2].button == Button("Claim", "card.claim", {"card": _work(missed(0)).card}, style="primary")
    assert [one.label for one in made.buttons] == ["Show all", "Who is on duty", "Settings"]
    assert made.buttons[0].args == {"group": "callcenter:11"}


def test_a_handover_without_open_work_says_so() -> None:
    made = notice({"about": "handover", "line": "11", "name": "Support", "left": ["Ana"]}, "")

    assert isinstance(made, Listing)
    assert [plain(one.text) for one in made.rows] == ["On duty now: ⚠️ nobody", "Open work: nothing"]
