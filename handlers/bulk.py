"""Handles ``bulk``: a change of many things at once, from a CSV file, with a look before and a stop button."""

import base64
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Annotated, Any, Final

from bot.basics.errors import ChatopsError, DialpadError, FieldError, NotConnected, UserError, may_have_been_done
from bot.basics.language import mark, say
from bot.catalogue.answers import as_csv
from bot.catalogue.bulk_kinds import BY_KEY, KINDS, BulkKind, build_rows, missing_columns, was_done
from bot.catalogue.bulk_sheet import LARGEST, read_sheet
from bot.catalogue.inputs import Attached, FileArgument
from bot.catalogue.typed import named_action
from bot.catalogue.validation import validated
from bot.contract.argument import Carried, Choice, Option
from bot.contract.bulk import BulkJob, BulkRow, BulkStore
from bot.contract.context import WHOLE_REQUEST, Ctx, Origin
from bot.contract.later import wait_before_retry
from bot.contract.prose import plural, prose
from bot.contract.reply import (
    Answer,
    Attachment,
    Bold,
    Button,
    Card,
    Confirm,
    Fact,
    Form,
    MessageContent,
    Nothing,
    Prose,
    Reply,
)
from bot.contract.roles import NeedsApproval, NotPermitted
from bot.contract.routing import Router
from bot.dialpad.action import Action, Risk

router = Router()

IN_ONE_STEP: Final = 25
"""Rows between two looks at whether this process goes on with it; what they did is then in the audit."""
SHOWN_EVERY_S: Final = 3.0
"""Seconds between two edits of the progress message at least."""
_PROBLEMS_SHOWN: Final = 8
_BAR: Final = 20
_WORDS: Final = {
    "todo": mark("not done"), "begun": mark("unknown"), "done": mark("done"), "failed": mark("failed"),
    "unknown": mark("unknown"), "wrong": mark("not done"),
}  # fmt: skip

_STATES: Final = {
    "running": mark("going on"), "stopping": mark("stopping"), "stopped": mark("stopped"), "done": mark("finished"),
}  # fmt: skip

_Job = Annotated[str, Carried("Bulk change", longest=40)]


@router.command(
    "bulk",
    summary="Change many things at once, from a CSV file",
    aliases=("import",),
    phrases=dict.fromkeys(("bulk import", "import csv", "import contacts", "upload csv"), ""),
    examples=("bulk",),
    title="Change in bulk",
    submit="Preview",
    always_form=True,
    shared="file",
)
async def bulk(
    ctx: Ctx,
    kind: Annotated[str | None, Choice("What", options=tuple(Option(one.title, one.key) for one in KINDS))] = None,
    file: Annotated[
        Attached | None,
        FileArgument("CSV file", kinds=("csv", "tsv", "txt"), largest=LARGEST,
                     hint="With a heading: Number, First name, Email, Call center … Nothing happens before you agree."),
    ] = None,
) -> Answer:  # fmt: skip
    """Read a file and show what would be done, with what is wrong at each row."""
    store = ctx.bulk
    company = await ctx.account.company()
    if kind is None and file is not None and ctx.origin is not Origin.FORM:
        return _which(file)
    if (kind is None or file is None) and ctx.origin is not Origin.FORM:
        return Form("bulk.bulk", {"kind": kind} if kind else {})
    if kind is None or file is None:
        raise FieldError("kind" if kind is None else "file", say("Choose what to do, and attach a CSV file."))
    wanted = BY_KEY[kind]
    await _may(ctx, wanted)
    try:
        sheet = read_sheet(base64.b64decode(file.content))
    except UserError as problem:
        raise FieldError("file", problem.text) from None
    if lacking := missing_columns(wanted, sheet.heading):
        columns = ", ".join(one.titles[0] for one in wanted.columns)
        raise FieldError(
            "file",
            say(
                "There is no column {lacking}. The columns are: {columns}.",
                lacking=say(" or ").join(lacking),
                columns=columns,
            ),
        )
    rows = await build_rows(ctx, wanted, sheet)
    name = await store.create(company, ctx.person, wanted.key, sheet.heading, rows)
    return _preview(wanted, name, rows)


