"""The Dockerfile's own steps, done without a container engine, and what comes of them between a Slack and a Dialpad."""

import asyncio
import json
import os
import re
import shlex
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from bot.basics.settings import Settings
from bot.sandbox.cast import ANA
from tests.crashes.test_stopped_politely import WAIT_S, Place, environment, placed
from tests.install.dockerfile import Stage, read_stages
from tests.install.image import Image
from tests.install.wheels import FOR_DEVELOPMENT

CHECKOUT: Final = Path(__file__).parents[2]
DATABASE: Final = "dialpad-chatops.db"
OF_THIS_MACHINE: Final = frozenset({"DATABASE_URL", "PATH", "PYTHONPATH"})
COMES_WITH_PYTHON: Final = frozenset({"pip", "setuptools"})


def compose() -> dict[str, Any]:
    """How deploy/compose.yml runs it: read-only, with so much in memory, stopped within so long."""
    found: dict[str, Any] = yaml.safe_load((CHECKOUT / "deploy/compose.yml").read_text(encoding="utf-8"))
    bot: dict[str, Any] = found["services"]["bot"]
    return bot


@dataclass
class Container:
    """The image as it runs: ``place.bot`` waits for it, and it is process 1 of its own."""

    image: Image
    place: Place
    volume: Path
    health: list[str]

    @property
    def pid(self) -> int:
        """Of the bot, as this machine sees it."""
        waiting = self.place.bot.pid
        (found,) = Path(f"/proc/{waiting}/task/{waiting}/children").read_text(encoding="utf-8").split()
        return int(found)

    def status(self) -> Mapping[str, str]:
        lines = Path(f"/proc/{self.pid}/status").read_text(encoding="utf-8").splitlines()
        return {name: " ".join(rest.split()) for name, _, rest in (line.partition(":") for line in lines)}

    async def is_healthy(self) -> bool:
        """As the Dockerfile's HEALTHCHECK sees it."""
        asked = await asyncio.create_subprocess_exec(*self.inside(self.health), stderr=asyncio.subprocess.DEVNULL)
        return await asked.wait() == 0

    def inside(self, words: list[str]) -> list[str]:
        return self.image.run(words, settings_of(self.place.settings), self.volume, compose()["tmpfs"])

    async def stop(self) -> tuple[int, float, str]:
        """How it ended, after how long, and what it wrote."""
        began = time.monotonic()
        os.kill(self.pid, signal.SIGTERM)
        async with asyncio.timeout(WAIT_S):
            said, _ = await self.place.bot.communicate()
        return self.place.bot.returncode or 0, time.monotonic() - began, said.decode()


def settings_of(settings: Settings) -> dict[str, str]:
    """What ``docker run --env-file`` would be given."""
    return {name: value for name, value in environment(settings).items() if name not in OF_THIS_MACHINE}


@pytest.fixture
async def container(image: Image, stages: list[Stage], tmp_path: Path) -> AsyncIterator[Container]:
    last = stages[-1]
    check = last.the_last("HEALTHCHECK")
    health = json.loads(check.rest.removeprefix("CMD "))

    def command(settings: Settings) -> list[str]:
        """Run the image on a volume that belongs to whom the image says, as a container engine sees to it."""
        number, group = image.ids()
        for path in (tmp_path, *tmp_path.iterdir()):
            os.chown(path, number, group)
        return image.run(last.the_last("CMD").words, settings_of(settings), tmp_path, compose()["tmpfs"])

    async with placed(tmp_path, over_http=True, command=command, database=DATABASE) as place:
        yield Container(image, place, tmp_path, health)


def tree(root: Path) -> dict[str, tuple[int, int]]:
    """Every file below, with its size and when it changed."""
    return {
        str(path): (path.lstat().st_size, path.lstat().st_mtime_ns)
        for path in root.rglob("*")
        if not path.is_dir() or path.is_symlink()
    }


# Built


def test_the_image_has_what_the_lock_pins_and_nothing_for_development(image: Image) -> None:
    asked = image.command(["pip", "list", "--format", "json"], image.environment)
    listed = json.loads(subprocess.run(asked, capture_output=True, text=True, check=True).stdout)
    found = {
        one["name"].lower().replace("_", "-"): one["version"] for one in listed if one["name"] not in COMES_WITH_PYTHON
    }
    lock = (CHECKOUT / "requirements.lock").read_text(encoding="utf-8").partition(FOR_DEVELOPMENT)[0]
    pinned = dict(re.findall(r"^([a-z0-9._-]+)==([^ ;\\]+)", lock, re.MULTILINE))

    assert found.pop("dialpad-chatops")
    assert found.items() <= pinned.items()
    assert {"slack-bolt", "psycopg-binary", "uvicorn"} <= set(found)


