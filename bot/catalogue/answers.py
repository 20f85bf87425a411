"""Shows an action's answer as a card, a list, or a sentence that says what was done."""

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from bot.basics.language import mark, say
from bot.catalogue.facts import HIDDEN, Named, facts_of, headline, leaves, named, named_label, shown_value
from bot.catalogue.fields import ActionField, fields_of
from bot.catalogue.ids import KindAndThing, NumberChoice, ThingChoice
from bot.catalogue.inputs import Attached, DateAndTime, FileArgument
from bot.contract.argument import Choice
from bot.contract.context import Ctx
from bot.contract.prose import plural, prose
from bot.contract.reply import Bold, Button, Card, Code, Fact, Listing, Phone, Prose, Raw, RawArgs, Row
from bot.dialpad.action import SECRETS_SHOWN, Action, Done, Entity, Page, Response, Risk
from bot.dialpad.actions import ALL, group_of
from bot.dialpad.lists import items_of

FIND: Final = "_find"
"""The argument of a list that filters it: words that a row has to contain."""
FROM: Final = "_from"
"""The argument of a list with the row to begin with."""
AS: Final = "_as"
"""The argument of a list with the kind of file to make of it."""
ROWS: Final = 10
_BUTTON_ROOM: Final = 1_800
"""Most characters of arguments put into a button; Slack takes 2,000."""


def route_of(action: type[Action[Any]]) -> str:
    """Return the id of the route that runs an action."""
    return f"run.{action.slug.lower()}"


def dumped(answer: Response) -> dict[str, Any]:
    """Return an answer as JSON, unknown keys included."""
    made: dict[str, Any] = answer.model_dump(mode="json", by_alias=True)
    return made


def unwrapped(thing: dict[str, Any]) -> dict[str, Any]:
    """Return what is inside an answer that only wraps one object: ``{"user": {...}}``."""
    kept = {name: value for name, value in thing.items() if value not in (None, "", [], {})}
    if len(kept) == 1 and isinstance(inside := next(iter(kept.values())), dict):
        return dict(inside)
    return thing


@cache
def _by_path() -> Mapping[tuple[str, str], type[Action[Any]]]:
    return {(action.request.method, action.request.path): action for action in ALL}


def opener_of(action: type[Action[Any]]) -> type[Action[Any]] | None:
    """Find the action that fetches one item of this list; None when there is none."""
    path = action.request.path
    places = (path + "/{id}", f"{path}/{{scheduled_conference_id}}", f"/api/v2/{path.split('/')[-1]}/{{id}}")
    return next((found for place in places if (found := _by_path().get(("GET", place)))), None)


def reader_of(action: type[Action[Any]]) -> type[Action[Any]] | None:
    """Find the action that reads what a PATCH or PUT changes; None when there is none."""
    if action.request.method not in {"PATCH", "PUT"}:
        return None
    found = _by_path().get(("GET", action.request.path))
    return found if found is not None and not issubclass(found.answer_type(), Page) else None


def is_list(action: type[Action[Any]]) -> bool:
    """Tell whether the action answers with pages of items."""
    return issubclass(action.answer_type(), Page)


# What was asked for


async def shown_arguments(ctx: Ctx, action: type[Action[Any]], raw: RawArgs, values: Mapping[str, Any]) -> list[Fact]:
    """Return a fact for every argument that was given and that forms show, as a confirmation lists them."""
    facts = []
    for field in fields_of(action):
        if field.name in raw and field.argument.shown:
            facts.append(Fact(field.label, await shown_argument(ctx, field, raw[field.name], values.get(field.name))))
    return facts


