"""Encryption of values that must not be readable in the database: tokens, and what people asked for.

AES-256-GCM. A sealed value is ``version (1 byte) | key id (4 bytes) | nonce (12 bytes) | ciphertext and tag``, and it
opens only in the row it was sealed for: copied to another person's row it fails like a forged one.
"""

import base64
import binascii
import hashlib
import json
import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.basics.errors import ChatopsError

KEY_BYTES = 32
_VERSION = b"\x01"
_ID_BYTES = 4
_NONCE_BYTES = 12
_HEAD = len(_VERSION) + _ID_BYTES


class KeyProblem(ChatopsError):
    """The encryption keys cannot be used. The message is for the person who runs the bot and holds no key."""


def generate_key() -> str:
    """Generate a key as it goes into ``ENCRYPTION_KEYS``: 32 bytes, base64."""
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def row_name(table: str, *key: str) -> str:
    """Return the name a sealed value is tied to: its table and primary key, unambiguous for any text in the key."""
    return json.dumps([table, *key], ensure_ascii=True, separators=(",", ":"))


def hash_token(token: str) -> str:
    """Hash a token that opens something, as it is stored. Such tokens are random, so no salt is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


class Keyring:
    """The encryption keys in order: the first seals, all open. ``repr`` shows nothing of them."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        if not keys:
            raise KeyProblem("There is no encryption key. Make one with `dialpad-chatops keys generate`.")
        if any(len(key) != KEY_BYTES for key in keys):
            raise KeyProblem(
                "An encryption key must be 32 bytes in base64. Make one with `dialpad-chatops keys generate`."
            )
        self._ciphers = {_key_id(key): AESGCM(key) for key in keys}
        self._first = _key_id(keys[0])

    def __repr__(self) -> str:
        return f"<Keyring of {len(self._ciphers)}>"

    @property
    def head(self) -> bytes:
        """Return the bytes that every value sealed with the first key begins with."""
        return _VERSION + self._first

    @property
    def heads(self) -> frozenset[bytes]:
        """Return the beginnings of the values that this keyring can open."""
        return frozenset(_VERSION + key_id for key_id in self._ciphers)

    def seal(self, plain: bytes, row: str) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return self.head + nonce + self._ciphers[self._first].encrypt(nonce, plain, row.encode())

    def open(self, sealed: bytes, row: str) -> bytes:
        """Decrypt a value. Raises KeyProblem when no key fits, or when the value was changed or moved from another
        row."""
        if sealed[:1] != _VERSION:
            raise KeyProblem("A stored value is in a form this version does not know. Upgrade the bot.")
        cipher = self._ciphers.get(sealed[1:_HEAD])
        if cipher is None:
            raise KeyProblem("A stored value was encrypted with a key that is not in ENCRYPTION_KEYS. Put it back.")
        nonce, ciphertext = sealed[_HEAD : _HEAD + _NONCE_BYTES], sealed[_HEAD + _NONCE_BYTES :]
        try:
            return cipher.decrypt(nonce, ciphertext, row.encode())
        except (InvalidTag, ValueError):  # ValueError: cut short
            raise KeyProblem("A stored value was changed outside the bot and cannot be read.") from None

    def seal_json(self, value: Any, row: str) -> bytes:
        return self.seal(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(), row)

    def open_json(self, sealed: bytes, row: str) -> Any:
        return json.loads(self.open(sealed, row))


def parse_keys(text: str) -> Keyring:
    """Parse ``ENCRYPTION_KEYS``: base64 keys separated by commas, the one that encrypts first."""
    return Keyring([_parse_key(part.strip()) for part in text.split(",") if part.strip()])


def key_file_for(database: Path) -> Path:
    """Return where the key of a SQLite database is stored when ENCRYPTION_KEYS is not set."""
    return database.with_name(database.name + ".key")


def read_or_create_key_file(path: Path) -> Keyring:
    """Read the keyring in ``path``, or write a new key there if there is none. Only the owner may read the file.

    Processes that start at the same moment agree on one key: the file appears complete or not at all.
    """
    if not path.exists():
        _create_key_file(path)
    try:
        if path.stat().st_mode & 0o077:
            raise KeyProblem(f"Others can read the key file {path}. Run: chmod 600 {path}")
        return parse_keys(path.read_text(encoding="ascii").replace("\n", ","))
    except (OSError, UnicodeDecodeError) as error:
        raise KeyProblem(f"The key file {path} cannot be read. Check who owns it.") from error


def _create_key_file(path: Path) -> None:
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(generate_key() + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass  # another process was first; its key is the one
        finally:
            draft.unlink()
    except OSError as error:
        raise KeyProblem(f"The key file {path} cannot be written. Set ENCRYPTION_KEYS instead.") from error


def _parse_key(text: str) -> bytes:
    try:
        return base64.b64decode(text.replace("-", "+").replace("_", "/"), validate=True)
    except (binascii.Error, ValueError):
        raise KeyProblem(
            "ENCRYPTION_KEYS holds something that is not base64. Make a key with `dialpad-chatops keys generate`."
        ) from None


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"dialpad-chatops key id\x00" + key).digest()[:_ID_BYTES]
