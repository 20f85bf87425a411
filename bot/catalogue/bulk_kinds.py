"""What can be changed in bulk: the columns of each kind, the action that a row becomes, and how it is found out whether
it was done."""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from bot.arguments.phonebook import named
from bot.basics.errors import ChatopsError, NotFound
from bot.basics.language import mark, say
from bot.basics.phone import read_number
from bot.catalogue.bulk_sheet import BulkSheet, SheetRow, column_of
from bot.catalogue.validation import validated
from bot.contract.bulk import BulkRow
from bot.contract.context import Ctx
from bot.dialpad.action import Action, Entity
from bot.dialpad.actions.blockednumbers import BlockNumbers, GetBlockedNumber, UnblockNumbers
from bot.dialpad.actions.call import LabelCall
from bot.dialpad.actions.callcenters import AddCallCenterOperator, ListCallCenterOperators
from bot.dialpad.actions.contacts import UpsertContact
from bot.dialpad.actions.users import AssignNumberToUser, CreateUser, ListUsers

Reading = Literal["text", "phone", "email", "id", "whole", "several", "user", "office", "call center"]
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_EXPONENT: Final = re.compile(r"\d([.,]\d+)?E\+?\d+", re.IGNORECASE)
_ENTITIES: Final[Mapping[str, Entity]] = {
    "user": Entity.USER, "office": Entity.OFFICE, "call center": Entity.CALL_CENTER,
}  # fmt: skip


@dataclass(frozen=True)
class BulkColumn:
    """One column: the field of Dialpad's that it fills, how it may be headed, the first being how we call it, and how
    its cells are read. ``listed``: the field takes a list."""

    field: str
    titles: tuple[str, ...]
    reads: Reading = "text"
    required: bool = False
    listed: bool = False


_NUMBER: Final = ("Number", "Phone", "Phone number", "Telephone", "Tel", "Mobile", "Caller", "Phone numbers")
_PERSON: Final = ("Person", "Name", "Email", "E-mail", "User", "Colleague", "Agent", "Operator", "Employee")
_EMAILS: Final = ("Email", "E-mail", "Email address", "Mail")
_FIRST: Final = ("First name", "Given name", "Forename", "First")
_LAST: Final = ("Last name", "Family name", "Surname", "Last")


@dataclass(frozen=True)
class BulkKind:
    """One kind of bulk change. ``same``: the fields by which two rows are about the same. ``again``: whether doing a
    row once more changes nothing."""

    key: str
    title: str
    action: type[Action[Any]]
    columns: tuple[BulkColumn, ...]
    same: tuple[str, ...]
    again: bool = False
    fixed: Mapping[str, Any] = field(default_factory=dict)


_NUMBERS: Final = (BulkColumn("numbers", _NUMBER, "phone", required=True, listed=True),)
KINDS: Final = (
    BulkKind("block", mark("Block numbers"), BlockNumbers, _NUMBERS, ("numbers",)),
    BulkKind("unblock", mark("Unblock numbers"), UnblockNumbers, _NUMBERS, ("numbers",)),
    BulkKind(
        "contacts", mark("Save shared contacts"), UpsertContact,
        (
            BulkColumn("first_name", _FIRST, required=True), BulkColumn("last_name", _LAST, required=True),
            BulkColumn("phones", _NUMBER, "phone", listed=True), BulkColumn("emails", _EMAILS, "email", listed=True),
            BulkColumn("company_name", ("Company", "Company name", "Organization", "Organisation", "Firm")),
            BulkColumn("job_title", ("Job title", "Title", "Position", "Role")),
            BulkColumn("uid", ("Id", "Your id", "Customer id", "Customer number")),
        ),
        ("uid",), again=True,
    ),
    BulkKind(
        "people", mark("Add people"), CreateUser,
        (
            BulkColumn("email", _EMAILS, "email", True), BulkColumn("first_name", _FIRST),
            BulkColumn("last_name", _LAST), BulkColumn("office_id", ("Office", "Location", "Site"), "office", True),
            BulkColumn("license", ("License", "Licence", "Seat", "Plan")),
        ),
        ("email",),
    ),
    BulkKind(
        "operators", mark("Add operators to call centers"), AddCallCenterOperator,
        (
            BulkColumn("id", ("Call center", "Call centre", "Queue", "Line", "Group"), "call center", True),
            BulkColumn("user_id", _PERSON, "user", True), BulkColumn("role", ("Role",)),
            BulkColumn("skill_level", ("Skill", "Skill level"), "whole"),
        ),
        ("id", "user_id"),
    ),
    BulkKind(
        "numbers", mark("Give people numbers"), AssignNumberToUser,
        (BulkColumn("id", _PERSON, "user", True), BulkColumn("number", _NUMBER, "phone", True)),
        ("number",),
    ),
    BulkKind(
        "labels", mark("Label calls"), LabelCall,
        (
            BulkColumn("id", ("Call", "Call id", "Id"), "id", True),
            BulkColumn("labels", ("Labels", "Label", "Tags", "Tag"), "several", True),
        ),
        ("id",), again=True,
    ),
)  # fmt: skip
BY_KEY: Final = {kind.key: kind for kind in KINDS}


