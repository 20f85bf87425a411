"""Recordings of calls and voicemails, and links to them: only on request, and with the person's own rights."""

from typing import Final

from bot.activity.calls import CallView
from bot.basics.errors import NotAllowed, NotFound, Unreadable, UserError
from bot.basics.language import mark, say
from bot.basics.phone import national
from bot.basics.times import lasting
from bot.cards.live_call import caller_of
from bot.contract.context import Ctx
from bot.contract.prose import prose, sentence
from bot.contract.reply import Answer, Attachment, Button, Confirm, Fact, Link, Part, Phone, Reply
from bot.dialpad.actions.call import Call, GetCall
from bot.dialpad.actions.callreviewsharelink import CreateReviewLink
from bot.dialpad.actions.recordingsharelink import CreateRecordingLink
from bot.dialpad.downloads import TOO_LARGE, Fetched
from bot.dialpad.recordings import VOICEMAIL, Recorded, gather, recorded_at

LARGEST: Final = 32_000_000
"""Bytes. About an hour of Dialpad's MP3s; the file is in memory while it is passed on."""
WITHIN_S: Final = 60.0
SCOPE: Final = "recordings_export"
_ENDINGS: Final = {"audio/mpeg": "mp3", "audio/mp3": "mp3", "audio/wav": "wav", "audio/x-wav": "wav"}
"""File name endings by the type that Dialpad reports. Dialpad sends MP3s; other types are most likely not audio."""
_MOST_LOOKED_UP: Final = 2
"""Dialpad answers ten such requests a minute, for the whole company."""

_NOT_READY: Final = mark(
    "Dialpad has no recording of this call for you, or not yet: it takes a few minutes after a call."
)
_NOT_YOURS: Final = mark("Dialpad does not let you listen to this recording. A supervisor of the line or an admin can.")
_GONE: Final = mark("This recording is no longer available: it was deleted or has expired. Check in Dialpad.")
_NO_SCOPE: Final = mark(
    "Your Dialpad connection lacks the permission {scope}. Ask whoever runs this bot to have it added, then connect "
    "again."
)
_LARGE: Final = mark("The recording is larger than {size} MB. Listen to it in Dialpad.")
_NO_SOUND: Final = mark("Dialpad did not send the recording. Listen to it in Dialpad.")


async def listen(ctx: Ctx, view: CallView, card: str, part: int) -> Answer:
    """Return the audio, visible to the person who asked only. ``part``: which of several, from 0. Raises UserError that
    says why not."""
    parts = _parts([one for _, one in view.recordings]) or await _look_up(ctx, view)
    if not parts:
        raise UserError(say(_NOT_READY))
    one = parts[min(part, len(parts) - 1)]
    fetched = await _fetch(ctx, view, one)
    name = "voicemail" if one.kind == VOICEMAIL else "recording"
    number = f"-{part + 1}" if len(parts) > 1 else ""
    started = f"-{view.started:%Y-%m-%d-%H%M}" if view.started else ""
    which = say(", {part} of {count}", part=part + 1, count=len(parts)) if len(parts) > 1 else ""
    said = f"{_what(view, one)}{which}."
    rest = tuple(
        Button(say("Listen to {number}", number=index + 1), "card.listen", {"card": card, "part": str(index)})
        for index in range(len(parts))
        if index != part
    )[:4]
    shown = Reply(say("{said} The file is in our direct messages, where only you can see it.", said=said), rest)
    return Attachment(f"{name}{started}{number}.{_ENDINGS[fetched.kind]}", fetched.content, said, shown)


def _parts(recordings: list[Recorded]) -> list[Recorded]:
    """Return the recordings of the first kind there is: a company's recording is of the same call as a person's own."""
    return [one for one in recordings if one.kind == recordings[0].kind]


def _what(view: CallView, one: Recorded) -> str:
    caller = caller_of(view, None)
    who = caller.name or (national(view.number) if view.number else say("a hidden number"))
    length = lasting(one.ms)
    head = (
        say("Voicemail from {who}", who=who)
        if one.kind == VOICEMAIL
        else say("Recording of the call with {who}", who=who)
    )
    return f"{head}, {length}" if length else head


async def _fetch(ctx: Ctx, view: CallView, one: Recorded) -> Fetched:
    """Fetch a recording from its known address, or, when that has expired, from the one that Dialpad returns now."""
    try:
        if one.url:
            return await _read(ctx, one.url)
    except NotFound:
        pass
    except NotAllowed as refused:
        if (await ctx.account.link()).lacks((SCOPE,), refused):
            raise UserError(say(_NO_SCOPE, scope=SCOPE)) from None
    fresh = next((found for found in await _look_up(ctx, view) if found.id == one.id), None)
    if fresh is None or not fresh.url:
        raise UserError(say(_GONE if one.url else _NOT_READY))
    try:
        return await _read(ctx, fresh.url)
    except NotFound:
        raise UserError(say(_GONE)) from None
    except NotAllowed as refused:
        raise UserError(await _why_not(ctx, refused)) from None


