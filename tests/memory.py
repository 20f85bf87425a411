"""Where temporary files go: into memory, because a database waits for the disk at each commit and tests commit often.

What a killed process has written stays there as it does on a disk; that all is synced is another test's fact.
"""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Final

IN_MEMORY: Final = Path("/dev/shm")  # noqa: S108  # files of their own names are made in it
ENOUGH: Final = 1_000_000_000
"""Bytes. A container may have only 64 MB there."""


def keep_temporary_files_in_memory() -> None:
    """For this process and those that it starts, unless somebody has said where they should go."""
    if "TMPDIR" in os.environ or not IN_MEMORY.is_dir() or not os.access(IN_MEMORY, os.W_OK):
        return
    if shutil.disk_usage(IN_MEMORY).free >= ENOUGH:
        os.environ["TMPDIR"] = str(IN_MEMORY)
        tempfile.tempdir = None  # it is found anew
