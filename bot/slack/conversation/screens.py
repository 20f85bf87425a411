"""The screens an answer can be shown on: a message in the channel, a modal, a submitted form, the Home tab."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from bot.basics.errors import ChatopsError
from bot.basics.language import say, translated
from bot.contract.board import UserGroup
from bot.contract.context import Ctx
from bot.contract.nearest import help_button
from bot.contract.reply import (
    Answer,
    Attachment,
    Button,
    Card,
    Confirm,
    Form,
    Listing,
    Nothing,
    Part,
    Prose,
    RawArgs,
    Reply,
    Shown,
    Unfurls,
)
from bot.contract.routing import Route, RouteKind, RouteTable
from bot.slack.api.messages import SlackMessages, Trigger, within
from bot.slack.api.names import Groups, find_names, mentioned
from bot.slack.blockkit.blocks import Json, Reader, parts_of, plain
from bot.slack.blockkit.buttons import ButtonTooLong, pack_args
from bot.slack.blockkit.forms import block_ids, build_form, form_title, pack_metadata
from bot.slack.blockkit.limits import FIELD_ERROR, cut
from bot.slack.blockkit.render import (
    Message,
    render_confirm_message,
    render_confirm_view,
    render_home,
    render_message,
    render_view,
    render_working,
)
from bot.slack.conversation.errors import UserMessage
from bot.slack.conversation.stored import CONFIRMATION_PLACE, ConfirmationPlace, StoredEdit
from bot.store.confirmations import Confirmations


@dataclass
class Patience:
    """How long to wait, in seconds. Slack's own limits are 3 s for an acknowledgement, a trigger and a type-ahead."""

    line: float = 2.0
    """Until a slow handler posts a message that the answer will follow: few answers need one."""
    modal: float = 1.0
    """The same for a modal, which must open while its trigger is good."""
    form: float = 0.8
    """Until a modal opens in a loading state."""
    submit: float = 2.0
    """Until a submitted form says it is working."""
    options: float = 2.5
    trigger: float = 2.5
    unsaid: float = 2.0
    """Until something is said again that Slack did not take; twice as long each time, up to ``longest_unsaid``."""
    longest_unsaid: float = 60.0


@dataclass(frozen=True)
class ScreenTools:
    """What all screens use."""

    table: RouteTable
    confirmations: Confirmations
    messages: SlackMessages
    patience: Patience = field(default_factory=Patience)

    async def reader(self, ctx: Ctx, *shown: Answer | Prose) -> Reader:
        """Who will read it, with zone and region, and the names of those whom ``shown`` mentions.
        Never fails: text that cannot be put in somebody's zone is still worth reading."""
        try:
            ids = mentioned(shown)
            names = await find_names(ctx.deps.people, _groups_for(ctx), ctx.person.team_id, ids) if ids else {}
            others = any(getattr(one, "shared", False) for one in shown)
            return Reader(await ctx.zone(), await ctx.region(), names, names_zone=others)
        except Exception:  # noqa: BLE001  Slack or the store is down: the answer itself must still arrive
            return Reader(ZoneInfo("UTC"), ctx.deps.settings.region)

    async def build_form(self, ctx: Ctx, form: Form, *, notice: Prose = "", prefill: bool = True) -> Json:
        """Build the modal of a form. ``prefill`` False keeps what the person has just filled in as it is."""
        route = self.table.by_id[form.route]
        form = await route.opening(ctx, form) if route.opening and prefill else form
        return await build_form(ctx, route, form.args, form.problems, notice=notice or form.notice, about=form.about)

    async def send_file(self, ctx: Ctx, file: Attachment) -> Shown:
        """Send the file as a DM and return what to show where the person asked."""
        words = plain(file.text, await self.reader(ctx, file.text))
        await self.messages.send_file(ctx.person, file.name, file.content, words, through=ctx.where.through)
        return file.card or Reply((*parts_of(file.text), say(" The file is in our direct messages.")))

    def confirm_view(self, confirm: Confirm, reader: Reader, *, metadata: str, name: str) -> Json:
        """Build the modal of a confirmation. Slack tells when it is closed where something follows from that."""
        told = self.table.by_id[confirm.route].dropped is not None
        return render_confirm_view(confirm, reader, metadata=metadata, name=name, told_when_closed=told)

    async def keep(self, ctx: Ctx, confirm: Confirm) -> str:
        """Store the request until the person agrees; the confirmation's id."""
        edit = StoredEdit(confirm.edit.route, confirm.edit.args) if confirm.edit is not None else None
        place = CONFIRMATION_PLACE.dump(ConfirmationPlace(ctx.where, confirm.yes, edit), without_none=True)
        return await self.confirmations.create(ctx.person, confirm.route, dict(confirm.args), place)


