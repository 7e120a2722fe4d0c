"""`portal serve`: answers soon, stops whole, keeps its one worker, and serves its static files well."""

from __future__ import annotations

import gzip
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import brotli
import pytest
from flask import Flask

from portal import server
from portal.core import jobs, mail
from portal.core.jobs import Queue
from portal.core.web import HEADERS
from portal.settings import STATIC, from_environment
from tests.harness.apps import Apps
from tests.harness.installation import Installation, Serving, is_running, wait_until
from tests.harness.redis import serving_redis
from tests.harness.soaking import ONLY_SOAK

pytestmark = pytest.mark.engines("sqlite")  # serving is the same on both
SOON = 15  # seconds for what takes one or two on a quiet machine
GRACE = 45  # a worker that is told to stop while it is still starting hears nothing: it is given 30 s


@pytest.fixture(scope="module")
def shared(apps: Apps, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Installation, Serving]]:
    """One that runs for all the tests that leave it running."""
    database = apps.databases.migrated("sqlite")
    there = Installation(tmp_path_factory.mktemp("shared") / "data", database.url)
    with there.serving() as serving:
        yield there, serving
    database.drop()


@pytest.fixture
def served(shared: tuple[Installation, Serving]) -> Serving:
    return shared[1]


def ask(serving: Serving, method: str, path: str, body: bytes = b"", **headers: str):
    connection = HTTPConnection(urlsplit(serving.address).netloc, timeout=30)
    connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    answer.content = answer.read()
    connection.close()
    return answer


def test_it_answers_soon_with_its_processes_and_stops_whole(installation):
    """Ctrl-C goes to every process of the terminal, as here to the whole group."""
    begun = time.monotonic()
    with installation.serving() as serving:
        assert time.monotonic() - begun < SOON
        assert wait_until(lambda: len(serving.family()) == 4, SOON), "master, two workers, the background worker"
        family = serving.family()
        begun = time.monotonic()
        os.killpg(serving.process.pid, signal.SIGINT)
        assert serving.process.wait(SOON) == 0
        assert wait_until(lambda: not any(map(is_running, family)), SOON)
        assert time.monotonic() - begun < SOON
    log = (installation.data / "log").read_text()
    assert f"The portal is at {serving.address} (Ctrl-C stops it)" in log
    assert "Traceback" not in log


def test_killed_outright_nothing_is_left(installation):
    """kill -9 of the master: its workers and the background worker see it and end."""
    with installation.serving() as serving:
        family = serving.family()
        os.kill(serving.process.pid, signal.SIGKILL)
        serving.process.wait()
    assert wait_until(lambda: not any(map(is_running, family)), SOON)


def test_a_request_under_way_is_answered_before_it_stops(installation):
    """SIGTERM, as systemd sends it; without a background worker, as there."""
    with installation.serving("--without-worker") as serving:
        assert wait_until(lambda: len(serving.family()) == 3, SOON), (
            "the first worker may answer before the second is"
        )
        family = serving.family()
        connection = HTTPConnection(urlsplit(serving.address).netloc, timeout=30)
        connection.request("GET", "/")
        serving.process.send_signal(signal.SIGTERM)
        assert connection.getresponse().status == 200
        connection.close()
        assert serving.process.wait(GRACE) == 0
    assert wait_until(lambda: not any(map(is_running, family)), SOON)


APART = """
import os, re, sys
from portal import server
kept = []
def work():
    kept.append("x" * 200 * 2**20)
    print("done", flush=True)
    {end}
server.apart(work)
peak = re.search("VmHWM: *([0-9]+)", open("/proc/self/status").read().replace("\\t", " "))[1]
print(len(kept), int(peak) < 150 * 2**10)
"""


@pytest.mark.parametrize(
    ("end", "status", "said"),
    [
        ("pass", 0, ["done", "0 True"]),
        ("sys.exit(3)", 3, ["done"]),
        ("os.kill(os.getpid(), 9)", 137, ["done"]),
    ],
)
def test_what_a_start_does_first_takes_no_memory_of_it(end, status, said):
    ended = subprocess.run([sys.executable, "-c", APART.format(end=end)], capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stdout.split("\n")[:-1]) == (status, said), ended.stderr


