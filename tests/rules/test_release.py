"""What is released: the same bytes each time, everything that it needs, and it runs without the checkout."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import httpx
import pytest

from bot.sandbox.serving import listen

pytestmark = pytest.mark.process

CHECKOUT: Final = Path(__file__).parents[2]


def release(into: Path) -> Path:
    subprocess.run([sys.executable, ".ci/release.py", str(into)], cwd=CHECKOUT, check=True, capture_output=True)
    return into


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return release(tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def wheel(dist: Path) -> Path:
    (found,) = dist.glob("*.whl")
    return found


def shipped() -> Iterator[str]:
    """What is in the two packages of the checkout."""
    for package in ("bot", "handlers"):
        for path in (CHECKOUT / package).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                yield str(path.relative_to(CHECKOUT))


def test_two_builds_are_byte_equal(dist: Path, tmp_path: Path) -> None:
    again = release(tmp_path)

    assert {file.name: file.read_bytes() for file in dist.iterdir()} == {
        file.name: file.read_bytes() for file in again.iterdir()
    }


def test_the_wheel_has_every_file(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())

    assert set(shipped()) - names == set()
    assert {"bot/py.typed", "handlers/py.typed"} <= names


def test_the_wheel_has_nothing_else(wheel: Path) -> None:
    tops = {name.partition("/")[0] for name in zipfile.ZipFile(wheel).namelist()}

    assert {top for top in tops if not top.endswith(".dist-info")} == {"bot", "handlers"}


def test_the_sdist_can_be_built_from(dist: Path) -> None:
    (found,) = dist.glob("*.tar.gz")
    with tarfile.open(found) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}

    assert {"pyproject.toml", "README.md", "Makefile", "manifest.yml", "requirements.lock", "tests/each.py"} <= names


def test_the_bill_of_materials_is_what_the_lock_installs(dist: Path) -> None:
    (found,) = dist.glob("*.cdx.json")
    components = json.loads(found.read_text(encoding="utf-8"))["components"]
    names = {one["name"] for one in components}

    assert {"slack-bolt", "pydantic", "sqlalchemy", "aiosqlite"} <= names
    assert "pytest" not in names
    assert all(one["hashes"] for one in components)


def test_the_checksums_are_of_the_files(dist: Path) -> None:
    checked = subprocess.run(
        [shutil.which("sha256sum") or "sha256sum", "--check", "SHA256SUMS"],
        cwd=dist,
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, checked.stdout
    assert len(checked.stdout.splitlines()) == len(list(dist.iterdir())) - 1


@pytest.fixture(scope="module")
def unpacked(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)  # noqa: S202  our own wheel
    return folder


def environment(unpacked: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(unpacked)}


def test_what_is_installed_runs_without_the_checkout(unpacked: Path, tmp_path: Path) -> None:
    script = "import bot, handlers; print(bot.__file__); print(handlers.__file__)"
    found = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env=environment(unpacked),
        capture_output=True,
        text=True,
        check=True,
    )

    assert all(line.startswith(str(unpacked)) for line in found.stdout.splitlines())


def test_the_demo_of_the_wheel_serves_its_page(unpacked: Path, tmp_path: Path) -> None:
    with listen(0) as bound:
        port = bound.getsockname()[1]
    demo = subprocess.Popen(
        [sys.executable, "-m", "bot", "demo", "--no-browser", "--port", str(port)],
        cwd=tmp_path, env=environment(unpacked), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        assert demo.stdout is not None
        said = next((line for line in demo.stdout if f":{port}" in line), "")
        assert said, "the demo ended without saying where it is"
        assert httpx.get(f"http://localhost:{port}/").status_code == 200
    finally:
        demo.send_signal(signal.SIGTERM)
        demo.communicate()
    assert demo.returncode == 0
