"""Reading who is asked how: members by their account, the others by a printed code, nobody both ways."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.associations.queries import in_subtree, subtree_end
from portal.core.database import db
from portal.members.models import Membership
from portal.members.queries import live
from portal.offices.access import visible
from portal.people.models import Person
from portal.surveys.models import Survey, SurveyTicket


def members_to_ask(survey: Survey) -> Select[Any]:
    """Members at the association and below who have an account, and a ticket under no record of theirs: each once.

    Nobody of a place for which codes were printed, for they may have one of those.
    """
    statement = _members(survey).join(Account, Account.person_id == Membership.person_id)
    return statement.where(Account.disabled_at.is_(None), Membership.person_id.not_in(_of_printed_places(survey)))


def sheets_left(survey: Survey) -> dict[int, int]:
    """How many codes can still be printed for each association: as many as it has members, with those below it, who
    are not asked by their account and for whom none was printed, neither there nor for an association above.
    """
    places, left, within = _places(survey), _unasked(survey), Counter[int]()
    left.subtract(_printed(survey))
    for place_id, count in left.items():
        within.update(dict.fromkeys(places[place_id], count))
    return {place_id: max(0, min(within[one] for one in above)) for place_id, above in places.items()}


def to_hand_out(survey: Survey, account: Account) -> Select[Any]:
    """(name, association) of the members to whom a sheet is to be handed, as far as the reader may see them."""
    left = _members(survey).subquery()
    of_theirs = (Membership.person_id == left.c.person_id) & (Membership.association_id == left.c.association_id)
    statement: Any = (
        select(Person.name, Association.name.label("place"))
        .select_from(Membership)
        .join(left, of_theirs)
        .join(Person, Person.id == Membership.person_id)
        .join(Association, Association.id == Membership.association_id)
        .where(live())
    )
    statement = visible(statement, account, "members.read", Membership)
    return statement.order_by(Association.path, Person.sort_key, Membership.id)  # type: ignore[no-any-return]


def ways(survey: Survey) -> dict[str, int]:
    """How many were asked by their account, and how many codes were printed; told of a closed appraisal too."""
    by_account, printed = (func.count().filter(case) for case in (SurveyTicket.sheet == 0, SurveyTicket.sheet > 0))
    row = db.session.execute(select(by_account, printed).where(SurveyTicket.survey_id == survey.id)).one()
    return {"accounts": row[0], "codes": row[1]}


def _members(survey: Survey) -> Select[Any]:
    """(person, association) of each member without a ticket of their own, under no record of theirs."""
    asked = select(func.coalesce(Person.merged_into_id, Person.id)).join(
        SurveyTicket, SurveyTicket.person_id == Person.id
    )
    has_ticket = asked.where(SurveyTicket.survey_id == survey.id)
    statement: Any = (
        select(Membership.person_id, func.min(Membership.association_id).label("association_id"))
        .join(Association, Association.id == Membership.association_id)
        .where(live(), in_subtree(survey.association.path), Membership.person_id.not_in(has_ticket))
        .group_by(Membership.person_id)
    )
    return statement  # type: ignore[no-any-return]


def _of_printed_places(survey: Survey) -> Select[Any]:
    """The members at or below an association for which codes were printed."""
    place, below = aliased(Association), aliased(Association)
    tickets = select(SurveyTicket.association_id)
    printed = tickets.where(SurveyTicket.survey_id == survey.id, SurveyTicket.code_hash.is_not(None))
    covered = select(below.id).join(place, (below.path >= place.path) & (below.path < subtree_end(place.path)))
    covered = covered.where(place.id.in_(printed))
    return select(Membership.person_id).where(live(), Membership.association_id.in_(covered))


def _places(survey: Survey) -> dict[int, list[int]]:
    """Of each association the ids from the appraisal's own down to it."""
    depth = len(survey.association.path_ids) - 1
    rows = db.session.execute(select(Association.id, Association.path).where(in_subtree(survey.association.path)))
    return {row.id: [int(one) for one in row.path.split("/") if one][depth:] for row in rows}


def _unasked(survey: Survey) -> Counter[int]:
    found = _members(survey).subquery()
    statement = select(found.c.association_id, func.count()).group_by(found.c.association_id)
    return Counter({row[0]: row[1] for row in db.session.execute(statement)})


def _printed(survey: Survey) -> dict[int, int]:
    statement = select(SurveyTicket.association_id, func.count()).group_by(SurveyTicket.association_id)
    kept = statement.where(SurveyTicket.survey_id == survey.id, SurveyTicket.code_hash.is_not(None))
    return {row[0]: row[1] for row in db.session.execute(kept)}
