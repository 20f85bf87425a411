"""Handles ``audit``: who did what to whom, for admins."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Final, Literal, cast

from bot.arguments.audited_action import DeedChoice, Deeds
from bot.arguments.days import Days, DaySpan
from bot.arguments.subject import Subject, SubjectChoice
from bot.basics.errors import ChatopsError, UserError
from bot.basics.language import mark, say
from bot.basics.person import PersonKey
from bot.cards.audit_entry import audit_outcome, audit_sentence
from bot.catalogue.answers import as_csv
from bot.catalogue.saying import NOT_KEPT
from bot.contract.argument import Carried, Choice, Option
from bot.contract.audit_trail import AuditQuery, AuditRow, AuditTrail
from bot.contract.context import Ctx
from bot.contract.prose import plural, prose
from bot.contract.reply import Answer, Attachment, Bold, Button, Listing, Mention, Prose, RawArgs, Reply, Row, When
from bot.contract.roles import Role
from bot.contract.routing import Router
from bot.dialpad.action import Entity, Risk
from bot.dialpad.actions import ALL
from bot.dialpad.audited import as_text

router = Router()

ROWS: Final = 10
MOST_ROWS: Final = 10_000
"""Rows of one file."""
_READING: Final = tuple(action.slug for action in ALL if action.risk is Risk.READ)
_OBJECTS: Final = {
    "user": Entity.USER, "callcenter": Entity.CALL_CENTER, "department": Entity.DEPARTMENT, "office": Entity.OFFICE,
}  # fmt: skip
_SHOWN: Final = (
    Option("What changed something", "changes"), Option("What failed", "failed"), Option("Everything", "everything"),
)  # fmt: skip
_SAID: Final = (
    ("all", "everything"), ("reads", "everything"), ("failures", "failed"), ("errors", "failed"), ("refused", "failed"),
)  # fmt: skip
_ORIGINS: Final = {
    "typed": mark("typed"), "mention": mark("mention"), "button": mark("button"), "form": mark("form"),
    "confirmed": mark("confirmed"), "shortcut": mark("shortcut"), "message shortcut": mark("message shortcut"),
    "event": mark("event"), "resumed": mark("resumed"), "later": mark("later"),
}  # fmt: skip
"""How requests came in, as people read it."""
AuditView = Literal["changes", "failed", "everything"]


@router.command(
    "audit",
    usage="[<person or line>] [<command or action>] [today | last week | 1–15 Nov] [failed | everything]",
    summary="See who did what to whom",
    aliases=("log",),
    phrases=dict.fromkeys(("audit log", "who did what", "show the audit", "audit trail"), ""),
    examples=("audit", "audit ana yesterday", "audit block last week"),
    title="Audit",
    submit="Show",
)
async def audit(
    ctx: Ctx,
    of: Annotated[
        Subject | None,
        SubjectChoice("Who or whom", keywords=("by", "of", "to", "about"), bare=True,
                      hint="A person who did it, or a person or line that it was done to."),
    ] = None,
    days: Annotated[
        DaySpan | None,
        Days("Days", keywords=("since", "from", "in", "during", "on"), bare=True, placeholder="The newest"),
    ] = None,
    shown: Annotated[str, Choice("Show", options=_SHOWN, aliases=_SAID)] = "changes",
    did: Annotated[
        Deeds | None, DeedChoice("What", keywords=("did",), bare=True, hint="A command, or words of an action's name.")
    ] = None,
) -> Answer:  # fmt: skip
    """Show the newest entries that fit. No texts, numbers or secrets are in them."""
    return await _show(ctx, _Asked(of, days, cast(AuditView, shown), did), 0)


class _Asked:
    """What was asked for, as one thing."""

    def __init__(self, of: Subject | None, days: DaySpan | None, shown: AuditView, did: Deeds | None) -> None:
        self.of, self.days, self.shown, self.did = of, days, shown, did

    @property
    def args(self) -> RawArgs:
        args = {
            "of": self.of.raw if self.of else "",
            "days": self.days.raw if self.days else "",
            "did": self.did.raw if self.did else "",
        }
        return {"shown": self.shown, **{name: value for name, value in args.items() if value}}

    @property
    def words(self) -> str:
        parts = [
            self.of.name if self.of else "",
            f"“{self.did.raw}”" if self.did else "",
            self.days.words if self.days else "",
        ]
        said = ", ".join(part for part in parts if part)
        return say("Audit: {said}", said=said) if said else say("Audit")

    async def query(self, ctx: Ctx, before_id: int) -> AuditQuery:
        query = AuditQuery(before_id=before_id)
        if self.of is not None and self.of.kind != "company":
            person = str(await ctx.account.user_id()) if self.of.kind == "me" else self.of.id
            is_person = self.of.kind in {"me", "user"}
            whom = f"user:{person}" if is_person else f"{_OBJECTS[self.of.kind]}:{person}"
            query = replace(query, whom=whom, dialpad_user_id=person if is_person else "")
        if self.days is not None:
            zone = await ctx.zone()
            begin = datetime.combine(self.days.first, time(), zone).astimezone(UTC)
            end = datetime.combine(self.days.last + timedelta(days=1), time(), zone).astimezone(UTC)
            query = replace(query, after=begin, before=end)
        if self.did is not None:
            query = replace(query, actions=self.did.actions, routes=self.did.routes)
        if self.shown == "changes":
            asked_for = self.did.actions if self.did else ()
            query = replace(query, hidden=tuple(one for one in _READING if one not in asked_for))
        return replace(query, outcome="failed" if self.shown == "failed" else "")


async def _trail(ctx: Ctx) -> AuditTrail:
    """Return what can be searched. Raises UserError for whoever is no admin."""
    if ctx.deps.audit is None or ctx.deps.gate is None:
        raise UserError(say("The audit cannot be searched here. Ask whoever runs this bot."))
    await ctx.account.company()
    return ctx.deps.audit


async def _is_admin(ctx: Ctx) -> bool:
    return ctx.deps.gate is not None and await ctx.deps.gate.holds(ctx, Role.ADMIN)


def _not_yours() -> Reply:
    return Reply(say("The audit is for admins. Ask one to look for you."))


async def _show(ctx: Ctx, asked: _Asked, before_id: int) -> Answer:
    trail = await _trail(ctx)
    if not await _is_admin(ctx):
        return _not_yours()
    ctx.touched("audit", "search")
    found = await trail.search(await ctx.account.company(), await asked.query(ctx, before_id), ROWS + 1)
    rows = [await _row(ctx, one) for one in found[:ROWS]]
    more = found[ROWS - 1].id if len(found) > ROWS else 0
    buttons = (
        *((Button("Older", "audit.more", {**asked.args, "before": str(more)}),) if more else ()),
        *((Button("As a CSV file", "audit.export", asked.args),) if rows else ()),
        Button("Search…", "audit.audit", asked.args, form=True),
    )
    note = say("Reading is left out; “everything” shows it.") if asked.shown == "changes" else ""
    if any(NOT_KEPT in str(row.text) for row in rows):
        note = f"{note} {say('“…” is what the audit does not keep: numbers, names and texts.')}".strip()
    return Listing(asked.words, tuple(rows), empty=say("There are no such entries."), note=note, buttons=buttons)


async def _row(ctx: Ctx, entry: AuditRow) -> Row:
    said, more = await audit_sentence(ctx, entry)
    text = prose(When(entry.at, "date"), "  ", Mention(entry.person.user_id), ": ", said)
    details = [f"{label}: {value}" for label, value in more]
    details += [say(_ORIGINS.get(entry.origin, entry.origin)), audit_outcome(entry)]
    return Row(text, note=" · ".join(one for one in details if one))


_Of = Annotated[Subject | None, SubjectChoice("Who or whom", shown=False)]
_Days = Annotated[DaySpan | None, Days("Days", shown=False)]
_Did = Annotated[Deeds | None, DeedChoice("What", shown=False)]
_ShownAs = Annotated[str, Carried("Show", longest=12)]


@router.button()
async def more(
    ctx: Ctx, before: Annotated[str, Carried("Before", longest=20)], of: _Of = None, days: _Days = None,
    shown: _ShownAs = "changes", did: _Did = None,
) -> Answer:  # fmt: skip
    """Show older entries."""
    return await _show(ctx, _Asked(of, days, cast(AuditView, shown), did), int(before) if before.isdigit() else 0)


@router.button()
async def export(ctx: Ctx, of: _Of = None, days: _Days = None, shown: _ShownAs = "changes", did: _Did = None) -> Answer:
    """Send the entries as a file, in the direct messages of whoever asked."""
    trail = await _trail(ctx)
    if not await _is_admin(ctx):
        return _not_yours()
    ctx.touched("audit", "export")
    asked = _Asked(of, days, cast(AuditView, shown), did)
    found = await trail.search(await ctx.account.company(), await asked.query(ctx, 0), MOST_ROWS)
    if not found:
        return Reply(say("There is nothing to export."))
    names = {one: await _name(ctx, one) for one in dict.fromkeys(entry.person.user_id for entry in found)}
    rows = [
        {
            "at": entry.at.isoformat(),
            "person": names[entry.person.user_id],
            "slack_user": entry.person.user_id,
            "dialpad_user": entry.about.dialpad_user_id or "",
            "action": entry.action,
            "route": entry.route,
            "object": entry.about.object,
            "details": as_text(entry.about.details),
            "origin": entry.origin,
            "outcome": entry.outcome,
            "reference": entry.reference,
        }
        for entry in found
    ]
    cut: Prose = say(" Only the newest {count:,}.", count=MOST_ROWS) if len(found) == MOST_ROWS else ""
    text = prose(Bold(asked.words), f": {plural(len(found), 'entry', 'entries')}.", cut)
    return Attachment(f"audit-{ctx.now:%Y-%m-%d}.csv", as_csv(rows).encode(), text)


async def _name(ctx: Ctx, user_id: str) -> str:
    try:
        return (await ctx.deps.people.profile(PersonKey(ctx.person.team_id, user_id))).name
    except ChatopsError:
        return ""
