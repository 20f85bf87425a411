"""What the tests of installing share: wheels of everything that is needed, and the image of the Dockerfile."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pytest

from tests.install.dockerfile import Stage, read_stages
from tests.install.image import Image, why_not
from tests.install.wheels import LOCK, put_together

CHECKOUT: Final = Path(__file__).parents[2]
SENT: Final = ("pyproject.toml", "README.md", "manifest.yml", "Dockerfile", ".dockerignore", "bot", "handlers")
ON_DISK: Final = "/var/tmp"  # noqa: S108  # a folder of its own name is made in it
"""Temporary files are in memory elsewhere, where many machines run nothing."""


def skip_without_rights() -> None:
    """Without root's rights a test is skipped, and fails where ``CI`` is set."""
    if reason := why_not():
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(f"no machine of its own: {reason}")


@pytest.fixture(scope="package")
def ground() -> Iterator[Path]:
    """A folder that programs can be installed in, gone at the end."""
    with TemporaryDirectory(prefix="chatops-install-", dir=ON_DISK) as folder:
        yield Path(folder)


@dataclass(frozen=True)
class Supplies:
    """``context`` is the checkout with a lock of the wheels in ``wheels``."""

    context: Path
    wheels: Path


@pytest.fixture(scope="package")
def supplies(ground: Path) -> Supplies:
    made = Supplies(ground / "context", ground / "wheels")
    made.wheels.mkdir()
    made.context.mkdir()
    for name in SENT:
        here = CHECKOUT / name
        if here.is_dir():
            shutil.copytree(here, made.context / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(here, made.context)
    (made.context / LOCK).write_text(put_together(made.wheels), encoding="utf-8")
    return made


@pytest.fixture(scope="package")
def stages() -> list[Stage]:
    return read_stages(CHECKOUT / "Dockerfile")


@pytest.fixture(scope="package")
def image(supplies: Supplies, stages: list[Stage], ground: Path) -> Image:
    """The last stage."""
    skip_without_rights()
    ignore = supplies.context / ".dockerignore"
    return Image.build(stages, supplies.context, ignore, supplies.wheels, ground / "stages")
