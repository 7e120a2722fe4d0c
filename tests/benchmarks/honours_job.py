"""500 certificates of a call as one PDF, as the chair asks for them.

`python -m tests.benchmarks.honours_job [postgresql]`: from the button to the file in hand, through the pages. The
form is sent, a worker in a process of its own draws, the progress page is asked again and again, the file is fetched.
The aim is 10 seconds.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks.federation import Federation, Officer, demonstration
from tests.benchmarks.servers import serving_portal

COUNT, AIM = 500, 10
STREET = "wh"
PAUSE = 0.2  # seconds between two looks at the progress page; a browser looks once a second
PATIENCE = 120
WARM = 10  # seconds in which the worker comes up, as it has on any other day


def fill(count: int) -> str:
    """So many honours by the street's latest call, whose address is told; the settings are in the environment."""
    from sqlalchemy import func, select

    from portal import create_app
    from portal.associations.queries import get_association
    from portal.commendations.models import CommendationCall, Nomination
    from portal.core.database import db
    from portal.honours.models import Honour
    from portal.people.models import Person

    with create_app().app_context():
        street = get_association(STREET)
        assert street is not None
        given = select(Honour).where(Honour.association_id == street.id, Honour.person_id.is_not(None))
        pattern = db.session.scalars(given.order_by(Honour.decided_on.desc(), Honour.id.desc())).first()
        assert pattern is not None
        held = select(func.count(Honour.id)).where(Honour.call_id == pattern.call_id)
        missing = count - (db.session.scalar(held) or 0)
        nominated = select(Nomination.person_id).where(Nomination.person_id.is_not(None))
        people = select(Person).where(Person.id.not_in(nominated), Person.removed_at.is_(None)).limit(missing)
        for number, person in enumerate(db.session.scalars(people).all()):
            _honour(pattern, person, number)
        db.session.commit()
        return db.session.get_one(CommendationCall, pattern.call_id).public_id


def _honour(pattern, person, number) -> None:  # type: ignore[no-untyped-def]
    """Like one that was decided, for somebody else."""
    from portal.commendations.models import Nomination
    from portal.core.database import db
    from portal.honours.models import Honour, HonourCertificate
    from portal.honours.queries import latest_certificate
    from portal.verification.codes import new_code
    from portal.verification.models import VerifiableCode

    before = db.session.get_one(Nomination, pattern.nomination_id)
    kept = ("call_id", "category_id", "association_id", "reason", "state", "consented_at", "consent_by")
    whose = {"person_id": person.id, "name": person.name}
    nomination = Nomination(**{name: getattr(before, name) for name in kept}, evidence={}, **whose)
    db.session.add(nomination)
    db.session.flush()
    same = ("association_id", "of_id", "call_id", "kind_id", "decided_on")
    honour = Honour(**{name: getattr(pattern, name) for name in same}, nomination_id=nomination.id, **whose)
    code = VerifiableCode(code=new_code(), kind="honour")
    db.session.add_all([honour, code])
    db.session.flush()
    printed = latest_certificate(pattern.id)
    snapshot = {**printed.snapshot, "name": person.name}
    made = {"number": f"{printed.number}-{number}", "honour_id": honour.id, "code_id": code.id}
    db.session.add(HonourCertificate(**made, layout=printed.layout, snapshot=snapshot))


def draw(federation: Federation, call: str) -> tuple[float, list[str], bytes]:
    """Seconds from the button to the file, what the progress page told on the way, the file."""
    with serving_portal(federation, with_worker=True) as server:
        chair = Officer(server.address, STREET, "chair")
        time.sleep(WARM)
        begin = time.perf_counter()
        page = chair.submit(f"/office/{STREET}/honours/batch?call={call}")
        told: list[str] = []
        while time.perf_counter() - begin < PATIENCE:
            shown = chair.page(page)
            links = [a["href"] for a in shown.select("#job a[href*='/files/']")]
            if links:
                pdf = chair.file(str(links[0]))
                return time.perf_counter() - begin, told, pdf
            bar = shown.select_one("#job progress")
            told.append(bar.get("value", "…") if bar else "-")  # type: ignore[arg-type]
            time.sleep(PAUSE)
    raise SystemExit("the job did not end")


def main() -> int:
    if sys.argv[1:2] == ["--fill"]:
        print(fill(COUNT))
        return 0
    kind = sys.argv[1] if len(sys.argv) > 1 else "sqlite"
    with tempfile.TemporaryDirectory() as folder, demonstration(kind, Path(folder)) as federation:
        command = [sys.executable, "-m", "tests.benchmarks.honours_job", "--fill"]
        run = subprocess.run(command, env=federation.environment, check=True, stdout=subprocess.PIPE, text=True)
        spent, told, pdf = draw(federation, run.stdout.split()[-1])
    looks = ", ".join(f"{told.count(one)} × {one}" for one in dict.fromkeys(told))
    print(f"{kind}: {spent:.1f} s from the button to the file of {len(pdf) / 1e6:.1f} MB; the bar stood at: {looks}")
    return int(spent > AIM)


if __name__ == "__main__":
    sys.exit(main())
