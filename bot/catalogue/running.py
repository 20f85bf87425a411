"""Runs a generated action: confirms it where needed, sends it and shows the answer."""

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any, Final

from bot.arguments.own_number import line_to_use
from bot.basics.errors import BadRequest, ChatopsError, Conflict, DialpadError, FieldError, NotConnected, UserError
from bot.basics.language import mark, say
from bot.basics.segments import count_segments
from bot.catalogue.answers import (
    AS,
    FIND,
    FROM,
    ROWS,
    FoundRows,
    again,
    as_csv,
    card_of,
    dumped,
    is_list,
    listing_of,
    matches,
    object_of,
    only_list,
    reader_of,
    route_of,
    shown_arguments,
    shown_changes,
    things_in,
    unwrapped,
)
from bot.catalogue.confirmations import NAMED_AGAIN, agreeing_word, consequence, warning
from bot.catalogue.editing import changed_since, cleared_since, empty_value, fingerprint, only, to_send
from bot.catalogue.fields import fields_of
from bot.catalogue.files import as_json, file_name
from bot.catalogue.inputs import Attached
from bot.catalogue.saying import asked, done, words_known
from bot.catalogue.statistics import GRADES, wait_of
from bot.catalogue.transcript import transcript_of
from bot.catalogue.validation import validated
from bot.catalogue.values import assemble, data_of, raw_of
from bot.contract.argument import EMPTIED, FILLED
from bot.contract.context import Ctx
from bot.contract.prose import plural, prose
from bot.contract.reply import Answer, Attachment, Bold, Button, Confirm, Fact, Form, Raw, RawArgs, Reply
from bot.dialpad.action import Action, Page, Risk
from bot.dialpad.actions.oauth2 import RUN_AS
from bot.dialpad.actions.scorecards import ExportStarted
from bot.dialpad.actions.sms import SendSms
from bot.dialpad.actions.stats import StatsStarted
from bot.dialpad.actions.transcripts import Transcript

CONFIRMED: Final = "run_now."
SURE: Final = "run_sure."
MOST_SHOWN: Final = 30
MOST_PAGES: Final = 50
MOST_ROWS: Final = 5_000
_RECENT: Final = 8
_YES: Final = "yes"
"""What is typed to go on with something that has no name."""


async def ask(ctx: Ctx, action: type[Action[Any]], values: Mapping[str, Any]) -> Answer:
    """Run a submitted action and return its answer, or the confirmation that it needs first."""
    if action in RUN_AS:
        return _through_connect(RUN_AS[action])
    values = _without_untouched(action, values)
    built, raw = await _built(ctx, action, values)
    await _remember(ctx, action)
    if is_list(action):
        return await _list(ctx, action, built, raw, values)
    before = await _before(ctx, action, built)
    now = raw_of(action, before)
    names = set(raw)
    changes: list[Fact] = []
    if before:
        differing = changed_since(action, str(values[FILLED]), raw) if values.get(FILLED) else set(raw)
        names = to_send(action, differing, raw) if values.get(FILLED) else set(raw)
        cleared = _cleared(values)
        differing |= set(cleared)
        names |= set(cleared) | {EMPTIED}
        if values.get(FILLED):
            names |= to_send(action, differing, [*raw, *cleared])
        changes = await shown_changes(ctx, action, now, raw, differing, cleared)
        if not changes and values.get(FILLED):
            return Reply(say("You did not change anything, so nothing was sent."))
        raw = only(raw, names)
        built, _ = await _built(ctx, action, only(values, names))
    if action.risk in {Risk.OUTWARD, Risk.DESTRUCTIVE}:
        if action.slug in NAMED_AGAIN:
            return await _name_again(ctx, action, raw, values)
        return await confirmation(ctx, action, raw, values, changes)
    return await _send(ctx, action, built, raw, values, changes)


async def confirmed(ctx: Ctx, action: type[Action[Any]], values: Mapping[str, Any]) -> Answer:
    """Send an action that the person has agreed to."""
    built, raw = await _built(ctx, action, values)
    return await _send(ctx, action, built, raw, values, ())


async def _built(ctx: Ctx, action: type[Action[Any]], values: Mapping[str, Any]) -> tuple[Action[Any], dict[str, Raw]]:
    """Build the action. A word that its class does not know is kept where it stands at Dialpad now."""
    try:
        return _build(action, values)
    except UserError:
        kept = frozenset(_words_in(await _read(ctx, action, assemble(action, values))))
        if not kept:
            raise
        return _build(action, values, kept)