async def shown_argument(ctx: Ctx, field: ActionField, raw: Raw, value: Any = None) -> Prose:
    """Show one argument's value: names for ids, ``HIDDEN`` for a secret, name and size for a file."""
    argument = field.argument
    if field.secret:
        return HIDDEN
    if isinstance(argument, FileArgument):
        known = isinstance(value, Attached)
        return f"{value.name or say('a file')}, {max(1, value.size // 1000):,} kB" if known else say("a file")
    items = raw if isinstance(raw, list) else [str(raw)]
    if isinstance(argument, ThingChoice | KindAndThing | NumberChoice):
        said = [await argument.describe(ctx, item) for item in items]
        return ", ".join(option.text for option in said)
    if isinstance(argument, Choice):
        names = {option.value: say(option.text) for option in argument.options}
        return ", ".join(names.get(item, item) for item in items)
    return await shown_value(
        ctx, Named(("at",) if isinstance(argument, DateAndTime) else ("text",), ", ".join(items), {})
    )


async def shown_changes(
    ctx: Ctx, action: type[Action[Any]], before: RawArgs, raw: RawArgs, names: set[str], cleared: Sequence[str] = ()
) -> list[Fact]:
    """Return a fact ``A → B`` for each of the fields in ``names`` whose value changes."""
    facts = []
    old: Prose
    for field in fields_of(action):
        if field.name in cleared and field.name in before:
            old = await shown_argument(ctx, field, before[field.name])
            facts.append(Fact(field.label, prose(old, " → ", say("(empty)"))))
            continue
        if (
            field.name in names
            and field.name in raw
            and field.place != "path"
            and before.get(field.name) != raw[field.name]
        ):
            old = say("(empty)")
            if field.name in before:
                old = await shown_argument(ctx, field, before[field.name])
            facts.append(Fact(field.label, prose(old, " → ", await shown_argument(ctx, field, raw[field.name]))))
    return facts


async def object_of(ctx: Ctx, action: type[Action[Any]], values: Mapping[str, Any]) -> str:
    """Return the name of what an action is about, which is the object in its path; "" when there is none."""
    for field in fields_of(action):
        if field.place == "path" and values.get(field.name) is not None:
            argument = field.argument
            if isinstance(argument, ThingChoice):
                return str(await named(ctx, argument.entity, str(values[field.name])))
            if isinstance(argument, KindAndThing):
                return (await argument.describe(ctx, values[field.name].raw)).text
            return (
                (await argument.describe(ctx, str(values[field.name]))).text
                if isinstance(argument, NumberChoice)
                else ""
            )
    return ""


# One object


@dataclass(frozen=True)
class NextStep:
    """A likely next step: the action ``slug`` with this object's id as ``argument``."""

    label: str
    slug: str
    argument: str
    form: bool = False


_NEXT: Final[Mapping[str, tuple[NextStep, ...]]] = {
    "call": (
        NextStep(mark("Transcript"), "DIALPAD_FETCH_CALL_TRANSCRIPT_BY_ID", "call_id"),
        NextStep(mark("Labels…"), "DIALPAD_ATTACH_LABELS_TO_CALL", "id", form=True),
        NextStep(mark("Share link…"), "DIALPAD_CREATE_CALL_REVIEW_SHARE_LINK", "call_id", form=True),
    ),
    "users": (
        NextStep(mark("Do not disturb…"), "DIALPAD_TOGGLE_USER_DO_NOT_DISTURB_STATUS", "id", form=True),
        NextStep(mark("Duty"), "DIALPAD_RETRIEVE_OPERATOR_DUTY_STATUS", "id"),
        NextStep(mark("Numbers…"), "DIALPAD_ASSIGN_PHONE_NUMBER_TO_USER", "id", form=True),
        NextStep(mark("Caller ID"), "DIALPAD_GET_USER_CALLER_ID", "id"),
        NextStep(mark("Edit…"), "DIALPAD_UPDATE_USER_INFORMATION_BY_ID", "id", form=True),
    ),
    "callcenters": (
        NextStep(mark("Operators"), "DIALPAD_RETRIEVE_CALLCENTER_OPERATORS_BY_ID", "id"),
        NextStep(mark("Status"), "DIALPAD_GET_CALL_CENTER_STATUS_BY_ID", "id"),
        NextStep(mark("Edit…"), "DIALPAD_UPDATE_CALL_CENTER_SETTINGS_BY_ID", "id", form=True),
    ),
    "departments": (
        NextStep(mark("Operators"), "DIALPAD_RETRIEVE_DEPARTMENT_OPERATORS_BY_ID", "id"),
        NextStep(mark("Edit…"), "DIALPAD_PATCH_DEPARTMENT_DETAILS_BY_ID", "id", form=True),
    ),
    "dispositions": (NextStep(mark("Edit…"), "DIALPAD_UPDATE_DISPOSITION_BY_ID", "id", form=True),),
    "contacts": (NextStep(mark("Edit…"), "DIALPAD_MODIFY_CONTACT_DETAILS_USING_ID", "id", form=True),),
    "offices": (
        NextStep(mark("Operators"), "DIALPAD_FETCH_OPERATORS_FOR_OFFICE_ID", "id"),
        NextStep(mark("Plan"), "DIALPAD_RETRIEVE_OFFICE_PLAN_BY_ID", "office_id"),
        NextStep(mark("Licenses"), "DIALPAD_GET_AVAILABLE_LICENSES_FOR_AN_OFFICE", "office_id"),
    ),
}


