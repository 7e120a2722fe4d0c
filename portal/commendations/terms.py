"""The terms of a call: what is said of it, in which categories, by which criteria. Raises RuleError by the field."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from hashlib import sha256
from typing import Any

from portal.commendations.models import CommendationCall, CommendationKind
from portal.core.errors import RuleError
from portal.core.i18n import _, lazy
from portal.core.text import is_blank, printable

LIMITS = {"title": 120, "basis": 500, "body": 20_000, "contact": 200}
LONGEST_CRITERION, LONGEST_DESCRIPTION = 40, 200
MOST_ROWS, MOST_POINTS, MOST_PLACES = 12, 100, 9999
MOST_YEARS, MOST_HOURS, MOST_LED, MOST_STARS = 60, 9999, 999, 9
LONGEST_TIME = 366 * 5  # days that are looked at, or on which nominations are taken
MISSING = {
    "title": lazy("Write a title."),
    "basis": lazy("Name the regulation or resolution it rests on."),
    "body": lazy("Write who may be commended, and how it is chosen."),
    "contact": lazy("Say whom one can ask, and how."),
}
# The most that makes sense of what a category asks the record for.
MOST = {"least_minutes": MOST_HOURS * 60, "least_years": MOST_YEARS, "least_led": MOST_LED, "least_stars": MOST_STARS}


@dataclass(frozen=True, kw_only=True)
class CategoryTerms:
    """A kind of the federation's list within a call; None asks for nothing."""

    kind: CommendationKind
    places: int
    per_association: int | None = None
    least_minutes: int | None = None
    least_years: int | None = None
    least_led: int | None = None
    least_stars: int | None = None
    needs_dues: bool = False


@dataclass(frozen=True, kw_only=True)
class CriterionTerms:
    name: str
    points: int
    description: str = ""


@dataclass(frozen=True, kw_only=True)
class Terms:
    """All that a call says; a draft may lack categories and criteria still."""

    title: str
    basis: str
    body: str
    contact: str
    start_on: date
    end_on: date
    opens_on: date
    closes_on: date
    by_groups: bool = True
    by_members: bool = False
    by_anyone: bool = False
    keeps_own_out: bool = True
    categories: Sequence[CategoryTerms] = ()
    criteria: Sequence[CriterionTerms] = ()


OWN = tuple(one.name for one in fields(Terms) if one.name not in ("categories", "criteria"))
DAYS = ("start_on", "end_on", "opens_on", "closes_on")
MINIMUMS = ("least_minutes", "least_years", "least_led", "least_stars")
OF_CATEGORY = ("places", "per_association", *MINIMUMS, "needs_dues")


def checked(terms: Terms, root_id: int) -> dict[str, Any]:
    """The call's own values as they are kept."""
    said = {name: getattr(terms, name) for name in OWN}
    for name in LIMITS:
        said[name] = _words(said[name], name)
    _check_days(terms)
    _check_categories(terms.categories, root_id)
    _check_criteria(terms.criteria)
    return said


def _words(value: str, name: str) -> str:
    plain = printable(value).strip()
    kept = plain if name == "body" else " ".join(plain.split())
    if is_blank(kept):
        raise RuleError(name, MISSING[name])
    if len(kept) > LIMITS[name]:
        raise RuleError(name, _("At most %(count)s characters", count=LIMITS[name]))
    return kept


def _check_days(terms: Terms) -> None:
    if terms.end_on < terms.start_on:
        raise RuleError("end_on", lazy("The period ends before it begins."))
    if terms.closes_on < terms.opens_on:
        raise RuleError("closes_on", lazy("The last day lies before the first."))
    if max(terms.end_on - terms.start_on, terms.closes_on - terms.opens_on).days > LONGEST_TIME:
        raise RuleError("end_on", lazy("At most five years: check the dates."))


def _check_categories(categories: Sequence[CategoryTerms], root_id: int) -> None:
    _check_rows("categories", [one.kind.id for one in categories], lazy("Each kind stands once in a call."))
    for one in categories:
        if one.kind.association_id != root_id or one.kind.ended_on is not None:
            raise RuleError("categories", lazy("Choose a kind of the federation's list."))
        if not 1 <= one.places <= MOST_PLACES:
            raise RuleError("categories", _("“%(name)s”: say how many places there are.", name=one.kind.name))
        if one.per_association is not None and not 1 <= one.per_association <= one.places:
            message = _("“%(name)s”: one association has at most as many places as there are.", name=one.kind.name)
            raise RuleError("categories", message)
        for name in MINIMUMS:
            least = getattr(one, name)
            if least is not None and not 1 <= least <= MOST[name]:
                message = _("“%(name)s”: what is asked of the record is out of reach.", name=one.kind.name)
                raise RuleError("categories", message)


def _check_criteria(criteria: Sequence[CriterionTerms]) -> None:
    _check_rows("criteria", [one.name for one in criteria], lazy("Each criterion stands once in a call."))
    for one in criteria:
        if is_blank(one.name):
            raise RuleError("criteria", lazy("Name each criterion."))
        if len(one.name) > LONGEST_CRITERION or len(one.description) > LONGEST_DESCRIPTION:
            raise RuleError("criteria", lazy("Keep the criteria short: they stand on the review sheet."))
        if not 1 <= one.points <= MOST_POINTS:
            raise RuleError("criteria", _("“%(name)s”: from 1 to 100 points.", name=one.name))


def _check_rows(field: str, found: Iterable[Any], twice: Any) -> None:
    rows = list(found)
    if len(rows) > MOST_ROWS:
        raise RuleError(field, _("At most %(count)s rows", count=MOST_ROWS))
    if len(set(rows)) < len(rows):
        raise RuleError(field, twice)


def terms_of(call: CommendationCall) -> Terms:
    """What a call says, with those kinds that are still in the list."""
    categories = [
        CategoryTerms(kind=one.kind, **{name: getattr(one, name) for name in OF_CATEGORY})
        for one in call.categories
        if one.kind.ended_on is None
    ]
    criteria = [
        CriterionTerms(name=one.name, points=one.points, description=one.description) for one in call.criteria
    ]
    return Terms(**{name: getattr(call, name) for name in OWN}, categories=categories, criteria=criteria)


def revision_of(call: CommendationCall) -> str:
    """Another one after every change of what a call says: a form carries it, and a draft that somebody else has saved
    meanwhile is known by it.
    """
    said = [getattr(call, name) for name in OWN]
    rows = [[one.kind_id, *(getattr(one, name) for name in OF_CATEGORY)] for one in call.categories]
    judged = [[one.name, one.points, one.description] for one in call.criteria]
    return sha256(repr((said, rows, judged)).encode()).hexdigest()[:16]


def next_year(call: CommendationCall, day: date) -> Terms:
    """The same for a year later, or for as many as bring its last day to come; the years in its title with it."""
    said = terms_of(call)
    years = max(1, day.year - said.closes_on.year)
    years += _later(said.closes_on, years) < day
    moved: dict[str, Any] = {name: _later(getattr(said, name), years) for name in DAYS}
    title = re.sub(r"(?<!\d)20\d\d(?!\d)", lambda found: str(int(found[0]) + years), said.title)
    return replace(said, title=title, **moved)


def _later(day: date, years: int) -> date:
    """The same day in another year; of a leap day the day before."""
    last = 28 if (day.month, day.day) == (2, 29) else day.day
    return day.replace(year=day.year + years, day=last)
