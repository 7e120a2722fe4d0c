"""The category, nomination and suggestion that an office address names, as its reader may have them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import abort, g, request

from portal.accounts.reader import me
from portal.associations.models import Association
from portal.associations.queries import list_groups
from portal.commendations import evidence, nomination_queries
from portal.commendations.loading import load
from portal.commendations.models import (
    CallCategory,
    CommendationCall,
    Nomination,
    NominationState,
    Suggestion,
    SuggestionState,
)
from portal.commendations.nomination_forms import FilterForm
from portal.commendations.nomination_queries import Wanted
from portal.commendations.nomination_words import Consent
from portal.core.forms import choices
from portal.core.i18n import pgettext


@dataclass(frozen=True)
class Room:
    """A category with how many the association has put forward in it."""

    category: CallCategory
    count: int

    @property
    def left(self) -> int | None:
        """How many more it may put forward; None where there is no limit."""
        most = self.category.per_association
        return None if most is None else max(0, most - self.count)


def load_opened(public_id: str) -> CommendationCall:
    """A call in which the association nominates: one that was opened."""
    call = load(public_id)
    return call if call.opened_at is not None else abort(404)


def rooms_of(call: CommendationCall) -> list[Room]:
    """All categories of a call."""
    counts = nomination_queries.count_by_category(call, g.association)
    return [Room(one, counts.get(one.id, 0)) for one in call.categories]


def room_of(call: CommendationCall, category: str) -> Room:
    return next((one for one in rooms_of(call) if one.category.public_id == category), None) or abort(404)


def of_people(call: CommendationCall) -> list[CallCategory]:
    """The categories in which people are commended."""
    return [one for one in call.categories if one.kind.scope in evidence.OF_PEOPLE]


def load_nomination(public_id: str) -> Nomination:
    return nomination_queries.get_nomination(me(), g.association, public_id) or abort(404)


def load_own_nomination(public_id: str) -> Nomination:
    """One that the association itself put forward."""
    found = load_nomination(public_id)
    return found if found.association_id == g.association.id else abort(404)


def load_suggestion(public_id: str) -> Suggestion:
    return nomination_queries.get_suggestion(me(), g.association, public_id) or abort(404)


def suggestion_asked(category: CallCategory) -> Suggestion | None:
    """The suggestion that the address says is taken up: one that waits, for this category."""
    asked = request.args.get("suggestion", "")
    if not asked:
        return None
    found = load_suggestion(asked)
    is_open = found.state == SuggestionState.WAITING and found.category_id == category.id
    return found if is_open else abort(404)


def filter_form(call: CommendationCall | None) -> FilterForm:
    """The form above the list, filled in from the address; a choice that is not there counts for all."""
    form = FilterForm(formdata=request.args)
    kinds = [(one.public_id, one.kind.name) for one in call.categories] if call else []
    form.category.choices = choices([("", pgettext("nominations", "All")), *kinds])
    if form.category.data not in dict(kinds):
        form.category.data = ""
    for field, known in ((form.state, NominationState), (form.consent, Consent)):
        if field.data not in set(known):
            field.data = ""
    return form


def wanted(form: FilterForm) -> Wanted:
    return Wanted(form.category.data or "", form.state.data or "", form.consent.data or "")


def groups_to_offer(association: Association) -> list[Any]:
    """The groups that can be chosen, with an empty choice before them."""
    found = [(one.public_id, one.name) for one in list_groups(association)]
    return choices([("", pgettext("groups", "Choose…")), *found])
