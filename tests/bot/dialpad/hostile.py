"""Deliveries that must be refused, and odd ones that must not."""

import json
from typing import Final

from pydantic import SecretStr

from bot.dialpad.signed import LARGEST_EVENT
from tests.bot.dialpad.envelopes import encode, sign
from tests.payloads import payload

_RINGING: Final = payload("call ringing")
_HEADER, _BODY, _SIGNATURE = sign(_RINGING).split(b".")
_CHANGED: Final = encode(json.dumps({**_RINGING, "external_number": "+14155550159"}).encode()).encode()


def _nested(levels: int) -> bytes:
    return b'{"call_id":1,"state":"ringing","a":' + b'{"a":' * levels + b"1" + b"}" * levels + b"}"


REFUSED: Final[dict[str, tuple[bytes, int]]] = {
    "forged": (b".".join((_HEADER, _CHANGED, _SIGNATURE)), 401),
    "unsigned": (json.dumps(_RINGING).encode(), 401),
    "alg none, unsigned": (sign(_RINGING, header={"alg": "none"}, digest=""), 401),
    "alg none, signed": (sign(_RINGING, header={"alg": "none"}), 401),
    "alg in the wrong case": (sign(_RINGING, header={"alg": "hs256"}), 401),
    "wrong secret": (sign(_RINGING, SecretStr("another secret that is long enough too")), 401),
    "signature cut short": (sign(_RINGING)[:-9], 401),
    "signature cut off": (_HEADER + b"." + _BODY, 400),
    "header cut short": (sign(_RINGING)[:20], 400),
    "a byte more than the most": (b"a" * (LARGEST_EVENT + 1), 413),
    "signed, and more than the most": (sign({**_RINGING, "transcription_text": "a" * LARGEST_EVENT}), 413),
    "nested 60 levels": (sign(_nested(60)), 400),
    "nested 50,000 levels": (sign(_nested(50_000)), 400),
    "a number of 5,000 digits": (sign(b'{"call_id":' + b"9" * 5000 + b',"state":"ringing"}'), 400),
    "not UTF-8": (sign(b'{"call_id":1,"state":"ringing","x":"\xff"}'), 400),
    "no object": (sign(b"[1]"), 400),
    "nothing": (b"", 400),
    "noise": (bytes(range(256)), 400),
}
"""By what is wrong with it: what is delivered, and what a webhook is answered."""

ODD: Final[dict[str, bytes]] = {
    "almost the most": sign({**_RINGING, "transcription_text": "a" * (LARGEST_EVENT * 3 // 4 - 3000)}),
    "a state nobody knows": sign(payload("call in a state of tomorrow")),
    "no optional key": sign({"call_id": 77, "state": "missed"}),
    "ids as strings": sign({**_RINGING, "call_id": str(_RINGING["call_id"])}),
    "numbers beyond all measure": sign({**_RINGING, "event_timestamp": 10**400, "date_started": -(10**30), "x": 1e308}),
    "NaN and infinity": sign(b'{"call_id":1,"state":"ringing","event_timestamp":NaN,"duration":-Infinity}'),
    "a key twice": sign(b'{"call_id":1,"call_id":2,"state":"ringing","state":"missed"}'),
    "half of an emoji": sign(b'{"call_id":1,"state":"ringing","contact":{"name":"Jo \\ud83d","id":"\\ud83d"}}'),
    "a zero byte": sign(b'{"call_id":"1\\u0000","state":"ringing","contact":{"name":"Jo\\u0000"}}'),
    "an id as long as a book": sign({**_RINGING, "call_id": "9" * 100_000}),
    "nothing known": sign({"something": "new"}),
}
