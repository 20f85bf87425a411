import base64
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.store.keys import (
    KeyProblem,
    Keyring,
    generate_key,
    key_file_for,
    parse_keys,
    read_or_create_key_file,
    row_name,
)


def test_what_is_sealed_opens_in_its_own_row() -> None:
    keys = parse_keys(generate_key())

    assert keys.open(keys.seal(b"secret", "row"), "row") == b"secret"


def test_a_value_moved_to_another_row_does_not_open() -> None:
    keys = parse_keys(generate_key())

    with pytest.raises(KeyProblem, match="changed outside"):
        keys.open(keys.seal(b"secret", "ana"), "sam")


def test_no_two_rows_share_a_name() -> None:
    assert row_name("links", "T1", "U1") != row_name("links", 'T1","U1') != row_name("links", "T1U1")


def test_the_same_text_never_looks_the_same() -> None:
    keys = parse_keys(generate_key())

    assert keys.seal(b"secret", "row") != keys.seal(b"secret", "row")


def test_every_key_opens_and_the_first_one_seals() -> None:
    old, new = generate_key(), generate_key()
    sealed = parse_keys(old).seal(b"secret", "row")
    both = parse_keys(f" {new} , {old} ")

    assert both.open(sealed, "row") == b"secret"
    assert parse_keys(new).open(both.seal(b"again", "row"), "row") == b"again"


def test_a_missing_key_says_what_to_do() -> None:
    sealed = parse_keys(generate_key()).seal(b"secret", "row")

    with pytest.raises(KeyProblem, match="not in ENCRYPTION_KEYS"):
        parse_keys(generate_key()).open(sealed, "row")


@pytest.mark.parametrize("damage", [lambda v: v[:-1], lambda v: v[:9], lambda v: v[:-1] + bytes([v[-1] ^ 1])])
def test_a_damaged_value_does_not_open(damage: "object") -> None:
    keys = parse_keys(generate_key())
    assert callable(damage)

    with pytest.raises(KeyProblem):
        keys.open(damage(keys.seal(b"secret", "row")), "row")


def test_an_empty_value_does_not_open() -> None:
    with pytest.raises(KeyProblem):
        parse_keys(generate_key()).open(b"", "row")


@pytest.mark.parametrize("text", ["", " , ", "not base64!", base64.b64encode(b"short").decode(), "é"])
def test_unusable_keys_are_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(KeyProblem, match="dialpad-chatops keys generate"):
        parse_keys(text)


def test_a_key_problem_never_shows_the_key() -> None:
    with pytest.raises(KeyProblem) as caught:
        parse_keys("c2VjcmV0LXNlY3JldA==")

    assert "c2Vj" not in str(caught.value)


def test_a_keyring_shows_no_key() -> None:
    key = generate_key()

    assert key not in repr(parse_keys(key))


def test_keys_in_the_urlsafe_alphabet_are_taken_too() -> None:
    raw = b"\xff\xfe" * 16
    sealed = Keyring([raw]).seal(b"secret", "row")

    assert parse_keys(base64.urlsafe_b64encode(raw).decode()).open(sealed, "row") == b"secret"


def test_the_key_file_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    path = key_file_for(tmp_path / "bot.db")
    sealed = read_or_create_key_file(path).seal(b"secret", "row")

    assert path == tmp_path / "bot.db.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_or_create_key_file(path).open(sealed, "row") == b"secret"


def test_processes_that_start_together_agree_on_one_key_file(tmp_path: Path) -> None:
    path = tmp_path / "bot.db.key"
    with ThreadPoolExecutor(8) as pool:
        rings = list(pool.map(lambda _: read_or_create_key_file(path), range(8)))

    sealed = rings[0].seal(b"secret", "row")
    assert [ring.open(sealed, "row") for ring in rings] == [b"secret"] * 8
    assert [file.name for file in tmp_path.iterdir()] == ["bot.db.key"]


def test_a_key_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bot.db.key"
    read_or_create_key_file(path)
    path.chmod(0o644)

    with pytest.raises(KeyProblem, match="chmod 600"):
        read_or_create_key_file(path)


def test_a_key_file_in_a_folder_that_is_not_there_is_a_plain_sentence(tmp_path: Path) -> None:
    with pytest.raises(KeyProblem, match="cannot be written"):
        read_or_create_key_file(tmp_path / "missing" / "bot.db.key")
