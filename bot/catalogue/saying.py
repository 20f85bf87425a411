"""Fills the sentences about actions with names: what is asked before one, and what it has changed for whom."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.basics.language import mark, say, translated
from bot.basics.phone import national, read_number
from bot.catalogue.answers import shown_argument
from bot.catalogue.facts import HIDDEN
from bot.catalogue.fields import ActionField, fields_of
from bot.catalogue.ids import NumberChoice, ThingChoice
from bot.catalogue.sentences import SENTENCES, Templates
from bot.contract.context import Ctx
from bot.contract.reply import Bold, Phone, Prose, Raw, RawArgs
from bot.dialpad.action import ME, Action, Entity

_PLACE: Final = re.compile(r"\{(?P<name>[\w.]+)(?::(?P<form>who|whose|your|is))?\}")
_OPTIONAL: Final = re.compile(r"\[(?:(?P<field>[\w.]+)=(?P<value>\w*)\|)?(?P<text>[^\[\]]*)\]")
_TWICE: Final = re.compile(r"\b((?:the|el|la|los|las) [\w ]+?) \1\b", re.IGNORECASE)
_BARE_ID: Final = re.compile(r"\d{8,}|[0-9a-f-]{32,}")
_SELF: Final = {"who": mark("you"), "your": mark("your"), "is": mark("you are")}
_THE: Final = {
    Entity.USER: mark("the person"),
    Entity.OFFICE: mark("the office"),
    Entity.DEPARTMENT: mark("the department"),
    Entity.CALL_CENTER: mark("the call center"),
    Entity.COACHING_TEAM: mark("the coaching team"),
    Entity.CHANNEL: mark("the channel"),
    Entity.ROOM: mark("the room"),
    Entity.CONTACT: mark("the contact"),
    Entity.NUMBER: mark("the number"),
    Entity.CALL: mark("the call"),
    Entity.CALL_ROUTER: mark("the call router"),
    Entity.IVR: mark("the IVR"),
    Entity.POLICY: mark("the access policy"),
    Entity.WEBHOOK: mark("the webhook"),
    Entity.WEBSOCKET: mark("the websocket"),
    Entity.SUBSCRIPTION: mark("the subscription"),
    Entity.REPORT: mark("the scheduled report"),
    Entity.DEVICE: mark("the device"),
    Entity.DESK_PHONE: mark("the desk phone"),
    Entity.SHARE_LINK: mark("the share link"),
    Entity.STAT: mark("the statistics request"),
    Entity.COMPANY: mark("the company"),
    Entity.DISPOSITION: mark("the disposition list"),
    Entity.BULK_TEXT: mark("the bulk text"),
    Entity.SCHEDULED_TEXT: mark("the scheduled text"),
    Entity.MEETING: mark("the meeting"),
    Entity.SCORECARD: mark("the scorecard"),
    Entity.SCORECARD_EXPORT: mark("the scorecard export"),
    Entity.AGENT_GROUP: mark("the agent group"),
}
"""What something is called whose name is not known."""
_LONGEST_VALUE: Final = 80
NOT_KEPT: Final = "…"
"""Stands for what was sent and is not kept: numbers, names and texts."""


@dataclass(frozen=True)
class Known:
    """The words for the values of an action: ``shown`` by field, ``raw`` as they were given, ``missing`` for what has
    no name. ``own`` are the fields that mean whoever asks, who is called ``me``."""

    shown: Mapping[str, str]
    raw: Mapping[str, str]
    missing: Mapping[str, str]
    own: frozenset[str]
    me: str

    def beside(self, thing: Mapping[str, Any], region: str) -> "Known":
        """Add what an answer says."""
        told = {name: _told(value, region) for name, value in thing.items() if isinstance(value, str) and value}
        return Known({**told, **self.shown}, self.raw, self.missing, self.own, self.me)


async def words_known(ctx: Ctx, action: type[Action[Any]], raw: RawArgs, values: Mapping[str, Any]) -> Known:
    """Look the names up that a sentence about an action needs. Before it runs: what it deletes has no name after it."""
    shown: dict[str, str] = {}
    own: set[str] = set()
    fields, region = fields_of(action), await ctx.region()
    for field in fields:
        is_person = isinstance(field.argument, ThingChoice) and field.argument.entity is Entity.USER
        if is_person and (raw.get(field.name) == ME or (field.place == "path" and field.name not in raw)):
            own.add(field.name)
        elif field.name in raw:
            text = _text(await shown_argument(ctx, field, raw[field.name], values.get(field.name)), region)
            if text and text != HIDDEN and not _BARE_ID.fullmatch(text):
                shown[field.name] = _short(text)
    me = (await ctx.account.link()).name if own else ""
    plain = {field.name: str(raw.get(field.name, "")) for field in fields}
    return Known(shown, plain, {field.name: _noun(field) for field in fields}, frozenset(own), me)


async def words_kept(
    ctx: Ctx, action: type[Action[Any]], about: str, kept: Mapping[str, Any], hidden: Collection[str], doer: str
) -> Known:
    """Look the names up for what an entry of the audit keeps of an action. ``about`` is the id in its path; ``hidden``
    are the names of what was sent and is not kept, which is "…". "me" in it is whoever did it, ``doer`` at Dialpad, and
    not whoever reads it."""
    fields = fields_of(action)
    path = next((field.name for field in fields if field.place == "path" and field.name not in kept), "")
    raw = {name: _raw(value) for name, value in {**kept, **({path: about} if path and about else {})}.items()}
    shown, region = dict.fromkeys(hidden, NOT_KEPT), await ctx.region()
    for field in fields:
        if field.name not in raw:
            continue
        if isinstance(field.argument, ThingChoice) and raw[field.name] == ME:
            raw[field.name] = doer
        if not raw[field.name]:
            continue
        kind = raw.get(".".join(field.kind_path)) if field.kind_path else None
        if kind is not None and ":" not in str(raw[field.name]):
            raw[field.name] = f"{kind}:{raw[field.name]}"  # its form has one field for both
        text = _text(await shown_argument(ctx, field, raw[field.name]), region)
        if text and not _BARE_ID.fullmatch(text):
            shown[field.name] = _short(text)
    plain = {field.name: str(raw.get(field.name, "")) for field in fields}
    return Known(shown, plain, {field.name: _noun(field) for field in fields}, frozenset(), "")


def unsaid(action: type[Action[Any]], known: Known) -> list[tuple[str, str]]:
    """Return label and value of what is known and stands in neither sentence about an action."""
    sentence = SENTENCES.get(action.slug)
    said = [one for part in ((sentence.asks, sentence.done) if sentence else ()) for one in _each(part)]
    named = {place["name"] for text in said for place in _PLACE.finditer(text)}
    named |= {part["field"] for text in said for part in _OPTIONAL.finditer(text) if part["field"]}
    return [
        (field.label, known.shown[field.name])
        for field in fields_of(action)
        if field.name in known.shown and field.name not in named and known.shown[field.name] != NOT_KEPT
    ]


def _each(templates: Templates) -> tuple[str, ...]:
    return (templates,) if isinstance(templates, str) else templates


def _raw(value: Any) -> Raw:
    """Return a value of the audit as buttons carry it."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return [str(one) for one in value] if isinstance(value, list) else str(value)


