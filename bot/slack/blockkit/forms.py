"""Turns a handler's arguments into a modal, and a submitted modal into raw arguments.

Stable ids keep what was typed when a view is updated: ``block_id`` is the parameter, ``action_id`` the route's id and
the parameter. Slack shows errors only in answer to a submit, so a problem known beforehand stands right above
its field.
"""

import contextlib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import blake2s
from typing import Any, Final

from bot.arguments.several import Several
from bot.arguments.slack_names import InSlack
from bot.basics.errors import ChatopsError, FieldError
from bot.basics.language import say, translated
from bot.catalogue.inputs import UNSET, Amount, DateAndTime, FileArgument, JsonText, Lines
from bot.contract.argument import CLEAR, EMPTIED, FILLED, MORE, STARRED, Argument, Choice, Lookup, Option, Text
from bot.contract.context import Ctx, Where
from bot.contract.reply import Bold, Button, Prose, Raw, RawArgs
from bot.contract.routing import Route, RouteKind
from bot.slack.blockkit.blocks import Json, Reader, context, paragraph, parts_of, plain_object
from bot.slack.blockkit.buttons import build_rows
from bot.slack.blockkit.limits import (
    CHECKBOXES,
    HINT,
    INPUT_TEXT,
    LABEL,
    OPTION_TEXT,
    OPTION_VALUE,
    OPTIONS,
    PLACEHOLDER,
    PRIVATE_METADATA,
    RADIO_OPTIONS,
    VIEW_BLOCKS,
    VIEW_TITLE,
    cut,
)

LOOKUP_MULTIPLE: Final = "multi_external_select"
PEOPLE: Final = "multi_users_select"
CHANNELS: Final = "multi_conversations_select"
_WITHOUT_PLACEHOLDER: Final = frozenset({"radio_buttons", "checkboxes", "file_input"})


class FormTooLarge(ValueError):
    """A form's metadata is over Slack's 3,000 characters. The message names the route."""


def pack_metadata(where: Where, **more: Any) -> str:
    """Pack a form's ``private_metadata``. Raises FormTooLarge over 3,000 characters."""
    kept = {"w": where.to_json(), **{key: value for key, value in more.items() if value}}
    text = json.dumps(kept, separators=(",", ":"), ensure_ascii=False)
    if len(text) > PRIVATE_METADATA:
        raise FormTooLarge(f"{len(text)} characters to carry along; a view takes {PRIVATE_METADATA}")
    return text


def unpack_metadata(view: Mapping[str, Any]) -> tuple[Where, dict[str, Any]]:
    """Unpack where the form was opened from, and what else it carries. Metadata in another format is ignored."""
    try:
        kept = json.loads(view.get("private_metadata") or "{}")
    except ValueError:
        kept = {}
    if not isinstance(kept, dict):
        kept = {}
    return Where.from_json(kept.get("w")), kept


async def build_form(
    ctx: Ctx,
    route: Route,
    args: RawArgs,
    problems: Mapping[str, str] | None = None,
    *,
    notice: Prose = "",
    about: Prose = "",
    where: Where | None = None,
) -> Json:
    """Build the modal that asks for ``route``'s arguments, with ``args`` filled in. Raises FormTooLarge."""
    shown = dict(problems or {})
    blocks: list[Json] = []
    if notice:
        blocks.append(context(("⚠️ ", *parts_of(notice)), Reader()))
    if about:
        blocks.append(paragraph(about, Reader()))
    if route.intro:
        blocks.append(paragraph(translated(route.intro), Reader()))
    fields = _unfolded(route, args, shown)
    spare = VIEW_BLOCKS - len(blocks) - 2 * len(fields) - 2
    group = ""
    for name, argument in fields.items():
        if argument.group != group:
            group = argument.group
            blocks.append(paragraph((Bold(translated(group)),), Reader()) if group else {"type": "divider"})
        given = args.get(name)
        element, lost = await _build_element(ctx, argument, given)
        problem = (shown.pop(name, None) if spare >= 0 or not group else None) or lost
        if problem:
            blocks.append({**context(f"⚠️ {cut(problem, 500)}", Reader()), "block_id": f"problem-{name}"})
        blocks.append(_build_input(route, name, argument, element, args))
    if shown:
        blocks.insert(0, context(f"⚠️ {cut(' '.join(shown.values()), 1_500)}", Reader()))
    rows = build_rows(_buttons(route, len(route.fields) - len(fields), args), about=form_title(route))
    blocks += rows[: VIEW_BLOCKS - len(blocks)]  # where all of a long form is shown, there may be no room for its star
    hidden = {name: value for name, value in args.items() if name in route.arguments and name not in route.fields}
    try:
        metadata = pack_metadata(where or ctx.where, a=hidden)
    except FormTooLarge as problem_:
        raise FormTooLarge(f"{route.id}: {problem_}") from None
    view: Json = {
        "type": "modal",
        "callback_id": route.id,
        "title": plain_object(form_title(route), VIEW_TITLE),
        "submit": plain_object(translated(route.submit), VIEW_TITLE),
        "close": plain_object(say("Cancel"), VIEW_TITLE),
        "private_metadata": metadata,
        "blocks": blocks or [context(say("There is nothing to fill in."), Reader())],
    }
    return {**view, "notify_on_close": True} if route.dropped is not None else view