def _groups_for(ctx: Ctx) -> Groups | None:
    notifications = ctx.deps.notifications
    if notifications is None:
        return None

    async def groups(_: str) -> Sequence[UserGroup]:
        return await notifications.user_groups(ctx.person)

    return groups


class Screen(Protocol):
    """Where the answer to one request is shown."""

    async def answer(self, route: Route | None, answer: Answer) -> None: ...

    async def trouble(self, route: Route | None, raw: RawArgs, trouble: UserMessage, connect: Card | None) -> None: ...

    def patience(self) -> float:
        """Return the seconds until ``busy`` is called."""
        ...

    async def busy(self, route: Route) -> None:
        """Show, where the answer will be, that it takes a while."""
        ...


def busy_words(route: Route) -> str:
    return say("Working on it: {what}…", what=say(route.summary or route.title) or say("one moment"))


def wait_words(route: Route) -> str:
    """Return the sentence that says it takes a while, which stays true after the answer has come."""
    about = f" ({say(route.title or route.summary)})" if route.title or route.summary else ""
    return say("Dialpad is taking a moment for this{about}. The answer will appear below.", about=about)


def usage_of(ctx: Ctx, route: Route) -> str:
    """Write how a route's command is typed, "" for what is not typed."""
    if route.kind is not RouteKind.COMMAND or not route.usage:
        return ""
    return ctx.deps.settings.typed(f"{route.word} {translated(route.usage)}")


class LineScreen:
    """A message only the person sees, near where they asked. Forms open as a modal while the trigger is valid."""

    def __init__(
        self, tools: ScreenTools, ctx: Ctx, trigger: Trigger | None = None, *, replace: bool = False, stamp: Prose = ""
    ) -> None:
        self._tools = tools
        self._ctx = ctx
        self._trigger = trigger
        self._replace = replace
        self._stamp = stamp
        self._said_busy = False
        self._modal: ModalScreen | None = None

    async def answer(self, route: Route | None, answer: Answer) -> None:
        match answer:
            case Nothing() | Unfurls():
                if self._said_busy:
                    await self._say(Message(say("Done.")))
            case Form():
                await self._form(answer)
            case Confirm():
                await self._confirm(answer)
            case Attachment():
                await self._show(route, await self._tools.send_file(self._ctx, answer))
            case _:
                await self._show(route, answer)

    async def trouble(self, route: Route | None, raw: RawArgs, trouble: UserMessage, connect: Card | None) -> None:
        if self._modal is not None:
            await self._modal.trouble(route, raw, trouble, connect)
            return
        if connect is not None:
            await self._show(route, connect)
            return
        text: tuple[Part, ...] = (trouble.text,)
        buttons = trouble.choices
        if route is not None and trouble.problems:
            usage = usage_of(self._ctx, route)
            text = (trouble.text, say("\nUse it like this: {usage}", usage=usage)) if usage else text
            buttons = (*_form_button(route, raw), *help_button(route.word))
        await self._show(None, Reply(text, buttons, tone="warning"), stamped=False)

    def patience(self) -> float:
        return self._tools.patience.line

    async def busy(self, route: Route) -> None:
        # A response_url replaces or deletes the message whose button was pressed and nothing else: what was said
        # through a command's own can never be taken back, nor can chat.postEphemeral's. So that line is true for good.
        where = self._ctx.where
        if where.response_url:
            self._said_busy = True
            words = busy_words(route) if self._replace else wait_words(route)
            await self._tools.messages.say(self._ctx.person, where, Message(words), replace=self._replace)

    async def _show(self, route: Route | None, answer: Shown, *, stamped: bool = True) -> None:
        reader = await self._tools.reader(self._ctx, answer, self._stamp)
        stamp = self._stamp if stamped else ""
        await self._say(render_message(answer, reader, current=route.id if route else "", stamp=stamp))

    async def _say(self, message: Message) -> None:
        replace = self._replace and not message.shared
        await self._tools.messages.say(self._ctx.person, self._ctx.where, message, replace=replace)

    async def _form(self, form: Form) -> None:
        route = self._tools.table.by_id[form.route]
        if self._trigger is None or not self._trigger.fresh or self._said_busy:
            await self._offer(route, form)
            return
        work = asyncio.ensure_future(self._tools.build_form(self._ctx, form))
        try:
            loading = not await within(self._tools.patience.form, work)
            first = (
                render_working(form_title(route), pack_metadata(self._ctx.where), say("Opening the form…"))
                if loading
                else work.result()
            )
            view_id = await self._tools.messages.open_view(
                self._ctx.person, self._trigger, first, through=self._ctx.where.through
            )
            if view_id is None:
                await self._offer(route, form)
            elif loading:
                self._modal = ModalScreen(self._tools, self._ctx, None, view_id=view_id)
                await self._tools.messages.update_view(
                    self._ctx.person, view_id, await work, through=self._ctx.where.through
                )
        finally:
            work.cancel()

    async def _offer(self, route: Route, form: Form) -> None:
        words = say("“{title}” still needs a few things from you.", title=form_title(route))
        if form.problems:
            words = " ".join(form.problems.values())
        await self._show(None, Reply(words, _form_button(route, form.args)))

    async def _confirm(self, confirm: Confirm) -> None:
        name = await self._tools.keep(self._ctx, confirm)
        reader = await self._tools.reader(self._ctx, confirm)
        if self._trigger is not None and self._trigger.fresh and not self._said_busy:
            metadata = pack_metadata(self._ctx.where, c=name)
            view = self._tools.confirm_view(confirm, reader, metadata=metadata, name=name)
            messages, through = self._tools.messages, self._ctx.where.through
            if await messages.open_view(self._ctx.person, self._trigger, view, through=through) is not None:
                return
        await self._say(render_confirm_message(confirm, reader, name=name))


