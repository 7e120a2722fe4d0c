"""How long a list takes into the register, and how much memory, on both engines.

    python -m tests.benchmarks.imports [rows ...] [--engine sqlite]

Each import runs in a process of its own, through the portal's pages, with the work done at once: uploading and
reading, checking every row, taking in, undoing. Prints seconds, and the highest memory of the process. The aim is
10,000 rows in ten seconds and 300 MiB.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from flask import Flask

from portal.core.identity import demo_identity
from portal.core.spreadsheets import write_xlsx
from portal.demo.names import invent
from tests.benchmarks.crowd import SINCE
from tests.harness.apps import Apps
from tests.harness.cast import build_cast
from tests.harness.client import client_of
from tests.harness.postgres import Cluster
from tests.imports.files import BASE, HEADINGS, found, upload

MOST = 200_000


def content(count: int) -> bytes:
    """A workbook of people with names, numbers and phones of their own."""
    from datetime import date

    chance = Random(count)
    rows = []
    for n in range(count):
        who = invent(chance, date(1940, 1, 1), date(2008, 1, 1))
        value = demo_identity(n + 1, who.birth_on, who.sex)
        rows.append([who.name, value, f"137{n:08}", "第一小组", SINCE.isoformat()])
    return write_xlsx(HEADINGS, rows)


@contextmanager
def timed(name: str, told: Callable[[str], None]) -> Iterator[None]:
    begun, worked = time.perf_counter(), time.process_time()
    yield
    told(f"{name} {time.perf_counter() - begun:6.2f} s ({time.process_time() - worked:.2f} of the processor)")


def measure(app: Flask, file: bytes, count: int) -> None:
    """One import from the upload to the undo."""
    app.config["IMPORT_ROWS"] = MOST
    cast, client, said = build_cast(), client_of(app), list[str]()
    client.sign_in(cast.secretary)
    before = memory()
    with timed("reading", said.append):
        public_id = upload(client, file)
    with timed("checking", said.append):
        client.submit(f"{BASE}/{public_id}/columns")
    with timed("taking in", said.append):
        client.submit(f"{BASE}/{public_id}/confirm", {"has_forms": "y"})
    highest = memory()
    shown = found(public_id)
    assert (shown.state, shown.counts["entered"]) == ("done", count), (shown.state, shown.counts)
    with timed("undoing", said.append):
        client.submit(f"{BASE}/{public_id}/undo")
    assert found(public_id).state == "undone"
    print(" · ".join(said), f"· {highest} MiB at most ({before} before)", flush=True)


def memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def run(kind: str, count: int, file: bytes) -> None:
    cluster = Cluster()
    with tempfile.TemporaryDirectory() as folder:
        apps = Apps(Path(folder), Path(folder) / "data", cluster)
        try:
            with apps.live(kind, peopled=True) as app:
                measure(app, file, count)
        finally:
            apps.close()
            cluster.stop()


def each(counts: Iterable[int], kinds: Iterable[str]) -> None:
    """Every size on every engine, in a process of its own that does not make the file."""
    with tempfile.TemporaryDirectory() as folder:
        for count in counts:
            file = Path(folder) / f"{count}.xlsx"
            file.write_bytes(content(count))
            for kind in kinds:
                print(f"{kind:10} {count:7,} rows: ", end="", flush=True)
                own = [sys.executable, "-m", "tests.benchmarks.imports", str(count), "--engine", kind]
                subprocess.run([*own, "--file", str(file)], check=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", nargs="*", type=int, default=[10_000])
    parser.add_argument("--engine", choices=("sqlite", "postgresql"))
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.file:
        run(wanted.engine, wanted.rows[0], wanted.file.read_bytes())
    else:
        each(wanted.rows, [wanted.engine] if wanted.engine else ["sqlite", "postgresql"])


if __name__ == "__main__":
    main()
