"""A machine that was just set up, with a checkout and nothing else: lines are typed there, in a network of its own."""

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.install.image import TOOLS, Image

CHECKOUT: Final = Path(__file__).parents[2]
HOME: Final = "/srv/dialpad-chatops"
LEFT_OUT: Final = (".git", ".venv", "dist", "*.db*", ".mypy_cache", ".ruff_cache", ".pytest_cache")
OF_THE_CHECKOUT: Final = re.compile(r"(?:^|[ (])(?:make|\.venv/)")
"""What runs the checkout's own code, as an editable install does; the rest runs what is installed."""
LONGEST_S: Final = 120.0
_LOOPBACK_UP: Final = (
    "import fcntl, socket, struct; s = socket.socket(); "
    "fcntl.ioctl(s, 0x8914, struct.pack('16sh14x', b'lo', 0x1 | 0x40)); print('up', flush=True); "
    "import sys; sys.stdin.read()"
)
"""Loopback works, and then nothing until nobody holds its standard input any more: process 1 of the machine."""


class NeverReady(Exception):
    """A line that was to go on has ended."""


@dataclass(frozen=True)
class Typed:
    code: int
    said: str


@dataclass
class Machine:
    """``pid`` is its process 1, as this machine sees it."""

    image: Image
    pid: int
    settings: Mapping[str, str]
    made: dict[str, str] = field(default_factory=dict)
    """What a line named that a later one needs."""

    def run(self, line: str) -> Typed:
        """Type a line that ends by itself."""
        done = subprocess.run(
            self._enter(line), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            timeout=LONGEST_S, check=False,
        )  # fmt: skip
        return Typed(done.returncode, done.stdout)

    def run_until(self, line: str, ready: str) -> Typed:
        """Type a line that goes on, and Ctrl+C once it says that it is ready."""
        try:
            with self.running(line, ready) as process:
                process.ended_by_hand()
        except NeverReady as ended:
            return Typed(-1, str(ended))
        return Typed(process.code, process.said)

    @contextmanager
    def running(self, line: str, ready: str) -> Iterator["Running"]:
        code = self.image.root / "tmp" / f"code-{time.monotonic_ns()}"
        inside = f"trap : INT; ( {line} ); echo $? > /tmp/{code.name}"
        process = subprocess.Popen(
            self._enter(inside), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            start_new_session=True,
        )  # fmt: skip
        running = Running(process, code, ready)
        try:
            running.wait_until_ready()
            yield running
        finally:
            running.kill()

    def _enter(self, line: str) -> list[str]:
        from_checkout = {"PYTHONPATH": HOME} if OF_THE_CHECKOUT.search(line) else {}
        given = [
            f"{name}={value}" for name, value in {**self.image.environment, **self.settings, **from_checkout}.items()
        ]
        return [
            "/usr/bin/nsenter", f"--target={self.pid}", "--mount", "--net", "--pid", "--root", "--wd",
            "/usr/bin/env", "-i", *given, "/bin/bash", "-c", line,
        ]  # fmt: skip


class Running:
    """A line that goes on. All that it says is read as it comes, or it would wait for its reader some day."""

    def __init__(self, process: subprocess.Popen[str], code_file: Path, ready: str) -> None:
        self.process = process
        self.code = -1
        self._code_file = code_file
        self._ready = ready
        self._lines: list[str] = []
        self._ready_or_over = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def said(self) -> str:
        return "".join(self._lines)

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.append(line)
            if self._ready in line:
                self._ready_or_over.set()
        self._ready_or_over.set()

    def wait_until_ready(self) -> None:
        """Raises NeverReady when it ends before, or takes too long."""
        self._ready_or_over.wait(LONGEST_S)
        if self._ready not in self.said:
            raise NeverReady(f"It never said {self._ready!r}:\n{self.said}")

    def ended_by_hand(self) -> None:
        """Press Ctrl+C, and see how it ends."""
        os.killpg(self.process.pid, signal.SIGINT)
        self.process.wait(LONGEST_S)
        self._reader.join(LONGEST_S)
        self.code = int(self._code_file.read_text(encoding="utf-8"))

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@contextmanager
def machine(root: Path, wheels: Path, settings: Mapping[str, str]) -> Iterator[Machine]:
    """A machine on which ``make setup`` has been done, and what it needs else comes from ``wheels``."""
    image = Image.from_base(root, wheels)
    home = root / HOME.lstrip("/")
    shutil.copytree(CHECKOUT, home, ignore=shutil.ignore_patterns(*LEFT_OUT), dirs_exist_ok=True)
    (home / ".venv").mkdir()
    for part in ("bin", "lib", "pyvenv.cfg"):
        (home / ".venv" / part).symlink_to(Path(sys.prefix, part))
    (home / ".venv/.ready").touch()
    for folder in ("safe", "etc/systemd/system", "opt", sys.prefix.lstrip("/")):
        (root / folder).mkdir(parents=True, exist_ok=True)
    image.environment |= {
        "PATH": f"/opt/dialpad-chatops/bin:{image.environment['PATH']}", "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": "/wheels", "PIP_NO_COMPILE": "1", "NO_COLOR": "1",
    }  # fmt: skip
    image.folder = HOME
    command = image.command(
        ["python", "-c", _LOOPBACK_UP], {"PATH": f"{sys.base_prefix}/bin:{TOOLS}"},
        volumes={sys.prefix: Path(sys.prefix)}, offline=True,
    )  # fmt: skip
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n", "the machine does not start"
        (pid,) = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text(encoding="utf-8").split()
        yield Machine(image, int(pid), settings)
    finally:
        process.kill()
        process.wait()
