"""Temporary folders that end with the run, and with the next one where a run was killed.

They lie in memory where there is plenty: a database's files cost the kernel half as much there.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

PREFIX = "portal-test-"
FOLDER = "PORTAL_TEST_FOLDER"  # the variable that tells the processes of a run where theirs is
MEMORY = Path("/dev/shm")  # Linux gives it half of the memory; a container often next to none
PLENTY = 4 * 2**30  # a run takes less than 1 GiB


def make_folder() -> Path:
    """A folder of this process; those of processes that are gone are removed."""
    place = _place()
    for path in place.glob(f"{PREFIX}*"):
        owner = path.name.removeprefix(PREFIX).split("-")[0]
        if owner.isdecimal() and not _is_running(int(owner)):
            shutil.rmtree(path, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=place))


def _place() -> Path:
    """In memory, unless somebody has said where temporary files belong or there is little room."""
    if "TMPDIR" not in os.environ and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= PLENTY:
        return MEMORY
    return Path(tempfile.gettempdir())


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except OSError as error:
        return isinstance(error, PermissionError)
    return True