@pytest.mark.parametrize(
    "step", ["from portal import cli; cli._create_app()", "from portal import server; server._settle()"]
)
def test_what_is_loaded_is_looked_through_no_more_and_what_comes_after_it_is(step):
    code = f"import gc; {step}; print(gc.isenabled(), gc.get_freeze_count() > 10_000)"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert ended.stdout == "True True\n", ended.stderr


@ONLY_SOAK
def test_a_first_start_with_the_demonstration_is_no_larger_than_a_second(bare):
    """`make run` on a new machine, and again: the accounts are told each time, the demonstration is made once."""
    sizes, log = [], bare.data / "log"
    for _ in range(2):
        with bare.serving("--demo-if-empty") as serving:
            assert ask(serving, "GET", "/").status == 200
            sizes.append(sum(map(resident, serving.children())))
    assert sizes[0] < sizes[1] * 1.1
    told = log.read_text()
    assert told.count("Accounts of the demonstration:") == 2
    assert told.count("Loading the demonstration") == 1


def resident(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1])


def test_there_is_one_background_worker(shared):
    """A second is refused, a second server does without, and one that fell over comes back."""
    installation, served = shared
    # The queue's file is made behind the lock. Before that the second would be the first, and stay.
    assert wait_until(lambda: (installation.data / "jobs.sqlite3").exists(), SOON)
    second = installation.run("worker")
    assert second.stderr == "portal: a background worker is already running; there must be one only.\n"
    worker = next(pid for pid in served.children() if b"worker" in Path(f"/proc/{pid}/cmdline").read_bytes())
    os.kill(worker, signal.SIGKILL)
    assert wait_until(lambda: len(served.children()) == 2, SOON)
    assert wait_until(lambda: len(served.children()) == 3, SOON), "started again"


def test_the_queue_is_worked_through(shared):
    """A round trip through the file and the process that `serve` started beside itself."""
    _sent_and_taken_up(shared[0])


def test_so_is_one_that_a_redis_keeps(installation):
    """`portal worker` on another machine, say; `portal check` says so when the Redis is gone."""
    with serving_redis() as (url, process):
        installation.environment["PORTAL_REDIS_URL"] = url
        installation.data.mkdir(mode=0o700)
        with (installation.data / "log").open("ab") as log:
            worker = subprocess.Popen(
                [sys.executable, "-m", "portal", "worker"], env=installation.environment, stdout=log, stderr=log
            )
        try:
            _sent_and_taken_up(installation)
        finally:
            worker.terminate()
            assert worker.wait(SOON) == 0
        assert not (installation.data / "jobs.sqlite3").exists()
        assert installation.run("check").returncode == 0
        process.kill()
        process.wait()
        assert "PORTAL_REDIS_URL" in installation.run("check").stderr


def _sent_and_taken_up(installation: Installation) -> None:
    queue = Queue()
    queue.functions = jobs.queue.functions
    queue.bind(Flask("sender"), from_environment(installation.environment))
    queue.send(mail.deliver, "somebody@example.com", "Subject", "Body")
    log = installation.data / "log"
    # No mail server is set there, so what comes back is the worker's own word that it tried.
    assert wait_until(lambda: "Unhandled exception in task" in log.read_text(), SOON)
    assert wait_until(lambda: queue.huey.scheduled_count() == 1, SOON), "to be tried again"
    assert wait_until(lambda: queue.huey.pending_count() == 0, SOON)  # nor of what is due each minute


