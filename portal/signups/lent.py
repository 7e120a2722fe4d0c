"""Places of those who are no longer lent: lending was taken back, or the volunteer has said no after all.

What the borrower keeps to its own volunteers, and is to come, they leave; what was held stays as it was. A session
that is open to the federation they keep: there they signed up for themselves.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, func, select

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core.calendar import now
from portal.core.database import db
from portal.lending import services as lending
from portal.lending.models import LendingRequest
from portal.lending.queries import formerly_lent
from portal.members.places import lock_person
from portal.offices.access import visible
from portal.people.models import Person
from portal.plans.models import ActivitySession
from portal.signups import queries, rules, services
from portal.signups.models import SignUp, SignUpState

TOLD = timedelta(days=7)  # so long the work list names it


@lending.ended.connect
def _follow_end(request: LendingRequest, *, people: Collection[int], **_details: Any) -> None:
    """Whoever signs up in this moment is waited for. Needs are locked in the order in which everybody locks them."""
    leaving: list[SignUp] = []
    for person_id in sorted(people):
        person = db.session.get_one(Person, person_id)
        lock_person(person)
        helper = rules.helper_of(person)
        coming = (one for one in queries.list_to_come(person_id) if one.association_id == request.association_id)
        leaving += [one for one in coming if one.session.own_only and not rules.is_own(one.session, helper)]
    for sign_up in sorted(leaving, key=lambda one: one.need_id):
        services.withdraw(None, sign_up, by_office=True)


def list_gone(session: ActivitySession, sign_ups: Sequence[SignUp]) -> list[Person]:
    """Of those who left a session to come: whoever left it because they are no longer lent."""
    if not session.own_only or session.starts_at <= now():
        return []
    gone = set(db.session.scalars(formerly_lent(session.association_id, rules.day_of(session))))
    staying = {one.person_id for one in sign_ups if one.state != SignUpState.WITHDRAWN}
    left = {one.person for one in sign_ups if one.person_id in gone - staying and one.person is not None}
    return sorted(left, key=lambda person: person.sort_key)


def questions(account: Account, association: Association) -> dict[str, Select[Any]]:
    """What the work list asks: how many places were left so in the last days, and the first session concerned."""
    gone = formerly_lent(association.id)
    statement = (
        select(SignUp)
        .join(SignUp.session)
        .where(
            SignUp.association_id == association.id,
            SignUp.state == SignUpState.WITHDRAWN,
            SignUp.left_at >= now() - TOLD,
            SignUp.person_id.in_(gone),
            ActivitySession.own_only,
            ActivitySession.starts_at > now(),
            ActivitySession.cancelled_at.is_(None),
        )
    )
    statement = visible(statement, account, services.RIGHT, SignUp)
    first = statement.order_by(ActivitySession.starts_at, SignUp.id).limit(1)
    return {
        "lent_gone": statement.with_only_columns(func.count()),
        "lent_gone_from": first.with_only_columns(ActivitySession.public_id),
    }
