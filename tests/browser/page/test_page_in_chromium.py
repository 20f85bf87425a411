"""What the playground page draws and refuses by itself."""

from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.page.conftest import Playground

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


BUTTONS = {
    "type": "actions",
    "block_id": "todo",
    "elements": [
        {"type": "button", "action_id": "card.call", "text": plain("Call back")},
        {
            "type": "button",
            "action_id": "card.block",
            "text": plain("Block"),
            "confirm": {
                "title": plain("Block?"),
                "text": plain("Nobody gets through."),
                "confirm": plain("Block"),
                "deny": plain("Keep"),
            },
        },
    ],
}

TEXT_INPUT = {
    "type": "input",
    "block_id": "text",
    "label": plain("Text"),
    "element": {"type": "plain_text_input", "action_id": "sms.text"},
}


async def test_marks_mentions_and_emoji_of_a_message_are_drawn(playground: Playground) -> None:
    await playground.post("C0PHONES1", text="*late* <@U0SAM0002> :wave: <tel:+14155550150|(415) 555-0150>")
    page = await playground.open()
    message = page.get_by_test_id("message").last
    await expect(message.locator("b")).to_have_text("late")
    await expect(message.locator(".mention")).to_have_text("@Sam")
    await expect(message.locator(".emoji")).to_have_text("👋")
    await expect(message.locator("a")).to_have_attribute("href", "tel:+14155550150")


def over_axis(kind: str) -> dict[str, Any]:
    days = ["Mon", "Tue"]
    numbers = {"Answered": (3, 12), "Not answered": (1, 0)}
    series = [
        {"name": name, "data": [{"label": day, "value": value} for day, value in zip(days, values, strict=True)]}
        for name, values in numbers.items()
    ]
    config = {"categories": days, "x_label": "Day", "y_label": "Calls"}
    return {"type": kind, "series": series, "axis_config": config}


def chart(drawn: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"type": "data_visualization", "title": "Calls by day", "chart": drawn}]


async def test_bars_are_as_high_as_their_numbers(playground: Playground) -> None:
    await playground.post("C0PHONES1", text="x", blocks=chart(over_axis("bar")))
    page = await playground.open()
    drawn = page.get_by_role("figure", name="Calls by day").last
    await expect(drawn.locator("path[data-value]")).to_have_count(3)
    heights = {
        await bar.get_attribute("data-value"): (await bar.bounding_box() or {"height": 0})["height"]
        for bar in await drawn.locator("path[data-value]").all()
    }
    assert list(heights) == ["3", "12", "1"]
    assert heights["12"] == pytest.approx(4 * heights["3"], rel=0.03)
    await expect(drawn.locator("figcaption")).to_contain_text("Calls by day")
    await expect(drawn.locator(".chart-keys")).to_contain_text("Not answered")


async def test_who_cannot_see_a_chart_reads_it_as_a_table(playground: Playground) -> None:
    await playground.post("C0PHONES1", text="x", blocks=chart(over_axis("bar")))
    page = await playground.open()
    table = page.get_by_role("figure", name="Calls by day").last.get_by_role("table")
    await expect(table.get_by_role("row").nth(1)).to_have_text("Mon31")
    await expect(table.get_by_role("columnheader", name="Not answered")).to_have_count(1)


@pytest.mark.parametrize(
    ("drawn", "marks"),
    [
        (over_axis("line"), 4),
        (over_axis("area"), 4),
        ({"type": "pie", "segments": [{"label": "Answered", "value": 3}, {"label": "Missed", "value": 1}]}, 2),
        ({"type": "pie", "segments": [{"label": "Answered", "value": 3}]}, 1),
    ],
    ids=["line", "area", "pie", "a pie of one slice"],
)
async def test_every_kind_of_chart_is_drawn(playground: Playground, drawn: dict[str, Any], marks: int) -> None:
    await playground.post("C0PHONES1", text="x", blocks=chart(drawn))
    page = await playground.open()
    await expect(page.locator("figure.chart").last.locator("svg [data-value]")).to_have_count(marks)