def next_steps(action: type[Action[Any]], thing: Mapping[str, Any], asked: Mapping[str, Any]) -> tuple[Button, ...]:
    """Return buttons for what people usually do after seeing this object."""
    slugs = {one.slug: one for one in ALL}
    group = group_of(action)
    about = str(thing.get("call_id") or thing.get("id") or asked.get("id") or "")
    steps = [step for step in _NEXT.get(group, ()) if step.slug in slugs and step.slug != action.slug and about]
    buttons = [Button(step.label, route_of(slugs[step.slug]), {step.argument: about}, form=step.form) for step in steps]
    number = thing.get("external_number")
    if group == "call" and isinstance(number, str) and number.startswith("+"):
        buttons.append(Button("Call back…", "call.call", {"to": number}, form=True))
    return tuple(buttons)


async def card_of(
    ctx: Ctx, action: type[Action[Any]], answer: Response, *, asked: RawArgs, about: str, changes: Sequence[Fact] = (),
    said: str = "",
) -> Card:  # fmt: skip
    """Build the card that shows one object, or with ``said`` what was done to it."""
    thing = unwrapped(dumped(answer))
    name = headline(thing) or about
    what = say(action.name)
    title = f"✅ {said}" if said else f"{what}: {name}" if name else what
    steps = next_steps(action, thing, asked)
    if action.request.method == "DELETE":
        return Card(title, buttons=steps_after_deleting(action))
    if isinstance(answer, Done) and not any(True for _ in leaves(thing)):
        text = "" if said else say("Dialpad has no details about it.")
        return Card(title, text=text, facts=tuple(changes), buttons=(*steps, *again(action, asked)))
    revealed = _revealed(action, answer)
    if revealed:
        thing = {key: value for key, value in thing.items() if key != action.reveals}
    facts = (*await facts_of(ctx, thing), *revealed)
    if changes:
        return Card(title, facts=tuple(changes), buttons=(*steps, *again(action, asked)))
    note = say("Only you can see this.") if action.sensitive else ""
    if said and not revealed and (details := _details_of(action, thing)):
        # What was typed, by the labels of the form; Dialpad's own names for all of it are a press away.
        given = await shown_arguments(ctx, action, asked, {})
        return Card(title, facts=tuple(given), note=note, buttons=(*steps, *details, *again(action, asked)))
    if revealed:
        said_of_it = say("Whoever has the address can read the events. It works for an hour, and is not shown again.")
        note = f"{note} {said_of_it}"
    return Card(title, facts=facts, note=note, buttons=(*steps, *again(action, asked)))


def _details_of(action: type[Action[Any]], thing: Mapping[str, Any]) -> tuple[Button, ...]:
    """Return the button for all that Dialpad knows about what was made; none where nothing can be read by its id."""
    made = thing.get("id")
    opener = opener_of(action) if action.request.method in {"POST", "PUT"} else None
    if opener is None or not isinstance(made, str | int) or len(opener.request.placeholders) != 1:
        return ()
    field = next(one for one in fields_of(opener) if one.place == "path")
    return (Button("Details", route_of(opener), {field.name: str(made)}),)