def test_what_built_it_stays_behind(image: Image) -> None:
    assert [name for name in ("build", "tools") if (image.root / name).exists()] == []


def test_it_needs_no_rights_to_be_read(image: Image) -> None:
    """Whatever user number it is run with, as OpenShift chooses one."""
    asked = image.command(
        ["setpriv", "--reuid=54321", "--regid=54321", "--clear-groups", "dialpad-chatops", "--version"],
        image.environment,
    )  # fmt: skip
    assert subprocess.run(asked, capture_output=True, text=True, check=True).stdout.startswith("dialpad-chatops ")


def test_without_settings_it_says_what_is_missing_and_ends(image: Image, stages: list[Stage], tmp_path: Path) -> None:
    os.chown(tmp_path, *image.ids())
    asked = image.run(stages[-1].the_last("CMD").words, {}, tmp_path, compose()["tmpfs"])
    ended = subprocess.run(asked, capture_output=True, text=True, check=False)

    assert ended.returncode == 2
    assert "SLACK_BOT_TOKEN" in ended.stderr + ended.stdout
    assert "Traceback" not in ended.stderr + ended.stdout


# Run


async def test_it_is_healthy_while_it_runs_and_is_not_once_it_has_stopped(container: Container) -> None:
    assert await container.is_healthy()
    await container.stop()
    assert not await container.is_healthy()


async def test_it_has_no_rights_and_is_process_1(container: Container) -> None:
    found = container.status()
    number, group = container.image.ids()

    assert number >= 1000
    assert found["Uid"] == " ".join([str(number)] * 4)
    assert found["Gid"] == " ".join([str(group)] * 4)
    assert found["Groups"] == ""
    assert {found[kind] for kind in ("CapInh", "CapPrm", "CapEff", "CapBnd")} == {"0" * 16}
    assert found["NoNewPrivs"] == "1"
    assert found["NSpid"].split()[-1] == "1"


async def test_it_works_on_a_file_system_that_nothing_can_be_written_to(container: Container) -> None:
    before = tree(container.image.root)
    ana = container.place.slack.person(str(ANA.slack_id))
    await ana.command("#support", "/dp dnd on")
    await container.place.slack.workspace.until(lambda: "disturb" in str(ana.ephemerals("#support")), WAIT_S)
    tried = await asyncio.create_subprocess_exec(
        *container.inside(["/bin/sh", "-c", "cd /; touch venv/x || touch home/chatops/x || touch etc/x"]),
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip

    assert container.place.ana_is_silent
    assert await tried.wait() != 0
    await container.stop()
    assert tree(container.image.root) == before
    assert {path.name.partition(".")[0] for path in container.volume.iterdir()} == {DATABASE.partition(".")[0]}


async def test_it_ends_well_within_the_time_that_compose_gives(container: Container) -> None:
    code, took_s, said = await container.stop()

    assert code == 0, said
    assert took_s < float(compose()["stop_grace_period"].removesuffix("s"))
    assert "Traceback" not in said
    assert all(json.loads(line) for line in said.splitlines()), "LOG_FORMAT=json"


async def test_what_it_knows_is_there_after_a_new_container(container: Container) -> None:
    ana = container.place.slack.person(str(ANA.slack_id))
    await container.stop()
    await container.place.start()
    await container.place.until_ready()
    await ana.command("#support", "/dp dnd on")

    await container.place.slack.workspace.until(lambda: container.place.ana_is_silent, WAIT_S)


# What this test reads


@pytest.mark.parametrize("line", ["ONBUILD RUN true", "ADD x y", "ENTRYPOINT x"])
def test_an_instruction_that_is_not_known_is_refused(line: str, tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text(f"FROM scratch\n{line}\n", encoding="utf-8")

    with pytest.raises(ValueError, match=line.partition(" ")[0]):
        read_stages(tmp_path / "Dockerfile")


def test_the_readme_gives_a_stop_the_same_time() -> None:
    (line,) = re.findall(r"^docker run .*$", (CHECKOUT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)

    assert f"{shlex.split(line)[3]}s" == compose()["stop_grace_period"]
