"""The roll of a term: who was a member on its first or last day, by groups, to print or as a file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from flask import Response, abort, g, request

from portal.core import access, downloads, web
from portal.core.access import requires
from portal.core.calendar import today
from portal.members import exports, roll_queries
from portal.members.blueprint import blueprint
from portal.members.models import MembershipStay
from portal.offices.models import Term
from portal.offices.queries import get_term, list_terms


@dataclass(frozen=True)
class Asked:
    """Which day the address asks for: a term's first or last, or today when it names no term."""

    day: date
    term: Term | None = None
    at_end: bool = False


@blueprint.get("/office/<code>/members/roll")
@requires("members.read")
def roll(code: str) -> str:
    """The members of a day, group by group."""
    asked = _asked()
    rows = roll_queries.list_roll(_seen(), g.association, asked.day)
    groups = [(name, list(found)) for name, found in groupby(rows, key=lambda row: row.group)]
    terms = [term for term in list_terms(g.association) if term.start_on <= today()]
    return web.page("members/roll.html", asked=asked, groups=groups, total=len(rows), terms=terms)


@blueprint.get("/office/<code>/members/roll.<any(xlsx, csv):form>")
@requires("members.read")
def roll_file(code: str, form: str) -> Response:
    """The same rows as a file; who may see them is asked again."""
    asked = _asked()
    rows = roll_queries.list_roll(_seen(), g.association, asked.day)
    return downloads.send(form, exports.roll(rows), day=asked.day)


def _seen() -> Any:
    return access.visible(roll_queries.stays(), "members.read", MembershipStay)


def _asked() -> Asked:
    chosen, at_end = request.args.get("term", ""), request.args.get("when") == "last"
    if not chosen:
        return Asked(today())
    term = get_term(g.association, chosen) or abort(404)
    last = min(term.end_on or today(), today())
    return Asked(last if at_end else min(term.start_on, today()), term, at_end)
