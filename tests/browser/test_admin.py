"""What admins do at the page: roles in a modal, an approval, the audit, and a file in bulk."""

import re
from dataclasses import replace

import pytest
from playwright.async_api import expect

from bot.basics.company import CompanyKey
from bot.contract.roles import Requirement, Role, RolePolicy
from bot.sandbox.cast import ANA, COMPANY_ID, PRIYA, TEAM_ID
from tests.browser.visitor import Visitor, labelled

NORTHLIGHT = CompanyKey(TEAM_ID, str(COMPANY_ID))

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


async def test_an_admin_changes_who_may_do_what(visitor: Visitor) -> None:
    await visitor.come(PRIYA)
    await visitor.type("/dp roles")
    answer = await visitor.answered("Who may do what", "everybody, anywhere")
    await visitor.press(answer, "Change…")
    await visitor.asked("Admins", "Reaching people outside")
    await visitor.shoot("roles-form")
    await visitor.submit()
    await visitor.answered("Saved.")
    await visitor.shoot("roles")


async def test_a_text_waits_until_somebody_approves_it(visitor: Visitor) -> None:
    gate = visitor.demo.bot.dispatcher.deps.gate
    assert gate is not None
    policy = RolePolicy(rules={"outward": Requirement(approval=Role.ADMIN)}, admins=(str(PRIYA.slack_id),))
    await gate.save(NORTHLIGHT, replace(policy, ask_in="C0SUPPORT"))
    await visitor.come(ANA)
    await visitor.type("/dp sms +14155550150 Back at nine, with your order.")
    await visitor.asked("Back at nine")
    await visitor.submit()
    await visitor.answered("needs somebody's approval")
    await visitor.become(PRIYA)
    card = visitor.messages.filter(has_text="Approval")
    await expect(card).to_contain_text("Back at nine")
    await visitor.shoot("approval")
    await visitor.page.emulate_media(color_scheme="dark")
    await visitor.shoot("approval-dark")
    await visitor.page.emulate_media(color_scheme="light")
    await visitor.press(card, "Approve")
    await expect(card).to_contain_text("Approved by")
    await expect(card.get_by_role("button", name=labelled("Approve"))).to_have_count(0)
    await visitor.type("/dp audit today")
    await visitor.answered("Audit: today")
    await visitor.shoot("audit")


async def test_a_file_is_done_in_bulk(visitor: Visitor) -> None:
    await visitor.come(PRIYA)
    await visitor.type("/dp bulk")
    await visitor.asked("CSV file")
    rows = ["Phone;Why", *(f"+1415556{number:04};spam" for number in range(100, 130)), "12;too short"]
    await visitor.pick("bulk.bulk.kind", "", "Block numbers")
    await visitor.modal.locator("input[type=file]").set_input_files(
        {"name": "spam.csv", "mimeType": "text/csv", "buffer": "\n".join(rows).encode()}
    )
    await expect(visitor.modal).to_contain_text("spam.csv")
    await visitor.submit()
    await visitor.asked("30 will be done", "Row 32")
    await visitor.shoot("bulk-preview")
    await visitor.submit()
    await visitor.open_app()
    await expect(visitor.messages.filter(has_text=re.compile("Block numbers: finished")).first).to_be_visible()
    await visitor.shoot("bulk")
