"""The portal as somebody installs it: a data folder, a database, an environment, and the real command."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

from tests.harness.forking import forks

PATIENCE = 60  # seconds after which a command that should have ended is given up on


@dataclass
class Serving:
    """A command that answers on an address, with all that it has started."""

    address: str
    process: subprocess.Popen[bytes]

    def children(self) -> list[int]:
        """The processes that it has started, as the kernel lists them for each of its threads."""
        listed = [path.read_text() for path in Path(f"/proc/{self.process.pid}/task").glob("*/children")]
        return [int(number) for number in " ".join(listed).split()]

    def family(self) -> list[int]:
        return [self.process.pid, *self.children()]

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


@dataclass
class Installation:
    """What one machine holds of the portal. `environment` is all that its commands see of the outside."""

    data: Path
    url: str
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.environment = {
            "PATH": os.environ["PATH"],
            "PORTAL_DATA_DIR": str(self.data),
            "PORTAL_DATABASE_URL": self.url,
            "PORTAL_SECRET_KEY": secrets.token_urlsafe(48),
            "PORTAL_ENCRYPTION_KEYS": secrets.token_urlsafe(48),
            **self.environment,
        }

    def run(self, *words: str, typed: str = "", **changes: str) -> subprocess.CompletedProcess[str]:
        """`portal` with these words, to its end. A change to "" unsets a variable.

        `python -m portal` in a fork of a process that has imported it. What serves is executed, and by `execute`
        each command once: the bare word, key, check, code, init, backup, restore, rotate-keys, db, a refused serve.
        """
        return forks.run(list(words), self._environment(changes), typed, PATIENCE)

    def execute(self, *words: str, typed: str = "", **changes: str) -> subprocess.CompletedProcess[str]:
        """The same as a process of its own from the interpreter's start on: what somebody types."""
        return subprocess.run(
            [sys.executable, "-m", "portal", *words],
            env=self._environment(changes),
            input=typed,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    @contextmanager
    def serving(self, *words: str, **changes: str) -> Iterator[Serving]:
        """`portal serve`, from its first answer on; killed at the end with whatever is left of it."""
        port = free_port()
        command = [sys.executable, "-m", "portal", "serve", "--port", str(port), *words]
        with answering(command, self._environment(changes), f"http://127.0.0.1:{port}", self.data / "log") as found:
            yield found

    def _environment(self, changes: dict[str, str]) -> dict[str, str]:
        return {name: value for name, value in {**self.environment, **changes}.items() if value}


@contextmanager
def answering(command: list[str], environment: dict[str, str], address: str, log: Path) -> Iterator[Serving]:
    """A command in a process group of its own, from its first answer on."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=output, start_new_session=True)
    found = Serving(address, process)
    try:
        _wait(found, log)
        yield found
    finally:
        family = found.family() if process.poll() is None else []
        for number in family:
            os.kill(number, signal.SIGKILL)
        process.wait()


def _wait(serving: Serving, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            urlopen(f"{serving.address}/", timeout=PATIENCE).close()
            return
        except HTTPError:
            return
        except OSError:
            if time.monotonic() > end or serving.process.poll() is not None:
                raise AssertionError(f"it did not start:\n{log.read_text()[-3000:]}") from None
            time.sleep(0.02)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_running(pid: int) -> bool:
    """Whether the process is there and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until(happened: object, patience: float = 10.0) -> bool:
    """Whether `happened()` came true in time."""
    end = time.monotonic() + patience
    while not happened():  # type: ignore[operator]
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True
