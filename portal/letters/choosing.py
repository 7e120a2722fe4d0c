"""Choosing an association to write to: the one that is named, one's own, those found, those of a street."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_login import current_user
from sqlalchemy import Select, select

from portal.applications.answers import Answers, value
from portal.associations.models import Association, Level
from portal.associations.queries import get_association, in_subtree, named
from portal.core.calendar import today
from portal.core.database import db
from portal.core.paging import page_number, paginate
from portal.people.models import Affiliation

LISTED = 30


def is_open(association: Association | None) -> bool:
    """Whether one can write to it: every association of the tree that is not archived."""
    return association is not None and not association.is_archived


def choice(answers: Answers) -> dict[str, Any]:
    """What the page of the question shows; the streets to begin with when nothing is asked for."""
    words, under = request.args.get("q", "").strip()[:60], get_association(request.args.get("under", ""))
    code = request.args.get("at") or value(answers, "association", "code") or _own_code()
    at = None if words or under or "all" in request.args else get_association(code or "")
    at = at if is_open(at) else None
    streets = [] if words or under or at else _streets()
    page = None if streets or at else paginate(_found(under, words), page_number(), LISTED)
    return {"text": words, "under": under, "at": at, "streets": streets, "page": page}


def _found(under: Association | None, text: str) -> Select[Any]:
    """Those of a street, itself first, or by a part of the name."""
    statement = select(Association).where(Association.archived_on.is_(None))
    if under is not None:
        statement = statement.where(in_subtree(under.path))
    return (statement.where(named(text)) if text else statement).order_by(Association.path)


def _streets() -> list[Association]:
    statement = select(Association).where(Association.level != Level.GRASSROOTS, Association.archived_on.is_(None))
    return list(db.session.scalars(statement.order_by(Association.path).limit(200)))


def _own_code() -> str | None:
    """Where the record of whoever is signed in is held: that is near."""
    if not current_user.is_authenticated:
        return None
    held = Affiliation.person_id == current_user.person_id
    live = Affiliation.end_on.is_(None) | (Affiliation.end_on >= today())
    statement = select(Association.code).join(Affiliation, Affiliation.association_id == Association.id)
    return db.session.scalar(statement.where(held, live).order_by(Affiliation.id).limit(1))
