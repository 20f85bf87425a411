"""Builds what is released into ``dist``: wheel, sdist, a bill of materials and checksums. Twice the same is byte-equal.

Everything in it is as old as the commit it is built from, so that nothing depends on when and where it was built.
"""

import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

CHECKOUT: Final = Path(__file__).parent.parent
PINNED: Final = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)")
HASHED: Final = re.compile(r"--hash=sha256:([0-9a-f]{64})")
FOR_DEVELOPMENT: Final = "# For development"
"""Where the lock's part that is installed ends."""


def main() -> None:
    """Build, and say what was made."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=CHECKOUT / "dist")
    folder: Path = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    build(folder, committed_at())
    name = f"dialpad-chatops-{project()['version']}.cdx.json"
    (folder / name).write_text(json.dumps(bill_of_materials(), indent=2) + "\n", encoding="utf-8")
    made = sorted(folder.iterdir())
    sums = "".join(f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in made)
    (folder / "SHA256SUMS").write_text(sums, encoding="utf-8")
    sys.stdout.write(sums)


def project() -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return found


def committed_at() -> int:
    """Return the last commit's time in unix seconds; a moment long ago outside a checkout."""
    try:
        asked = ["git", "log", "-1", "--format=%ct"]
        return int(subprocess.run(asked, cwd=CHECKOUT, capture_output=True, text=True, check=True).stdout)  # noqa: S603  our own words
    except (OSError, subprocess.CalledProcessError, ValueError):
        return 1_700_000_000


def build(folder: Path, moment: int) -> None:
    """Build wheel and sdist with the pinned hatchling, without fetching anything."""
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(moment)}
    building = [sys.executable, "-m", "hatchling", "build", "-d", str(folder)]
    subprocess.run(building, cwd=CHECKOUT, env=environment, check=True, stdout=subprocess.DEVNULL)  # noqa: S603  our own words


def bill_of_materials() -> dict[str, Any]:
    """Return what is installed with it, as CycloneDX 1.5 has it: exactly what ``requirements.lock`` pins."""
    about = project()
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": about["name"],
                "name": about["name"],
                "version": about["version"],
                "purl": f"pkg:pypi/{about['name']}@{about['version']}",
            }
        },
        "components": list(_components()),
    }


def _components() -> Iterator[dict[str, Any]]:
    lock = (CHECKOUT / "requirements.lock").read_text(encoding="utf-8").partition(FOR_DEVELOPMENT)[0]
    for block in re.split(r"\n(?=\S)", lock):
        if pinned := PINNED.match(block):
            name, version = pinned.groups()
            purl = f"pkg:pypi/{name}@{version}"
            hashes = [{"alg": "SHA-256", "content": one} for one in HASHED.findall(block)]
            yield {
                "type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl, "hashes": hashes,
            }  # fmt: skip


if __name__ == "__main__":
    main()