def _which(file: Attached) -> Reply:
    """Ask what is to be done with a file that somebody shared: whatever its columns are enough for."""
    heading = read_sheet(base64.b64decode(file.content)).heading
    fit = [one for one in KINDS if not missing_columns(one, heading)]
    if not fit:
        return Reply(
            say("{file} has no column that I know, such as Number or Email, so nothing was done.", file=file.name),
            (Button("Open the form", "bulk.bulk", form=True),),
            tone="warning",
        )
    buttons = tuple(Button(one.title, "bulk.bulk", {"kind": one.key, "file": file.raw}) for one in fit)
    asked = say("Run {file} as a bulk change? Nothing happens before you have seen what it would do.", file=file.name)
    return Reply(asked, buttons)


async def _may(ctx: Ctx, kind: BulkKind) -> None:
    """Refuse early what this person may not do. Raises NotPermitted."""
    if ctx.deps.gate is not None:
        await ctx.deps.gate.check_early(ctx, kind.action, "bulk")


def _preview(kind: BulkKind, name: str, rows: Sequence[BulkRow]) -> Answer:
    good = [row for row in rows if row.state == "todo"]
    wrong = [row for row in rows if row.state == "wrong"]
    told = "\n".join(say("Row {row}: {said}", row=row.number, said=row.said) for row in wrong[:_PROBLEMS_SHOWN])
    more = say("\nand {count:,} more", count=len(wrong) - _PROBLEMS_SHOWN) if len(wrong) > _PROBLEMS_SHOWN else ""
    as_file = Button("All problems as a file", "bulk.result", {"job": name})
    if not good:
        return Reply(
            say("None of the {rows} can be used.\n{told}{more}", rows=plural(len(rows), "row"), told=told, more=more),
            (as_file,),
            tone="warning",
        )
    facts = [Fact(say("What"), say(kind.title)), Fact(say("Rows"), say("{count:,} will be done", count=len(good)))]
    if wrong:
        facts.append(
            Fact(
                say("Not done"),
                say("{rows} with a problem\n{told}{more}", rows=plural(len(wrong), "row"), told=told, more=more),
            )
        )
    facts.append(Fact(say("First"), ", ".join(one for one in good[0].cells if one)[:200]))
    return Confirm(
        route="bulk.start", args={"job": name}, title=say("Start?"), facts=tuple(facts), yes=say("Start"),
        note=say("It goes on in the background, and you can stop it. Rows that are done stay done."),
        danger=kind.action.risk in {Risk.OUTWARD, Risk.DESTRUCTIVE},
        instead=(as_file,) if wrong else (),
    )  # fmt: skip


@router.confirmed(risk=Risk.OUTWARD)
async def start(ctx: Ctx, job: _Job) -> Answer:
    """Start a bulk change, once. What of its class needs somebody's approval needs it as a whole."""
    store = ctx.bulk
    found = await _get(ctx, job)
    (first,) = await store.rows(found.company, job, "todo", 1) or (None,)
    if first is None:
        raise UserError(say("There is nothing left to do in it."))
    try:
        await ctx.check(_action(first))
    except NeedsApproval as needed:
        counts = await store.counts(found.company, job)
        some = await store.rows(found.company, job, "todo", 3)
        needed.tell = partial(_told, found.kind, counts.get("todo", 0), some)
        raise
    if not await store.move(found.company, job, ("draft",), "running", approved_by=ctx.approved_by):
        raise UserError(say("This was started already, so nothing was done again."))
    ctx.touched("bulk", job, of=found.kind, started=True)
    await _show(ctx, found)
    await _go_on(ctx, job)
    return Reply(say("Started. How far it is stands in our direct messages, with a stop button."), tone="done")


def _told(kind: str, count: int, some: Sequence[BulkRow]) -> tuple[tuple[str, str], ...]:
    """Return what whoever has to approve a bulk change is shown of it, by label."""
    return (
        (say("What"), say("In bulk: {title}", title=say(BY_KEY[kind].title))),
        (say("Rows"), f"{count:,}"),
        *((say("Row {row}", row=row.number), ", ".join(one for one in row.cells if one)[:200]) for row in some),
    )


def _action(row: BulkRow) -> Action[Any]:
    action = named_action(row.slug)
    if action is None:
        raise UserError(say("This action no longer exists."))
    return validated(action, row.data)


