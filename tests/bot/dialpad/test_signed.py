import hashlib
import hmac
import json
import warnings
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.dialpad.events import CallEvent
from bot.dialpad.signed import LARGEST_EVENT, EventRefused
from tests.bot.dialpad.envelopes import SECRET, encode, sign
from tests.bot.dialpad.opened import read_event
from tests.payloads import payload

RINGING = payload("call ringing")


def why(raw: bytes, secret: SecretStr | None = SECRET) -> str:
    with pytest.raises(EventRefused) as refused:
        read_event(raw, secret=secret)
    return refused.value.why


def test_a_signed_event_is_read() -> None:
    event = read_event(sign(RINGING), secret=SECRET)

    assert isinstance(event, CallEvent)
    assert event.document == RINGING


@pytest.mark.parametrize("around", [b"%b", b"  %b\r\n", b"\n%b"])
def test_white_space_around_it_is_no_matter(around: bytes) -> None:
    assert read_event(around % sign(RINGING), secret=SECRET).document == RINGING


def test_other_headers_than_the_algorithm_are_no_matter() -> None:
    assert read_event(sign(RINGING, header={"alg": "HS256", "kid": "1"}), secret=SECRET).document == RINGING


def test_plain_json_is_read_where_there_is_no_secret() -> None:
    assert read_event(json.dumps(RINGING).encode(), secret=None).document == RINGING


def test_plain_json_is_refused_where_there_is_a_secret() -> None:
    assert why(json.dumps(RINGING).encode()) == "unsigned"


def test_a_signature_that_nothing_can_check_is_refused() -> None:
    assert why(sign(RINGING), None) == "forged"


def test_another_secret_is_refused() -> None:
    assert why(sign(RINGING, SecretStr("somebody else's secret of some length"))) == "forged"


@pytest.mark.parametrize("alg", ["none", "None", "HS384", "HS512", "RS256", "ES256", "hs256", "", None, ["HS256"]])
def test_nothing_but_hs256_is_believed(alg: Any) -> None:
    assert why(sign(RINGING, header={"alg": alg})) == "algorithm"


def test_alg_none_without_a_signature_is_refused() -> None:
    assert why(sign(RINGING, header={"alg": "none"}, digest="")) == "algorithm"


def test_a_missing_signature_is_refused() -> None:
    assert why(sign(RINGING, digest="")) == "forged"


def test_a_signature_by_another_digest_is_refused() -> None:
    assert why(sign(RINGING, digest=hashlib.sha512)) == "forged"


def test_a_header_that_must_be_understood_is_not() -> None:
    assert why(sign(RINGING, header={"alg": "HS256", "crit": ["b64"], "b64": False})) == "algorithm"


@pytest.mark.parametrize(
    "more",
    [
        {"crit": []},
        {"crit": 5},
        {"crit": [[]]},
        {"crit": "alg"},
        {"b64": True},
        {"b64": False},
        {"kid": 7},
        {"jku": "x"},
    ],
    ids=str,
)
def test_a_header_that_wants_more_than_a_check_is_refused(more: dict[str, Any]) -> None:
    assert why(sign(RINGING, header={"alg": "HS256", **more})) in {"algorithm", "garbled"}


def test_an_unencoded_payload_is_refused_though_its_signature_fits() -> None:
    header = encode(json.dumps({"alg": "HS256", "crit": ["b64"], "b64": False}).encode())
    signed = f"{header}.unencoded"
    mac = hmac.digest(SECRET.get_secret_value().encode(), signed.encode(), "sha256")

    assert why(f"{signed}.{encode(mac)}".encode()) == "algorithm"


@pytest.mark.parametrize("header", [[], ["alg"], 5, None, "alg", "alg crit b64", True, {}], ids=str)
def test_a_header_that_is_no_object_with_an_algorithm_is_refused(header: Any) -> None:
    assert why(b".".join((encode(json.dumps(header).encode()).encode(), *sign(RINGING).split(b".")[1:]))) in {
        "algorithm",
        "garbled",
    }


def headers(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    names = st.sampled_from(["alg", "crit", "b64", "kid", "typ", "jwk", "x5c"]) | st.text(max_size=3)
    return st.dictionaries(names, st.sampled_from(["HS256", "none", ["b64"]]) | inner, max_size=4)


@settings(deadline=None)
@given(
    st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner) | headers(inner))
)
def test_no_header_is_an_error_of_ours(header: Any) -> None:
    token = b".".join((encode(json.dumps(header).encode()).encode(), *sign(RINGING).split(b".")[1:]))

    assert why(token) in {"algorithm", "garbled", "forged"}


@pytest.mark.parametrize("name", ["flattened", "general"])
def test_a_signature_written_as_json_is_refused(name: str) -> None:
    header, body, signature = sign(RINGING).decode().split(".")
    one = {"protected": header, "signature": signature}
    written = {"payload": body, **(one if name == "flattened" else {"signatures": [one]})}

    assert why(json.dumps(written).encode()) == "unsigned"


@pytest.mark.parametrize("secret", ["s", "short", "-----BEGIN nothing"])
def test_a_secret_that_was_chosen_elsewhere_is_good_enough(secret: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert read_event(sign(RINGING, SecretStr(secret)), secret=SecretStr(secret)).document == RINGING


def test_a_secret_that_is_empty_lets_nobody_in() -> None:
    assert why(sign(RINGING, SecretStr("")), SecretStr("")) == "forged"


def test_a_changed_event_under_an_old_signature_is_refused() -> None:
    header, _, signature = sign(RINGING).split(b".")
    changed = encode(json.dumps(payload("call ringing", external_number="+14155550159")).encode()).encode()

    assert why(b".".join((header, changed, signature))) == "forged"


@settings(deadline=None)
@given(st.integers(min_value=0, max_value=len(sign(RINGING)) - 1))
def test_a_truncated_event_is_refused_wherever_it_was_cut(length: int) -> None:
    assert why(sign(RINGING)[:length]) in {"garbled", "forged"}


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_noise_is_refused(noise: bytes) -> None:
    assert why(noise) in {"garbled", "unsigned", "algorithm", "forged"}


NO_EVENTS = [
    b"",
    b"null",
    b"[]",
    b'"call"',
    b"7",
    b"{",
    b'{"call_id": 1',
    b"\xff\xfe",
    b'{"a":' * 50_000,
    b'{"a":' * 60 + b"1" + b"}" * 60,
    b'{"n": ' + b"9" * 5000 + b"}",
]


@pytest.mark.parametrize("body", NO_EVENTS)
def test_what_is_signed_but_no_event_is_refused(body: bytes) -> None:
    assert why(sign(body)) == "garbled"


def test_an_event_of_almost_one_megabyte_is_read() -> None:
    text = "a" * (LARGEST_EVENT * 3 // 4 - 3000)

    assert (
        read_event(sign({**RINGING, "transcription_text": text}), secret=SECRET).document["transcription_text"] == text
    )


def test_more_than_one_megabyte_is_refused() -> None:
    assert why(sign({**RINGING, "transcription_text": "a" * LARGEST_EVENT})) == "too large"


def test_a_refusal_says_nothing_of_the_content() -> None:
    with pytest.raises(EventRefused) as refused:
        read_event(json.dumps(RINGING).encode(), secret=SECRET)

    assert "0150" not in repr(refused.value)
