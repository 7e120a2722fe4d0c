"""Acts on many memberships: who is chosen, what would happen, and the work, at once or in the background."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, literal, select
from sqlalchemy.orm import joinedload
from werkzeug.datastructures import MultiDict

from portal.accounts.models import Account
from portal.associations.models import Association, Group
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import lazy
from portal.core.jobs import Job, open_job, queue, working_on
from portal.members.models import EndReason, Membership
from portal.members.queries import memberships_below
from portal.offices.access import forget_grants, visible
from portal.people.models import Person
from portal.register import listing, services
from portal.register.queries import SHOWN
from portal.register.services import MOST_NAMED, Outcome

RIGHT, JOB = "members.write", "register.batch"
AT_ONCE = 100  # more are done in the background
PORTION = 100
TICKED = 200  # at most so many by hand: a page has 25
MOST = 20_000  # chosen at once
REASONS = {
    "ended": lazy("The membership has ended."),
    "elsewhere": lazy("The group belongs to another association."),
    "there": lazy("Is there already."),
    "gone": lazy("Deceased, or the record was removed."),
}


@dataclass
class Summary:
    """What would happen: to how many, and who is left out and why."""

    count: int = 0
    left: int = 0
    left_out: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def total(self) -> int:
        return self.count + self.left


def choose(
    arguments: MultiDict[str, str], account: Account, association: Association, right: str = RIGHT
) -> Select[Any]:
    """Read the choice from the address. Ids that the reader may not see by the right are nobody's."""
    if arguments.get("every") == "1":
        statement = listing.read(arguments, account, association).statement()
    else:
        ids = arguments.getlist("chosen")[:TICKED]
        statement = memberships_below(association).where(Membership.public_id.in_(ids)).options(*SHOWN)
    chosen: Select[Any] = visible(statement, account, right, Membership)
    return chosen


def summarise(chosen: Select[Any], why_not: Mapping[str, ColumnElement[bool]]) -> Summary:
    """Look before the act: nothing is written. Raises RuleError for more than can be done at once."""
    reason = case(*((condition, literal(name)) for name, condition in why_not.items()), else_="")
    these = Membership.id.in_(chosen.order_by(None).with_only_columns(Membership.id))
    sizes: dict[str, int] = dict(db.session.execute(select(reason, func.count()).where(these).group_by(reason)).all())
    summary = Summary(sizes.pop("", 0), sum(sizes.values()))
    if summary.total > MOST:
        raise RuleError("", lazy("More than %(most)s are chosen: ask for less.", most=f"{MOST:,}"))
    if sizes:
        left = select(Membership.organisation_name, Person.name, Membership.number, reason).join(Membership.person)
        left = left.where(these, reason != "").order_by(Membership.sort_key, Membership.id).limit(MOST_NAMED)
        summary.left_out = [(org or name, nr, str(REASONS[why])) for org, name, nr, why in db.session.execute(left)]
    return summary


def why_not_move(group: Group | None) -> dict[str, ColumnElement[bool]]:
    there = Membership.group_id.is_(None) if group is None else Membership.group_id == group.id
    found: dict[str, ColumnElement[bool]] = {"ended": Membership.ended_on.is_not(None)}
    if group is not None:
        found["elsewhere"] = Membership.association_id != group.association_id
    return {**found, "there": there}


def why_not_end() -> dict[str, ColumnElement[bool]]:
    return {"ended": Membership.ended_on.is_not(None)}


def start(account: Account, association: Association, chosen: Select[Any], act: str, options: dict[str, Any]) -> Job:
    """Record the work with the memberships that are chosen now; commit, then `carry_on` it."""
    ids = db.session.scalars(chosen.with_only_columns(Membership.id)).all()
    job = open_job(JOB, account.id, len(ids))
    job.result = {"association": association.id, "act": act, "options": options, "ids": list(ids)}
    return job


def carry_on(job: Job) -> None:
    """Few at once, so that the next page shows the outcome; many in the background."""
    if job.total <= AT_ONCE:
        run(job.public_id)
    else:
        queue.send(run, job.public_id)


@queue.task
def run(job_id: str) -> None:
    """The work in portions, each a transaction of its own; what the account may do is asked at each."""
    with working_on(job_id) as job:
        asked = select(Account).where(Account.id == job.account_id).options(joinedload(Account.person))
        account = db.session.scalars(asked).one()
        task, outcome = dict(job.result), Outcome()
        for start_at in range(0, len(task["ids"]), PORTION):
            forget_grants(account)
            rows = _rows(account, task["ids"][start_at : start_at + PORTION])
            _add(outcome, _act(account, rows, task["act"], task["options"]))
            job.result = {**task, **asdict(outcome)}
            job.advance(min(start_at + PORTION, job.total))
        job.result = {**task, "ids": [], **asdict(outcome)}


def _rows(account: Account, ids: Sequence[int]) -> Sequence[Membership]:
    statement = select(Membership).where(Membership.id.in_(ids)).options(*SHOWN)
    statement = visible(statement, account, RIGHT, Membership).order_by(Membership.sort_key, Membership.id)
    return db.session.scalars(statement.execution_options(populate_existing=True)).all()


def _act(account: Account, rows: Sequence[Membership], act: str, options: Mapping[str, Any]) -> Outcome:
    if act == "end":
        last_day, reason = date.fromisoformat(options["last_day"]), EndReason(options["reason"])
        return services.end_all(account, rows, last_day, reason, options["note"])
    group = db.session.get_one(Group, options["group"]) if options["group"] else None
    return services.move_all(account, rows, group)


def _add(total: Outcome, more: Outcome) -> None:
    total.done += more.done
    total.left += more.left
    total.left_out = [*total.left_out, *more.left_out][:MOST_NAMED]
