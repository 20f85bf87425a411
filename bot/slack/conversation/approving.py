"""Asks those who may approve, and runs what was approved: once, with the account of whoever asked.

A request is a row before anybody is asked. Each step moves it on from the state it was in, so that of two who press at
once one decides, and what was begun is never begun again: when the process ends in the middle, the person is told that
it may or may not have happened.
"""

import contextlib
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any, Final

import structlog

from bot.basics.company import CompanyKey
from bot.basics.errors import ChatopsError, DialpadError, UserError, may_have_been_done
from bot.basics.language import mark, say, speaking, spoken
from bot.basics.person import PersonKey
from bot.catalogue.running import confirmation
from bot.catalogue.values import data_of, raw_of
from bot.contract.context import Ctx, Origin, Where
from bot.contract.later import wait_before_retry
from bot.contract.prose import listed, sentence
from bot.contract.reader_languages import ReaderLanguages
from bot.contract.reading import parse_arguments
from bot.contract.reply import (
    Answer,
    Bold,
    Button,
    Card,
    Confirm,
    Fact,
    Mention,
    MessageContent,
    Prose,
    RawArgs,
    Reply,
    When,
)
from bot.contract.roles import (
    APPROVE,
    DECLINE,
    EXPIRE,
    RUN_APPROVED,
    TELL_DECLINED,
    NeedsApproval,
    NotPermitted,
    Role,
    RolePolicy,
    fingerprint_of,
)
from bot.contract.routing import RouteTable
from bot.dialpad.action import Action
from bot.slack.api.channel_messages import ChannelMessages, MessagePlace
from bot.slack.blockkit.blocks import Reader, plain
from bot.slack.conversation.errors import read_trouble
from bot.slack.conversation.permissions import A_ROLE, Permissions
from bot.store.approvals import DRAFT_FOR, Approval, Approvals, AskedIn, HeldRequest
from bot.store.keys import KeyProblem

_log = structlog.get_logger(__name__)

MOST_ASKED: Final = 10
"""People who are asked in direct messages."""
Labeled = tuple[tuple[str, str], ...]
"""What is shown of a request by label; the first is what it is."""
Stamp = Callable[[], Prose]
"""Says what was decided, in the language spoken when it is called."""
_GONE: Final = mark("This request is no longer known. Whoever asked can ask again.")
_OVER: Final[Mapping[str, str]] = {
    "approved": mark("was approved already"),
    "running": mark("was approved already"),
    "done": mark("was approved and done already"),
    "declined": mark("was declined already"),
    "expired": mark("has expired"),
    "draft": mark("was not asked for yet"),
}


