"""Join two compiled requirement files into requirements.lock: what runs first, what only development needs after it.

usage: python .ci/lock.py RUNTIME ALL > requirements.lock
"""

import re
import sys
from pathlib import Path

HEADER = "# Names, versions and hashes of everything installed. Written by `make lock`."
DEVELOPMENT = "# For development only; the container image stops reading here."


def entries(path: str) -> dict[str, str]:
    """Requirement blocks by package name."""
    blocks = re.split(r"\n(?=[a-z0-9])", Path(path).read_text().strip(), flags=re.IGNORECASE)
    return {re.split(r"[=\s\[]", block, maxsplit=1)[0]: block for block in blocks}


def main() -> None:
    runtime, everything = (entries(path) for path in sys.argv[1:3])
    extra = [block for name, block in everything.items() if name not in runtime]
    sys.stdout.write("\n".join([HEADER, *runtime.values(), DEVELOPMENT, *extra]) + "\n")


if __name__ == "__main__":
    main()