def _form_button(route: Route, raw: RawArgs) -> tuple[Button, ...]:
    """Build the button that opens the form with what is known already, or empty when a button cannot carry that."""
    if not route.fields:
        return ()
    try:
        pack_args(route.id, raw)
    except ButtonTooLong:
        raw = {name: value for name, value in raw.items() if len(str(value)) < 200}
    return (Button("Open the form", route.id, raw, "primary", form=True),)


class ModalScreen:
    """A modal: the one a button was pressed in (``view_id``), one on top of it (``push``), or a new one."""

    def __init__(
        self, tools: ScreenTools, ctx: Ctx, trigger: Trigger | None, *, view_id: str | None = None, push: bool = False
    ) -> None:
        self._tools = tools
        self._ctx = ctx
        self._trigger = trigger
        self._view_id = view_id
        self._push = push
        self._waiting = False

    async def answer(self, route: Route | None, answer: Answer) -> None:
        match answer:
            case Nothing() | Unfurls():
                if self._waiting:
                    await self._show(route, Reply(say("Done."), tone="done"))
            case Form():
                await self._form(answer)
            case Confirm():
                await self._confirm(answer)
            case Attachment():
                await self._show(route, await self._tools.send_file(self._ctx, answer))
            case _:
                await self._show(route, answer)

    async def _form(self, form: Form) -> None:
        work = asyncio.ensure_future(self._tools.build_form(self._ctx, form))
        try:
            if self._view_id is None and not await within(self._tools.patience.form, work):
                await self.busy(self._tools.table.by_id[form.route])
            await self.show_view(await work, form)
        finally:
            work.cancel()

    async def trouble(self, route: Route | None, raw: RawArgs, trouble: UserMessage, connect: Card | None) -> None:
        await self._show(route, connect or Reply(trouble.text, trouble.choices, tone="warning"))

    def patience(self) -> float:
        return self._tools.patience.modal

    async def busy(self, route: Route) -> None:
        self._waiting = True
        metadata = pack_metadata(self._ctx.where)
        await self.show_view(render_working(form_title(route), metadata, busy_words(route)), Nothing())

    async def show_view(self, view: Json, answer: Answer) -> None:
        """Show ``view`` to the person; ``answer`` is what it says, for when the modal is gone."""
        if await self._display(view):
            return
        if isinstance(answer, Reply | Card | Listing | Confirm):
            await LineScreen(self._tools, self._ctx).answer(None, answer)

    async def _display(self, view: Json) -> bool:
        messages, person, through = self._tools.messages, self._ctx.person, self._ctx.where.through
        if self._push and self._trigger is not None:
            self._push = False
            pushed = await messages.push_view(person, self._trigger, view, through=through)
            if pushed is not None:
                self._view_id = pushed
                return True
        if self._view_id is not None:
            return await messages.update_view(person, self._view_id, view, through=through)
        if self._trigger is not None:
            self._view_id = await messages.open_view(person, self._trigger, view, through=through)
        return self._view_id is not None

    async def _show(self, route: Route | None, answer: Shown) -> None:
        reader = await self._tools.reader(self._ctx, answer)
        title = form_title(route) if route else "Dialpad"
        current = route.id if route else ""
        metadata = pack_metadata(self._ctx.where)
        await self.show_view(render_view(answer, reader, title=title, metadata=metadata, current=current), answer)

    async def _confirm(self, confirm: Confirm) -> None:
        name = await self._tools.keep(self._ctx, confirm)
        reader = await self._tools.reader(self._ctx, confirm)
        metadata = pack_metadata(self._ctx.where, c=name)
        await self.show_view(self._tools.confirm_view(confirm, reader, metadata=metadata, name=name), confirm)


