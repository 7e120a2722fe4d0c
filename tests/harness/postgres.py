"""A throw-away PostgreSQL cluster: made of the installed programs, reached by a socket, gone with the run.

PORTAL_TEST_POSTGRES names a running server to use in its place (the test processes get theirs that way).
"""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from tests.harness.folders import make_folder

ADDRESS = "PORTAL_TEST_POSTGRES"
HOW = "apt-get install postgresql (or set PORTAL_TEST_POSTGRES to a server's address)"
PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/local/pgsql/bin",
    "/opt/homebrew/opt/postgresql*/bin",
)
# Speed for safety: what this cluster holds is never needed again.
OPTIONS = {
    "listen_addresses": "",
    "max_connections": "200",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "shared_buffers": "128MB",
    "autovacuum": "off",
    "checkpoint_timeout": "1d",
    "max_wal_size": "512MB",  # the folder may lie in memory
    "jit": "off",  # few rows, so nothing is gained by compiling a query
    "timezone": "UTC",
}


def programs() -> Path | None:
    """The folder that holds both initdb and postgres, the newest version first."""
    found = shutil.which("postgres")
    folders = [Path(found).resolve().parent] if found else []
    for place in PLACES:
        folders += sorted(Path("/").glob(place.lstrip("/")), key=lambda path: (len(str(path)), path), reverse=True)
    return next((path for path in folders if (path / "initdb").exists() and (path / "postgres").exists()), None)


class Cluster:
    """One server for the whole run, started when the first test asks for it."""

    def __init__(self, **options: str) -> None:
        self.options = {**OPTIONS, **options}
        self.folder: Path | None = None
        self.process: subprocess.Popen[bytes] | None = None

    def address(self) -> str | None:
        """The server's address, or None where PostgreSQL is not installed."""
        if not os.environ.get(ADDRESS):
            folder = programs()
            if folder is None:
                return None
            os.environ[ADDRESS] = self.start(folder)
        return os.environ[ADDRESS]

    def start(self, binaries: Path) -> str:
        """A server of this object's own; gives its address."""
        self.folder = make_folder()
        owner = _owner()
        if owner:
            os.chown(self.folder, owner["user"], owner["group"])
        data = self.folder / "data"
        initdb = [binaries / "initdb", "-D", data, "-U", "portal", "-A", "trust", "-E", "UTF8", "--no-locale", "-N"]
        subprocess.run(initdb, check=True, stdout=subprocess.DEVNULL, cwd=self.folder, **owner)
        return self.launch(binaries)

    def launch(self, binaries: Path) -> str:
        """Start the server on what its folder holds."""
        assert self.folder is not None
        log = self.folder / "log"
        options = [part for name, value in self.options.items() for part in ("-c", f"{name}={value}")]
        command = [binaries / "postgres", "-D", self.folder / "data", "-k", self.folder, *options]
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                command, stdout=output, stderr=output, cwd=self.folder, preexec_fn=_end_with_parent, **_owner()
            )
        address = f"postgresql://portal@/postgres?host={self.folder}"
        self._wait(address, log)
        return address

    def address_of(self, name: str) -> str:
        """An empty database of this name on this object's own server."""
        address = f"postgresql://portal@/postgres?host={self.folder}"
        with psycopg.connect(address, autocommit=True) as connection:
            for statement in ("DROP DATABASE IF EXISTS {} WITH (FORCE)", "CREATE DATABASE {}"):
                connection.execute(sql.SQL(statement).format(sql.Identifier(name)))
        return f"postgresql+psycopg://portal@/{name}?host={self.folder}"

    def halt(self) -> None:
        """Stop the server at once, as when the machine under it goes down; `launch` starts it again."""
        assert self.process is not None
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(timeout=20)

    def _wait(self, address: str, log: Path) -> None:
        end = time.monotonic() + 30
        while True:
            try:
                psycopg.connect(address).close()
                return
            except psycopg.OperationalError:
                if time.monotonic() > end or (self.process and self.process.poll() is not None):
                    raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()}") from None
                time.sleep(0.05)

    def stop(self) -> None:
        """End the server that this object started, and remove its files."""
        if self.process:
            self.halt()
            if os.environ.get(ADDRESS, "").endswith(str(self.folder)):
                del os.environ[ADDRESS]
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)


def _owner() -> dict[str, Any]:
    """PostgreSQL refuses to run as root: another user, where we are root."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = names.get("postgres") or names["nobody"]
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _end_with_parent() -> None:
    """On Linux the server ends with the test run even when that is killed (PR_SET_PDEATHSIG)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGQUIT)
