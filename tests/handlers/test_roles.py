"""Every role and every action: what the gate lets pass is what the generated page says."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from bot.basics.company import CompanyKey
from bot.contract.context import Ctx, Origin, Where
from bot.contract.roles import NeedsApproval, NotPermitted, Requirement, Role, RolePolicy, fingerprint_of
from bot.contract.roles_file import BadRolesFile, read_roles_file
from bot.dialpad.action import Action
from bot.dialpad.actions import ALL
from bot.dialpad.actions.blockednumbers import BlockNumbers
from bot.dialpad.actions.users import ToggleDnd
from bot.role_page import SUGGESTED, suggested_policy, write_roles_page
from bot.sandbox.cast import ANA, COMPANY_ID, PRIYA, SAM, TEAM_ID, Person
from bot.slack.conversation.permissions import words_with_rules
from tests.handlers.harness import World, routes, words_of

NORTHLIGHT = CompanyKey(TEAM_ID, str(COMPANY_ID))
WHO = {Role.MEMBER: ANA, Role.SUPERVISOR: SAM, Role.ADMIN: PRIYA}
ROW = re.compile(r"\| .* `(DIALPAD_\w+)` \| (\w+) \| (.*) \| (.*) \| (.*) \|")


async def outcome(world: World, ctx: Ctx, action: type[Action]) -> str:  # type: ignore[type-arg]
    """What the gate does with an action, in the page's words."""
    try:
        await world.gate.check(ctx, action.model_construct())
    except NotPermitted:
        return "no"
    except NeedsApproval as needed:
        return f"after {'an' if needed.role is Role.ADMIN else 'a'} {needed.role.value}'s approval"
    return "yes"


def in_a_dm(world: World, person: Person) -> Ctx:
    return replace(world.ctx(person), where=Where(channel="D0ANA", is_direct=True))


async def test_every_role_and_every_action_is_as_the_page_says(world: World) -> None:
    await world.gate.save(NORTHLIGHT, suggested_policy())
    told = {match[1]: match for line in write_roles_page().splitlines() if (match := ROW.fullmatch(line))}
    assert set(told) == {action.slug for action in ALL}
    wrong = []
    for place, (role, person) in enumerate(WHO.items(), start=3):
        ctx = in_a_dm(world, person)
        for action in ALL:
            said = told[action.slug][place].partition(", in ")[0]
            if (found := await outcome(world, ctx, action)) != said:
                wrong.append((action.slug, role, found, said))
    assert wrong == []


async def test_without_any_setting_every_role_may_do_every_action(world: World) -> None:
    for person in WHO.values():
        assert {await outcome(world, world.ctx(person), action) for action in ALL} == {"yes"}


async def test_the_default_asks_nothing_of_anybody(world: World) -> None:
    asked = len(world.sandbox.requests)
    await world.gate.check(world.ctx(ANA), ToggleDnd(do_not_disturb=True))
    assert len(world.sandbox.requests) == asked


async def test_a_rule_for_a_place_names_it(world: World) -> None:
    rules = {ToggleDnd.slug: Requirement(where="direct")}
    await world.gate.save(NORTHLIGHT, RolePolicy(rules=rules))
    assert await outcome(world, world.ctx(ANA), ToggleDnd) == "no"
    assert await outcome(world, in_a_dm(world, ANA), ToggleDnd) == "yes"
    assert await outcome(world, world.ctx(ANA, Origin.LATER), ToggleDnd) == "yes"


async def test_who_is_no_admin_is_told_what_they_are(world: World) -> None:
    assert words_of(await world.type(ANA, "roles")).startswith("You are a member here.")
    assert words_of(await world.type(SAM, "roles")).startswith("You are a supervisor here.")


def test_what_was_approved_is_told_from_anything_else() -> None:
    first = fingerprint_of(BlockNumbers(numbers=["+14155550159"]))
    assert first == fingerprint_of(BlockNumbers(numbers=["+14155550159"]))
    assert first != fingerprint_of(BlockNumbers(numbers=["+14155550158"]))


# The file


def read(folder: Path, text: str) -> RolePolicy:
    file = folder / "roles.toml"
    file.write_text(text)
    return read_roles_file(str(file), words_with_rules(routes()))


def test_the_file_of_the_page_can_be_read(tmp_path: Path) -> None:
    assert read(tmp_path, SUGGESTED) == suggested_policy()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("admins = [", "is not TOML"),
        ('admin = ["U0PRIYA03"]', "admin is unknown, did you mean admins"),
        ('admins = ["priya"]', "'priya' is no id of a person"),
        ("[rules.destructiv]", "rules.destructiv is unknown, did you mean destructive"),
        ("[rules.roles]", "rules.roles is unknown"),
        ('[rules.change]\nleast = "boss"', "rules.change.least"),
        ('[rules.change]\nlast = "admin"', "rules.change.last is unknown, did you mean least"),
        ('[rules.change]\nwhere = "channels"', 'where = "channels" needs channels'),
        ('[rules.read]\napproval = "admin"', "what only reads is not approved"),
        ('[rules.change]\napproval = "admin"', "nobody is named"),
        ("hours = 0", "hours is 0"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_file_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(BadRolesFile, match=re.escape(said)):
        read(tmp_path, text)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadRolesFile, match="cannot be read"):
        read_roles_file(str(tmp_path / "none.toml"), ())
