"""The wheels that the lock names, put together again from what is installed here: installing asks no registry.

``make setup`` compared each with its hash when it installed them. A wheel that is put together again has another hash,
so it comes with a lock that has that one.
"""

import base64
import csv
import hashlib
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from email.parser import HeaderParser
from importlib.metadata import Distribution, PackageNotFoundError, PackagePath, distribution
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement

CHECKOUT: Final = Path(__file__).parents[2]
LOCK: Final = "requirements.lock"
FOR_DEVELOPMENT: Final = "# For development"
"""Where the lock's part that is installed ends."""
ALSO_NEEDED: Final = ("hatchling", "opentelemetry-exporter-otlp-proto-http")
"""What builds it, and what is installed only where it is wanted."""
_PINNED: Final = re.compile(r"^([A-Za-z0-9._-]+)==[^\n]*", re.MULTILINE)
_OF_ITS_PLACE: Final = frozenset({"RECORD", "INSTALLER", "REQUESTED", "direct_url.json"})
"""Files beside the metadata that whoever installs it writes."""


def put_together(folder: Path) -> str:
    """Write a wheel for everything that is installed with the product or builds it, and return the lock for them."""
    lock = (CHECKOUT / LOCK).read_text(encoding="utf-8")
    also = {needed for name in ALSO_NEEDED for needed in _with_all_it_needs(name)}
    needed = {*_pinned_in(lock.partition(FOR_DEVELOPMENT)[0]), *also}
    hashes = {name: _hash_of(_pack(found, folder)) for name in needed if (found := _installed(name))}
    blocks = re.split(r"\n(?=\S)", lock)
    return "\n".join(_with_hash(block, hashes) for block in blocks)


def _pinned_in(lock: str) -> Iterator[str]:
    return (_plain(name) for name in _PINNED.findall(lock))


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _installed(name: str) -> Distribution | None:
    """``None`` for what is not for this machine, as its marker in the lock says."""
    try:
        return distribution(name)
    except PackageNotFoundError:
        return None


def _with_all_it_needs(name: str) -> Iterator[str]:
    yield _plain(name)
    found = _installed(name)
    for line in (found.requires if found else None) or ():
        needed = Requirement(line)
        if needed.marker is None or needed.marker.evaluate({"extra": ""}):
            yield from _with_all_it_needs(needed.name)


def _with_hash(block: str, hashes: dict[str, str]) -> str:
    pinned = _PINNED.match(block)
    if pinned is None or (found := hashes.get(_plain(pinned[1]))) is None:
        return block
    return " \\\n    ".join([pinned[0].rstrip("\\ "), f"--hash=sha256:{found}"])


def _hash_of(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _pack(found: Distribution, folder: Path) -> Path:
    """Put a distribution's files into a wheel. Programs are left out: they are made anew from its entry points."""
    name = f"{re.sub(r'[-_.]+', '_', found.name)}-{found.version}"
    made = folder / f"{name}-{_tag(found)}.whl"
    record = io.StringIO()
    rows = csv.writer(record, lineterminator="\n")
    where = ""
    with zipfile.ZipFile(made, "w") as archive:
        for path in _of_the_wheel(found):
            content = Path(str(path.locate())).read_bytes()
            archive.writestr(zipfile.ZipInfo(str(path)), content)
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
            rows.writerow([path, f"sha256={digest}", len(content)])
            if path.name == "METADATA" and path.parent.suffix == ".dist-info":
                where = f"{path.parent}/RECORD"
        rows.writerow([where, "", ""])
        archive.writestr(zipfile.ZipInfo(where), record.getvalue())
    return made


def _of_the_wheel(found: Distribution) -> Iterable[PackagePath]:
    for path in found.files or ():
        inside = ".." not in path.parts and "__pycache__" not in path.parts
        beside = len(path.parts) == 2 and path.parent.suffix == ".dist-info"
        if inside and not (beside and path.name in _OF_ITS_PLACE):
            yield path


def _tag(found: Distribution) -> str:
    tags = HeaderParser().parsestr(found.read_text("WHEEL") or "").get_all("Tag") or ["py3-none-any"]
    return "-".join(".".join(dict.fromkeys(parts)) for parts in zip(*(tag.split("-") for tag in tags), strict=True))
