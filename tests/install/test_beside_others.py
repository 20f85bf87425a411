"""The wheel beside a program of somebody else's whose package is called ``bot`` too, as docs/install.md says."""

import os
import re
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeAlias

import pytest

from tests.install.conftest import Supplies
from tests.install.wheels import FOR_DEVELOPMENT

CHECKOUT: Final = Path(__file__).parents[2]
THEIRS: Final = {
    "bot/__init__.py": "",
    "bot/__main__.py": "def main():\n    print('Their bot.')\n",
    "their_bot-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: their-bot\nVersion: 1.0\n",
    "their_bot-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    "their_bot-1.0.dist-info/entry_points.txt": "[console_scripts]\ntheir-bot = bot.__main__:main\n",
}


class Environment:
    """A virtual environment that finds what the product needs where the tests find it, and the product nowhere."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        (site,) = folder.glob("lib/python*/site-packages")
        # Its own line, and not what the checkout put there to be found itself.
        (site / "needed.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")

    def install(self, wheel: Path) -> None:
        pip = [str(self.folder / "bin/python"), "-m", "pip", "--disable-pip-version-check", "--quiet", "install"]
        subprocess.run([*pip, "--no-index", "--no-deps", "--no-compile", str(wheel)], check=True)

    def says(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        command = [str(self.folder / "bin" / program), *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


Environments: TypeAlias = Callable[[str], Environment]


@pytest.fixture
def environments(ground: Path, tmp_path: Path) -> Environments:
    """Makes one by name."""
    return lambda name: Environment(ground / tmp_path.name / name)


@pytest.fixture(scope="module")
def ours(supplies: Supplies, ground: Path) -> Path:
    """The wheel, as the Dockerfile builds it."""
    folder = ground / "dist"
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=supplies.context, check=True, capture_output=True,
    )  # fmt: skip
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def theirs(ground: Path) -> Path:
    wheel = ground / "their_bot-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, text in THEIRS.items():
            archive.writestr(name, text)
        record = "".join(f"{name},,\n" for name in (*THEIRS, "their_bot-1.0.dist-info/RECORD"))
        archive.writestr("their_bot-1.0.dist-info/RECORD", record)
    return wheel


def test_in_an_environment_of_its_own_it_is_in_nobodys_way(
    environments: Environments, ours: Path, theirs: Path, ground: Path
) -> None:
    """As pipx and uv tool install do it: one environment for each program, and links to the programs in one folder."""
    mine, other = environments("ours"), environments("theirs")
    mine.install(ours)
    other.install(theirs)
    linked = mine.folder.parent / "bin"
    linked.mkdir()
    (linked / "dialpad-chatops").symlink_to(mine.folder / "bin/dialpad-chatops")
    found = subprocess.run([linked / "dialpad-chatops", "actions"], capture_output=True, text=True, check=False)

    assert found.returncode == 0, found.stderr
    assert "DIALPAD_LIST_USERS" in found.stdout
    assert other.says("their-bot").stdout == "Their bot.\n"


@pytest.mark.parametrize("first", ["ours", "theirs"])
def test_in_one_environment_the_later_one_takes_the_others_place(
    first: str, environments: Environments, ours: Path, theirs: Path
) -> None:
    one = environments("both")
    for wheel in (ours, theirs) if first == "ours" else (theirs, ours):
        one.install(wheel)
    page = (CHECKOUT / "docs/install.md").read_text(encoding="utf-8")

    assert "the one that is installed later takes the other's place" in " ".join(page.split())
    if first == "ours":
        assert one.says("their-bot").stdout == "Their bot.\n"
        assert "dialpad-chatops" not in one.says("dialpad-chatops", "--version").stdout
    else:
        assert one.says("dialpad-chatops", "--version").stdout.startswith("dialpad-chatops ")
        assert "Their bot." not in one.says("their-bot").stdout


def test_all_that_the_wheel_asks_for_is_in_the_lock(ours: Path) -> None:
    lock = (CHECKOUT / "requirements.lock").read_text(encoding="utf-8").partition(FOR_DEVELOPMENT)[0]
    pinned = set(re.findall(r"^([a-z0-9._-]+)==", lock, re.MULTILINE))
    asked = re.findall(r"^Requires-Dist: ([\w.-]+)[^;\n]*$", metadata_of(ours), re.MULTILINE)

    assert asked
    assert {name.lower() for name in asked} <= pinned


def test_a_package_index_can_show_the_readme(ours: Path) -> None:
    assert "Description-Content-Type: text/markdown" in metadata_of(ours)
    assert (CHECKOUT / "README.md").read_text(encoding="utf-8").strip() in metadata_of(ours)


def metadata_of(wheel: Path) -> str:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        return archive.read(name).decode()
