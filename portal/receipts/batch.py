"""The receipts of a day on paper: one file that is drawn in the background, kept for a day, marked as printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core.calendar import now
from portal.core.database import db
from portal.core.documents import let_go
from portal.core.errors import RuleError
from portal.core.files import store
from portal.core.i18n import lazy
from portal.core.jobs import Job, open_job, queue, working_on
from portal.receipts import listing, services
from portal.receipts.models import Receipt
from portal.receipts.printing import print_receipts, unprintable

JOB = "receipts.print"
MOST = 1_000  # of one day: five hundred sheets
GOOD_FOR, LOOK_BACK = timedelta(days=1), timedelta(days=30)


@dataclass
class Plan:
    """What would be printed, and which receipts cannot be, with the characters that the fonts lack."""

    receipts: list[Receipt] = field(default_factory=list)
    is_first: bool = False  # the first of more, which are new once these are printed
    left_out: list[tuple[Receipt, list[str]]] = field(default_factory=list)


def plan(account: Account, association: Association, on: date, *, only_new: bool) -> Plan:
    """Look before the act: nothing is written. Of more new ones than a file is for the first; raises RuleError where
    old ones are wanted too.
    """
    statement = listing.to_print(account, association, on, only_new=only_new).options(*listing.SHOWN)
    found: Sequence[Receipt] = db.session.scalars(statement.limit(MOST + 1)).all()
    if len(found) > MOST and not only_new:
        raise RuleError("only_new", lazy("More than %(most)s at once: print those that are new.", most=f"{MOST:,}"))
    made = Plan(is_first=len(found) > MOST)
    for receipt in found[:MOST]:
        missing = unprintable(receipt)
        if missing:
            made.left_out.append((receipt, missing))
        else:
            made.receipts.append(receipt)
    return made


def begin(account: Account, association: Association, on: date, layout: str, *, only_new: bool) -> Job:
    """Open the work and return its job; commit, then `queue.send(run, job.public_id)`."""
    job = open_job(JOB, account.id)
    wanted = {"on": on.isoformat(), "layout": layout, "only_new": only_new}
    job.result = {"association": association.id, "wanted": wanted}
    return job


@queue.task
def run(job_id: str) -> None:
    """Draw what the job asks for, mark it as printed, and put the file into the store."""
    tidy()
    with working_on(job_id) as job:
        account = db.session.get_one(Account, job.account_id)
        association = db.session.get_one(Association, job.result["association"])
        wanted = job.result["wanted"]
        made = plan(account, association, date.fromisoformat(wanted["on"]), only_new=wanted["only_new"])
        if not made.receipts:
            raise RuleError("", lazy("There is no receipt to print."))
        job.total = len(made.receipts)
        job.advance(0)
        key = store.keep(print_receipts(made.receipts, wanted["layout"]), ".pdf")
        let_go()
        services.mark_printed([one.id for one in made.receipts])
        job.result = {**job.result, "file": key, "count": len(made.receipts), "left": len(made.left_out)}
        job.done = job.total
    queue.send_later(GOOD_FOR + timedelta(minutes=1), tidy)


@queue.task
def tidy() -> None:
    """Remove the files of more than a day ago. Every batch sends it on its way, and begins with it."""
    old = select(Job).where(Job.kind == JOB, Job.ended_at < now() - GOOD_FOR, Job.ended_at > now() - LOOK_BACK)
    for job in db.session.scalars(old):
        if "file" in job.result:
            store.remove(job.result["file"])
            job.result = {name: value for name, value in job.result.items() if name != "file"}
    db.session.commit()


def is_gone(job: Job) -> bool:
    """Whether its file is no longer kept."""
    known: dict[str, Any] = job.result
    return job.state == "done" and ("file" not in known or not store.has(known["file"]))