def _buttons(route: Route, folded: int, args: RawArgs) -> list[Button]:
    """Return what draws the form anew with what was typed so far: with its other fields, as a favorite or as none."""
    buttons = [Button(say("More fields ({count})", count=folded), route.id, {MORE: "1"}, form=True)] if folded else []
    if STARRED in route.arguments:
        label, wanted = (say("Remove from favorites"), "off") if args.get(STARRED) else (say("Add to favorites"), "on")
        buttons.append(Button(label, route.id, {STARRED: wanted}, form=True))
    return buttons


def form_title(route: Route) -> str:
    named = route.word if route.kind in {RouteKind.SHORTCUT, RouteKind.MESSAGE} else ""  # as it stands in Slack's menus
    return translated(route.title or named or route.summary or route.word or "Dialpad")


_DOT: Final = "|"


def _unfolded(route: Route, args: RawArgs, problems: Mapping[str, str]) -> dict[str, Argument]:
    """Return the fields to show: all when asked for; else those that are never hidden, have a value, or have a
    problem."""
    front = {name for name, argument in route.fields.items() if not argument.folded}
    if args.get(MORE) or not front:
        return route.fields
    wanted = front | {name for name in route.fields if name in problems or args.get(name) not in (None, "", [])}
    return {name: argument for name, argument in route.fields.items() if name in wanted}


def block_id(route: Route, name: str, args: RawArgs) -> str:
    """Return the block's id, which depends on the object that fills the form: Slack keeps a block's value while its id
    stays."""
    argument = route.arguments[name]
    if not args.get(FILLED) or argument.awaited:
        return name
    return f"{name}@{blake2s(str(args[FILLED]).encode(), digest_size=4).hexdigest()}"


def block_ids(view: Mapping[str, Any]) -> dict[str, str]:
    """Map field names to the blocks that show them, in a submitted view."""
    values = (view.get("state") or {}).get("values") or {}
    return {str(one).partition("@")[0]: str(one) for one in values}


def field_id(route_id: str, name: str) -> str:
    """Return the ``action_id`` of a field. Names may have dots, and so may routes."""
    return f"{route_id}.{name.replace('.', _DOT)}"


def read_field_id(action_id: str) -> tuple[str, str]:
    """Split a field's ``action_id`` into route and field name."""
    route_id, _, name = action_id.rpartition(".")
    return route_id, name.replace(_DOT, ".")


def _build_input(route: Route, name: str, argument: Argument, element: Json, args: RawArgs) -> Json:
    element["action_id"] = field_id(route.id, name)
    block: Json = {
        "type": "input",
        "block_id": block_id(route, name, args),
        "label": plain_object(translated(argument.label), LABEL),
        "element": element,
        "optional": name not in route.required,
    }
    if argument.awaited:
        block["dispatch_action"] = True
    if argument.hint:
        block["hint"] = plain_object(translated(argument.hint), HINT)
    if argument.placeholder and element["type"] not in _WITHOUT_PLACEHOLDER:
        element["placeholder"] = plain_object(translated(argument.placeholder), PLACEHOLDER)
    return block


async def _build_element(ctx: Ctx, argument: Argument, given: Raw | None) -> tuple[Json, str]:  # noqa: PLR0911  one return for each kind
    """Build the input element, and a sentence when not everything given could be filled in."""
    match argument:
        case Several():
            return _build_several(argument, given), ""
        case Choice():
            return _build_choice(argument, given), ""
        case Lookup():
            return await _build_lookup(ctx, argument, given), ""
        case InSlack():
            return _build_in_slack(argument, given), ""
        case FileArgument():
            return {"type": "file_input", "max_files": 1} | (
                {"filetypes": list(argument.kinds)} if argument.kinds else {}
            ), ""
        case Amount():
            return _build_amount(argument, given), ""
        case DateAndTime():
            return await _build_moment(ctx, argument, given), ""
        case Lines() | JsonText():
            element, lost = _build_text(argument, given)
            return {**element, "multiline": True}, lost
        case _:
            return _build_text(argument, given)


async def _build_moment(ctx: Ctx, argument: DateAndTime, given: Raw | None) -> Json:
    element: Json = {"type": "datetimepicker"}
    if isinstance(given, str) and given.strip():
        with contextlib.suppress(FieldError):  # the sentence about it stands above the field
            element["initial_date_time"] = int((await argument.parse(ctx, "", given)).timestamp())
    return element


