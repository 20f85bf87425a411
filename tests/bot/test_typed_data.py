"""Whatever is given to ``--data`` is an object, or a sentence that says what is wrong with it."""

import contextlib
import io
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.command_line import read_data
from bot.dialpad.actions import ALL, by_slug
from bot.typed_data import BadInput, read_values

SMS = by_slug("DIALPAD_SEND_SMS_WITH_OPTIONAL_MEDIA_AND_GROUP_SENDER")
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True, allow_infinity=True)
    | st.text(st.characters(codec=None), max_size=20)
)  # fmt: skip
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)


def refusal(data: str) -> str:
    with pytest.raises(BadInput) as refused:
        read_values(data)
    return str(refused.value)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("nonsense", "not JSON (line 1, column 1"),
        ("[]", "one JSON object"),
        ("7", "one JSON object"),
        ("null", "one JSON object"),
        ('"text"', "one JSON object"),
        ('{"id": NaN}', "NaN, which is no number"),
        ('{"id": -Infinity}', "-Infinity, which is no number"),
        ('{"id": 1e999}', "too large"),
        ('{"id": ' + "9" * 5000 + "}", "5,000 digits"),
        ('{"a": 1, "a": 2}', "“a” twice"),
        ('{"a": {"b": 1, "b": 1}}', "“b” twice"),
        ('{"text": "\\ud83d hi"}', "half a character (\\ud83d)"),
        ('{"\\ud83d": 1}', "half a character"),
        ('{"text": "\udcff"}', "not UTF-8"),
        ('{"a": ' + "[" * 40 + "]" * 40 + "}", "nested more than 32"),
        ('{"a": ' + "[" * 3000 + "]" * 3000 + "}", "nested more than 32"),
        ('{"a":' * 100_000, "nested more than 32"),
        ("@nowhere.json", "cannot be read: No such file"),
        ("@", "cannot be read"),
        ("@a\0b", "cannot be read"),
    ],
)
def test_what_cannot_be_used_is_told_in_one_sentence(data: str, said: str) -> None:
    found = refusal(data)
    assert said in found
    assert "\n" not in found
    assert len(found) < 300


def test_an_empty_argument_is_an_empty_object() -> None:
    assert read_values("") == read_values("{}") == {}


def test_null_is_kept_as_it_was_written() -> None:
    assert read_values('{"a": null, "b": "", "c": []}') == {"a": None, "b": "", "c": []}


def test_a_file_is_read_with_or_without_a_mark_of_its_order(tmp_path: Path) -> None:
    file = tmp_path / "data.json"
    for begins in (b"", b"\xef\xbb\xbf"):
        file.write_bytes(begins + '{"text": "Grüße"}'.encode())
        assert read_values(f"@{file}") == {"text": "Grüße"}


@pytest.mark.parametrize("content", [b"\x7fELF\xff\xfe", b"\xff\xfe{\x00}\x00", "{ü}".encode("latin-1")])
def test_a_file_that_is_no_text_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "data.json").write_bytes(content)
    assert "not UTF-8 text" in refusal(f"@{tmp_path / 'data.json'}")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert "cannot be read: Is a directory" in refusal(f"@{tmp_path}")


def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(b'{"id": 5}')))
    assert read_values("-") == {"id": 5}


@given(st.text(st.characters(codec=None)))
def test_no_text_is_a_traceback(data: str) -> None:
    with contextlib.suppress(BadInput):
        assert isinstance(read_values(data.lstrip("@-")), dict)


@given(st.sampled_from(ALL), JSON)
def test_no_json_is_a_traceback_for_any_action(action: type, values: object) -> None:
    try:
        sent = read_data(action, json.dumps(values))
    except BadInput as refused:
        str(refused).encode()
    else:
        json.dumps(sent.model_dump(mode="json")).encode()


@given(st.dictionaries(st.sampled_from(["to_numbers", "text", "user_id", "media", "infer_country_code"]), JSON))
def test_no_value_of_a_known_field_is_a_traceback(values: dict[str, object]) -> None:
    try:
        read_data(SMS, json.dumps(values)).build_request()
    except BadInput as refused:
        str(refused).encode()


def test_what_was_written_is_what_is_sent_null_included() -> None:
    update = by_slug("DIALPAD_UPDATE_CALL_CENTER_SETTINGS_BY_ID")
    written: dict[str, Any] = {
        "ring_seconds": None,
        "monday_hours": [],
        "name": "",
        "hold_queue": {"max_hold_count": None},
    }

    assert read_data(update, json.dumps({"id": 5, **written})).build_request().body == written


def test_what_was_not_written_is_not_sent() -> None:
    assert read_data(SMS, '{"to_numbers": ["+14155550150"], "text": "hi"}').build_request().body == {
        "to_numbers": ["+14155550150"], "text": "hi",
    }  # fmt: skip