def _revealed(action: type[Action[Any]], answer: Response) -> tuple[Fact, ...]:
    """Return the address that whoever asked needs, which nothing else of the bot shows, keeps or logs."""
    if not action.reveals:
        return ()
    shown = answer.model_dump(mode="json", by_alias=True, context={SECRETS_SHOWN: True}).get(action.reveals)
    return (Fact(say("Address"), (Code(str(shown)),)),) if shown else ()


def steps_after_deleting(action: type[Action[Any]]) -> tuple[Button, ...]:
    """Return the button that asks for another object to delete."""
    return (Button("Another one…", route_of(action), {}, form=True),)


def again(action: type[Action[Any]], asked: RawArgs) -> tuple[Button, ...]:
    """Return the buttons to run an action again, save it as a favourite and copy it as a command.

    Files, and arguments over the size of a button, are not carried: the form is opened instead."""
    secret = {field.name for field in fields_of(action) if field.secret}
    args = {
        name: value for name, value in asked.items()
        if not name.startswith("_") and name != "cursor" and name not in secret
    }  # fmt: skip
    packed = json.dumps(args, ensure_ascii=False, separators=(",", ":"))
    if len(packed) > _BUTTON_ROOM or any(isinstance(field.argument, FileArgument) for field in fields_of(action)):
        return (Button("Run again…", route_of(action), {}, form=True),)
    kept = {"slug": action.slug, "args": packed}
    if len(json.dumps(kept)) > _BUTTON_ROOM:
        return (Button("Run again…", route_of(action), args, form=True),)
    return (
        Button(
            "Run again" if action.risk is Risk.READ else "Run again…",
            route_of(action),
            args,
            form=action.risk is not Risk.READ,
        ),
        Button("Save as favorite", "run.keep", kept),
        Button("Copy as command", "run.copy", kept),
    )


def as_words(action: type[Action[Any]], args: RawArgs) -> str:
    """Return what to type after the root command to run the same action."""
    words = []
    for name, value in args.items():
        text = ", ".join(value) if isinstance(value, list) else str(value)
        text = text.replace("\n", ", ")
        words.append(f'{name}="{text}"' if " " in text or not text or '"' in text else f"{name}={text}")
    return " ".join(("run", action.slug, *words))


# Lists


@dataclass(frozen=True)
class FoundRows:
    """Rows of a list: the index of the first, and the arguments for the next page. ``total`` is None while there may be
    more. ``note``: why these may not be all."""

    rows: tuple[dict[str, Any], ...]
    start: int
    total: int | None
    next_args: RawArgs | None
    note: str = ""


async def listing_of(
    ctx: Ctx,
    action: type[Action[Any]],
    found: FoundRows,
    *,
    asked: RawArgs,
    find: str,
    opener: type[Action[Any]] | None = None,
) -> Listing:
    """Build the listing for one page of rows, with buttons for the next page, filters and files."""
    opener = opener or opener_of(action)
    rows = [await _row(ctx, thing, opener) for thing in found.rows]
    plain = {name: value for name, value in asked.items() if not name.startswith("_") and name != "cursor"}
    buttons: list[Button] = []
    if found.next_args is not None:
        buttons.append(Button("Next", route_of(action), found.next_args))
    if found.start or asked.get("cursor"):
        buttons.append(Button("First page", route_of(action), {**plain, **({FIND: find} if find else {})}))
    if found.rows and is_list(action):
        base = {**plain, **({FIND: find} if find else {})}
        buttons += [
            Button("CSV file", route_of(action), {**base, AS: "csv"}),
            Button("JSON file", route_of(action), {**base, AS: "json"}),
        ]
    if is_list(action):
        buttons.append(Button("Filter…", route_of(action), plain, form=True))
    title = _title(say(action.name), found)
    notes = [
        ctx.what_is_missing,
        found.note,
        say("Only rows with “{find}”.", find=find) if find else "",
        say("Only you can see this.") if action.sensitive else "",
    ]
    return Listing(
        title, tuple(rows), empty=say("Nothing found.") if not find else say("Nothing with “{find}”.", find=find),
        note=" ".join(note for note in notes if note), buttons=(*buttons, *again(action, asked)),
    )  # fmt: skip


