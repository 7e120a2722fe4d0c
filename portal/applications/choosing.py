"""Choosing an association that one can apply to: the one that is named, those found, those of a street."""

from __future__ import annotations

from typing import Any

from flask import request

from portal.applications import queries
from portal.applications.answers import Answers, value
from portal.associations.queries import get_association
from portal.core.paging import page_number, paginate

LISTED = 30


def choice(answers: Answers) -> dict[str, Any]:
    """What the page of the question shows; the streets to begin with when nothing is asked for."""
    words, under = request.args.get("q", "").strip()[:60], get_association(request.args.get("under", ""))
    named = request.args.get("at") or value(answers, "association", "code")
    at = None if words or under or "all" in request.args else get_association(named or "")
    streets = [] if words or under or at else queries.list_streets()
    page = None if streets or at else paginate(queries.joinable(under, words), page_number(), LISTED)
    chosen = at if queries.is_joinable(at) else None
    return {"text": words, "under": under, "at": chosen, "streets": streets, "page": page}
