"""How fast the portal's pages are, beside two bare applications on the same server.

    python -m tests.benchmarks.pages [--engine postgresql] [--seconds 2] [--rounds 5]

Prints requests per second, the middle and the slowest hundredth in milliseconds, processor time, queries, bytes and
memory. The pages and the bare applications take turns, so that whatever else the machine does hits both: only the
ratios say something, and only those of one run. The first "/rows" is of requests per second, the second of processor
time (more is better in both): other work on the machine takes requests away, and adds little to the time of one.
"""

from __future__ import annotations

import argparse
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks import load
from tests.benchmarks.federation import Federation, Officer, demonstration
from tests.benchmarks.queries import count_queries
from tests.benchmarks.servers import Server, serving_bare, serving_portal

START = "from time import perf_counter as t; a = t(); from portal import create_app; create_app(); print(t() - a)"
NEWEST_NOTICE = "SELECT public_id FROM notice WHERE status = 'published' ORDER BY published_at DESC LIMIT 1"
ENTRIES = "SELECT count(*) FROM activity_log"
HEADINGS = (
    "",
    "req/s",
    "/bytes",
    "/rows",
    "p50 ms",
    "p99 ms",
    "cpu ms",
    "/rows",
    "queries",
    "again",
    "raw B",
    "sent B",
)
WIDTHS = (22, 8, 8, 8, 8, 8, 8, 7, 9, 7, 9, 8)


@dataclass(frozen=True)
class Run:
    """Some seconds of one page."""

    rate: float
    p50: float
    p99: float
    cpu: float  # milliseconds of the workers' processor time per request


@dataclass(frozen=True)
class Target:
    """What is asked for, and of which server."""

    name: str
    request: load.Request
    server: Server

    def run(self, seconds: int) -> Run:
        before = self.server.cpu()
        answers = load.send(self.request, seconds)
        used = (self.server.cpu() - before) / answers.count * 1000
        return Run(answers.rate, answers.p50, answers.p99, used)


@dataclass
class Measured:
    """A page and the two bare applications, one after the other in each round."""

    target: Target
    bare: tuple[Target, Target]
    rounds: list[tuple[Run, Run, Run]] = field(default_factory=list)

    def take_turn(self, seconds: int) -> None:
        before, after = self.bare
        less = max(1, seconds // 2)
        first, own, last = before.run(less), self.target.run(seconds), after.run(less)
        self.rounds.append((own, first, last))

    def row(self) -> list[str]:
        own = [one for one, _, _ in self.rounds]
        by_bytes = statistics.median(one.rate / bare.rate for one, bare, _ in self.rounds)
        by_rows = statistics.median(one.rate / bare.rate for one, _, bare in self.rounds)
        by_cpu = statistics.median(bare.cpu / one.cpu for one, _, bare in self.rounds)
        rates = [f"{_middle(own, 'rate'):.0f}", f"{by_bytes:.2f}", f"{by_rows:.2f}"]
        return [self.target.name, *rates, *_times(own), f"{by_cpu:.2f}"]


def _middle(runs: list[Run], name: str) -> float:
    return statistics.median(getattr(run, name) for run in runs)


def _times(runs: list[Run]) -> list[str]:
    return [f"{_middle(runs, name):.{places}f}" for name, places in (("p50", 1), ("p99", 1), ("cpu", 2))]


def targets(federation: Federation, server: Server, officer: Officer) -> list[Target]:
    """The pages of the portal that are measured."""
    newest = federation.value(NEWEST_NOTICE)
    public = {"home": "/", "notice list": "/notices", "notice page": f"/notices/{newest}", "sign-in page": "/sign-in"}
    asked = {name: load.Request(server.address + path) for name, path in public.items()}
    asked |= {"office activity list": officer.entry_list(), "one activity save": officer.entry()}
    return [Target(name, request, server) for name, request in asked.items()]


def measure(federation: Federation, seconds: int, rounds: int) -> None:
    with serving_portal(federation) as portal, serving_bare(federation) as bare:
        bare_bytes = Target("bare, 10 kB", load.Request(f"{bare.address}/bytes"), bare)
        bare_rows = Target("bare, 25 rows", load.Request(f"{bare.address}/rows"), bare)
        pages = targets(federation, portal, Officer(portal.address))
        for target in (bare_bytes, bare_rows, *pages):
            target.run(1)  # every worker has answered every page once before anything counts
        measured = [Measured(page, (bare_bytes, bare_rows)) for page in pages]
        saved = int(federation.value(ENTRIES))
        for _ in range(rounds):
            for one in measured:
                one.take_turn(seconds)
        print_pages(federation, measured)
        print(f"\nEntries written in the runs: {int(federation.value(ENTRIES)) - saved}")
        print_memory({"portal": portal, "bare": bare})


def print_pages(federation: Federation, measured: list[Measured]) -> None:
    print_row(HEADINGS)
    for index, target in enumerate(measured[0].bare, start=1):
        runs = [turn[index] for one in measured for turn in one.rounds]
        sizes = [str(len(load.fetch(target.request, coding))) for coding in ("identity", "br")]
        print_row([target.name, f"{_middle(runs, 'rate'):.0f}", "", "", *_times(runs), "", "", "", *sizes])
    queries = count_queries(federation, [one.target.request for one in measured])
    for one, counted in zip(measured, queries, strict=True):
        sizes = [str(len(load.fetch(one.target.request, coding))) for coding in ("identity", "br")]
        print_row([*one.row(), *map(str, counted), *sizes])


def print_row(cells: Iterable[str]) -> None:
    name, *others = (
        cell.ljust(width) if number == 0 else cell.rjust(width)
        for number, (cell, width) in enumerate(zip(cells, WIDTHS, strict=True))
    )
    print(name + "".join(others), flush=True)


def print_memory(servers: dict[str, Server]) -> None:
    print("\nMemory of a worker after the runs, the larger of both, in MiB")
    for name, server in servers.items():
        used = server.memory()
        print(f"{name:22}RSS {used.rss:5.0f}   PSS (pages that processes share are divided) {used.pss:5.0f}")


def print_start(federation: Federation) -> None:
    """Import and create_app() in a new process, and `portal serve` until the first answer; medians of five."""
    made, answered = [], []
    for _ in range(5):
        command = [sys.executable, "-c", START]
        done = subprocess.run(command, env=federation.environment, check=True, capture_output=True, text=True)
        made.append(float(done.stdout))
        begun = time.perf_counter()
        with serving_portal(federation):
            answered.append(time.perf_counter() - begun)
    print(f"\nStart: import and create_app() {statistics.median(made):.2f} s; ", end="")
    print(f"`portal serve` to the first answer {statistics.median(answered):.2f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description="How fast the portal's pages are, beside two bare applications.")
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--seconds", type=int, default=2, help="of one page in one round")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    if not shutil.which("wrk"):
        print(load.HOW)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # servers and folder go also when the run is stopped
    folder = Path(tempfile.mkdtemp(prefix="portal-benchmark-"))
    try:
        with demonstration(options.engine, folder) as federation:
            print(
                f"{options.engine}, {load.CONNECTIONS} connections, {options.rounds} × {options.seconds} s a page\n"
            )
            measure(federation, options.seconds, options.rounds)
            print_start(federation)
    except load.FailedError as error:
        raise SystemExit(f"nothing was measured: {error}") from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