async def _read(ctx: Ctx, url: str) -> Fetched:
    if ctx.deps.downloads is None:
        raise UserError(say(_NO_SOUND))
    try:
        fetched = await ctx.deps.downloads.read_as(ctx.account, url, largest=LARGEST, within_s=WITHIN_S)
    except Unreadable as problem:
        large = say(_LARGE, size=LARGEST // 1_000_000)
        raise UserError(large if problem.reason == TOO_LARGE else say(_NO_SOUND)) from None
    if fetched.kind not in _ENDINGS or not fetched.content:
        raise UserError(say(_NO_SOUND))
    return fetched


async def _why_not(ctx: Ctx, refused: NotAllowed) -> str:
    lacks = (await ctx.account.link()).lacks((SCOPE,), refused)
    return say(_NO_SCOPE, scope=SCOPE) if lacks else say(_NOT_YOURS)


async def _look_up(ctx: Ctx, view: CallView) -> list[Recorded]:
    """Return what Dialpad shows this person now: the legs known to have a recording, else the caller's own leg."""
    legs = dict.fromkeys([*(leg for leg, _ in view.recordings), *view.legs])
    refused: NotAllowed | None = None
    found: list[Recorded] = []
    for leg in list(legs)[:_MOST_LOOKED_UP]:
        try:
            found += recordings_of(await ctx.send(GetCall(id=leg)))
        except NotFound:
            continue
        except NotAllowed as problem:
            refused = problem
    if refused is not None and not found:
        raise UserError(await _why_not(ctx, refused))
    return _parts(found)


def recordings_of(call: Call) -> tuple[Recorded, ...]:
    """Return a call's recordings from the API's answer."""
    details = [
        Recorded(
            one.id or "", one.recording_type or "callrecording", one.url or "",
            None if one.duration is None else round(one.duration),
        )
        for one in call.recording_details
    ]  # fmt: skip
    return gather([*details, *map(recorded_at, (*call.recording_url, *call.admin_recording_urls))])


# Links


def offer_link(view: CallView, card: str) -> Confirm:
    """Ask before a link is made, and say who could open it. Raises UserError when there is nothing to share."""
    voicemail = _voicemail(view)
    if voicemail is None and not view.recording_ready and not view.transcribed:
        raise UserError(say(_NOT_READY))
    what = say("The voicemail") if voicemail else say("The call's review: recording, transcript and recap")
    return Confirm(
        route="card.make_link",
        args={"card": card},
        title=say("Make a link to share?"),
        facts=(
            Fact(say("Link to"), what),
            Fact(say("With"), _other_side(view)),
            Fact(say("Who can open it"), say("Anyone at your company who has the link. Nobody outside.")),
        ),
        yes=say("Make the link"),
        note=say("Only you see the link. Anyone you give it to can hear what was said."),
    )


async def make_link(ctx: Ctx, view: CallView) -> Reply:
    """Make a link that only the company can open. Raises UserError and DialpadError."""
    voicemail = _voicemail(view)
    if voicemail is not None:
        made = await ctx.send(
            CreateRecordingLink(recording_id=voicemail.id, recording_type=VOICEMAIL, privacy="company")
        )
        address, privacy = made.access_link, made.privacy
    else:
        leg = view.transcribed or next((leg for leg, _ in view.recordings), view.call_id)
        review = await ctx.send(CreateReviewLink(call_id=leg, privacy="company"))
        address, privacy = review.access_link, review.privacy
    if privacy == "public":
        raise UserError(say("Dialpad made that link open to anyone, so it is not shown. Change it in Dialpad first."))
    if not address:
        raise UserError(say("Dialpad did not create a link. Share it from Dialpad instead."))
    said = mark("Your link to the voicemail: {link}") if voicemail else mark("Your link to the call: {link}")
    shown = sentence(said, link=Link(address, address))
    return Reply(sentence("{said}\nAnyone at your company who has it can open it.", said=shown), tone="done")


def _voicemail(view: CallView) -> Recorded | None:
    return next((one for _, one in view.recordings if one.kind == VOICEMAIL), None)


def _other_side(view: CallView) -> tuple[Part, ...]:
    name = caller_of(view, None).name
    number = (Phone(view.number),) if view.number else ()
    return prose(f"{name} " if name and number else name, *number) or (say("A hidden number"),)
