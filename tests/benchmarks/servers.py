"""Web servers in processes of their own: started on a free port, watched through /proc, stopped."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

from portal import server as portal_server
from portal.settings import from_environment
from tests.benchmarks.federation import Federation

TICKS = os.sysconf("SC_CLK_TCK")
MEBIBYTE = 1024  # of the kibibytes that /proc counts in


@dataclass(frozen=True)
class Memory:
    """Of a worker, in MiB: what it has in use, and its share of it, where pages shared are divided."""

    rss: float
    pss: float


@dataclass(frozen=True)
class Server:
    """A gunicorn with its workers."""

    address: str
    master: int

    @property
    def workers(self) -> list[int]:
        listed = Path(f"/proc/{self.master}/task/{self.master}/children").read_text()
        return [int(number) for number in listed.split()]

    def cpu(self) -> float:
        """Seconds of processor time that its workers have used so far."""
        return sum(_ticks(worker) for worker in self.workers) / TICKS

    def memory(self) -> Memory:
        """The largest worker's."""
        found = [_rollup(worker) for worker in self.workers]
        return Memory(max(one["Rss"] for one in found) / MEBIBYTE, max(one["Pss"] for one in found) / MEBIBYTE)


def _ticks(pid: int) -> int:
    """utime and stime; the command's name, which may hold spaces, stands in brackets before them."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def _rollup(pid: int) -> dict[str, int]:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    return {line.split(":")[0]: int(line.split()[1]) for line in lines}


@contextmanager
def serving_portal(federation: Federation, *, with_worker: bool = False) -> Iterator[Server]:
    """The portal as `portal serve` runs it, with or without the process for background work."""
    port = _free_port()
    environment = federation.environment | {"HOST": "127.0.0.1", "PORT": str(port)}
    alone = [] if with_worker else ["--without-worker"]
    with _running([sys.executable, "-m", "portal", "serve", *alone], environment, port) as server:
        yield server


@contextmanager
def serving_bare(federation: Federation) -> Iterator[Server]:
    """The two bare applications, under the very options that the portal gives its server."""
    port = _free_port()
    options = _options(federation, port)
    command = [sys.executable, "-m", "tests.benchmarks.bare", federation.url, json.dumps(options)]
    with _running(command, federation.environment, port) as server:
        yield server


def _options(federation: Federation, port: int) -> dict[str, Any]:
    settings = from_environment(federation.environment)
    options = portal_server._Gunicorn(None, settings, f"127.0.0.1:{port}", lambda _server: None).portal_options
    return {name: value for name, value in options.items() if not callable(value)}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _running(command: list[str], environment: dict[str, str], port: int) -> Iterator[Server]:
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        address = f"http://127.0.0.1:{port}"
        _wait(address, process)
        yield Server(address, process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    """Until it answers, whatever it answers; a tenth of the slowest start at most is lost to waiting."""
    end = time.monotonic() + 30
    while True:
        try:
            urlopen(f"{address}/", timeout=30).close()
            return
        except HTTPError:
            return
        except OSError:
            if time.monotonic() > end or process.poll() is not None:
                raise SystemExit(f"the server at {address} did not start") from None
            time.sleep(0.01)