async def _go_on(ctx: Ctx, job: str) -> None:
    await ctx.deps.later.at(ctx.now, f"bulk:{job}", "bulk.step", {"job": job}, ctx.person, {})


async def _get(ctx: Ctx, job: str) -> BulkJob:
    store = ctx.bulk
    found = await store.get(await ctx.account.company(), job)
    if found is None or found.person != ctx.person:
        raise UserError(say("This bulk change is no longer known, or is somebody else's."))
    return found


# Doing it


@router.later()
async def step(ctx: Ctx, job: _Job) -> Answer:
    """Do the next rows. It is set again until all are done, so that a restart goes on where it was."""
    store = ctx.bulk
    found = await _get(ctx, job)
    if found.state not in {"running", "stopping"}:
        return Nothing()
    theirs = replace(ctx, approved=WHOLE_REQUEST, approved_by=found.approved_by) if found.approved_by else ctx
    for left in await store.rows(found.company, job, "begun"):
        await store.step(found.company, job, await _settle(theirs, found, left), None)
    shown_at = time.monotonic()
    ended: BulkRow | None = None
    for row in await store.rows(found.company, job, "todo", IN_ONE_STEP):
        state, ended = await store.step(found.company, job, ended, row.number), None
        if state != "running":
            break
        ended = await _do(theirs, found, row)
        if time.monotonic() - shown_at >= SHOWN_EVERY_S:
            shown_at = time.monotonic()
            await _show(ctx, found)
    if ended is not None:
        await store.step(found.company, job, ended, None)
    return await _after(ctx, found)


async def _after(ctx: Ctx, found: BulkJob) -> Answer:
    """Go on, or say how it ended."""
    store = ctx.bulk
    left = (await store.counts(found.company, found.id)).get("todo", 0)
    if left and await store.move(found.company, found.id, ("running",), "running"):
        await _show(ctx, found, often=False)
        await _go_on(ctx, found.id)
        return Nothing()
    ended = "stopped" if left else "done"
    await store.move(found.company, found.id, ("running", "stopping"), "stopped" if left else "done")
    await _show(ctx, found)
    return await _file(ctx, found, f"{say(BY_KEY[found.kind].title)}: {say(_STATES[ended])}.")


async def _do(ctx: Ctx, job: BulkJob, row: BulkRow) -> BulkRow:
    """Do one row, and return how it ended. Raises what is to be tried again later, after the row was put back."""
    store = ctx.bulk
    try:
        await ctx.send(_action(row), background=True)
    except NotConnected:
        await _put_back(store, job, row)
        await store.move(job.company, job.id, ("running",), "stopped")
        raise
    except DialpadError as problem:
        if may_have_been_done(problem):
            return await _settle(ctx, job, row)
        if wait_before_retry(problem, 1, ctx.now, ctx.now) is not None:
            await _put_back(store, job, row)
            raise
        return replace(row, state="failed", said=_why(problem))
    except (NeedsApproval, NotPermitted) as refused:
        return replace(
            row, state="failed", said=getattr(refused, "text", say("This needs somebody's approval by now."))
        )
    except UserError as problem:
        return replace(row, state="failed", said=problem.text)
    return replace(row, state="done")


async def _put_back(store: BulkStore, job: BulkJob, row: BulkRow) -> None:
    await store.step(job.company, job.id, replace(row, state="todo"), None)


def _why(problem: DialpadError) -> str:
    said = " ".join(problem.message.split())[:200]
    return say("Dialpad refused: {said}", said=said) if said else say("Dialpad refused.")


async def _settle(ctx: Ctx, job: BulkJob, row: BulkRow) -> BulkRow:
    """Find out what became of a row that was begun: it is done again only where it is known that it was not done, or
    where doing it twice is the same as once."""
    kind = BY_KEY[job.kind]
    if kind.again:
        return replace(row, state="todo")
    try:
        done = await was_done(ctx, kind, row.data)
    except ChatopsError:
        done = None
    if done is None:
        return replace(row, state="unknown", said=say("It may or may not have happened. Check in Dialpad."))
    return replace(row, state="done" if done else "todo")


# Seeing it


