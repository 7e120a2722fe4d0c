"""A town's 3,370 cards renewed and printed as one job: `python -m tests.benchmarks.cards [sqlite] [postgresql]`.

Beside it stands what cannot be saved: as many rows inserted bare into the two tables, and typst setting as many
names and QR codes, ten to a page, without design. The aim is 30 seconds; on a busy machine the ratio says more.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks.federation import demonstration

TOWN, AIM = "lx", 30
BARE = """#let data = json(bytes(sys.inputs.data))
#set page(paper: "a4", margin: 5mm)
#let one(card) = { text(card.name); image(bytes(card.qr), format: "svg", width: 2cm) }
#for ten in data.chunks(10) { page(ten.map(one).join()) }
"""


@contextmanager
def timed(name: str, found: dict[str, float]) -> Iterator[None]:
    wall, processor = time.perf_counter(), time.process_time()
    yield
    found[name], found[f"{name} cpu"] = time.perf_counter() - wall, time.process_time() - processor


def measure() -> dict[str, float]:
    """The job and its bare counterparts, in a process of its own; the settings are in the environment."""
    from sqlalchemy.orm import joinedload

    from portal import create_app
    from portal.accounts.models import Account
    from portal.associations.queries import get_association
    from portal.cards import batch, services
    from portal.core.database import db
    from portal.offices.models import Appointment

    found: dict[str, float] = {}
    app = create_app()
    with app.app_context():
        association = get_association(TOWN)
        assert association is not None
        held = db.session.query(Appointment).filter_by(
            association_id=association.id, position="secretary", end_on=None
        )
        loaded = db.session.query(Account).options(joinedload(Account.person))
        account = loaded.filter_by(person_id=held.one().person_id).one()
        with timed("job", found):
            job = services.open_batch(account, association, services.Batch("renew"))
            db.session.commit()
            batch.run(job.public_id)
        db.session.refresh(job)
        assert job.state == "done", job.message
        found["cards"], found["files"] = job.result["cards"], len(job.result["files"])
        found["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        with timed("bare", found):
            bare(int(found["cards"]))
    return found


def bare(count: int) -> None:
    """As many rows and as many QR codes, and nothing around them."""
    import typst
    from sqlalchemy import insert

    from portal.cards.printing import qr_rows
    from portal.core.database import db
    from portal.verification.codes import new_code
    from portal.verification.models import VerifiableCode

    for _table in range(2):
        db.session.execute(insert(VerifiableCode), [{"code": new_code(), "kind": "bare"} for _row in range(count)])
    db.session.rollback()
    for start in range(0, count, 500):
        cards = [
            {"name": f"{n}", "qr": qr_rows(f"https://example.org/verify/{n:016}")} for n in range(start, start + 500)
        ]
        typst.compile(BARE.encode(), sys_inputs={"data": json.dumps(cards)})


def main() -> None:
    kinds = sys.argv[1:] or ["sqlite", "postgresql"]
    heads = ("cards", "files", "job s", "cpu s", "bare s", "cpu s", "ratio", "MiB")
    print(f"{'':12}" + "".join(f"{head:>8}" for head in heads))
    for kind in kinds:
        with tempfile.TemporaryDirectory() as folder, demonstration(kind, Path(folder)) as federation:
            command = [sys.executable, "-m", "tests.benchmarks.cards", "--measure"]
            run = subprocess.run(command, env=federation.environment, check=True, stdout=subprocess.PIPE, text=True)
            found = json.loads(run.stdout)
            figures = (found["job"], found["job cpu"], found["bare"], found["bare cpu"])
            shown = "".join(f"{value:8.1f}" for value in figures) + f"{found['job cpu'] / found['bare cpu']:8.2f}"
            print(f"{kind:12}{found['cards']:8.0f}{found['files']:8.0f}{shown}{found['memory']:8.0f}")
            if found["job"] > AIM:
                print(f"{kind}: over the aim of {AIM} s")


if __name__ == "__main__":
    if sys.argv[1:] == ["--measure"]:
        print(json.dumps(measure()))
    else:
        main()
