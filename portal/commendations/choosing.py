"""Whose association: the one that is named, one's own, those found by name, those of a street."""

from __future__ import annotations

from typing import Any

from flask import request
from sqlalchemy import Select, select

from portal.accounts.models import Account
from portal.associations.models import Association, Level
from portal.associations.queries import get_association, in_subtree, named
from portal.commendations.models import CommendationCall
from portal.core.calendar import today
from portal.core.database import db
from portal.core.paging import page_number, paginate
from portal.members.models import Membership

LISTED, MOST_STREETS = 30, 200


def is_within(association: Association, call: CommendationCall) -> bool:
    """Whether the association can put forward in the call."""
    return association.path.startswith(call.association.path) and not association.is_archived


def chosen(call: CommendationCall, account: Account | None) -> Association | None:
    """The association that the address names, the reader's own unless another is looked for, or the only one."""
    if "at" in request.args:
        found = get_association(request.args["at"])
        return found if found is not None and is_within(found, call) else None
    if call.association.level == Level.GRASSROOTS:
        return call.association
    return None if request.args or account is None else _own(call, account)


def choice(call: CommendationCall) -> dict[str, Any]:
    """What the page shows: the streets to begin with, those of a street, or those whose name was typed."""
    text, under = request.args.get("q", "").strip()[:60], get_association(request.args.get("under", ""))
    under = under if under is not None and is_within(under, call) else None
    streets = [] if text or under or "all" in request.args else _streets(call)
    page = None if streets else paginate(_found(call, under, text), page_number(), LISTED)
    return {"text": text, "under": under, "streets": streets, "page": page}


def _own(call: CommendationCall, account: Account) -> Association | None:
    held = select(Membership.association_id).where(
        Membership.person_id == account.person_id, Membership.ended_on.is_(None), Membership.joined_on <= today()
    )
    below = (in_subtree(call.association.path), Association.archived_on.is_(None), Association.id.in_(held))
    return db.session.scalar(select(Association).where(*below).order_by(Association.path).limit(1))


def _streets(call: CommendationCall) -> list[Association]:
    """What lies between the call's own association and those at the foot of the tree; few are listed all."""
    below = (in_subtree(call.association.path), Association.archived_on.is_(None))
    between = (Association.level != Level.GRASSROOTS, Association.id != call.association_id)
    found = select(Association).where(*below, *between).order_by(Association.path).limit(MOST_STREETS)
    return list(db.session.scalars(found))


def _found(call: CommendationCall, under: Association | None, text: str) -> Select[Any]:
    path = (under or call.association).path
    statement = select(Association).where(in_subtree(path), Association.archived_on.is_(None))
    return (statement.where(named(text)) if text else statement).order_by(Association.path)
