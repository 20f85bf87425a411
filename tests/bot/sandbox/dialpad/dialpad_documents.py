"""Dialpad's own document and this project's list of actions, where they can be had; tests print why where not."""

import json
import os
import tarfile
from functools import cache
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(os.environ.get("DIALPAD_DOCUMENTS", Path(__file__).parents[5] / "shared" / "dialpad"))
SDIST_NAME = "python_dialpad-3.2.0.tar.gz"
SPEC_IN_SDIST = "dialpad_api_spec.json"


def _load(name: str) -> Any:
    path = FOLDER / name
    return json.loads(path.read_text()) if path.is_file() else None


def _spec_of_sdist() -> Any:
    """From the sdist that PYTHON_DIALPAD_SDIST names, or that lies beside the other documents."""
    path = Path(os.environ.get("PYTHON_DIALPAD_SDIST", FOLDER / SDIST_NAME))
    if not path.is_file():
        return None
    with tarfile.open(path) as sdist:
        names = [name for name in sdist.getnames() if name.endswith(SPEC_IN_SDIST)]
        opened = sdist.extractfile(names[0]) if names else None
        return None if opened is None else json.loads(opened.read())


@cache
def find_spec() -> Any:
    return _spec_of_sdist() or _load("openapi-193.json")


@cache
def find_actions() -> list[dict[str, Any]]:
    return _load("actions.json") or []


def spec_or_skip() -> dict[str, Any]:
    spec: dict[str, Any] | None = find_spec()
    if spec is None:
        pytest.skip(f"no OpenAPI document: set PYTHON_DIALPAD_SDIST to {SDIST_NAME}, which has it inside")
    return spec


def action_or_skip(method: str, path: str) -> dict[str, Any]:
    for action in find_actions():
        if (action["method"], action["path"]) == (method, path):
            return action
    pytest.skip("no list of actions: set DIALPAD_DOCUMENTS to the folder with actions.json")
