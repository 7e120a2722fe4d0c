"""Everybody whose record is held in a scope, whatever they are there as: members, volunteers, officers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, false, select

from portal.associations.models import Association
from portal.associations.queries import in_subtree
from portal.core import search
from portal.people import queries as persons
from portal.people.models import Affiliation, AffiliationKind, Person
from portal.register import finding
from portal.register.drivers import BOUND, FOUND, count, unindexed
from portal.register.scope import Scope


def asked(arguments: Mapping[str, str]) -> dict[str, str]:
    """What an address asks for: as what, and a text; a word that it does not know asks for nothing."""
    kind = arguments.get("kind", "")
    return {"kind": kind if kind in set(AffiliationKind) else "", "text": arguments.get("q", "").strip()[:60]}


def people(scope: Scope, kind: str = "", text: str = "") -> Select[Any]:
    """Everybody whose record the associations of a scope hold today (as `kind`, if one is given), by name.

    Few are looked up and sorted; of many, the order of names is walked along, or that of the name looked for.
    """
    held = _held(scope, kind)
    if text and not finding.is_number(text) and not search.query_grams(text):
        return select(Person).where(false())
    found = finding.side(text)
    sizes = count({"held": held}, None if found is True else found)
    if sizes["held"] >= min(BOUND, sizes.get(FOUND, BOUND)) or found is True:
        here = held.where(Affiliation.person_id == Person.id).exists()
        return persons.people(text).where(here).options(*persons.SHOWN)
    statement = select(Person).where(Person.removed_at.is_(None), Person.id.in_(held))
    statement = statement.where(*(finding.is_filed(gram) for gram in search.query_grams(text)))
    return statement.order_by(unindexed(Person.sort_key), unindexed(Person.id)).options(*persons.SHOWN)


def _held(scope: Scope, kind: str) -> Select[Any]:
    held = select(Affiliation.person_id).where(persons.live())
    if scope.groups is not None:
        held = held.where(Affiliation.group_id.in_(scope.groups))
    if scope.below:
        held = held.where(Affiliation.association_id.in_(select(Association.id).where(in_subtree(scope.path))))
    else:
        held = held.where(Affiliation.association_id == scope.association_id)
    return held.where(Affiliation.kind == kind) if kind else held