class _Wrong(Exception):
    """What is wrong with a row."""


async def build_rows(ctx: Ctx, kind: BulkKind, sheet: BulkSheet) -> list[BulkRow]:
    """Build the rows, each with its action, or with what is wrong with it."""
    places = {column.field: column_of(sheet.heading, column.titles) for column in kind.columns}
    seen: dict[tuple[str, ...], int] = {}
    names: dict[tuple[str, str], str] = {}
    region = await ctx.region()
    rows = []
    for row in sheet.rows:
        try:
            data = await _data(ctx, kind, places, row, region, names)
            _once(kind, data, row.number, seen)
            built = validated(kind.action, data)
        except _Wrong as wrong:
            rows.append(BulkRow(row.number, "wrong", cells=row.cells, said=str(wrong)))
        except ChatopsError as problem:
            rows.append(BulkRow(row.number, "wrong", cells=row.cells, said=str(problem)))
        else:
            rows.append(BulkRow(row.number, "todo", built.slug, data, row.cells))
    return rows


def missing_columns(kind: BulkKind, heading: Sequence[str]) -> list[str]:
    """Return how the required columns are called that the heading does not have."""
    return [one.titles[0] for one in kind.columns if one.required and column_of(heading, one.titles) is None]


async def _data(
    ctx: Ctx, kind: BulkKind, places: Mapping[str, int | None], row: SheetRow, region: str,
    names: dict[tuple[str, str], str],
) -> dict[str, Any]:  # fmt: skip
    data: dict[str, Any] = dict(kind.fixed)
    for column in kind.columns:
        place = places[column.field]
        cell = row.cells[place] if place is not None and place < len(row.cells) else ""
        if not cell:
            if column.required:
                raise _Wrong(say("{column} is empty.", column=column.titles[0]))
            continue
        value = await _value(ctx, column, cell, region, names)
        data[column.field] = [value] if column.listed else value
    if kind.action is UpsertContact and "uid" not in data:
        data["uid"] = f"bulk-{secrets.token_hex(8)}"  # the same in every attempt
    return data


async def _value(ctx: Ctx, column: BulkColumn, cell: str, region: str, names: dict[tuple[str, str], str]) -> Any:
    match column.reads:
        case "phone":
            return _phone(cell, region)
        case "id" | "whole":
            if not (cell.isascii() and cell.isdigit()):
                is_id = column.reads == "id"
                raise _Wrong(
                    say("“{cell}” is no id.", cell=cell[:30])
                    if is_id
                    else say("“{cell}” is no whole number.", cell=cell[:30])
                )
            return cell if column.reads == "id" else int(cell)
        case "several":
            return [part.strip() for part in re.split(r"[;|,]", cell) if part.strip()]
        case "user" | "office" | "call center":
            known = names.get((column.reads, cell))
            if known is None:
                known = names[column.reads, cell] = await _id_of(ctx, _ENTITIES[column.reads], cell)
            return known
        case _:
            if column.reads == "email" and not _EMAIL.fullmatch(cell):
                raise _Wrong(say("“{cell}” is no email address.", cell=cell[:40]))
            return cell


def _phone(cell: str, region: str) -> str:
    rounded = _EXPONENT.fullmatch(cell) is not None
    number = None if rounded else read_number(cell, region)
    if number is None:
        why = say(" Your spreadsheet rounded it: format the column as text.") if rounded else ""
        raise _Wrong(say("“{cell}” is no phone number.{why}", cell=cell[:30], why=why))
    return number


async def _id_of(ctx: Ctx, entity: Entity, name: str) -> str:
    if name.isascii() and name.isdigit() and len(name) > 6:
        return name
    found = await named(ctx, name, (entity,), callable_only=False)
    if len(found) == 1:
        return found[0].id
    if found:
        raise _Wrong(say("Several are called “{name}”. Use the id.", name=name[:40]))
    noun = say("colleague") if entity is Entity.USER else say(entity)
    raise _Wrong(say("No {noun} is called “{name}”.", noun=noun, name=name[:40]))


def _once(kind: BulkKind, data: Mapping[str, Any], number: int, seen: dict[tuple[str, ...], int]) -> None:
    key = tuple(str(data.get(name)) for name in kind.same)
    if key in seen:
        raise _Wrong(say("It is the same as row {number}.", number=seen[key]))
    seen[key] = number


async def was_done(ctx: Ctx, kind: BulkKind, data: Mapping[str, Any]) -> bool | None:
    """Look at Dialpad whether a row whose outcome nobody knows was done; None where that cannot be told."""
    match kind.key:
        case "block" | "unblock":
            try:
                await ctx.send(GetBlockedNumber(number=data["numbers"][0]))
            except NotFound:
                return kind.key == "unblock"
            return kind.key == "block"
        case "people":
            found = await ctx.send(ListUsers(email=data["email"], state="all"))
            return bool(found.items)
        case "operators":
            operators = await ctx.send(ListCallCenterOperators(id=data["id"]))
            return str(data["user_id"]) in {str(one.id) for one in operators.users}
        case _:
            return None