def test_static_files_are_compressed_and_kept(served):
    plain = (STATIC / "portal.css").read_bytes()
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}
    for accepted in ("br", "gzip", "gzip, br", "identity", ""):
        answer = ask(served, "GET", "/static/portal.css", Accept_Encoding=accepted)
        assert answer.status == 200
        encoding = answer.headers["Content-Encoding"]
        assert encoding == (None if accepted in ("identity", "") else "br" if "br" in accepted else "gzip")
        assert unpack[encoding](answer.content) == plain
        assert answer.headers["Cache-Control"] == "max-age=31536000, public"
        assert answer.headers["Access-Control-Allow-Origin"] is None
        assert "accept-encoding" in answer.headers["Vary"].lower()
        assert answer.headers["Content-Security-Policy"] == HEADERS["Content-Security-Policy"]
    again = ask(served, "GET", "/static/portal.css", If_None_Match=answer.headers["ETag"])
    assert (again.status, again.content) == (304, b"")
    for path in ("/static/../settings.py", "/static/%2e%2e/settings.py", "/static/none.css", "/static/"):
        assert ask(served, "GET", path).status == 404


def test_what_is_too_large_gets_an_answer_that_can_be_read(served):
    """The connection stays open until the browser has sent it all: cut off in the midst, it would show nothing."""
    boundary = "frontier"
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="summary"\r\n\r\n清扫了三条巷子\r\n--{boundary}\r\n'
    head += 'Content-Disposition: form-data; name="photos"; filename="a.jpg"\r\n\r\n'
    body = head.encode() + b"\xff" * 30 * 2**20 + f"\r\n--{boundary}--\r\n".encode()
    kind = f"multipart/form-data; boundary={boundary}"
    answer = ask(served, "POST", "/sign-in", body, Content_Type=kind, Accept_Language="en")
    assert answer.status == 413
    assert "The file is too large" in answer.content.decode()
    assert "清扫了三条巷子" in answer.content.decode()


@pytest.fixture
def folder(tmp_path) -> Path:
    folder = tmp_path / "static"
    folder.mkdir()
    (folder / "a.css").write_text("body { color: red } " * 200)
    os.utime(folder / "a.css", (2, 2))  # what is written next has another time, however soon
    (folder / "small.css").write_text("a{}")
    (folder / "picture.png").write_bytes(b"\x89PNG" * 100)
    return folder


def test_compressed_copies_follow_their_file(folder):
    server.compress(folder)
    assert brotli.decompress((folder / "a.css.br").read_bytes()) == (folder / "a.css").read_bytes()
    assert gzip.decompress((folder / "a.css.gz").read_bytes()) == (folder / "a.css").read_bytes()
    assert not (folder / "picture.png.br").exists()
    made = (folder / "a.css.br").stat().st_mtime_ns
    server.compress(folder)
    assert (folder / "a.css.br").stat().st_mtime_ns == made, "not made twice"
    (folder / "a.css").write_text("body { color: blue } " * 200)
    os.utime(folder / "a.css", (1, 1))  # older than its copies, as after a return to an earlier version
    server.compress(folder)
    for ending, unpack in ((".br", brotli.decompress), (".gz", gzip.decompress)):
        assert b"blue" in unpack((folder / f"a.css{ending}").read_bytes())


def test_a_copy_of_an_older_file_is_not_handed_out(folder):
    """Where the folder cannot be written, the file itself goes out."""
    server.compress(folder)
    (folder / "a.css").write_text("body { color: blue } " * 200)
    found = server._Static(lambda _environ, _start: [], root=str(folder), prefix="/static/")
    sent = {}
    parts = found({"REQUEST_METHOD": "GET", "PATH_INFO": "/static/a.css", "HTTP_ACCEPT_ENCODING": "br, gzip"},
                  lambda status, headers: sent.update(dict(headers), status=status))  # fmt: skip
    assert b"blue" in b"".join(parts)
    assert "Content-Encoding" not in sent


def test_compressed_copies_are_not_committed():
    listed = subprocess.run(["git", "check-ignore", "portal/static/a.css.br", "portal/static/vendor/b.js.gz"],
                            cwd=STATIC.parents[1], capture_output=True, text=True, check=False)  # fmt: skip
    assert len(listed.stdout.split()) == 2 or listed.returncode == 128