FILLS = """narrower_than => {
    const holder = [...document.querySelectorAll(".chart-holder")].at(-1);
    const width = holder?.querySelector("svg")?.getBoundingClientRect().width;
    return width < narrower_than && Math.abs(width - holder.getBoundingClientRect().width) <= 1 && width;
}"""
"""The width of the newest chart, once it is as wide as its place."""


async def test_a_chart_takes_the_room_there_is(playground: Playground) -> None:
    await playground.post("C0PHONES1", text="x", blocks=chart(over_axis("bar")))
    page = await playground.open()
    wide = await (await page.wait_for_function(FILLS, arg=10_000)).json_value()
    await page.set_viewport_size({"width": 760, "height": 800})
    await page.wait_for_function(FILLS, arg=wide)


async def test_markup_in_a_message_stays_text(playground: Playground) -> None:
    await playground.post("C0PHONES1", text="&lt;img src=x onerror=alert(1)&gt;")
    page = await playground.open()
    message = page.get_by_test_id("message").last
    await expect(message).to_contain_text("<img src=x onerror=alert(1)>")
    await expect(message.locator("img")).to_have_count(0)


async def test_a_script_address_becomes_no_link(playground: Playground) -> None:
    page = await playground.open()
    href = await page.evaluate("""async () => (await import("/static/js/dom.js")).safeUrl("javascript:alert(1)")""")
    assert href == "#"


async def test_every_element_carries_its_block_and_action_id(playground: Playground) -> None:
    await playground.post("C0PHONES1", text="card", blocks=[BUTTONS])
    page = await playground.open()
    button = page.locator('[data-action-id="card.call"]')
    await expect(button).to_have_attribute("data-block-id", "todo")


async def test_a_press_that_nobody_answers_leaves_a_warning(playground: Playground) -> None:
    await playground.post("C0PHONES1", text="card", blocks=[BUTTONS])
    page = await playground.open()
    await page.locator('[data-action-id="card.call"]').click()
    await expect(page.get_by_test_id("element-warning")).to_be_visible(timeout=10_000)


async def test_a_denied_confirmation_sends_nothing(playground: Playground) -> None:
    await playground.post("C0PHONES1", text="card", blocks=[BUTTONS])
    page = await playground.open()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    await page.locator('[data-action-id="card.block"]').click()
    await page.get_by_test_id("confirm-no").click()
    await expect(page.get_by_test_id("confirm")).to_have_count(0)
    assert not [url for url in sent if url.endswith("/client/act/press")]


async def test_tab_takes_the_offered_command(playground: Playground) -> None:
    page = await playground.open()
    composer = page.get_by_test_id("composer")
    await composer.press_sequentially("/dp-s")
    await expect(page.get_by_test_id("completion")).to_contain_text("Send a text")
    await composer.press("Tab")
    await expect(composer).to_have_value("/dp-sms ")


async def test_a_thread_refuses_slash_commands_and_keeps_the_text(playground: Playground) -> None:
    await playground.post("C0PHONES1", text="a parent")
    page = await playground.open()
    message = page.get_by_test_id("message").last
    await message.hover()
    await message.get_by_test_id("reply-in-thread").click()
    composer = page.get_by_test_id("thread-composer")
    await composer.fill("/dp dnd on")
    await composer.press("Enter")
    await expect(page.get_by_test_id("thread-composer-note")).to_contain_text("do not run inside threads")
    await expect(composer).to_have_value("/dp dnd on")


async def test_a_draft_waits_in_its_channel(playground: Playground) -> None:
    page = await playground.open()
    composer = page.get_by_test_id("composer")
    await composer.fill("half a sentence")
    await page.get_by_test_id("channel-general").click()
    await expect(composer).to_have_value("")
    await page.get_by_test_id("channel-phones").click()
    await expect(composer).to_have_value("half a sentence")


