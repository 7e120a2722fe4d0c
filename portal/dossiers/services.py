"""What may happen to a dossier: an evaluation is added. Raises RuleError; never commits."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select, update

from portal.accounts.models import Account
from portal.core import audit
from portal.core.calendar import record_deadline, today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import _
from portal.core.text import printable
from portal.dossiers import queries
from portal.dossiers.models import Evaluation, Grade
from portal.people import services as people
from portal.people.models import Person
from portal.volunteers.models import Volunteer
from portal.volunteers.services import lock

REMARKS = 1000


def evaluate(
    actor: Account, volunteer: Volunteer, *, start_on: date, end_on: date, grade: str, remarks: str = ""
) -> Evaluation:
    """Say of a volunteer's service in a span of time how good it was. It is never edited: a later one stands beside.

    Order 67: an evaluation is recorded within 10 working days; a later one is taken (`is_late` says so). The same
    words of the same person about the same span are one evaluation, however often they are sent. Raises RuleError
    for a span that is not over, begins before the service here, or is turned round; and for one's own service.
    """
    if volunteer.person_id == actor.person_id:
        raise RuleError("", _("Nobody evaluates their own service."))
    remarks = printable(remarks).strip()
    _check(volunteer, start_on, end_on, grade, remarks)
    lock(volunteer)
    values = {
        "start_on": start_on,
        "end_on": end_on,
        "grade": grade,
        "remarks": remarks,
        "evaluated_by_id": actor.person_id,
    }
    same = queries.find_same(volunteer, values)
    if same is not None:
        return same
    place = {"association_id": volunteer.association_id, "group_id": volunteer.group_id}
    evaluation = Evaluation(volunteer_id=volunteer.id, **place, **values)
    db.session.add(evaluation)
    db.session.flush()
    span = [start_on.isoformat(), end_on.isoformat()]
    audit.record(
        actor, "dossiers.evaluate", evaluation, {"span": span, "grade": grade}, person_id=volunteer.person_id
    )
    return evaluation


def is_late(end_on: date, day: date) -> bool:
    """Whether the 10 working days after the span are over on a day: a hint, no bar."""
    return day > record_deadline(end_on)


def _check(volunteer: Volunteer, start_on: date, end_on: date, grade: str, remarks: str) -> None:
    if grade not in set(Grade):
        raise RuleError("grade", _("Choose a grade."))
    if end_on < start_on:
        raise RuleError("end_on", _("The last day cannot be before the first."))
    if end_on > today():
        raise RuleError("end_on", _("Only service that was given can be evaluated: the last day lies ahead."))
    if start_on < volunteer.started_on:
        raise RuleError("start_on", _("The person was not a volunteer of the association yet."))
    if volunteer.ended_on is not None and start_on > volunteer.ended_on:
        raise RuleError("start_on", _("The person was no longer a volunteer of the association."))
    if len(remarks) > REMARKS:
        raise RuleError("remarks", _("At most %(count)s characters", count=REMARKS))


@people.renamed.connect
def _forget(person: Person, **_details: Any) -> None:
    """Of somebody who asked for deletion nothing stays that was said of them in words; the grades stay."""
    if person.removed_at is None:
        return
    places = select(Volunteer.id).where(Volunteer.person_id == person.id)
    rows = update(Evaluation).where(Evaluation.volunteer_id.in_(places), Evaluation.remarks != "")
    db.session.execute(rows.values(remarks=""))
