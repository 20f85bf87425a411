"""The shell lines of the documents, in the order in which somebody reads them, and which of them are not run here."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

CHECKOUT: Final = Path(__file__).parents[2]
FIRST: Final = ("docs/install.md", "README.md", "docs/slack-app.md", "docs/settings.md", "docs/operations.md")
"""What is read first, or has to be done first; the other pages come after them by name."""
PROGRAMS: Final = (
    "make", "dialpad-chatops", "docker", "helm", "kubectl", "pipx", "uv", "pip", "python", "python3", "cp", "systemctl",
    "curl", "git", "export", "eval", "pg_dump", "psql", "pre-commit", ".",
)  # fmt: skip
NO_SHELL: Final = ("SLACK_BOT_TOKEN=", "DIALPAD_CLIENT_ID=", "OTEL_", "/dp ", "bot/", " bot/", "cards: ")
"""How a block without a language begins that is not for a shell: settings, what is typed in Slack, pictures."""
_BLOCK: Final = re.compile(r"^( *)```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_SPAN: Final = re.compile(r"`([^`\n]+)`")
_WHERE: Final = re.compile(r"(?:\.venv|/opt/dialpad-chatops)/bin/")
"""The same program, in a checkout or installed."""
_SETS: Final = re.compile(r"^[A-Z_]+=\S*\s+(?=\S)")

FOR_MINUTES: Final = "runs tests or measures, for minutes or more"
ONLY_NAMED: Final = "is named, not to be typed like this"
NOT_THE_PROGRAM: Final = "needs a program that is neither here nor in the lock"
OF_THE_OWNER: Final = "needs a server of the owner's"
NOT_RUN: Final[Mapping[str, str]] = {
    "make test": FOR_MINUTES,
    "make test-all": FOR_MINUTES,
    "make test-fast": FOR_MINUTES,
    "make test-two": FOR_MINUTES,
    "make corpus": FOR_MINUTES,
    "make chaos": FOR_MINUTES,
    "make day": FOR_MINUTES,
    "make hour": FOR_MINUTES,
    "make rush": FOR_MINUTES,
    "make coverage": FOR_MINUTES,
    "make bench": FOR_MINUTES,
    'make bench ARGS="--only read,accept"': FOR_MINUTES,
    "make soak": FOR_MINUTES,
    'make soak ARGS="--minutes 2"': FOR_MINUTES,
    'make test ARGS="tests/handlers -k dnd"': FOR_MINUTES,
    'make test ARGS="--two-processes http tests/flows/test_places.py"': FOR_MINUTES,
    "python -m tests.bench.scaling": FOR_MINUTES,
    "make check": "CI has run it before it comes here",
    "make setup": "has been run, or nothing would be here",
    "git pull": OF_THE_OWNER,
    "make pictures": "needs a browser; tests/browser takes the same pictures",
    "pre-commit install": NOT_THE_PROGRAM,
    "pipx install dist/*.whl": NOT_THE_PROGRAM,
    "pipx install --force dist/*.whl": NOT_THE_PROGRAM,
    'pipx inject dialpad-chatops "psycopg[binary]"': NOT_THE_PROGRAM,
    "pipx inject dialpad-chatops opentelemetry-exporter-otlp-proto-http": NOT_THE_PROGRAM,
    "uv tool install dist/*.whl": NOT_THE_PROGRAM,
    "uv tool install --force dist/*.whl": NOT_THE_PROGRAM,
    'eval "$(dialpad-chatops completion zsh)"': NOT_THE_PROGRAM,
    "dialpad-chatops completion fish | source": NOT_THE_PROGRAM,
    "docker build -t dialpad-chatops .": "test_container.py does its steps",
    "docker run --stop-timeout 30 --env-file .env -e HOST=0.0.0.0 -v chatops:/data -p 127.0.0.1:3000:3000 "
    "dialpad-chatops": "test_container.py does its steps",
    "docker compose -f deploy/compose.yml up --build --detach": NOT_THE_PROGRAM,
    "kubectl create secret generic dialpad-chatops --from-env-file=/etc/dialpad-chatops.env": OF_THE_OWNER,
    "helm install chatops deploy/helm --set image.repository=registry.example.com/dialpad-chatops": OF_THE_OWNER,
    "systemctl enable --now dialpad-chatops.socket dialpad-chatops.service": OF_THE_OWNER,
    "systemctl restart dialpad-chatops": OF_THE_OWNER,
    'curl -H "Authorization: Bearer $METRICS_TOKEN" https://chatops.example.com/readyz': OF_THE_OWNER,
    "dialpad-chatops db copy --to postgresql://chatops@db.example.com/chatops": OF_THE_OWNER,
    'pg_dump --file before-upgrade.sql "$DATABASE_URL"': OF_THE_OWNER,
    'psql --file before-upgrade.sql "$DATABASE_URL"': OF_THE_OWNER,
    "dialpad-chatops run --fd 3": "tests/crashes/test_handed_over.py hands a socket over",
    "docker run --stop-timeout 30": ONLY_NAMED,
    "dialpad-chatops": ONLY_NAMED,
    "dialpad-chatops slack diff": ONLY_NAMED,
    "dialpad-chatops db copy": ONLY_NAMED,
    "dialpad-chatops db backup": ONLY_NAMED,
    "dialpad-chatops sandbox": ONLY_NAMED,
    "pg_dump": ONLY_NAMED,
}
"""Each with its reason; a test sees to it that none is here that the documents have not."""

STANDS_FOR: Final[Mapping[str, str]] = {
    "DIALPAD_API_KEY=…": "DIALPAD_API_KEY=sandbox-company-key",
    "--data '{…}'": "--data '{}'",
    " NAME": " DIALPAD_LIST_USERS",
    "--config FILE": "--config /etc/dialpad-chatops.env",
    "backup FILE": "backup /safe/nightly.db",
    "@filter.json": "@/safe/filter.json",
}
"""What a line leaves to its reader, and what is taken for it here."""


@dataclass(frozen=True)
class ShellLine:
    page: str
    text: str

    @property
    def to_run(self) -> str:
        found = self.text
        for left, taken in STANDS_FOR.items():
            found = found.replace(left, taken)
        return found


def pages() -> list[str]:
    every = [*CHECKOUT.glob("*.md"), *CHECKOUT.glob("docs/*.md"), *CHECKOUT.glob("docs/decisions/*.md")]
    names = sorted(str(path.relative_to(CHECKOUT)) for path in every)
    return [*FIRST, *(name for name in names if name not in {*FIRST, "CHANGELOG.md"})]


def shell_lines() -> Iterator[ShellLine]:
    """Every line once, where it is first read, wherever the program is."""
    seen = set()
    for page in pages():
        for text in _of_blocks_and_spans((CHECKOUT / page).read_text(encoding="utf-8")):
            line = ShellLine(page, text)
            if _program(text) and (typed := _WHERE.sub("", line.to_run)) not in seen:
                seen.add(typed)
                yield line


def _of_blocks_and_spans(text: str) -> Iterator[str]:
    place = 0
    for block in _BLOCK.finditer(text):
        yield from _spans(text[place : block.start()])
        place = block.end()
        if not block[2]:
            yield from (re.split(r"\s+#", line)[0].strip() for line in block[3].splitlines())
    yield from _spans(text[place:])


def _spans(text: str) -> Iterator[str]:
    return (span.replace("\\|", "|") for span in _SPAN.findall(text))


def _program(line: str) -> bool:
    while found := _SETS.match(line):
        line = line[found.end() :]
    first = line.partition(" ")[0]
    return first in PROGRAMS or (first.startswith(("/opt/", ".venv/bin/")) and first.rpartition("/")[2] in PROGRAMS)


def blocks_of_no_kind() -> Iterator[str]:
    """Blocks without a language of which nobody can say whether they are for a shell."""
    for page in pages():
        for block in _BLOCK.finditer((CHECKOUT / page).read_text(encoding="utf-8")):
            first = block[3].removeprefix(block[1]).split("\n", 1)[0]
            if not block[2] and not _program(first) and not first.startswith(NO_SHELL):
                yield f"{page}: {first}"
