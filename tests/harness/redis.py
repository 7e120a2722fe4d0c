"""A throw-away Redis: reached by a socket, with nothing on disk, gone with the test."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.harness.installation import wait_until
from tests.harness.missing import program


@contextmanager
def serving_redis() -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Its address as PORTAL_REDIS_URL takes it, and its process. The folder is a short one: so is a socket's name."""
    server = program("redis-server", "redis-server")
    with tempfile.TemporaryDirectory() as folder:
        socket = Path(folder, "socket")
        options = ["--port", "0", "--unixsocket", str(socket), "--save", "", "--appendonly", "no", "--dir", folder]
        process = subprocess.Popen([server, *options], stdout=subprocess.DEVNULL)
        try:
            assert wait_until(socket.exists), "Redis did not start"
            yield f"unix://{socket}", process
        finally:
            process.kill()
            process.wait()