@dataclass
class Approving:
    """The desk that requests for approval go over. ``region``: how numbers are written for those who are asked, each in
    their own of the ``languages``."""

    approvals: Approvals
    permissions: Permissions
    messages: ChannelMessages
    table: RouteTable
    languages: ReaderLanguages
    region: str

    # Asking

    async def ask(self, ctx: Ctx, route: str, raw: RawArgs, needed: NeedsApproval) -> Answer:
        name = await self._store(ctx, route, raw, needed.action, needed.role, asked=True, tell=needed.tell)
        return await self._post(ctx, name)

    async def draft(self, ctx: Ctx, route: str, raw: RawArgs, refused: NotPermitted) -> str:
        assert refused.action is not None and refused.least is not None  # noqa: S101, PT018  the caller has looked
        return await self._store(ctx, route, raw, refused.action, refused.least, asked=False)

    async def send(self, ctx: Ctx, name: str) -> Answer:
        found = await self._get(ctx, name)
        if found.person != ctx.person:
            raise UserError(say("Only whoever wanted to do this can ask for it."))
        policy = await self.permissions.policy(found.company)
        if not await self.approvals.move(found.company, name, "draft", "open", lasts=timedelta(hours=policy.hours)):
            raise UserError(
                say("This {state}. Nothing was done again.", state=_over(found, mark("was asked for already")))
            )
        return await self._post(ctx, name)

    async def _store(
        self, ctx: Ctx, route: str, raw: RawArgs, action: Action[Any], role: Role, *, asked: bool,
        tell: Callable[[], Labeled] | None = None,
    ) -> str:  # fmt: skip
        company = await ctx.account.company()
        policy = await self.permissions.policy(company)
        confirm = await self._describe(ctx, action)
        (_, title), *shown = tell() if tell is not None else await self._shown(ctx, confirm)
        places = await self._places(company, ctx.person, role, policy)
        others = {await self.languages.of_channel(company.team_id, place) for place in places} - {spoken()}
        request = HeldRequest(
            route=route,
            args=dict(raw),
            where=replace(ctx.where, response_url=None).to_json(),
            origin=ctx.origin.value,
            fingerprint=fingerprint_of(action),
            title=title,
            shown=tuple(shown),
            quote="" if tell is not None else confirm.quote,
            in_languages={language: await self._in_language(ctx, language, action, tell) for language in others},
        )
        lasts = timedelta(hours=policy.hours) if asked else DRAFT_FOR
        state: Any = "open" if asked else "draft"
        return await self.approvals.create(company, ctx.person, role.value, request, state=state, lasts=lasts)

    async def _in_language(
        self, ctx: Ctx, language: str, action: Action[Any], tell: Callable[[], Labeled] | None
    ) -> Labeled:
        with speaking(language):
            return tell() if tell is not None else await self._shown(ctx, await self._describe(ctx, action))

    async def _shown(self, ctx: Ctx, confirm: Confirm) -> Labeled:
        """Return what is shown of a request by label, with the name of whoever asks."""
        reader, me = Reader(region=self.region), (await ctx.account.link()).name
        (_, title), *others = [(fact.label, plain(fact.value, reader)) for fact in confirm.facts]
        return (("", title), *((label, me if value in {"Me", say("Me")} else value) for label, value in others))

    async def _describe(self, ctx: Ctx, action: Action[Any]) -> Confirm:
        """Return exactly what would be done, as the person's own confirmation shows it."""
        raw = raw_of(type(action), data_of(action))
        return await confirmation(ctx, type(action), raw, raw, ())

    async def _post(self, ctx: Ctx, name: str) -> Answer:
        found = await self._get(ctx, name)
        policy = await self.permissions.policy(found.company)
        places = await self._places(found.company, found.person, Role(found.role), policy)
        posted = []
        for place in places:
            with contextlib.suppress(ChatopsError):  # one who cannot be reached is no reason not to ask the others
                message = await self._message(found, place)
                spot = await self.messages.post(found.company.team_id, place, message, name=f"approval:{name}:{place}")
                posted.append(AskedIn(spot.place, spot.ts, place))
        if not posted:
            await self.approvals.move(found.company, name, "open", "expired")
            raise UserError(
                say(
                    "This needs the approval of {role}, and none could be asked. Ask an admin to name some "
                    "in {typed}. Nothing was done.",
                    role=say(A_ROLE[Role(found.role)]),
                    typed=ctx.deps.settings.typed("roles"),
                )
            )
        await self.approvals.note_posted(found.company, name, posted)
        await ctx.deps.later.at(found.expires_at, _key(name), EXPIRE, {"name": name}, found.person, {})
        asked = listed([(Mention(one),) for one in places])
        return Reply(
            sentence(
                "Nothing was done yet: {request} needs somebody's approval. I asked {asked} and will tell "
                "you. It is good until {when}.",
                request=Bold(found.request.title),
                asked=asked,
                when=When(found.expires_at, "date"),
            ),
        )

    async def _places(self, company: CompanyKey, asks: PersonKey, role: Role, policy: RolePolicy) -> list[str]:
        """Return where it is asked: a channel, or the people who may approve, by their ids."""
        if policy.ask_in:
            return [policy.ask_in]
        people = await self.permissions.people_of(company.team_id, policy, role)
        if not people and policy.saved_by:
            people = [policy.saved_by]
        return [one for one in people if one != asks.user_id][:MOST_ASKED]

    async def _message(self, found: Approval, whom: str, stamp: Stamp | None = None) -> MessageContent:
        """Return the message that asks ``whom``, a channel or a person, in the language that they read."""
        language = await self.languages.of_channel(found.company.team_id, whom)
        with speaking(language):
            told = replace(found, request=found.request.told_in(language))
            return replace(_asking(told, stamp() if stamp is not None else ""), language=language)

    # Deciding

    async def decide(self, ctx: Ctx, name: str, *, yes: bool) -> Reply:
        found = await self._get(ctx, name)
        if found.person == ctx.person:
            raise UserError(say("You asked for this yourself, so somebody else has to decide."))
        if not await self.permissions.holds(ctx, Role(found.role)):
            raise UserError(
                say("Only {role} can decide this. Nothing was changed.", role=say(A_ROLE[Role(found.role)]))
            )
        expired = found.expires_at <= ctx.now
        after: Any = "expired" if expired else "approved" if yes else "declined"
        if not await self.approvals.move(found.company, name, "open", after, by=ctx.person.user_id):
            found = await self._get(ctx, name)
            await self._go_on(ctx, found)
            raise UserError(say("This {state}. Nothing was changed.", state=_over(found, mark("was decided already"))))
        ctx.touched("approval", name, decided=after, of=found.request.route)
        if expired:
            await self._stamp(found, partial(_expired, found))
            return Reply(say("This has expired, so nothing was done. They can ask again."), tone="warning")
        # In the place of the end that was set for it. What follows also takes the buttons away: a process may end here.
        route = RUN_APPROVED if yes else TELL_DECLINED
        await ctx.deps.later.at(ctx.now, _key(name), route, {"name": name}, found.person, {})
        return Reply(
            say("Declined. They hear of it now.") if not yes else say("Approved. It runs now."),
            tone="done",
        )

    async def _go_on(self, ctx: Ctx, found: Approval) -> None:
        """Do what a process that ended did not get to: run what was approved, take away the buttons that were pressed
        in vain."""
        if found.state == "approved":
            await ctx.deps.later.at(ctx.now, _key(found.id), RUN_APPROVED, {"name": found.id}, found.person, {})
        elif found.state == "expired":
            await self._stamp(found, partial(_expired, found))
        else:
            await self._stamp_decided(ctx, found)

    async def _stamp_decided(self, ctx: Ctx, found: Approval) -> None:
        declined = mark("Declined by {who} at {when}")
        decided = declined if found.state == "declined" else mark("Approved by {who} at {when}")
        if found.decided_by:
            who, when = Mention(found.decided_by), When(ctx.now)
            await self._stamp(found, lambda: sentence(decided, who=who, when=when))

    async def _stamp(self, found: Approval, stamp: Stamp) -> None:
        """Replace the buttons of every message that asks by what was decided."""
        for one in found.posted or await self._look_for(found):
            name = f"approval:{found.id}:{one.place}"
            message = await self._message(found, one.whom or one.place, stamp)
            try:
                await self.messages.update(found.company.team_id, MessagePlace(one.place, one.ts), message, name=name)
            except ChatopsError as problem:
                _log.warning("approval not stamped", error=type(problem).__name__)

    async def _look_for(self, found: Approval) -> Sequence[AskedIn]:
        """Find the messages that ask where the process that posted them ended before it noted that."""
        policy = await self.permissions.policy(found.company)
        since = found.expires_at - timedelta(hours=policy.hours, minutes=1)
        asked = []
        for place in await self._places(found.company, found.person, Role(found.role), policy):
            with contextlib.suppress(ChatopsError):
                name = f"approval:{found.id}:{place}"
                spot = await self.messages.find(found.company.team_id, place, name=name, since=since)
                asked += [AskedIn(spot.place, spot.ts, place)] if spot is not None else []
        return asked

    # What follows

    async def run(self, ctx: Ctx, name: str) -> Answer:
        found = await self._get(ctx, name)
        await self._stamp_decided(ctx, found)
        if not await self.approvals.move(found.company, name, "approved", "running"):
            if found.state != "running":
                return Reply(f"“{found.request.title}” {_over(found, mark('is over'))}.")
            await self.approvals.move(found.company, name, "running", "done")
            return Reply(
                say(
                    "“{request}” was approved, and I was restarted in the middle of it, so it may or may "
                    "not have happened. Check in Dialpad before you ask again.",
                    request=found.request.title,
                ),
                tone="warning",
            )
        try:
            answer = await self._run(ctx, found)
        except Exception as error:
            again = isinstance(error, DialpadError) and not may_have_been_done(error)
            if again and wait_before_retry(error, 1, found.expires_at, ctx.now) is not None:
                await self.approvals.move(found.company, name, "running", "approved")
                raise  # it is tried again
            answer = self._say_failed(found, error)
        await self.approvals.move(found.company, name, "running", "done")
        return answer

    async def _run(self, ctx: Ctx, found: Approval) -> Answer:
        request = found.request
        route = self.table.by_id.get(request.route)
        if route is None:
            return Reply(say("What was approved no longer exists, so nothing was done."), tone="warning")
        theirs = replace(
            ctx, where=Where.from_json(request.where), origin=Origin(request.origin),
            approved=request.fingerprint, approved_by=found.decided_by or "",
        )  # fmt: skip
        try:
            return await route.handler(theirs, **await parse_arguments(theirs, route, request.args))
        except NeedsApproval:
            return Reply(
                say(
                    "“{request}” would be something else by now, so it was not done. Ask again.", request=request.title
                ),
                tone="warning",
            )

    def _say_failed(self, found: Approval, error: Exception) -> Reply:
        reference = secrets.token_hex(4)
        route = self.table.by_id.get(found.request.route)
        trouble = read_trouble(error, reference=reference, **({"risk": route.risk} if route else {}))
        if not trouble.expected:
            _log.error("an approved request failed", reference=reference, exc_info=error)
        return Reply(
            say("“{request}” was approved, and then: {trouble}", request=found.request.title, trouble=trouble.text),
            tone="warning",
        )

    async def expire(self, ctx: Ctx, name: str) -> Answer:
        found = await self._get(ctx, name)
        if await self.approvals.move(found.company, name, "open", "expired"):
            await self._stamp(found, partial(_expired, found))
            return Reply(
                say(
                    "Nobody approved “{request}” in time, so nothing was done. You can ask again.",
                    request=found.request.title,
                )
            )
        left = {"approved": say("was approved and could not be run, so nothing was done. You can ask again.")}
        return Reply(f"“{found.request.title}” {left.get(found.state, _over(found, mark('is over')))}")

    async def say_declined(self, ctx: Ctx, name: str) -> Answer:
        found = await self._get(ctx, name)
        await self._stamp_decided(ctx, found)
        by: Prose = (Mention(found.decided_by),) if found.decided_by else say("Somebody")
        return Reply(
            sentence("{by} declined “{request}”. Nothing was done.", by=by, request=found.request.title), tone="warning"
        )

    async def _get(self, ctx: Ctx, name: str) -> Approval:
        try:
            found = await self.approvals.get(await ctx.account.company(), name)
        except KeyProblem:
            found = None
        if found is None:
            raise UserError(say(_GONE))
        return found


def _key(name: str) -> str:
    return f"approval:{name}"


def _over(found: Approval, otherwise: str) -> str:
    """Say how a request stands, as the end of a sentence about it."""
    return say(_OVER.get(found.state, otherwise))


def _expired(found: Approval) -> Prose:
    return sentence("Expired at {when}", when=When(found.expires_at))


def _asking(found: Approval, stamp: Prose) -> MessageContent:
    facts = (
        Fact(say("Asks"), (Mention(found.person.user_id),)),
        *(Fact(label, value) for label, value in found.request.shown),
    )
    args, title = {"name": found.id}, found.request.title
    buttons = (
        Button("Approve", APPROVE, args, style="primary", spoken=say("Approve: {request}", request=title)),
        Button("Decline", DECLINE, args, style="danger", spoken=say("Decline: {request}", request=title)),
    )
    card = Card(
        say("Approval: {request}", request=title),
        facts=facts,
        text=found.request.quote,
        note=sentence(
            "It is done once, with the Dialpad account of whoever asks. Good until {when}.",
            when=When(found.expires_at, "date"),
        ),
        buttons=() if stamp else buttons,
    )
    return MessageContent(card, stamp=stamp)
