"""A container image without a container engine: a Dockerfile's steps in a plain folder that is made the root.

Each step, and what is run at last, has a mount namespace, and process ids, of its own: programs of this machine are
there to read and nothing else of it is. What is run is process 1, as in a container. Only root may do so.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.install.dockerfile import Stage, ignored

TOOLS: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
WHEELS: Final = "/wheels"
_LINKED: Final = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")
"""Into ``usr`` on most machines, and folders of their own on others."""
_NEEDED: Final = ("ld.so.cache", "login.defs", "nsswitch.conf", "mime.types", "services", "protocols")
"""What the base image has in ``etc`` too."""
_DEVICES: Final = ("null", "zero", "random", "urandom")
_SEES_NOTHING: Final = ("/usr/bin/unshare", "--mount", "--pid", "--fork", "--kill-child", "--propagation", "private")

_ENTER: Final = r"""
set -e
root=$1; shift
mount --bind "$root" "$root"
for folder in $SHOWN; do
  mount --bind "${folder%%=*}" "$root${folder##*=}"
  mount -o remount,bind,ro "$root${folder##*=}"
done
for device in $DEVICES; do mount --bind "/dev/$device" "$root/dev/$device"; done
for folder in $VOLUMES; do mount --bind "${folder%%=*}" "$root${folder##*=}"; done
for folder in $IN_MEMORY; do mount -t tmpfs -o mode=1777 tmpfs "$root$folder"; done
mount -t proc proc "$root/proc"
if [ -n "$READ_ONLY" ]; then mount -o remount,bind,ro "$root"; fi
exec chroot "$root" /usr/bin/env -i "$@"
"""


def why_not() -> str | None:
    """Tell what is missing here for making and running an image; ``None`` when nothing is."""
    if os.geteuid() != 0:
        return "only root may make a folder the root of what is run"
    if missing := [name for name in ("unshare", "chroot", "setpriv", "useradd") if not shutil.which(name, path=TOOLS)]:
        return f"this machine has no {' and no '.join(missing)}"
    tried = subprocess.run(
        [*_SEES_NOTHING, "mount", "-t", "proc", "proc", "/proc"], capture_output=True, text=True, check=False
    )
    return f"this machine gives no namespaces: {tried.stderr.strip()}" if tried.returncode else None


@dataclass
class Image:
    """What a stage has become, in ``root``."""

    root: Path
    wheels: Path
    environment: dict[str, str] = field(default_factory=dict)
    user: str = "0"
    folder: str = "/"
    volumes: list[str] = field(default_factory=list)

    @classmethod
    def build(cls, stages: Iterable[Stage], context: Path, ignore: Path, wheels: Path, place: Path) -> "Image":
        """Do every step of every stage, and return what the last one has become."""
        made: dict[str, Image] = {}
        last = None
        for number, stage in enumerate(stages):
            last = made[stage.name] = cls.from_base(place / (stage.name or str(number)), wheels)
            for one in stage.instructions:
                if one.word == "COPY":
                    source = made[one.options["from"]].root if "from" in one.options else context
                    last._copy(source, one.words, None if "from" in one.options else ignored(ignore))
                elif one.word == "RUN":
                    last._run(one.rest)
                elif one.word == "ENV":
                    last._set(shlex.split(one.rest))
                elif one.word == "USER":
                    last.user = one.rest
                elif one.word == "WORKDIR":
                    last.folder = one.rest
                    last._inside(one.rest).mkdir(parents=True, exist_ok=True)
                elif one.word == "VOLUME":
                    last.volumes.append(one.rest)
        if last is None:
            raise ValueError("there is no stage")
        return last

    @classmethod
    def from_base(cls, root: Path, wheels: Path) -> "Image":
        """Stand in for Python's slim image: this machine's programs and this Python, root alone, and no network."""
        for folder in ("dev", "etc", "home", "proc", "root", "tmp", "usr", "var/tmp", WHEELS.lstrip("/")):
            (root / folder).mkdir(parents=True)
        for name in _LINKED:
            here = Path("/", name)
            if here.is_symlink():
                (root / name).symlink_to(here.readlink())
            elif here.is_dir():
                (root / name).mkdir()
        for folder in _shown():
            (root / folder.lstrip("/")).mkdir(parents=True, exist_ok=True)
        for name in _NEEDED:
            if Path("/etc", name).exists():
                shutil.copyfile(Path("/etc", name), root / "etc" / name)
        (root / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/sh\n", encoding="utf-8")
        (root / "etc/group").write_text("root:x:0:\n", encoding="utf-8")
        (root / "etc/hosts").write_text("127.0.0.1 localhost\n::1 localhost\n", encoding="utf-8")
        for device in _DEVICES:
            (root / "dev" / device).touch()
        (root / "tmp").chmod(0o1777)
        return cls(root, wheels, {"PATH": f"{sys.base_prefix}/bin:{TOOLS}", "HOME": "/root", "LANG": "C.UTF-8"})

    def _inside(self, path: str) -> Path:
        return self.root / os.path.join(self.folder, path).lstrip("/")

    def _copy(self, source: Path, words: Sequence[str], left_out: re.Pattern[str] | None) -> None:
        *names, target = words
        for name in names:
            here = source / name.lstrip("/")
            there = self._inside(target) / (here.name if target.endswith("/") else "")
            if here.is_file():
                there.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(here, there)
            else:
                shutil.copytree(
                    here, there, symlinks=True, ignore=_leaving_out(source, left_out), dirs_exist_ok=True,
                    copy_function=shutil.copy2 if left_out else os.link,  # nothing changes in a stage that is done
                )  # fmt: skip

    def _run(self, line: str) -> None:
        """A step of building, by root and without a network. Raises AssertionError with what it said."""
        offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": WHEELS, "PIP_ROOT_USER_ACTION": "ignore"}
        command = self.command(["/bin/sh", "-c", line], {**self.environment, **offline}, offline=True)
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"RUN {line}\n{done.stdout}{done.stderr}"

    def _set(self, pairs: Iterable[str]) -> None:
        for pair in pairs:
            name, _, value = pair.partition("=")
            self.environment[name] = re.sub(r"\$(\w+)", lambda found: self.environment.get(found[1], ""), value)

    def run(
        self, words: Sequence[str], settings: Mapping[str, str], volume: Path, in_memory: Iterable[str] = ()
    ) -> list[str]:
        """Return the command that runs the image: read-only but for its volumes, as its own user, with no rights."""
        number, group = self.ids()
        rights = ("--clear-groups", "--no-new-privs", "--bounding-set=-all", "--inh-caps=-all", "--pdeathsig=KILL")
        as_user = ["/usr/bin/setpriv", f"--reuid={number}", f"--regid={group}", *rights, *words]
        return self.command(
            as_user, {**self.environment, **settings}, volumes=dict.fromkeys(self.volumes, volume),
            in_memory=in_memory, read_only=True,
        )  # fmt: skip

    def ids(self) -> tuple[int, int]:
        """Return the user's number and its group's, as the image knows them."""
        rows = [line.split(":") for line in (self.root / "etc/passwd").read_text(encoding="utf-8").splitlines()]
        (found,) = [(int(row[2]), int(row[3])) for row in rows if self.user in {row[0], row[2]}]
        return found

    def command(
        self,
        words: Sequence[str],
        environment: Mapping[str, str],
        *,
        volumes: Mapping[str, Path] | None = None,
        in_memory: Iterable[str] = (),
        read_only: bool = False,
        offline: bool = False,
    ) -> list[str]:
        """Return the command that runs ``words`` in this root, and waits for them."""
        shown = [f"{folder}={folder}" for folder in _shown()] + ([f"{self.wheels}={WHEELS}"] if offline else [])
        told = {
            "SHOWN": " ".join(shown),
            "DEVICES": " ".join(_DEVICES),
            "VOLUMES": " ".join(f"{here}={there}" for there, here in (volumes or {}).items()),
            "IN_MEMORY": " ".join(in_memory),
            "READ_ONLY": "yes" if read_only else "",
            "PATH": TOOLS,
        }
        given = [f"{name}={value}" for name, value in environment.items()]
        go = f'cd {shlex.quote(self.folder)} && exec "$@"'
        return [
            "/usr/bin/env", "-i", *(f"{name}={value}" for name, value in told.items()),
            *_SEES_NOTHING, *(("--net",) if offline else ()), "/bin/sh", "-c", _ENTER, "enter", str(self.root),
            *given, "/bin/sh", "-c", go, "go", *words,
        ]  # fmt: skip


def _shown() -> list[str]:
    """What is of this machine, and can only be read: programs, libraries, this Python."""
    own = [f"/{name}" for name in _LINKED if Path("/", name).is_dir() and not Path("/", name).is_symlink()]
    kept = [folder for folder in ("/etc/ssl", "/etc/alternatives") if Path(folder).is_dir()]
    return ["/usr", *own, *kept, *([] if sys.base_prefix.startswith("/usr") else [sys.base_prefix])]


def _leaving_out(source: Path, pattern: re.Pattern[str] | None) -> Callable[[str, list[str]], set[str]]:
    def leave_out(folder: str, names: list[str]) -> set[str]:
        below = Path(folder).relative_to(source)
        return {name for name in names if pattern and pattern.fullmatch(str(below / name))}

    return leave_out
