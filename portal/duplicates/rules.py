"""Who may make two records one, and when. Raises RuleError; changes nothing."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import lazy
from portal.duplicates import queries
from portal.members.models import Membership
from portal.offices import access
from portal.offices.models import Appointment
from portal.offices.queries import accounts_of
from portal.offices.rights import gives
from portal.people.models import Affiliation, Person

GONE = lazy("One of these records was merged or removed meanwhile.")


def holders(*people: Person) -> list[Association]:
    """The associations that hold one of the records today."""
    statement = (
        select(Association)
        .join(Affiliation, Affiliation.association_id == Association.id)
        .where(Affiliation.person_id.in_([person.id for person in people]), queries.in_force())
    )
    return list(db.session.scalars(statement.distinct().order_by(Association.path)))


def obstacle(actor: Account | None, one: Person, other: Person) -> RuleError | None:
    """Why the officer may not make the two records one, or None.

    A merge shows and moves everything of both, also at other associations: the register must be the officer's to
    keep wherever either record is held. It hands one person's offices to the other's account: whoever could not
    hand out a one-time code for both accounts could not do that either; nobody comes into an office by it.
    """
    if actor is None:
        return None
    if not all(_keeps_register(actor, association) for association in holders(one, other)):
        return RuleError("", lazy("An association that your office does not reach holds one of the records too."))
    own = [person for person in (one, other) if person.id == actor.person_id]
    if own and _has_office(other if own[0] is one else one):
        return RuleError("", lazy("One of the records is your own and the other holds an office: ask somebody else."))
    if not access.covers(actor, one.id) or not access.covers(actor, other.id):
        return RuleError("", lazy("One of the records holds an office with rights that you do not have."))
    return None


def _keeps_register(actor: Account, association: Association) -> bool:
    """Asked of an archived association as of any other: a record must not hang on it for ever."""
    return any(
        grant.group_id is None and gives(grant.position, "members.write") and grant.reaches(association)
        for grant in access.grants_of(actor)
    )


def _has_office(person: Person) -> bool:
    held = select(Appointment.id).where(Appointment.person_id == person.id, access.in_force_or_coming(today()))
    return db.session.scalar(held.limit(1)) is not None


def check_merge(actor: Account | None, kept: Person, gone: Person) -> None:
    """Everything that a merge is refused for, but what the officer can still choose."""
    if kept.id == gone.id or kept.removed_at is not None or gone.removed_at is not None:
        raise RuleError("", GONE)
    if queries.get_told_apart(kept, gone) is not None:
        raise RuleError("", lazy("These two were told apart. Take that back first."))
    problem = obstacle(actor, kept, gone)
    if problem is not None:
        raise problem
    if actor is not None and gone.id == actor.person_id and len(accounts_of((kept.id, gone.id))) == 2:
        raise RuleError("keep", lazy("You sign in with the account of the other record: that one must stay."))


def clashes(memberships: Sequence[Membership]) -> list[tuple[Membership, Membership]]:
    """Of two records: memberships in force of the same kind at the same association, of which one can stay."""
    live = [one for one in memberships if one.ended_on is None and not one.organisation_name]
    return [
        (one, other)
        for number, one in enumerate(live)
        for other in live[number + 1 :]
        if (one.kind_id, one.association_id) == (other.kind_id, other.association_id)
        and one.person_id != other.person_id
    ]
