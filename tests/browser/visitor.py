"""What somebody does at the page, in few words."""

import re
from pathlib import Path

from playwright.async_api import Locator, Page, expect

from bot.cards.announcement import MARK
from bot.sandbox.cast import ANA, Customer, Line, Person
from bot.sandbox.demo import Demo
from tests.browser import pictures

SUPPORT = "C0SUPPORT"


def labelled(label: str) -> re.Pattern[str]:
    """The name of a button with this text: a screen reader says after it what it is about."""
    return re.compile(f"^{re.escape(label.rstrip('…'))}(…|: |$)".replace("/", r"\/"))


class Visitor:
    """``errors`` collects what the page threw. ``shots`` is where pictures go, None for no pictures."""

    def __init__(self, demo: Demo, page: Page, shots: Path | None) -> None:
        self.demo = demo
        self.page = page
        self.shots = shots
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    async def come(self, who: Person = ANA, place: str = SUPPORT) -> None:
        """Open the page as this person."""
        await self.page.goto(f"{self.demo.url}/?as={who.slack_id}#{place}")
        await self.page.locator("body[data-connection=live]").wait_for()

    @property
    def composer(self) -> Locator:
        return self.page.get_by_test_id("composer")

    @property
    def modal(self) -> Locator:
        return self.page.get_by_test_id("modal")

    @property
    def answer(self) -> Locator:
        """The newest message only this person sees."""
        return self.page.get_by_test_id("ephemeral").last

    async def become(self, who: Person) -> None:
        """Look at the workspace as somebody else."""
        switch = self.page.get_by_test_id("person-switch")
        if await switch.get_by_text(who.name, exact=True).count():
            return
        await switch.click()
        await self.page.get_by_test_id(f"person-{who.key}").click()
        await expect(switch).to_contain_text(who.name)

    async def go(self, channel: str) -> None:
        await self.page.get_by_test_id(f"channel-{channel}").click()

    async def open_app(self) -> None:
        """The direct messages with the app."""
        await self.page.get_by_test_id("dm-app").click()
        await self.page.get_by_test_id("messages-tab").click()

    async def type(self, line: str) -> None:
        """Write into the composer and press Enter."""
        await self.composer.fill(line)
        if await self.page.get_by_test_id("completion").is_visible():
            await self.composer.press("Escape")
        await self.composer.press("Enter")

    async def type_in_thread(self, line: str) -> None:
        composer = self.page.get_by_test_id("thread-composer")
        await composer.fill(line)
        if await self.page.get_by_test_id("completion").is_visible():
            await composer.press("Escape")
        await composer.press("Enter")

    async def press(self, where: Locator, label: str) -> None:
        """Press the button with this label; in a list a screen reader says after it which row it is about."""
        await where.get_by_role("button", name=labelled(label)).click()

    async def choose(self, where: Locator, label: str) -> None:
        """Press what is in the menu of a card."""
        await self.press(where, "More options")
        await self.page.get_by_role("menuitem", name=label, exact=True).click()

    async def subscribe(self, rule: str) -> None:
        """Type ``/dp notify`` with these words and press Save."""
        await self.type(f"/dp notify {rule}")
        await self.asked("Notifies about")
        await self.submit()

    async def submit(self) -> None:
        await self.page.get_by_test_id("modal-submit").click()

    def field(self, action_id: str) -> Locator:
        return self.modal.locator(f'[data-action-id="{action_id}"]').first

    async def pick(self, action_id: str, query: str, option: str) -> None:
        """Type into a select with type-ahead and take the option with these words."""
        await self.field(action_id).click()
        await self.page.keyboard.type(query)
        await self.page.get_by_test_id("options").get_by_role("option", name=option).first.click()
        await self.page.keyboard.press("Escape") if await self.page.get_by_test_id("options").is_visible() else None

    async def answered(self, *words: str) -> Locator:
        """The newest answer, once it says all these words."""
        for one in words:
            await expect(self.answer).to_contain_text(one)
        return self.answer

    async def asked(self, *words: str) -> Locator:
        """The open modal, once it says all these words."""
        for one in words:
            await expect(self.modal).to_contain_text(one)
        return self.modal

    @property
    def messages(self) -> Locator:
        """What everybody sees in the open conversation, but for who set notifications up."""
        return self.page.locator("#main").get_by_test_id("message").filter(has_not_text=MARK.strip())

    @property
    def thread(self) -> Locator:
        return self.page.get_by_test_id("thread")

    @property
    def thread_messages(self) -> Locator:
        return self.thread.get_by_test_id("message")

    def sent_texts(self) -> list[str]:
        """What Dialpad was asked to send."""
        asked = self.demo.dialpad.requests
        return [one.body["text"] for one in asked if one.method == "POST" and one.path == "/api/v2/sms"]

    # The phone panel

    def live(self, who: str) -> Locator:
        """The calls that go on with this customer."""
        return self.page.get_by_test_id("live-call").filter(has_text=who)

    async def play(self, who: Customer, line: Line | Person | None = None) -> None:
        """Be this customer from now on, and reach this line or person."""
        await self.page.get_by_test_id("phone-customer").select_option(who.phone)
        if line is not None:
            await self.page.get_by_test_id("phone-line").select_option(line.phone)

    async def ring(self, who: Customer, line: Line | Person) -> Locator:
        """The customer's call, once it rings."""
        await self.play(who, line)
        await self.page.get_by_test_id("phone-ring").click()
        await expect(self.live(who.name)).to_be_visible()
        return self.live(who.name)

    async def leave_voicemail(self, who: Customer, line: Line | Person, text: str) -> None:
        live = await self.ring(who, line)
        await self.press(live, "Voicemail")
        await live.get_by_test_id("voicemail-text").fill(text)
        await live.get_by_test_id("voicemail-send").click()
        await expect(live).to_have_count(0)

    async def text(self, who: Customer, line: Line | Person, text: str) -> None:
        """The customer writes to the line."""
        await self.play(who, line)
        await self.page.get_by_test_id("phone-text").fill(text)
        await self.page.get_by_test_id("phone-text-send").click()
        await expect(self.page.get_by_test_id("text-sent").last).to_contain_text(text)

    async def let_time_pass(self) -> None:
        await self.page.get_by_test_id("phone-pass").click()

    async def shoot(self, name: str) -> None:
        """A picture, when pictures are wanted. In the docs only those that are there already."""
        words = await self.page.evaluate(pictures.READ)
        if self.shots is None:
            pictures.tell_if_stale(name, words)
            return
        if self.shots == pictures.DOCS and not pictures.is_wanted(name):
            return
        self.shots.mkdir(parents=True, exist_ok=True)
        await self.page.evaluate("document.fonts.ready")
        await self.page.screenshot(path=self.shots / f"{name}.png", animations="disabled", caret="hide")
        if self.shots == pictures.DOCS:
            pictures.note(name, words)

    async def shoot_in_both(self, name: str) -> None:
        """Two pictures: in light and in dark."""
        await self.shoot(f"{name}-light")
        await self.page.emulate_media(color_scheme="dark")
        await self.shoot(f"{name}-dark")
        await self.page.emulate_media(color_scheme="light")
