"""How fast the public pages are with 100,000 notices, 600,000 versions and 400,000 letters.

    python -m tests.benchmarks.public [--engine postgresql] [--notices 1000 100000] [--seconds 2] [--rounds 5]
                                      [--keep FOLDER]

First what readers ask for, in this process, of a small and a large number in turns: the middle of several runs in
milliseconds of a whole request with nothing kept, and what of it was spent in the database. A search should take less
than 50 ms.

Then the notice page of the large one, served as `portal serve` does, beside two bare applications on the same server
(tests.benchmarks.pages says how): drawn anew for each reader; drawn once and asked for anew; the same for whoever has
it already (304); and from the memory in front of the portal. Aims: 0.7 of the application that reads 25 rows when it
is not in front (`/rows`), 0.9 of the bare one when it is (`/bytes`). Last, readers whose browsers keep what they may
go through the pages: what share of the answers is a 304.
"""

from __future__ import annotations

import argparse
import shutil
import signal
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote, urlsplit

from flask import Flask

from portal.core.database import db
from portal.notices import search
from tests.benchmarks import load
from tests.benchmarks.crowd import fill
from tests.benchmarks.federation import Federation
from tests.benchmarks.pages import HEADINGS, Measured, Target, print_row
from tests.benchmarks.published import COMMON, RARE, SOME, Published
from tests.benchmarks.register import clock, opened
from tests.benchmarks.servers import Server, serving_bare, serving_portal
from tests.harness.postgres import Cluster

RUNS = 11
VISITORS, VISITS = 40, 25
NOT_IN_FRONT = {"Cache-Control": "no-cache"}


@contextmanager
def furnished(engine: str, notices: int, folder: Path, cluster: Cluster) -> Iterator[tuple[Flask, Published]]:
    """The portal on a database of so many notices, with their index."""
    name, crowd = f"public-{notices}", Published(notices)
    is_there = engine == "sqlite" and (folder / f"{name}.sqlite3").exists()
    with opened(engine, name, folder, cluster) as app:
        with app.app_context():
            if not is_there:
                began = time.perf_counter()
                fill(db.engine, crowd)
                search.rebuild()
                db.session.commit()
                print(f"{notices:,} notices written in {time.perf_counter() - began:.0f} s", flush=True)
            db.session.remove()
        yield app, crowd


def questions(crowd: Published) -> dict[str, str]:
    """What readers ask for, by the address."""
    newest, middle = f"n{crowd.notices:011}", f"n{crowd.notices // 2:011}"
    home = f"c-{crowd.place_of(crowd.notices)}"
    words = {
        "in ten notices": RARE,
        "in one of twenty": SOME,
        "in all": COMMON,
        "two": f"{SOME} {COMMON}",
        "in none": "钢琴",
    }
    asked = {
        "list": "/notices", "list, page 50": "/notices?page=50", "list, a kind": "/notices?kind=accounts",
        "list, an association": f"/notices?association={home}", "policies": "/policies",
        "page": f"/notices/{newest}", "page of years ago": f"/notices/{middle}",
        "an older version": f"/notices/{newest}/versions/2",
        "feed": "/notices/feed.atom", "feed of an association": f"/notices/feed.atom?association={home}",
        "an association's page": f"/associations/{home}", "front page": "/",
        "published answers": "/letters/answers", "the chain": "/transparency", "an entry": "/transparency?entry=500",
    }  # fmt: skip
    filed = "subject=s00000000003"
    asked["list, a subject"] = f"/notices?{filed}"
    for name, text in (("in one of twenty", SOME), ("in all", COMMON)):
        asked[f"a subject, search, {name}"] = f"/notices?q={quote(text)}&{filed}"
        asked[f"an association, search, {name}"] = f"/notices?q={quote(text)}&association={home}"
    return asked | {f"search, {name}": f"/notices?q={quote(text)}" for name, text in words.items()}


def ask(app: Flask, path: str) -> tuple[float, float]:
    """Milliseconds of one request, and what of it was spent in the database."""
    with app.app_context(), clock() as took:
        began = time.perf_counter()
        answer = app.test_client(use_cookies=False).get(path, headers=load.BROWSER)
        whole = time.perf_counter() - began
    if answer.status_code != 200:
        raise load.FailedError(f"{path} answered {answer.status_code}")
    return whole * 1000, sum(took) * 1000