def _moment(state: Json) -> Raw | None:
    seconds = state.get("selected_date_time")
    return datetime.fromtimestamp(int(seconds), UTC).isoformat() if isinstance(seconds, int | float) else None


def _build_in_slack(argument: InSlack, given: Raw | None) -> Json:
    ids = given if isinstance(given, list) else [given] if isinstance(given, str) and given else []
    chosen = list(dict.fromkeys(ids))[: argument.most]
    if argument.kind == "people":
        element: Json = {"type": PEOPLE, **({"initial_users": chosen} if chosen else {})}
    else:
        channels = {"include": ["public", "private"], "exclude_bot_users": True}
        initial = {"initial_conversations": chosen} if chosen else {}
        element = {"type": CHANNELS, "filter": channels, **initial}
    return {**element, "max_selected_items": argument.most}


def _build_amount(argument: Amount, given: Raw | None) -> Json:
    element: Json = {"type": "number_input", "is_decimal_allowed": not argument.whole}
    for name, bound in (("min_value", argument.low), ("max_value", argument.high)):
        if bound is not None:
            element[name] = f"{bound:g}" if abs(bound) < 1e6 else str(int(bound))
    if isinstance(given, str) and re.fullmatch(r"-?\d{1,15}(\.\d{1,6})?", given.strip()):
        element["initial_value"] = given.strip()
    return element


def _build_text(argument: Argument, given: Raw | None) -> tuple[Json, str]:
    longest = min(argument.longest, INPUT_TEXT) if isinstance(argument, Text) else INPUT_TEXT
    element: Json = {"type": "plain_text_input"}
    if isinstance(argument, Text):
        element |= {"multiline": argument.multiline or argument.verbatim, "max_length": longest}
    text = ", ".join(given) if isinstance(given, list) else "" if given is None else str(given)
    if text:
        element["initial_value"] = text[:longest]
    lost = len(text) - longest
    return element, say(
        "Only the first {longest:,} of {count:,} characters fit here.", longest=longest, count=len(text)
    ) if lost > 0 else ""


def _build_choice(argument: Choice, given: Raw | None) -> Json:
    unset = (Option(translated(argument.unset), UNSET),) if argument.unset else ()
    clears = (Option(translated(argument.clears), CLEAR),) if argument.clears else ()
    offered = (*unset, *_with_kept(argument, [str(given or "")]), *clears)
    radio = argument.drawn == "radio" and len(offered) <= RADIO_OPTIONS
    options = [build_option(option) for option in offered[:OPTIONS]]
    element: Json = {"type": "radio_buttons" if radio else "static_select", "options": options}
    wanted = ("on" if given else "off") if isinstance(given, bool) else str(given or "").strip()
    chosen = argument.chosen(wanted) or argument.kept(wanted)
    for option, built in zip(offered, options, strict=False):
        if option.value == (chosen or UNSET):
            element["initial_option"] = built
    return element


def _with_kept(argument: Choice, given: Iterable[str]) -> tuple[Option, ...]:
    """Return the options, and one for each word given that is none of them and stays as it is."""
    kept = dict.fromkeys(word for one in given if (word := argument.kept(one)) is not None)
    declared = tuple(replace(one, text=translated(one.text), note=translated(one.note)) for one in argument.options)
    return (*declared, *(Option(say("{word} (as it is)", word=word.replace("_", " ")), word) for word in kept))


def _build_several(argument: Several, given: Raw | None) -> Json:
    wanted = given if isinstance(given, list) else re.split(r"[,;\n]", str(given or ""))
    offered = _with_kept(argument, wanted)
    boxes = len(offered) <= CHECKBOXES
    options = [build_option(option) for option in offered[:OPTIONS]]
    element: Json = {"type": "checkboxes" if boxes else "multi_static_select", "options": options}
    chosen = {argument.chosen(one.strip()) or argument.kept(one) for one in wanted}
    picked = [built for option, built in zip(offered, options, strict=False) if option.value in chosen]
    return {**element, "initial_options": picked} if picked else element


async def _build_lookup(ctx: Ctx, argument: Lookup, given: Raw | None) -> Json:
    kind = LOOKUP_MULTIPLE if argument.many else "external_select"
    element: Json = {"type": kind, "min_query_length": argument.min_query_length}
    values = [given] if isinstance(given, str) else list(given) if isinstance(given, list) else []
    usable = [value for value in dict.fromkeys(values) if value.strip() and len(value) <= OPTION_VALUE]
    options = [build_option(await _describe(ctx, argument, value)) for value in usable[: argument.most]]
    if argument.many:
        element["max_selected_items"] = max(1, argument.most)
        if options:
            element["initial_options"] = options
    elif options:
        element["initial_option"] = options[0]
    return element


