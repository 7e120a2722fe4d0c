"""A levy on many associations, laid in the background: all of it in one transaction, or nothing."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import joinedload

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core.database import db
from portal.core.jobs import Job, open_job, queue, working_on
from portal.core.statistics import refresh_statistics
from portal.ledger.models import DuesPeriod
from portal.levy import services

JOB = "levy.lay"


def open_run(
    account: Account, association: Association, period: DuesPeriod, rate_fen: int, counted_on: date, basis: str
) -> Job:
    """The job of a levy, once what can be said at once was checked. Commit, then `queue.send(runs.run, …)`."""
    services.check(account, association, period, rate_fen, counted_on)
    job = open_job(JOB, account.id)
    asked = {"rate_fen": rate_fen, "counted_on": counted_on.isoformat(), "basis": basis}
    job.result = {"association": association.id, "period": period.id, **asked}
    return job


@queue.task
def run(job_id: str) -> None:
    """What somebody did meanwhile is said when it is found: then there is no levy."""
    with working_on(job_id) as job:
        asked = job.result
        account = db.session.get_one(Account, job.account_id, options=[joinedload(Account.person)])
        association = db.session.get_one(Association, asked["association"])
        period, day = db.session.get_one(DuesPeriod, asked["period"]), date.fromisoformat(asked["counted_on"])
        made = services.lay(account, association, period, asked["rate_fen"], day, asked["basis"])
        job.result = {**asked, "levy": made.public_id}
        db.session.commit()
        refresh_statistics()
