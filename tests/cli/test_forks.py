"""The other commands' tests start a fork where somebody would start an interpreter: it must end and speak alike."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.harness.forking import forks
from tests.harness.installation import free_port, wait_until

AWAY = "postgresql://portal@/portal?host=/nonexistent"


@pytest.mark.parametrize("words", [("sevre",), ("check",)])
def test_a_fork_says_what_an_execution_says(bare, words):
    bare.data.mkdir(mode=0o700)
    forked, executed = bare.run(*words), bare.execute(*words)
    assert (forked.returncode, forked.stdout) == (executed.returncode, executed.stdout)
    assert forked.stderr == executed.stderr


def test_a_traceback_comes_through(bare):
    result = bare.run("check", PORTAL_DATABASE_URL=AWAY, PORTAL_TRACEBACK="1")
    assert result.returncode == 1
    assert "Traceback (most recent call last):" in result.stderr.splitlines()
    assert "/nonexistent/" in result.stderr


def test_one_fork_leaves_nothing_for_the_next(bare):
    """Neither variables nor keys: the second finds no key of the first and makes its own."""
    bare.data.mkdir(mode=0o700)
    bare.run("check", PORTAL_MODE="production")
    assert not list(bare.data.glob("*.key"))
    bare.run("check", PORTAL_SECRET_KEY="")
    assert [path.name for path in bare.data.glob("*.key")] == ["secret.key"]


@pytest.mark.engines("sqlite")  # no database has a part in it
def test_one_that_does_not_end_is_given_up_on(installation):
    """With whatever it has started."""
    port = str(free_port())
    with pytest.raises(subprocess.TimeoutExpired):
        forks.run(["serve", "--port", port], installation.environment, "", 2)
    assert wait_until(lambda: not at_work(installation.data), 10), "killed, the server takes its worker along"


def at_work(folder: Path) -> list[int]:
    """The processes that somebody told of the folder."""
    told = str(folder).encode()
    return [int(path.parent.name) for path in Path("/proc").glob("[0-9]*/environ") if told in read(path)]


def read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # it has just ended
        return b""