async def _show(ctx: Ctx, job: BulkJob, *, often: bool = True) -> None:
    """Show how far it is, in the message that is there for that. ``often`` False: only where there is none yet."""
    store, messages = ctx.bulk, ctx.progress
    known = await store.get(job.company, job.id) or job
    if known.posted is not None and not often:
        return
    content = MessageContent(_progress(known, await store.counts(job.company, job.id)))
    name = f"bulk:{job.id}"
    with suppress(ChatopsError):  # it goes on without being seen, and the next time it is tried again
        if known.posted is not None:
            await messages.update(ctx.person.team_id, known.posted, content, name)
        else:
            spot = await messages.post(ctx.person.team_id, ctx.person.user_id, content, name)
            await store.note_posted(job.company, job.id, spot)


def _progress(job: BulkJob, counts: Mapping[str, int]) -> Card:
    total = sum(count for state, count in counts.items() if state != "wrong")
    over = total - counts.get("todo", 0) - counts.get("begun", 0)
    filled = _BAR * over // total if total else _BAR
    parts = [
        say("{over:,} of {total:,}", over=over, total=total),
        *(f"{counts[one]:,} {say(_WORDS[one])}" for one in ("failed", "unknown") if counts.get(one)),
    ]
    if counts.get("wrong"):
        parts.append(say("{wrong:,} left out", wrong=counts["wrong"]))
    state = say(_STATES.get(job.state, mark("waiting")))
    bar = f"{'▓' * filled}{'░' * (_BAR - filled)} {100 * over // total if total else 100}%"
    text: Prose = f"{bar}  ·  {' · '.join(parts)}"
    buttons: tuple[Button, ...] = (Button("Result as a file", "bulk.result", {"job": job.id}),)
    if job.state == "running":
        buttons = (Button("Stop", "bulk.stop", {"job": job.id}, style="danger"), *buttons)
    if job.state == "stopped" and counts.get("todo"):
        buttons = (Button("Go on", "bulk.resume", {"job": job.id}, style="primary"), *buttons)
    return Card(prose(Bold(say(BY_KEY[job.kind].title)), f": {state}"), text=text, buttons=buttons)


@router.button(risk=Risk.CHANGE)
async def stop(ctx: Ctx, job: _Job) -> Answer:
    """Stop a bulk change after the row that is being done."""
    store = ctx.bulk
    found = await _get(ctx, job)
    if not await store.move(found.company, job, ("running",), "stopping"):
        return Reply(say("It is not going on any more."))
    ctx.touched("bulk", job, stopped=True)
    return Reply(say("It stops after the row that is being done. What is done stays done."), tone="done")


@router.button(risk=Risk.CHANGE)
async def resume(ctx: Ctx, job: _Job) -> Answer:
    """Go on with a bulk change that was stopped."""
    store = ctx.bulk
    found = await _get(ctx, job)
    if not await store.move(found.company, job, ("stopped",), "running"):
        return Reply(say("It is not stopped."))
    ctx.touched("bulk", job, resumed=True)
    await _show(ctx, found)
    await _go_on(ctx, job)
    return Reply(say("It goes on."), tone="done")


@router.button()
async def result(ctx: Ctx, job: _Job) -> Answer:
    """Send what became of each row, as a file."""
    found = await _get(ctx, job)
    return await _file(ctx, found, say("{title}: each row and what became of it.", title=say(BY_KEY[found.kind].title)))


async def _file(ctx: Ctx, job: BulkJob, said: str) -> Attachment:
    store = ctx.bulk
    rows = await store.rows(job.company, job.id)
    counts = await store.counts(job.company, job.id)
    heading = [head or say("Column {at}", at=at) for at, head in enumerate(job.heading, start=1)]
    lines = [
        {
            say("Row"): row.number,
            say("Result"): say(_WORDS[row.state]),
            say("Why"): row.said,
            **dict(zip(heading, row.cells, strict=False)),
        }
        for row in rows
    ]
    told = ", ".join(f"{count:,} {say(_WORDS[state])}" for state, count in sorted(counts.items()))
    return Attachment(
        f"bulk-{job.kind}-{ctx.now:%Y-%m-%d}.csv", as_csv(lines).encode("utf-8-sig"), prose(Bold(said), f" {told}.")
    )