def asked(action: type[Action[Any]], known: Known) -> str:
    """Return what an action is about to change."""
    return _said(SENTENCES[action.slug].asks, known) if action.slug in SENTENCES else say(action.name)


def done(action: type[Action[Any]], known: Known) -> str:
    """Return what an action has changed."""
    if action.slug in SENTENCES:
        return _said(SENTENCES[action.slug].done, known)
    return say("{action}: done.", action=say(action.name))


def _said(templates: Templates, known: Known) -> str:
    choices = _each(templates)
    chosen = next((one for one in choices if _is_complete(_OPTIONAL.sub("", one), known)), choices[-1])
    text = _OPTIONAL.sub(lambda part: _optional(part, known), translated(_of_oneself(chosen, known.own)))
    text = _PLACE.sub(lambda place: _filled(place, known), text)
    text = _TWICE.sub(r"\1", " ".join(text.split()))
    return text[:1].upper() + text[1:]


def _of_oneself(template: str, own: frozenset[str]) -> str:
    """Return the text for what is one's own: "your" may stand elsewhere in a sentence than somebody's name."""
    for name in own:
        template = template.replace(f"{{{name}:whose}}", f"{{{name}:your}}")
    return template


def _optional(part: re.Match[str], known: Known) -> str:
    if part["field"] is not None:
        return part["text"] if known.raw.get(part["field"], "") == part["value"] else ""
    return part["text"] if _is_complete(part["text"], known) else ""


def _is_complete(text: str, known: Known) -> bool:
    return all(place["name"] in known.shown or place["name"] in known.own for place in _PLACE.finditer(text))


def _filled(place: re.Match[str], known: Known) -> str:
    name, form = place["name"], place["form"] or ""
    if name in known.own:
        return say(_SELF[form]) if form in _SELF else known.me
    text = known.shown.get(name) or known.missing.get(name, say("it"))
    return {"whose": say("{owner}'s", owner=text), "is": say("{somebody} is", somebody=text)}.get(form, text)


def _noun(field: ActionField) -> str:
    """Return what something is called whose name is not known."""
    argument = field.argument
    if isinstance(argument, ThingChoice):
        return say(_THE[argument.entity])
    return say("the number") if isinstance(argument, NumberChoice) else say("the {field}", field=field.label.casefold())


def _told(value: str, region: str) -> str:
    number = read_number(value, region) if value.startswith("+") else None
    return _short(national(number, region) if number else value)


def _text(prose: Prose, region: str) -> str:
    """Return the words of a value; "" for what is no words, such as a moment."""
    parts = (prose,) if isinstance(prose, str) else prose
    return "".join(
        part if isinstance(part, str) else part.text if isinstance(part, Bold) else national(part.e164, region)
        for part in parts
        if isinstance(part, str | Bold | Phone)
    )


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 1]}…"