def _words_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ():
        yield from _words_in(inner)


def _build(
    action: type[Action[Any]], values: Mapping[str, Any], kept: frozenset[str] = frozenset()
) -> tuple[Action[Any], dict[str, Raw]]:
    """Build the action, and its values as raw arguments for a button or a confirmation."""
    cleared = _cleared(values)
    known = {field.name: field for field in fields_of(action)}
    empty = {name: empty_value(known[name]) for name in cleared if name in known}
    built = validated(action, assemble(action, values, empty), kept=kept)
    raw = raw_of(action, data_of(built))
    if empty:
        raw[EMPTIED] = ",".join(empty)
    for name, value in values.items():
        if isinstance(value, Attached):
            raw[name] = value.raw
    return built, raw


def _cleared(values: Mapping[str, Any]) -> list[str]:
    return [name for name in str(values.get(EMPTIED) or "").split(",") if name]


def _without_untouched(action: type[Action[Any]], values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a form's values in which only those empty fields are cleared that were filled before."""
    was, emptied = str(values.get(FILLED) or ""), _cleared(values)
    if not was or not emptied:
        return values
    return {**values, EMPTIED: ",".join(cleared_since(action, was, emptied))}


def _through_connect(word: str) -> Reply:
    text = (
        say("Connecting has its own command, which keeps your tokens safe.")
        if word == "connect"
        else say("Disconnecting has its own command, which keeps your tokens safe.")
    )
    label = mark("Connect") if word == "connect" else mark("Disconnect")
    return Reply(text, (Button(label, f"{word}.{word}", style="primary"),))


# Before


async def prefill(ctx: Ctx, action: type[Action[Any]], args: RawArgs) -> RawArgs:
    """Add an object's current values to ``args``, once they say which object is meant. What was given stays."""
    if args.get(FILLED) or reader_of(action) is None:
        return args
    fields = [field for field in fields_of(action) if field.place == "path"]
    values: dict[str, Any] = {}
    for field in fields:
        if args.get(field.name) in (None, "", []):
            if field.required or field.name == "id":
                return args
            continue
        try:
            values[field.name] = await field.argument.parse(ctx, field.name, args[field.name])
        except FieldError:
            return args
    before = await _read(ctx, action, assemble(action, values))
    if not before:
        return args
    now = raw_of(action, before)
    path = only(args, {field.name for field in fields})
    return {**only(now, set(now) - set(path)), **args, FILLED: fingerprint(action, now)}


async def _before(ctx: Ctx, action: type[Action[Any]], built: Action[Any]) -> Mapping[str, Any]:
    return await _read(ctx, action, data_of(built)) if reader_of(action) is not None else {}


async def _read(ctx: Ctx, action: type[Action[Any]], data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Read an object's current values; empty when this person may not see it."""
    reader = reader_of(action)
    if reader is None:
        return {}
    wanted = {
        field.path[0]: data[field.path[0]]
        for field in fields_of(reader)
        if field.path[0] in data and field.place == "path"
    }
    for field in fields_of(reader):
        if field.kind_path and field.place == "path" and field.kind_path[0] in data:
            wanted[field.kind_path[0]] = data[field.kind_path[0]]
    try:
        built = validated(reader, wanted)
        await ctx.check(built)
        answer = await ctx.account.send(built)
    except NotConnected:
        raise
    except ChatopsError:
        return {}
    known: dict[str, Any] = answer.model_dump(mode="json", by_alias=True, exclude_none=True)
    return known


async def _name_again(ctx: Ctx, action: type[Action[Any]], raw: RawArgs, values: Mapping[str, Any]) -> Form:
    name = await object_of(ctx, action, values)
    return Form(
        f"{SURE}{action.slug.lower()}", raw,
        notice=(consequence(action), say(" To go on, type its name: "), Bold(name or _YES)),
    )  # fmt: skip


async def sure(ctx: Ctx, action: type[Action[Any]], typed: str, values: Mapping[str, Any]) -> Answer:
    """Check the name that was typed again: the confirmation when it is right, else the form with an error."""
    _, raw = await _built(ctx, action, values)
    name = await object_of(ctx, action, values) or _YES
    if " ".join(typed.split()).casefold() != " ".join(name.split()).casefold():
        return Form(
            f"{SURE}{action.slug.lower()}",
            raw,
            {"typed": say("That is not its name. Type {name}, or close this.", name=name)},
            notice=(consequence(action), say(" To go on, type its name: "), Bold(name)),
        )
    return await confirmation(ctx, action, raw, values, ())


async def confirmation(
    ctx: Ctx, action: type[Action[Any]], raw: RawArgs, values: Mapping[str, Any], changes: list[Fact] | tuple[Fact, ...]
) -> Confirm:
    """Build the confirmation that shows exactly what would be done. Sends nothing."""
    quoted = next(
        (field for field in fields_of(action) if field.name in {"text", "message"} and field.name in raw), None
    )
    facts = [
        fact for fact in await shown_arguments(ctx, action, raw, values) if quoted is None or fact.label != quoted.label
    ]
    if changes:
        facts = [*facts[:1], *changes]
    if action is SendSms:
        facts += await _about_text(ctx, raw)
    return Confirm(
        route=f"{CONFIRMED}{action.slug.lower()}",
        args=raw,
        title=say("Really?") if action.risk is Risk.DESTRUCTIVE else say("Before it happens"),
        facts=(
            Fact(say("What"), asked(action, await words_known(ctx, action, raw, values))),
            *facts,
            Fact(say("What happens"), consequence(action)),
        ),
        yes=agreeing_word(action),
        quote=str(raw[quoted.name]) if quoted else "",
        note=warning(action),
        danger=action.risk is Risk.DESTRUCTIVE,
        edit=Button("Edit", route_of(action), raw, form=True),
    )


async def _about_text(ctx: Ctx, raw: RawArgs) -> list[Fact]:
    """Describe a text: the number it is sent from when none was chosen, and how many SMS segments it takes."""
    facts: list[Fact] = []
    if not any(name in raw for name in ("from_number", "user_id", "sender_group_id")):
        with contextlib.suppress(DialpadError):  # a preview is worth showing without the sender
            facts.append(Fact(say("From"), (await line_to_use(ctx, None, "")).line.shown()))
    text = str(raw.get("text") or "")
    if text:
        segments = count_segments(text).count
        characters, texts = plural(len(text), "character"), plural(segments, "text")
        length = say("{characters}, {texts} to each", characters=characters, texts=texts)
        facts.append(Fact(say("Length"), length))
    return facts


# Sending


async def _send(
    ctx: Ctx, action: type[Action[Any]], built: Action[Any], raw: RawArgs, values: Mapping[str, Any],
    changes: list[Fact] | tuple[Fact, ...],
) -> Answer:  # fmt: skip
    about, known = await object_of(ctx, action, values), await words_known(ctx, action, raw, values)
    try:
        answer = await ctx.send(built)
    except (BadRequest, Conflict) as problem:
        raise _at_its_field(action, problem) from None
    if action.risk is not Risk.READ:
        await ctx.deps.directory.changed(ctx.account, built, answer)
    if isinstance(answer, StatsStarted | ExportStarted):
        prefix = GRADES if isinstance(answer, ExportStarted) else ""
        return await _wait_for_stats(ctx, f"{prefix}{answer.request_id}" if answer.request_id else "")
    if isinstance(answer, Transcript):
        return transcript_of(answer, about, again(action, raw))
    if (listed := only_list(action, answer)) is not None:
        things, opener = listed
        found = FoundRows(tuple(things[:MOST_SHOWN]), 0, len(things), None)
        return await listing_of(ctx, action, found, asked=raw, find="", opener=opener)
    said = "" if action.risk is Risk.READ else done(action, known.beside(unwrapped(dumped(answer)), await ctx.region()))
    return await card_of(ctx, action, answer, asked=raw, about=about, changes=changes, said=said)


def _at_its_field(action: type[Action[Any]], problem: DialpadError) -> ChatopsError:
    """Turn Dialpad's refusal into an error at the field whose name it mentions; else return it as it is."""
    message = f" {problem.message.casefold()} "
    named = [field for field in fields_of(action) if field.argument.shown and _mentions(message, field.path[-1])]
    if len(named) != 1 or len(problem.message) > 300:
        return problem
    why = problem.message.strip().rstrip(".")
    return FieldError(named[0].name, say("Dialpad did not accept this: {why}.", why=why))


def _mentions(message: str, name: str) -> bool:
    spoken = name.replace("_", " ")
    if len(name) < 3:
        return False
    return any(f"{begin}{word}{end}" in message for word in {name, spoken} for begin in " '\"`" for end in " '\"`.,:")


async def _wait_for_stats(ctx: Ctx, request_id: str) -> Answer:
    if not request_id:
        return Reply(say("Dialpad did not say how to get the result. Start again."), tone="warning")
    wait = wait_of(request_id)
    await wait.look_again(ctx)
    return wait.preparing(say("your statistics"))


async def _remember(ctx: Ctx, action: type[Action[Any]]) -> None:
    known = (await ctx.deps.preferences.get(ctx.person)).get("recent") or []
    recent = [action.slug, *(slug for slug in known if slug != action.slug)][:_RECENT]
    if recent != known:
        await ctx.deps.preferences.set(ctx.person, {"recent": recent})


# Lists


async def _list(
    ctx: Ctx, action: type[Action[Any]], built: Action[Any], raw: dict[str, Raw], values: Mapping[str, Any]
) -> Answer:
    find = str(values.get(FIND) or "").strip()
    start = int(values[FROM]) if str(values.get(FROM) or "").isdigit() else 0
    kind = str(values.get(AS) or "")
    if kind in {"csv", "json"}:
        return await _as_file(ctx, action, built, find, kind)
    found = await (_filtered(ctx, action, built, raw, find, start) if find else _page(ctx, action, built, raw, start))
    return await listing_of(ctx, action, found, asked=raw, find=find)


async def _page(ctx: Ctx, action: type[Action[Any]], built: Action[Any], raw: dict[str, Raw], start: int) -> FoundRows:
    page = await ctx.send(built)
    things = things_in(page)
    cursor = page.cursor if isinstance(page, Page) else None
    rows = tuple(things[start : start + ROWS])
    plain = {name: value for name, value in raw.items() if not name.startswith("_")}
    following: RawArgs | None = None
    if start + ROWS < len(things):
        following = {**plain, FROM: str(start + ROWS)}
    elif cursor:
        following = {**plain, "cursor": cursor}
    whole = len(things) if not cursor and not raw.get("cursor") else None
    return FoundRows(rows, start, whole, following)


async def _filtered(
    ctx: Ctx, action: type[Action[Any]], built: Action[Any], raw: dict[str, Raw], find: str, start: int
) -> FoundRows:
    everything, note = await _all(ctx, built)
    things = [thing for thing in everything if matches(thing, find)]
    rows = tuple(things[start : start + ROWS])
    plain = {name: value for name, value in raw.items() if not name.startswith("_") and name != "cursor"}
    following = {**plain, FIND: find, FROM: str(start + ROWS)} if start + ROWS < len(things) else None
    return FoundRows(rows, start, len(things), following, note)


async def _all(ctx: Ctx, built: Action[Any]) -> tuple[list[dict[str, Any]], str]:
    """Return all rows, or as many as are looked at, and then a sentence that says so."""
    things: list[dict[str, Any]] = []
    pages = 0
    async for page in ctx.pages(built):
        things += things_in(page)
        pages += 1
        if pages >= MOST_PAGES or len(things) >= MOST_ROWS:
            more = len(things) > MOST_ROWS or bool(page.cursor)
            count = min(len(things), MOST_ROWS)
            return things[:MOST_ROWS], say("Only the first {count:,} rows were read.", count=count) if more else ""
    return things, ""


async def _as_file(ctx: Ctx, action: type[Action[Any]], built: Action[Any], find: str, kind: str) -> Answer:
    everything, note = await _all(ctx, built)
    things = [thing for thing in everything if not find or matches(thing, find)]
    if not things:
        return Reply(say("There is nothing to export."))
    content = as_csv(things) if kind == "csv" else as_json(things)
    more = "".join(f" {one}" for one in (note, ctx.what_is_missing) if one)
    return Attachment(
        file_name(action, ctx.now, kind), content.encode(),
        prose(Bold(say(action.name)), f": {plural(len(things), 'row')}.{more}"),
    )  # fmt: skip


__all__ = ["CONFIRMED", "SURE", "ask", "confirmation", "confirmed", "prefill", "sure"]
