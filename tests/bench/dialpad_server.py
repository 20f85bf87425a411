"""A Dialpad that answers at once: one person, and ten thousand in pages, as the embedded Dialpad writes them."""

import json
from typing import Any, Final
from urllib.parse import parse_qs

import httpx

from bot.sandbox.cast import ANA
from bot.sandbox.dialpad import DialpadSandbox
from bot.sandbox.serving import ASGI

PEOPLE: Final = 10_000
PAGE: Final = 100
USERS: Final = "/api/v2/users"


async def build_dialpad() -> ASGI:
    """Return an app whose answers are ready before they are asked for."""
    one = await _read_person()
    everybody = [
        {**one, "id": str(number), "display_name": f"Person {number}", "emails": [f"p{number}@northlight.example"]}
        for number in range(PEOPLE)
    ]
    pages = {}
    for start in range(0, PEOPLE, PAGE):
        cursor = {"cursor": str(start + PAGE)} if start + PAGE < PEOPLE else {}
        pages[str(start)] = json.dumps({"items": everybody[start : start + PAGE], **cursor}).encode()
    person = json.dumps(one).encode()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        asked = parse_qs(scope["query_string"].decode())
        body = pages[asked.get("cursor", ["0"])[0]] if scope["path"] == USERS else person
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return app


async def _read_person() -> dict[str, Any]:
    sandbox = DialpadSandbox()
    try:
        transport = httpx.ASGITransport(sandbox.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://dialpad.test") as client:
            path = f"{USERS}/{ANA.dialpad_id}"
            answer = await client.get(path, headers={"authorization": "Bearer sandbox-company-key"})
            found: dict[str, Any] = answer.raise_for_status().json()
            return found
    finally:
        sandbox.close()
        await sandbox.delivery.aclose()
