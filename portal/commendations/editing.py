"""A call as a form, and back: what was typed as the service takes it."""

from __future__ import annotations

import secrets
from datetime import date
from typing import Any

from portal.associations.models import Association
from portal.commendations import queries
from portal.commendations.calls import ChangedMeanwhileError
from portal.commendations.forms import CallForm
from portal.commendations.models import CommendationCall, CommendationKind, Scope
from portal.commendations.rows import YES
from portal.commendations.terms import OWN, CategoryTerms, CriterionTerms, Terms, revision_of
from portal.core.errors import RuleError
from portal.core.i18n import _

DAYS_OPEN = 30


def form_of(
    association: Association, terms: Terms | None = None, day: date | None = None, revision: str = ""
) -> CallForm:
    """The form with what the call says; of a new one with what most say. What was sent goes before."""
    kinds = queries.list_kinds(association.path_ids[0])
    data = _told(terms) if terms else _first(association, day or date.min)
    form = CallForm(data={**data, "entry_key": secrets.token_urlsafe(16), "revision": revision})
    labels = [(one.public_id, f"{one.name} · {Scope(one.scope).label}") for one in kinds]
    form.offer([("", _("Choose…")), *labels])
    return form


def beside(form: CallForm, call: CommendationCall, error: RuleError) -> dict[str, Any]:
    """For a draft that somebody else saved meanwhile: theirs is shown beside what was typed, and saved again what was
    typed takes its place.
    """
    if not isinstance(error, ChangedMeanwhileError):
        return {"call": call}
    form.revision.data = revision_of(call)
    return {"call": call, "theirs": call, "day": date.min}


def terms_typed(form: CallForm, association: Association) -> Terms:
    """Of a form that validates."""
    kinds: dict[str, CommendationKind] = {one.public_id: one for one in queries.list_kinds(association.path_ids[0])}
    categories = [CategoryTerms(**{**row, "kind": kinds[row["kind"]]}) for row in form.categories.read]
    criteria = [CriterionTerms(**row) for row in form.criteria.read]
    return Terms(**form.values(*OWN), categories=categories, criteria=criteria)


def _first(association: Association, day: date) -> dict[str, Any]:
    """This year is looked at; a month for nominations."""
    return {
        "contact": association.contact,
        "start_on": date(day.year, 1, 1),
        "end_on": date(day.year, 12, 31),
        "opens_on": day,
        "closes_on": date.fromordinal(day.toordinal() + DAYS_OPEN),
        "by_groups": True,
        "keeps_own_out": True,
    }


def _told(terms: Terms) -> dict[str, Any]:
    categories = [
        {
            "kind": one.kind.public_id, "places": str(one.places), "per_association": _typed(one.per_association),
            "hours": _typed(one.least_minutes and one.least_minutes // 60), "years": _typed(one.least_years),
            "led": _typed(one.least_led), "stars": _typed(one.least_stars), "dues": YES if one.needs_dues else "",
        }
        for one in terms.categories
    ]  # fmt: skip
    criteria = [
        {"name": one.name, "points": str(one.points), "description": one.description} for one in terms.criteria
    ]
    return {**{name: getattr(terms, name) for name in OWN}, "categories": categories, "criteria": criteria}


def _typed(number: int | None) -> str:
    return str(number) if number else ""
