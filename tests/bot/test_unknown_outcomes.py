"""What the terminal says when nobody knows whether something happened, against a server that misbehaves."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from typer.testing import CliRunner

from bot import command_line
from bot.__main__ import app
from bot.basics.errors import BadRequest, DialpadError, OutcomeUnknown
from bot.basics.settings import Settings
from bot.dialpad.action import Action, Risk
from bot.dialpad.actions import ALL, by_slug

SMS = by_slug("DIALPAD_SEND_SMS_WITH_OPTIONAL_MEDIA_AND_GROUP_SENDER")
TEXT = '{"to_numbers": ["+14155550150"], "text": "hi", "user_id": 5}'
DELETE = by_slug("DIALPAD_DELETE_CONTACT_BY_ID")
LIST = by_slug("DIALPAD_LIST_USERS")

NESTED = b'{"a":' * 3000 + b"1" + b"}" * 3000


def answer(status: int, body: bytes, *, promised: int | None = None) -> bytes:
    length = len(body) if promised is None else promised
    return b"HTTP/1.1 %d X\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (status, length, body)


ANSWERS: dict[str, bytes] = {
    "nothing, and the connection cut": b"",
    "half an answer": answer(200, b'{"id": ', promised=50),
    "half a head": b"HTTP/1.1 20",
    "no HTTP": b"hello\r\n\r\n",
    "half of its JSON": answer(200, b'{"id": 5, "te'),
    "no JSON": answer(200, b"<html>"),
    "a list": answer(200, b"[]"),
    "nested 3,000 deep": answer(200, NESTED),
    "500": answer(500, b"{}"),
    "502": answer(502, b"<html>"),
    "503": answer(503, b""),
    "504": answer(504, NESTED),
}


class Rude:
    """A server that reads the request and answers with these bytes."""

    def __init__(self) -> None:
        self.says = b""
        self.asked = 0
        self.url = ""

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next((int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")), 0)
        await reader.readexactly(length)
        self.asked += 1
        writer.write(self.says)
        writer.close()


@pytest.fixture
async def rude(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Rude]:
    made = Rude()
    server = await asyncio.start_server(made.talk, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    monkeypatch.setattr("bot.dialpad.client.TRIES", 1)
    async with server:
        yield made


async def outcome(rude: Rude, action: type[Action[Any]], data: str) -> tuple[str, bool]:
    """What is said, and whether it is unknown."""
    settings = Settings.model_validate({"dialpad_api_key": "key", "dialpad_base_url": rude.url})
    with pytest.raises(DialpadError) as refused:
        await command_line.call(command_line.read_data(action, data), settings, everything=False)
    return command_line.sentence_of(action, refused.value), command_line.may_have_happened(action, refused.value)


@pytest.mark.parametrize("what", ANSWERS)
@pytest.mark.parametrize(("action", "data"), [(SMS, TEXT), (DELETE, '{"id": "5"}')])
async def test_what_may_have_happened_is_not_to_be_done_again(
    rude: Rude, action: type[Action[Any]], data: str, what: str
) -> None:
    rude.says = ANSWERS[what]
    said, unknown = await outcome(rude, action, data)

    assert unknown
    assert "may or may not have happened" in said
    assert "try again" not in said.casefold()
    assert action is DELETE or rude.asked == 1


@pytest.mark.parametrize("what", ANSWERS)
async def test_what_only_looks_may_be_tried_again(rude: Rude, what: str) -> None:
    rude.says = ANSWERS[what]
    said, unknown = await outcome(rude, LIST, "{}")

    assert not unknown
    assert "Try again" in said


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 429])
async def test_a_refusal_is_no_doubt(rude: Rude, status: int) -> None:
    rude.says = answer(status, b'{"error": {"message": "\\ud83d no"}}')
    said, unknown = await outcome(rude, SMS, TEXT)

    assert not unknown
    said.encode()


async def test_whom_nobody_reaches_has_done_nothing(rude: Rude) -> None:
    settings = Settings.model_validate({"dialpad_api_key": "key", "dialpad_base_url": "http://127.0.0.1:9"})
    with pytest.raises(DialpadError) as refused:
        await command_line.call(command_line.read_data(SMS, TEXT), settings, everything=False)
    assert not command_line.may_have_happened(SMS, refused.value)
    assert "nothing was changed" in command_line.sentence_of(SMS, refused.value)


def test_every_action_that_changes_something_can_have_done_it() -> None:
    changing = [one for one in ALL if one.risk is not Risk.READ]
    assert all(command_line.may_have_happened(one, OutcomeUnknown()) for one in changing)
    assert not any(command_line.may_have_happened(one, OutcomeUnknown()) for one in ALL if one.risk is Risk.READ)
    assert {command_line.interrupted(one)[1] for one in changing} == {4}


@pytest.mark.parametrize(("slug", "code"), [(SMS.slug, 4), (LIST.slug, 130)])
def test_an_interruption_is_an_unknown_outcome_too(monkeypatch: pytest.MonkeyPatch, slug: str, code: int) -> None:
    async def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command_line, "call", interrupt)
    monkeypatch.setenv("DIALPAD_API_KEY", "key")
    ran = CliRunner().invoke(app, ["call", slug, "--data", TEXT if slug == SMS.slug else "{}"])
    assert ran.exit_code == code


def test_the_exit_codes_say_which_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIALPAD_API_KEY", "key")
    found = []
    for problem in (BadRequest("no"), OutcomeUnknown()):
        monkeypatch.setattr(command_line, "call", _raising(problem))
        found.append(CliRunner().invoke(app, ["call", SMS.slug, "--data", TEXT]).exit_code)
    assert found == [3, 4]


def _raising(problem: Exception) -> Callable[..., Any]:
    async def call(*_: object, **__: object) -> None:
        raise problem

    return call


def test_a_list_that_dialpad_cut_short_is_printed_and_is_exit_3(monkeypatch: pytest.MonkeyPatch) -> None:
    async def call(*_: object, **__: object) -> dict[str, Any]:
        return {"items": [{"id": "5"}], "incomplete": True}

    monkeypatch.setattr(command_line, "call", call)
    monkeypatch.setenv("DIALPAD_API_KEY", "key")
    ran = CliRunner().invoke(app, ["call", LIST.slug, "--all"])
    assert ran.exit_code == 3
    assert json.loads(ran.stdout)["incomplete"]
    assert "the list is incomplete" in ran.stderr
