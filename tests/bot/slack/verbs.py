"""A small set of handlers that does everything an answer can be."""

import asyncio
from dataclasses import dataclass
from typing import Annotated

from bot.arguments.switch import Switch
from bot.basics.errors import FieldError, NotAllowed, NotConnected
from bot.contract.argument import Carried, Choice, Lookup, Option, Text
from bot.contract.context import Ctx
from bot.contract.reply import Answer, Button, Card, Confirm, Fact, Listing, Nothing, Phone, RawArgs, Reply, Row
from bot.contract.routing import Router
from bot.dialpad.action import Risk

router = Router()
happened: list[tuple[str, object]] = []
"""What handlers did, for tests; cleared by the ``slack`` fixture."""
gates: dict[str, asyncio.Event] = {}
"""A handler named here waits for its event."""


@dataclass(frozen=True)
class Somebody(Lookup):
    async def suggest(self, ctx: Ctx, query: str) -> list[Option]:
        if query == "slow":
            await asyncio.Event().wait()
        if query == "unconnected":
            raise NotConnected
        return [Option(f"{query} {name}", name, "a person") for name in ("jordan", "amara")]

    async def describe(self, ctx: Ctx, raw: str) -> Option:
        return Option(raw.title(), raw)

    async def parse(self, ctx: Ctx, name: str, raw: object) -> object:
        if raw in ("nobody", ["nobody"]):
            raise self.refuse(name, "Nobody is called nobody. Pick somebody.")
        return raw


To = Annotated[object, Somebody("To", many=True, most=5)]
Message = Annotated[str, Text("Message", verbatim=True, longest=1500)]
On = Annotated[bool | None, Switch("Do not disturb")]


async def passing(name: str) -> None:
    if name in gates:
        await gates[name].wait()


@router.command("dnd", usage="on|off", summary="Do not disturb", risk=Risk.CHANGE, short=True)
async def dnd(ctx: Ctx, state: On = None) -> Answer:
    await passing("dnd")
    happened.append(("dnd", state))
    return Reply(f"Do not disturb is {'on' if state else 'off'}.", (Button("Turn off", "verbs.dnd", {"state": "off"}),))


@router.command("sms", usage="<to> <text>", summary="Send a text", title="Send a text", submit="Preview",
                risk=Risk.OUTWARD, short=True)  # fmt: skip
async def sms(ctx: Ctx, to: To, text: Message) -> Answer:
    await passing("sms")
    if "stop" in text:
        raise FieldError("to", "They asked for no more texts. Leave them out.")
    if "forbidden" in text:
        raise NotAllowed("You cannot text from this line.")
    args: RawArgs = {"to": [str(one) for one in to] if isinstance(to, list) else str(to), "text": text}
    return Confirm("verbs.send", args, "Send this text?", (Fact("To", "Jordan"),), "Send", quote=text,
                   edit=Button("Edit", "verbs.sms", args))  # fmt: skip


@router.confirmed(risk=Risk.OUTWARD)
async def send(ctx: Ctx, to: To, text: Message) -> Answer:
    await passing("send")
    happened.append(("send", text))
    return Reply("Your text was sent.", tone="done")


@router.command("calls", summary="Look up calls")
async def calls(ctx: Ctx, page: Annotated[str, Carried("Page")] = "1") -> Answer:
    await passing("calls")
    rows = (Row("Jordan Lee", "missed"), Row("Amara", button=Button("Open", "verbs.call_card", {"call": "7"})))
    return Listing(f"Calls, page {page}", rows, buttons=(Button("Next", "verbs.calls", {"page": str(int(page) + 1)}),))


@router.button(title="Call")
async def call_card(ctx: Ctx, call: Annotated[str, Carried("Call")]) -> Answer:
    return Card(
        "Call with Jordan", (Fact("Number", (Phone("+14155550150"),)),), buttons=(Button("Block", "verbs.block"),)
    )


@router.command("who", usage="<number>", summary="Who is this number")
async def who(ctx: Ctx, number: Annotated[str, Text("Number")]) -> Answer:
    raise NotConnected


@router.command("broken", summary="Breaks")
async def broken(ctx: Ctx) -> Answer:
    raise RuntimeError("secret detail")


@router.command("echo", usage="<text>", summary="Say it again")
async def echo(ctx: Ctx, text: Annotated[str, Text("Text", verbatim=True)]) -> Answer:
    happened.append(("echo", text))
    return Reply(text)


@router.button(title="Block", risk=Risk.CHANGE)
async def block(ctx: Ctx) -> Answer:
    return Confirm("verbs.send", {"to": ["jordan"], "text": "hi"}, "Block it?", (), "Block", danger=True)


@router.command("quiet", summary="Says nothing")
async def quiet(ctx: Ctx) -> Answer:
    return Nothing()


@router.command("", summary="Menu")
async def menu(ctx: Ctx) -> Answer:
    return Reply("What would you like to do?", (Button("Text", "verbs.sms", form=True),))


@router.command("mood", summary="Mood", always_form=True)
async def mood(
    ctx: Ctx, kind: Annotated[str | None, Choice("Kind", options=(Option("Good", "good"), Option("Bad", "bad")))] = None
) -> Answer:
    happened.append(("mood", kind))
    return Reply(f"Mood: {kind}")


@router.shortcut("Send a text", summary="Send a text", title="Send a text", submit="Preview")
async def quick_text(ctx: Ctx, to: To) -> Answer:
    return Reply(f"Would text {to}.")


@router.message_shortcut("Look up", summary="Who is this")
async def look_up(ctx: Ctx, text: Annotated[str, Text("Text", verbatim=True)]) -> Answer:
    happened.append(("look_up", text))
    return Reply("Found.")


@router.later()
async def back(ctx: Ctx, state: On = None) -> Answer:
    happened.append(("back", state))
    return Reply("Do not disturb is off again.")
