"""Every picture in docs was taken by ``make pictures``, of which ``docs/pictures.json`` keeps book.

That a picture shows what is no longer so is noticed by the browser's tests, which come by the same places.
"""

import hashlib
import json
import sys
from pathlib import Path
from typing import Final

DOCS: Final = Path(__file__).parent.parent / "docs"


def main() -> None:
    """Name the pictures that nobody has written down; exit 1 when there are any."""
    book = json.loads((DOCS / "pictures.json").read_text(encoding="utf-8"))
    there = {file.stem: hashlib.sha256(file.read_bytes()).hexdigest() for file in DOCS.glob("*.png")}
    wrong = sorted(name for name in there.keys() | book.keys() if book.get(name, {}).get("file") != there.get(name))
    for name in wrong:
        sys.stderr.write(f"docs/{name}.png is not the picture that docs/pictures.json knows: make pictures\n")
    raise SystemExit(bool(wrong))


if __name__ == "__main__":
    main()