class SubmitScreen(ModalScreen):
    """A submitted modal. ``first`` takes what the acknowledgement says; once it is set, the view is updated instead."""

    def __init__(
        self, tools: ScreenTools, ctx: Ctx, view: Mapping[str, Any], first: "asyncio.Future[Json] | None"
    ) -> None:
        super().__init__(tools, ctx, None, view_id=str(view["id"]))
        self._view = view
        self._first = first

    def move(self, ctx: Ctx) -> None:
        """Move the answer to where ``ctx`` says, away from where the modal was opened."""
        self._ctx = ctx

    def late(self, route: Route | None) -> Json:
        """Return the acknowledgement for a handler that takes longer than Slack waits."""
        self._waiting = True
        words = busy_words(route) if route else say("Working on it…")
        title = form_title(route) if route else "Dialpad"
        view = render_working(title, pack_metadata(self._ctx.where), words)
        return {"response_action": "update", "view": view}

    async def busy(self, route: Route) -> None:
        """Show nothing yet: ``late`` does, when the acknowledgement is due."""

    async def answer(self, route: Route | None, answer: Answer) -> None:
        if isinstance(answer, Nothing) and self._acknowledge({"response_action": "clear"}):
            return
        elsewhere = self._ctx.where.channel or self._ctx.where.response_url
        shown = isinstance(answer, Reply | Card | Listing)
        if shown and elsewhere and self._acknowledge({"response_action": "clear"}):
            await LineScreen(self._tools, self._ctx).answer(route, answer)
            return
        await super().answer(route, answer)

    async def trouble(self, route: Route | None, raw: RawArgs, trouble: UserMessage, connect: Card | None) -> None:
        is_form = route is not None and self._view.get("callback_id") == route.id
        if connect is not None or route is None or not is_form or trouble.choices:
            await super().trouble(route, raw, trouble, connect)
            return
        ids = block_ids(self._view)
        if trouble.problems and all(name in ids for name in trouble.problems):
            errors = {ids[name]: cut(text, FIELD_ERROR) for name, text in trouble.problems.items()}
            if self._acknowledge({"response_action": "errors", "errors": errors}):
                return
        notice = "" if trouble.problems else trouble.text
        try:
            form = Form(route.id, raw, trouble.problems)
            view = await self._tools.build_form(self._ctx, form, notice=notice, prefill=False)
        except (ChatopsError, ValueError):
            await super().trouble(route, raw, trouble, connect)
            return
        await self.show_view(view, Reply(trouble.text, tone="warning"))

    async def _display(self, view: Json) -> bool:
        return self._acknowledge({"response_action": "update", "view": view}) or await super()._display(view)

    def _acknowledge(self, answer: Json) -> bool:
        if self._first is None or self._first.done():
            return False
        self._first.set_result(answer)
        return True


class HomeScreen:
    """The app's Home tab. With ``hash_``, a tab that was redrawn meanwhile is left as it is; ``overtaken`` tells so:
    nobody knows then which of the two is newer."""

    def __init__(self, tools: ScreenTools, ctx: Ctx, *, hash_: str | None = None) -> None:
        self._tools = tools
        self._ctx = ctx
        self._hash = hash_
        self.overtaken = False

    async def answer(self, route: Route | None, answer: Answer) -> None:
        if isinstance(answer, Reply | Card | Listing):
            view = render_home(answer, await self._tools.reader(self._ctx, answer))
            self.overtaken = not await self._tools.messages.publish_home(
                self._ctx.person, view, hash_=self._hash, through=self._ctx.where.through
            )

    async def trouble(self, route: Route | None, raw: RawArgs, trouble: UserMessage, connect: Card | None) -> None:
        await self.answer(route, connect or Reply(trouble.text, tone="warning"))

    def patience(self) -> float:
        return self._tools.patience.line

    async def busy(self, route: Route) -> None:
        """Show nothing: Home is drawn when it is ready."""