def print_questions(places: list[tuple[Flask, Published]]) -> None:
    """Small and large in turns, so that whatever else the machine does hits both."""
    print(
        f"\n{'ms, middle of ' + str(RUNS):28}"
        + "".join(f"{crowd.notices:>12,}{'database':>10}" for _, crowd in places)
    )
    for name in questions(places[0][1]):
        runs: list[list[tuple[float, float]]] = [[] for _ in places]
        for _ in range(RUNS + 1):
            for (app, crowd), taken in zip(places, runs, strict=True):
                taken.append(ask(app, questions(crowd)[name]))
        cells = [
            (statistics.median(r[0] for r in taken[1:]), statistics.median(r[1] for r in taken[1:])) for taken in runs
        ]
        print(f"{name:28}" + "".join(f"{whole:12.1f}{inside:10.1f}" for whole, inside in cells), flush=True)


def ways(portal: Server, crowd: Published) -> dict[str, load.Request]:
    """The notice page in four ways."""
    page = f"{portal.address}/notices/n{crowd.notices - 3:011}"
    mark = _mark(load.Request(page, NOT_IN_FRONT))
    return {
        "drawn anew": load.Request(f"{page}?once={load.KEY}", NOT_IN_FRONT),
        "drawn once": load.Request(page, NOT_IN_FRONT),
        "drawn once, 304": load.Request(page, NOT_IN_FRONT | {"If-None-Match": mark}),
        "in front": load.Request(page),
        "in front, 304": load.Request(page, {"If-None-Match": mark}),
    }


def print_speed(federation: Federation, crowd: Published, seconds: int, rounds: int) -> None:
    with serving_portal(federation) as portal, serving_bare(federation) as bare:
        flat = Target("bare, 10 kB", load.Request(f"{bare.address}/bytes"), bare)
        rows = Target("bare, 25 rows", load.Request(f"{bare.address}/rows"), bare)
        pages = [Target(name, request, portal) for name, request in ways(portal, crowd).items()]
        for target in (flat, rows, *pages):
            target.run(1)
        measured = [Measured(page, (flat, rows)) for page in pages]
        for _ in range(rounds):
            for one in measured:
                one.take_turn(seconds)
        print()
        print_row(HEADINGS)
        for one in measured:
            print_row([*one.row(), *[""] * 4])
        print_readers(portal, crowd)


def print_readers(portal: Server, crowd: Published) -> None:
    """Each reader goes through the list and ten notices again and again, and keeps what the portal allows."""
    said: Counter[int] = Counter()
    sent: Counter[int] = Counter()
    paths = ["/notices", *(f"/notices/n{crowd.notices - n:011}" for n in range(10))]
    for visitor in range(VISITORS):
        marks: dict[str, str] = {}
        connection = HTTPConnection(urlsplit(portal.address).netloc, timeout=30)
        for visit in range(VISITS):
            path = paths[(visitor + visit * 7) % len(paths)]
            known = {"If-None-Match": marks[path]} if path in marks else {}
            connection.request("GET", path, headers=load.BROWSER | known)
            answer = connection.getresponse()
            sent[answer.status] += len(answer.read())
            said[answer.status] += 1
            marks[path] = answer.headers["ETag"]
        connection.close()
    whole = sum(said.values())
    print(
        f"\n{VISITORS} readers of 11 addresses, {VISITS} each: {said[304] / whole:.0%} of {whole} answers are a 304;"
    )
    print(f"{sent[200] / 1000:.0f} kB were sent, {sent[304]} bytes of them with a 304")


def _mark(request: load.Request) -> str:
    parts = urlsplit(request.url)
    connection = HTTPConnection(parts.netloc, timeout=30)
    connection.request("GET", parts.path, headers=load.BROWSER | request.headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.headers["ETag"]


def measure(engine: str, folder: Path, sizes: list[int], seconds: int, rounds: int) -> None:
    cluster = Cluster()
    try:
        with ExitStack() as stack:
            places = [stack.enter_context(furnished(engine, size, folder, cluster)) for size in sizes]
            print_questions(places)
            app, crowd = places[-1]
            federation = Federation(str(app.config["SQLALCHEMY_DATABASE_URI"]), folder)
            print_speed(federation, crowd, seconds, rounds)
    finally:
        cluster.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description="How fast the public pages are with very many notices.")
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--notices", type=int, nargs="+", default=[1_000, 100_000])
    parser.add_argument("--seconds", type=int, default=2, help="of one page in one round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--keep", type=Path, help="where SQLite's databases stay")
    options = parser.parse_args()
    if not shutil.which("wrk"):
        print(load.HOW)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder = options.keep or Path(tempfile.mkdtemp(prefix="portal-benchmark-"))
    folder.mkdir(parents=True, exist_ok=True)
    clean: Callable[[], None] = (
        (lambda: None) if options.keep else (lambda: shutil.rmtree(folder, ignore_errors=True))
    )
    try:
        measure(options.engine, folder, options.notices, options.seconds, options.rounds)
    except load.FailedError as error:
        raise SystemExit(f"nothing was measured: {error}") from None
    finally:
        clean()


if __name__ == "__main__":
    main()
