"""Small C libraries that are loaded into processes of the bot before everything else, where there is a C compiler."""

import shutil
import subprocess
from pathlib import Path


def build_library(source: Path, folder: Path) -> Path | None:
    """Compile a source into ``folder`` and return the library for ``LD_PRELOAD``; None where that is not possible."""
    compiler, library = shutil.which("cc"), folder / source.with_suffix(".so").name
    if compiler is None:
        return None
    command = [compiler, "-shared", "-fPIC", "-O1", "-o", str(library), str(source), "-ldl"]
    return library if subprocess.run(command, capture_output=True, check=False).returncode == 0 else None