async def test_a_draft_belongs_to_one_person(playground: Playground) -> None:
    page = await playground.open()
    composer = page.get_by_test_id("composer")
    await composer.fill("by Ana")
    await page.get_by_test_id("person-switch").click()
    await page.get_by_test_id("person-sam").click()
    await expect(page.get_by_test_id("person-switch")).to_contain_text("Sam Okafor")
    await expect(composer).to_have_value("")


async def test_dates_are_in_the_language_of_whoever_reads(playground: Playground) -> None:
    page = await playground.open()
    await playground.post("C0PHONES1", text="<!date^1^{date_long_full}|then>")
    message = page.get_by_test_id("message").last
    await expect(message).to_contain_text("December 31, 1969")
    await page.get_by_test_id("person-switch").click()
    await page.get_by_test_id("locale-es-LA").click()
    await expect(message).to_contain_text("31 de diciembre de 1969")
    await page.get_by_test_id("person-switch").click()
    await expect(page.get_by_test_id("locale-es-LA")).to_have_attribute("aria-checked", "true")
    await page.get_by_test_id("locale-en-US").click()
    await expect(message).to_contain_text("December 31, 1969")


async def test_an_empty_required_field_gets_its_error_and_the_focus(playground: Playground) -> None:
    page = await playground.open()
    await playground.show_modal([TEXT_INPUT])
    await page.get_by_test_id("modal-submit").click()
    await expect(page.get_by_test_id("field-error")).to_be_visible()
    await expect(page.locator('[data-action-id="sms.text"]')).to_be_focused()


async def test_a_double_click_submits_once(playground: Playground) -> None:
    page = await playground.open()
    await playground.show_modal([TEXT_INPUT])
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    await page.locator('[data-action-id="sms.text"]').fill("hello")
    await page.get_by_test_id("modal-submit").dblclick()
    await expect(page.get_by_test_id("modal-error")).to_be_visible(timeout=10_000)
    assert len([url for url in sent if url.endswith("/client/act/submit")]) == 1


async def test_escape_closes_the_list_of_a_select_before_the_modal(playground: Playground) -> None:
    page = await playground.open()
    options = [{"text": plain(name), "value": name} for name in ("Support", "Sales")]
    await playground.show_modal(
        [{**TEXT_INPUT, "element": {"type": "static_select", "action_id": "line", "options": options}}]
    )
    await page.locator('[data-action-id="line"]').click()
    await expect(page.get_by_test_id("options").get_by_role("option")).to_have_count(2)
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("options")).to_have_count(0)
    await expect(page.get_by_test_id("modal")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("modal")).to_have_count(0)


async def test_what_was_typed_survives_an_update_of_the_view(playground: Playground) -> None:
    page = await playground.open()
    await playground.show_modal([TEXT_INPUT])
    await page.locator('[data-action-id="sms.text"]').fill("half typed")
    await playground.show_modal([{"type": "divider", "block_id": "line"}, {**TEXT_INPUT, "label": plain("Words")}])
    await expect(page.get_by_text("Words")).to_be_visible()
    await expect(page.locator('[data-action-id="sms.text"]')).to_have_value("half typed")


async def test_a_call_rings_on_the_phone_panel_and_is_missed(playground: Playground) -> None:
    page = await playground.open()
    await page.get_by_test_id("phone-ring").click()
    await expect(page.get_by_test_id("live-call")).to_contain_text("Jordan Lee")
    await page.get_by_test_id("call-miss").click()
    await expect(page.get_by_test_id("live-call")).to_have_count(0)
    await expect(page.get_by_test_id("recent-call").first).to_have_attribute("data-outcome", "missed")


async def test_the_theme_switch_changes_the_theme(playground: Playground) -> None:
    page = await playground.open()
    await page.get_by_test_id("theme-switch").click()
    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")