def _title(what: str, found: FoundRows) -> str:
    """Say which rows of a list these are."""
    first, last = found.start + 1, found.start + len(found.rows)
    if found.total is None:
        return say("{what}: {first} to {last}, and more", what=what, first=first, last=last)
    results = plural(found.total, "result")
    if found.total <= ROWS:
        return f"{what}: {results}"
    return say("{what}: {first} to {last} of {results}", what=what, first=first, last=last, results=results)


async def _row(ctx: Ctx, thing: dict[str, Any], opener: type[Action[Any]] | None) -> Row:
    thing = unwrapped(thing)
    name = headline(thing)
    entry_id = str(thing.get("call_id") or thing.get("id") or thing.get("number") or "")
    lines = [
        one for one in leaves(thing) if one.value != name and one.path[-1] not in {"id", "image_url", "company_id"}
    ]
    lines = [one for one in lines if not isinstance(one.value, list | tuple) or len(one.value) <= 3]
    said: list[Prose] = []
    for one in lines[:5]:
        value = await shown_value(ctx, one)
        is_plain_phone = isinstance(value, tuple) and len(value) == 1 and isinstance(value[0], Phone)
        said.append(value if is_plain_phone else prose(f"{named_label(one, value)}: ", value))
    note = prose(*(part for one in said for part in (one, " · ")))[:-1]
    button = None
    if opener is not None and entry_id:
        button = Button("Open", route_of(opener), {fields_of(opener)[0].name: entry_id})
    return Row((Bold(name or entry_id or say("(no name)")),), note=note, button=button)


def only_list(
    action: type[Action[Any]], answer: Response
) -> tuple[list[dict[str, Any]], type[Action[Any]] | None] | None:
    """Return the items of an unpaged answer that holds nothing but one list, and the action that fetches one of them.

    None for any other answer."""
    if action.request.method != "GET" or isinstance(answer, Page):
        return None
    kept = {name: value for name, value in dumped(answer).items() if value not in (None, "", [], {})}
    if len(kept) != 1:
        return None
    name, value = next(iter(kept.items()))
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        return None
    return [dict(one) for one in value], _by_path().get(("GET", f"/api/v2/{name}/{{id}}"))


def things_in(answer: Response) -> list[dict[str, Any]]:
    """Return the items of a page, or of an answer that holds one list, as JSON."""
    items = answer.items if isinstance(answer, Page) else items_of(answer)
    return [dumped(item) for item in items]


def matches(thing: Mapping[str, Any], find: str) -> bool:
    """Tell whether the item's JSON contains every word of ``find``, in any case."""
    text = json.dumps(thing, ensure_ascii=False).casefold()
    return all(word in text for word in find.casefold().split())


def as_csv(things: Sequence[Mapping[str, Any]], heading: Callable[[str], str] = str) -> str:
    """Write items as CSV, one line each; nested values by dotted name, which ``heading`` writes for people.
    Cells that a spreadsheet would run are marked as text."""
    flat = [{".".join(one.path): one.value for one in leaves(thing)} for thing in things]
    columns = list(dict.fromkeys(name for row in flat for name in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="")
    writer.writerow({name: heading(name) for name in columns})
    writer.writerows({name: _cell(value) for name, value in row.items()} for row in flat)
    return out.getvalue()


def _cell(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list | bool) else str(value)
    return (
        f"'{text}" if text[:1] in {"=", "@", "\t", "\r"} or (text[:1] in {"+", "-"} and not _is_number(text)) else text
    )


def _is_number(text: str) -> bool:
    return text[1:].replace(".", "", 1).isdigit()


__all__ = [
    "ROWS", "Entity", "FoundRows", "as_csv", "as_words", "card_of", "is_list", "listing_of", "matches",
    "object_of", "only_list", "reader_of", "route_of", "shown_arguments", "shown_changes", "things_in",
]  # fmt: skip
