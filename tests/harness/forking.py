"""Commands without the second that their imports take: one process imports the portal, each command is its fork.

That process is a fresh interpreter with nothing of the tests in it: it has opened no database, made no app and
configured no key. It reads a request a line and answers how the command ended.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import runpy
import select
import signal
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import IO, Any, NoReturn

from tests.harness.source import ROOT

STREAMS = ("typed", "stdout", "stderr")
# What the commands import, most of it when they are called.
NEEDED = (
    "portal.cli", "portal.core.application", "portal.accounts.sessions", "portal.accounts.codes",
    "portal.upkeep.backup", "portal.upkeep.check", "portal.upkeep.keys", "portal.upkeep.migration",
    "portal.upkeep.presence", "portal.upkeep.restore", "portal.upkeep.setup", "portal.demo.load",
    "flask_migrate.cli", "alembic.command", "alembic.autogenerate", "alembic.ddl.sqlite", "alembic.ddl.postgresql",
    "psycopg", "sqlalchemy.dialects.sqlite", "sqlalchemy.dialects.postgresql.psycopg",
)  # fmt: skip


class Forks:
    """The process that forks the commands of this one; started with the first command, ended with its starter."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def run(
        self, words: list[str], environment: dict[str, str], typed: str, patience: int
    ) -> subprocess.CompletedProcess[str]:
        """`python -m portal` with these words, as subprocess.run would tell of it."""
        with tempfile.TemporaryDirectory() as name:
            streams = {stream: Path(name) / stream for stream in STREAMS}
            streams["typed"].write_text(typed, encoding="utf-8")
            status = self._ask(
                {
                    "words": words,
                    "environment": environment,
                    "folder": str(Path.cwd()),
                    "streams": {stream: str(path) for stream, path in streams.items()},
                    "patience": patience,
                }
            )
            if status is None:
                raise subprocess.TimeoutExpired(words, patience)
            printed = [streams[stream].read_text(encoding="utf-8") for stream in ("stdout", "stderr")]
        return subprocess.CompletedProcess(words, status, *printed)

    def _ask(self, request: dict[str, Any]) -> int | None:
        if self._process is None:
            self._process = self._start()
            atexit.register(self.stop)
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        status: int | None = json.loads(self._process.stdout.readline())
        return status

    def _start(self) -> subprocess.Popen[str]:
        """In the environment of a command: what an interpreter takes from it at its start is the same."""
        return subprocess.Popen(
            [sys.executable, "-m", "tests.harness.forking"],
            env={"PATH": os.environ["PATH"]},
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def stop(self) -> None:
        if self._process is not None:
            self._process.communicate()
            self._process = None


forks = Forks()


def _serve() -> dict[str, Any]:
    """Answer requests until there are none. In a fork it returns: the request that this process is to be."""
    for name in NEEDED:
        import_module(name)
    import_module("portal").features()
    import_module("sqlalchemy.orm").configure_mappers()
    import_module("portal.core.search").name_pinyin("王")  # reads how characters are read
    gc.collect()
    gc.freeze()  # what is there now stays: no fork looks through it again, which would copy its pages
    requests, answers = _aside(0, "r"), _aside(1, "w")
    for line in requests:
        request: dict[str, Any] = json.loads(line)
        child = os.fork()
        if child == 0:
            requests.close()
            answers.close()
            return request
        answers.write(json.dumps(_status(child, request["patience"])) + "\n")
        answers.flush()
    os._exit(0)


def _aside(descriptor: int, mode: str) -> IO[str]:
    """A stream under another number, so that the commands get theirs; nothing that they start inherits it."""
    file = os.fdopen(os.dup(descriptor), mode)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, descriptor)
    os.close(null)
    return file


def _status(child: int, patience: int) -> int | None:
    """How it ended, as subprocess gives it; None for one that was given up on, with all that it started."""
    handle = os.pidfd_open(child)
    try:
        ended = select.select([handle], [], [], patience)[0]
    finally:
        os.close(handle)
    if not ended:
        with suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return status if ended else None


def _become(request: dict[str, Any]) -> None:
    """The portal's command in place of this process: its words, streams, environment, folder and session."""
    os.setsid()
    for number, stream in enumerate(STREAMS):
        flags = os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT | os.O_APPEND
        opened = os.open(request["streams"][stream], flags, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["folder"])
    sys.argv[1:] = request["words"]
    try:
        runpy.run_module("portal", run_name="__main__", alter_sys=True)
    except SystemExit as end:
        _end(end.code)
    except BaseException:  # noqa: BLE001 - told as an interpreter tells it
        sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]
        _end(1)
    _end(None)


def _end(code: object) -> NoReturn:
    """What an interpreter does at its end, but for taking every module apart, which is most of a short command."""
    for thread in threading.enumerate():
        if thread is not threading.main_thread() and not thread.daemon:
            thread.join()
    atexit._run_exitfuncs()
    if code is not None and not isinstance(code, int):
        sys.stderr.write(f"{code}\n")
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit((code or 0) & 0xFF)


if __name__ == "__main__":
    _become(_serve())
