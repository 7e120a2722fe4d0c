"""All certificates of a call as files for the printer: drawn in the background, kept for a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.commendations.models import CommendationCall
from portal.core import audit
from portal.core.calendar import now
from portal.core.database import db
from portal.core.documents import let_go
from portal.core.errors import RuleError
from portal.core.files import store
from portal.core.i18n import lazy
from portal.core.jobs import Job, open_job, queue, working_on
from portal.honours import queries
from portal.honours.models import HonourCertificate
from portal.honours.printing import print_certificates

JOB = "honours.batch"
PORTION = 500  # certificates in one file
GOOD_FOR = timedelta(days=1)
LOOK_BACK = timedelta(days=30)


def open_batch(actor: Account, association: Association, call: CommendationCall) -> Job:
    """The job that draws them; only the account that opened it fetches the files, within a day.

    Commit, then `queue.send(run, job.public_id)`.
    """
    job = open_job(JOB, actor.id, len(queries.printable_of(actor, association, call.public_id)))
    job.result = {"association": association.id, "call": call.public_id}
    audit.record(actor, "honours.open_batch", call, {"count": job.total}, association_id=association.id)
    return job


@queue.task
def run(job_id: str) -> None:
    """Draw what the job asks for; a second run draws the same."""
    tidy()
    with working_on(job_id) as job:
        account = db.session.get_one(Account, job.account_id)
        association = db.session.get_one(Association, job.result["association"])
        certificates = queries.printable_of(account, association, job.result["call"])
        if not certificates:
            raise RuleError("", lazy("There is no certificate in force to print."))
        job.total = len(certificates)
        job.result = {**job.result, "count": len(certificates), "files": _draw(job, certificates)}
        job.done = job.total
    queue.send_later(GOOD_FOR + timedelta(minutes=1), tidy)


def _draw(job: Job, certificates: Sequence[HonourCertificate]) -> list[dict[str, Any]]:
    """Files of at most PORTION each: a printer takes them, and memory stays small."""
    files: list[dict[str, Any]] = []
    for start in range(0, len(certificates), PORTION):
        portion = certificates[start : start + PORTION]
        job.advance(start)  # nobody waits for this reader while the pages are drawn
        key = store.keep(print_certificates(portion), ".pdf")
        names = (portion[0].snapshot["name"], portion[-1].snapshot["name"])
        files.append({"key": key, "first": names[0], "last": names[1], "count": len(portion)})
        let_go()
        job.advance(start + len(portion))
    return files


@queue.task
def tidy() -> None:
    """Remove the files of batches of more than a day ago, and the names in their outcomes."""
    old = select(Job).where(Job.kind == JOB, Job.ended_at < now() - GOOD_FOR, Job.ended_at > now() - LOOK_BACK)
    for job in db.session.scalars(old):
        for file in job.result.get("files", ()):
            store.remove(file["key"])
        job.result = {name: job.result[name] for name in ("association", "call")}
    db.session.commit()
