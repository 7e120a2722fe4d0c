"""Who is at work in the data folder: locks that end with their process, however it ends."""

from __future__ import annotations

import fcntl
import os
import signal
import threading
import time
from typing import IO

from portal.settings import Settings

SERVING = "serving.lock"  # shared by the web server and the worker; a restore wants it alone
WORKER = "worker.lock"  # held by the one background worker
_held: list[IO[bytes]] = []


def hold(settings: Settings, name: str, *, alone: bool = False) -> bool:
    """Take a lock for the life of this process and its children; False when somebody else has it."""
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = (settings.data_dir / name).open("ab")
    try:
        fcntl.flock(file, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return False
    _held.append(file)
    return True


def is_free(settings: Settings, name: str) -> bool:
    """Whether nobody has the lock at this moment."""
    free = hold(settings, name, alone=True)
    if free:
        _held.pop().close()
    return free


def end_with(parent: int) -> None:
    """Stop this process when its parent is gone, however it went."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()


def release() -> None:
    """Give back what this process holds."""
    while _held:
        _held.pop().close()