async def _describe(ctx: Ctx, argument: Lookup, value: str) -> Option:
    try:
        return await argument.describe(ctx, value)
    except ChatopsError:
        return Option(value, value)  # a name that cannot be looked up now must not keep the form from opening


def build_option(option: Option) -> Json:
    """Build Slack's option object."""
    built: Json = {"text": plain_object(option.text, OPTION_TEXT), "value": option.value[:OPTION_VALUE]}
    if option.note.strip():
        built["description"] = plain_object(option.note, OPTION_TEXT)
    return built


_AS_MANY: Final = 20
"""Options that a type-ahead finds at most in most lists: where there are so many, more may match."""


def build_suggestions(found: Sequence[Option], *, empties: bool = False) -> Json:
    """Build the answer to a type-ahead. ``empties``: whether the field holds something that may be taken away, for
    which Slack has no button. A list that may be cut says so above its options."""
    options = [build_option(option) for option in found[: OPTIONS - 1]]
    first = [build_option(Option(say("Leave it empty"), CLEAR))] if empties else []
    if len(found) < _AS_MANY:
        return {"options": [*first, *options]}
    more = {"label": plain_object(say("More may match: type more letters"), OPTION_TEXT), "options": options}
    none = [{"label": plain_object(say("Nothing"), OPTION_TEXT), "options": first}] if first else []
    return {"option_groups": [*none, more]}


def read_closed(route: Route, view: Mapping[str, Any]) -> dict[str, Raw]:
    """Read the values of a form that was closed. Slack may leave out what nobody touched: then it is what the form was
    opened with."""
    first: dict[str, Raw] = {}
    for block in view.get("blocks") or []:
        element = block.get("element") or {} if isinstance(block, dict) else {}
        name = str(block.get("block_id", "")).partition("@")[0] if element else ""
        chosen = element.get("initial_options") or [element.get("initial_option")]
        values = [str(one["value"]) for one in chosen if isinstance(one, dict) and "value" in one]
        if name in route.fields and values:
            first[name] = values if element.get("initial_options") else values[0]
    return {**first, **read_form(route, view)}


def read_form(route: Route, view: Mapping[str, Any]) -> dict[str, Raw]:
    """Read the values of a submitted form, with what it carried along. Empty fields are absent."""
    _, kept = unpack_metadata(view)
    hidden = kept.get("a")
    raw: dict[str, Raw] = dict(hidden) if isinstance(hidden, dict) else {}
    raw = {name: value for name, value in route.by_todays_names(raw).items() if name in route.arguments}
    values = (view.get("state") or {}).get("values") or {}
    ids = block_ids(view)
    emptied: list[str] = []
    for name in route.fields:
        state = (values.get(ids.get(name, name)) or {}).get(field_id(route.id, name))
        value = _read_value(state) if isinstance(state, dict) else None
        argument = route.fields[name]
        is_unset = isinstance(argument, Choice) and bool(argument.unset) and value == UNSET
        if value == CLEAR or (value in (None, "", []) and isinstance(state, dict)):
            emptied.append(name)
        elif value not in (None, "", []) and not is_unset:
            raw[name] = value
    if raw.get(FILLED) and emptied and EMPTIED in route.arguments:
        raw[EMPTIED] = ",".join(emptied)
    return raw


def _value(state: Json) -> Raw | None:
    value = state.get("value")
    return value if isinstance(value, str) else None


def _selected(state: Json) -> Raw | None:
    option = state.get("selected_option")
    return str(option["value"]) if isinstance(option, dict) and "value" in option else None


def _selected_many(state: Json) -> Raw | None:
    options = state.get("selected_options") or []
    return [str(option["value"]) for option in options if isinstance(option, dict) and "value" in option]


def _users(state: Json) -> Raw | None:
    return [str(one) for one in state.get("selected_users") or []]


def _conversations(state: Json) -> Raw | None:
    return [str(one) for one in state.get("selected_conversations") or []]


def _files(state: Json) -> Raw | None:
    return [str(file["id"]) for file in state.get("files") or [] if isinstance(file, dict) and "id" in file]


_READERS: Final[Mapping[str, Callable[[Json], Raw | None]]] = {
    "plain_text_input": _value,
    "radio_buttons": _selected,
    "static_select": _selected,
    "external_select": _selected,
    LOOKUP_MULTIPLE: _selected_many,
    "number_input": _value,
    "checkboxes": _selected_many,
    "multi_static_select": _selected_many,
    PEOPLE: _users,
    CHANNELS: _conversations,
    "file_input": _files,
    "datetimepicker": _moment,
}


def _read_value(state: Json) -> Raw | None:
    reader = _READERS.get(str(state.get("type")))
    return reader(state) if reader else None
