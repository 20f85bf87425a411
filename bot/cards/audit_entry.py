"""An entry of the audit in sentences: what changed for whom, as far as the audit keeps it."""

import re
from typing import Final

from bot.activity.subscriptions.words import in_words
from bot.basics.errors import OtherCompany
from bot.basics.language import mark, say
from bot.catalogue.saying import NOT_KEPT, asked, done, unsaid, words_kept
from bot.catalogue.typed import named_action
from bot.contract.audit_trail import AuditRow
from bot.contract.context import Ctx
from bot.dialpad.action import Risk
from bot.dialpad.audited import kept_arguments

_OWN: Final = {
    "alerts.acknowledge": mark("Acknowledged an alert."),
    "alerts.alerts": mark("Set up alerts."),
    "alerts.snooze": mark("Snoozed an alert."),
    "audit.audit": mark("Looked at the audit."),
    "audit.export": mark("Exported the audit."),
    "audit.more": mark("Looked at the audit."),
    "board.anew": mark("Posted a board anew."),
    "board.board": mark("Set up a board."),
    "board.seen": mark("Noted that they have seen a board."),
    "bulk.resume": mark("Resumed a bulk change."),
    "bulk.start": mark("Started a bulk change."),
    "bulk.step": mark("Went on with a bulk change."),
    "bulk.stop": mark("Stopped a bulk change."),
    "card.accept": mark("Accepted a call that was handed over."),
    "card.claim": mark("Claimed a call."),
    "card.decline": mark("Declined a call that was handed over."),
    "card.hand": mark("Asked a colleague to take a call over."),
    "card.handled": mark("Marked a call as done."),
    "card.note": mark("Left a note on a call."),
    "card.release": mark("Gave a claimed call back."),
    "card.reopen": mark("Reopened a call."),
    "card.snooze": mark("Put a call off."),
    "card.takeover": mark("Took a call over."),
    "card.unassign": mark("Took an assigned call back."),
    "card.wake": mark("Opened a call again that was put off."),
    "connect.agree": mark("Agreed to connect Dialpad."),
    "connect.refuse": mark("Chose not to connect Dialpad."),
    "connect.with_key": mark("Connected Dialpad with an API key."),
    "country.company": mark("Went back to the company's country for numbers."),
    "country.country": mark("Chose a country for numbers."),
    "disconnect.end": mark("Disconnected Dialpad."),
    "duty.tell": mark("Chose whether to be told when Dialpad takes them off duty."),
    "labels.choose": mark("Chose the labels that settle a call."),
    "live.note": mark("Left a note on a call."),
    "note.note": mark("Left a note on a call."),
    "notify.me": mark("Turned on notifications of their own."),
    "notify.pause": mark("Paused notifications."),
    "notify.remove_now": mark("Removed notifications."),
    "notify.resume": mark("Resumed notifications."),
    "notify.save_now": mark("Set up or changed notifications."),
    "notify.switch": mark("Switched a notification of their own."),
    "notify.test": mark("Tested notifications."),
    "notify.undo": mark("Undid a change of notifications."),
    "oncall.cover": mark("Asked for cover."),
    "oncall.take": mark("Took over for a colleague."),
    "oncall.withdraw": mark("No longer asked for cover."),
    "roles.drop": mark("Removed a rule about who may do what."),
    "roles.edit": mark("Changed who may do what."),
    "roles.rule": mark("Set a rule about who may do what."),
    "run.drop": mark("Removed a favorite action."),
    "run.keep": mark("Added a favorite action."),
    "scheduled.cancel": mark("Canceled a scheduled text."),
    "shortcuts.again": mark("Put a reminder off."),
    "shortcuts.forget": mark("Canceled a reminder."),
    "shortcuts.remind": mark("Set a reminder."),
    "stats.stop": mark("Stopped statistics that came regularly."),
    "whoami.keep": mark("Kept a change that would have ended."),
}
"""What people do with what is ours, not Dialpad's."""
_ASKED: Final = mark("Asked for approval: {of}.")
_DECIDED: Final = {
    "approved": mark("Approved a request: {of}."),
    "declined": mark("Declined a request: {of}."),
    "expired": mark("A request expired: {of}."),
}
_WHY: Final = {
    "NotAllowed": mark("Dialpad did not allow it"),
    "NotPermitted": mark("not permitted here"),
    "NotConnected": mark("not connected"),
    "NotFound": mark("it was gone"),
    "BadRequest": mark("Dialpad did not accept it"),
    "Conflict": mark("it did not fit what was going on"),
    "Unavailable": mark("Dialpad did not answer"),
    "TooMany": mark("too much at once"),
    "OutcomeUnknown": mark("not known whether it was done"),
    "NeedsApproval": mark("waits for approval"),
    "Doubt": mark("asked back"),
    "FieldError": mark("asked back"),
    "Misread": mark("not understood"),
    "Refused": mark("asked back"),
    "UserError": mark("told why not"),
}
"""Why something was not done, by the error's class."""


_ROW_OF_UNKEPT: Final = re.compile(r"…(?: …)+")
"""First name and last name, neither of them kept."""


async def audit_sentence(ctx: Ctx, entry: AuditRow) -> tuple[str, list[tuple[str, str]]]:
    """Return what was done, or was to be done, with label and value of what the sentence does not say."""
    if entry.about.object.startswith("approval:"):
        return _of_approval(entry), []
    action = named_action(entry.action) if entry.action else None
    if action is None:
        return _of_ours(entry), await _subscription(ctx, entry)
    kept, hidden = kept_arguments(entry.about.details)
    about, doer = entry.about.object.partition(":")[2], entry.about.dialpad_user_id or ""
    known = await words_kept(ctx, action, about, kept, hidden, doer)
    is_done = entry.outcome == "done"
    said = done(action, known) if is_done and action.risk is not Risk.READ else asked(action, known)
    return _ROW_OF_UNKEPT.sub(NOT_KEPT, said), unsaid(action, known)


def _of_ours(entry: AuditRow) -> str:
    if (known := _OWN.get(entry.route)) is not None:
        return say(known)
    return say("Used “{word}”.", word=entry.route.partition(".")[0])


async def _subscription(ctx: Ctx, entry: AuditRow) -> list[tuple[str, str]]:
    """Return what the notifications are about that were dealt with, while they are there."""
    kind, _, name = entry.about.object.partition(":")
    if kind != "subscription" or ctx.deps.notifications is None:
        return []
    try:
        found = await ctx.deps.notifications.subscription(ctx.person, name)
    except OtherCompany:
        return []
    return [(say("About"), say("their own") if found.is_personal else in_words(found))] if found else []


def _of_approval(entry: AuditRow) -> str:
    """Return what happened to a request for approval, and what it was for."""
    decided = str(entry.about.details.get("decided") or "")
    of = str(entry.about.details.get("of") or "")
    action = named_action(of)
    return say(_DECIDED.get(decided, _ASKED), of=say(action.name) if action else of)


def audit_outcome(entry: AuditRow) -> str:
    """Return why something was not done, "" for what was."""
    if entry.outcome == "done":
        return ""
    return say("not done: {why}", why=say(_WHY.get(entry.outcome, entry.outcome)))
