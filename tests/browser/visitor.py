"""What somebody does at the page, in few words."""

from pathlib import Path

from playwright.async_api import Locator, Page, expect

from bot.sandbox.cast import ANA, Person
from bot.sandbox.demo import Demo

SUPPORT = "C0SUPPORT"


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
        await self.composer.wait_for()

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

    async def type(self, line: str) -> None:
        """Write into the composer and press Enter."""
        await self.composer.fill(line)
        if await self.page.get_by_test_id("completion").is_visible():
            await self.composer.press("Escape")
        await self.composer.press("Enter")

    async def press(self, where: Locator, label: str) -> None:
        await where.get_by_role("button", name=label, exact=True).click()

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

    async def shoot(self, name: str) -> None:
        """A picture for the docs, when pictures are wanted."""
        if self.shots is None:
            return
        self.shots.mkdir(parents=True, exist_ok=True)
        await self.page.evaluate("document.fonts.ready")
        await self.page.screenshot(path=self.shots / f"{name}.png", animations="disabled", caret="hide")
