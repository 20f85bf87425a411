"""A Postgres that the tests start themselves, from Debian's packages or whatever ``initdb`` is on PATH.

Each pytest process starts one (so pytest-xdist needs nothing special), in a folder of its own, on a Unix socket only.
Postgres refuses to run as root; as root it is started as ``postgres`` or ``nobody``.
"""

import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql

STARTS_WITHIN_S = 30


class NoPostgres(Exception):
    """Why no server can be started here."""


@dataclass
class PostgresServer:
    """A running server; ``create`` and ``drop`` give each test a database of its own. ``stop`` and ``start`` are for
    tests that have a server to themselves."""

    socket_folder: Path
    command: list[str | Path] = field(default_factory=list)
    process: "subprocess.Popen[bytes] | None" = None
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def url(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self.socket_folder}"

    def create(self) -> str:
        """The URL of a new, empty database."""
        name = f"test_{next(self._numbers)}"
        self._run(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        return self.url(name)

    def drop(self, url: str) -> None:
        """Also ends connections that a failed test left open."""
        name = url.rpartition("/")[0] and url.split("@/")[1].partition("?")[0]
        self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def start(self) -> None:
        with (self.socket_folder / "log").open("ab") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log, cwd=self.socket_folder)

    def until_ready(self) -> None:
        assert self.process is not None
        _wait_until_ready(self, self.process, self.socket_folder / "log")

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """SIGINT is Postgres's "fast" shutdown, SIGQUIT the one that leaves everything to recovery."""
        assert self.process is not None
        self.process.send_signal(how)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _run(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)


@contextmanager
def start_postgres(*, survives_kills: bool = False) -> Iterator[PostgresServer]:
    """Raises NoPostgres with the reason when the machine has none. ``survives_kills``: what is committed is still there
    when the server was killed, and several processes of the bot find room, as in one that is run in earnest."""
    binaries = find_binaries()
    folder = Path(tempfile.mkdtemp(prefix="chatops-pg-"))
    prefix = _become_unprivileged(folder)
    try:
        data = folder / "data"
        # No syncs: the server lives only as long as the tests, and nothing of it is kept.
        initdb: list[str | Path] = [binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8"]
        _run_quietly([*prefix, *initdb, "--locale=C", "--no-sync", "--no-instructions"], folder)
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(folder),
            "fsync": "off",
            "synchronous_commit": "on" if survives_kills else "off",
            "full_page_writes": "off",
            "max_connections": "100" if survives_kills else "60",
            "shared_buffers": "16MB",
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        command: list[str | Path] = [*prefix, *_end_with_parent(), binaries / "postgres", "-D", data, *options]
        server = PostgresServer(folder, command)
        server.start()
        try:
            server.until_ready()
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def find_binaries() -> Path:
    on_path = shutil.which("initdb")
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    candidates = [*reversed(installed), *([Path(on_path).resolve().parent] if on_path else [])]
    for folder in candidates:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise NoPostgres("no Postgres on this machine (on Debian: apt-get install postgresql)")


def _become_unprivileged(folder: Path) -> list[str]:
    """The command prefix that gives up root, after handing ``folder`` over; empty when nobody is root."""
    if os.geteuid() != 0:
        return []
    for name in ("postgres", "nobody"):
        try:
            account = pwd.getpwnam(name)
        except KeyError:
            continue
        os.chown(folder, account.pw_uid, account.pw_gid)
        if setpriv := shutil.which("setpriv"):
            return [setpriv, f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]
        if runuser := shutil.which("runuser"):
            return [runuser, "-u", name, "--"]
    raise NoPostgres("Postgres does not run as root, and there is no setpriv or runuser to become somebody else")


def _end_with_parent() -> list[str]:
    """So that a killed pytest leaves no server behind. Only newer util-linux can say so."""
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        return []
    manual = subprocess.run([setpriv, "--help"], capture_output=True, text=True, check=False)  # as above
    return [setpriv, "--pdeathsig", "INT"] if "--pdeathsig" in manual.stdout else []


def _run_quietly(command: list[str | Path], folder: Path) -> None:
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False)  # as above
    if done.returncode != 0:
        raise NoPostgres(f"initdb failed: {done.stderr.strip()}")


def _wait_until_ready(server: PostgresServer, process: "subprocess.Popen[bytes]", log: Path) -> None:
    give_up = time.monotonic() + STARTS_WITHIN_S
    while True:
        try:
            psycopg.connect(server.url("postgres")).close()
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > give_up:
                raise NoPostgres(f"Postgres did not start: {log.read_text(errors='replace')[-500:]}") from None
            time.sleep(0.05)
        else:
            return
