"""A period charged in the background, at an association or at all of them below: association by association."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.associations.queries import in_subtree
from portal.core.audit import record
from portal.core.database import db, reading
from portal.core.errors import RuleError
from portal.core.jobs import Job, open_job, queue, working_on
from portal.core.statistics import refresh_statistics
from portal.core.waiting import again
from portal.dues import charging
from portal.dues.charging import Outcome
from portal.dues.desired import Comparison, open_in
from portal.dues.prepared import Prepared
from portal.ledger import services as ledger
from portal.ledger.models import DuesPeriod
from portal.members.models import Membership
from portal.offices.access import visible

JOB, PREVIEW = "dues.charge", "dues.preview"
RIGHT = "dues.record"
MOST_LOOKED_AT = 10_000  # members of whom a page says at once what would happen
PORTION = 100  # associations that are loaded at once
MANY = 1_000  # charges of which the planner is told at once
MOST_NAMED = 200  # associations that were left out, by name, in the outcome


def open_run(account: Account, association: Association, period: DuesPeriod, *, below: bool) -> Job:
    """The job of a run. Commit, then `queue.send(runs.run, job.public_id)`."""
    job = open_job(JOB, account.id)
    job.result = {"association": association.id, "period": period.id, "below": below}
    told = {"period": period.name, "below": below}
    record(account, "dues.open_run", job, told, association_id=association.id)
    return job


@queue.task
def run(job_id: str) -> None:
    """Each association in a transaction of its own: whoever stops it loses nothing, a second run does the rest.

    An association whose book is closed is left out, and the outcome names it; alone, it is refused.
    """
    with working_on(job_id) as job:
        account = db.session.get_one(Account, job.account_id, options=[joinedload(Account.person)])
        association = db.session.get_one(Association, job.result["association"])
        period = db.session.get_one(DuesPeriod, job.result["period"])
        ids = list_places(account, association, below=job.result["below"])
        job.total = len(ids)
        job.advance(0)
        total, skipped, prepared = Outcome(), [], Prepared(period)
        for number, place in enumerate(_places(ids, period), 1):
            done, why = _one(account, place, prepared, alone=len(ids) == 1)
            total += done
            skipped += [why] if why else []
            job.result = {**job.result, **outcome_of(total, skipped)}
            job.advance(number)
        if total.new >= MANY:
            refresh_statistics()


def is_large(association: Association, *, below: bool) -> bool:
    """Whether what would happen is worked out in the background: nobody waits for a page that long."""
    members = select(Membership.id).join(Association, Association.id == Membership.association_id)
    members = members.where(_scope(association, below=below), Membership.ended_on.is_(None)).limit(MOST_LOOKED_AT + 1)
    return int(db.session.scalar(select(func.count()).select_from(members.subquery())) or 0) > MOST_LOOKED_AT


def open_preview(account: Account, association: Association, period: DuesPeriod, *, below: bool) -> Job:
    """The job that works out what a run would do. Commit, then `queue.send(runs.look, job.public_id)`."""
    job = open_job(PREVIEW, account.id)
    job.result = {"association": association.id, "period": period.id, "below": below}
    return job


@queue.task
def look(job_id: str) -> None:
    """Association by association, so that it can be told how far it is; it only reads, and nobody waits for it."""
    with working_on(job_id) as job:
        account = db.session.get_one(Account, job.account_id, options=[joinedload(Account.person)])
        association = db.session.get_one(Association, job.result["association"])
        period, below = db.session.get_one(DuesPeriod, job.result["period"]), job.result["below"]
        ids = list_places(account, association, period, below=below)
        job.total, total = len(ids), Outcome()
        job.advance(0)
        asked = charging.Preview(Comparison(period, branch=association.path if below else ""))
        for number, place_id in enumerate(ids, 1):
            with reading():
                total += asked.of(place_id)
                db.session.commit()
            job.advance(number)
        job.result = {**job.result, **outcome_of(total, [])}


def list_places(
    account: Account, association: Association, period: DuesPeriod | None = None, *, below: bool
) -> Sequence[int]:
    """The associations that a run is for, as far as the account may record dues there; of a period only those whose
    book of it is open.
    """
    live = open_in(period) if period else (Association.archived_on.is_(None),)
    statement = visible(select(Association.id), account, RIGHT, Association)
    return db.session.scalars(
        statement.where(_scope(association, below=below), *live).order_by(Association.path)
    ).all()


def _scope(association: Association, *, below: bool) -> ColumnElement[bool]:
    return in_subtree(association.path) if below else Association.id == association.id


def _places(ids: Sequence[int], period: DuesPeriod) -> Iterator[Association]:
    """Loaded many at once, and their books begun; what may have changed since is read again when one is held."""
    for start in range(0, len(ids), PORTION):
        found = db.session.scalars(select(Association).where(Association.id.in_(ids[start : start + PORTION]))).all()
        by_id = {place.id: place for place in found}
        ledger.begin_books([place.id for place in found if not place.is_archived], period)
        yield from (by_id[one] for one in ids[start : start + PORTION])


def _one(account: Account, place: Association, prepared: Prepared, *, alone: bool) -> tuple[Outcome, list[str]]:
    """What was done at one association, or its name and why nothing was."""
    try:
        return again(lambda: charging.charge(account, place, prepared.period, prepared)), []
    except RuleError as error:
        if alone:
            raise
        return Outcome(), [place.name, str(error)]


def outcome_of(total: Outcome, skipped: Sequence[list[str]]) -> dict[str, Any]:
    """The outcome as a job keeps it."""
    return {"outcome": asdict(total), "skipped": list(skipped[:MOST_NAMED]), "left": len(skipped)}
