"""Somebody's record is deleted at the own request: what they were nominated for ends, and who spoke is not kept."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import update

from portal.commendations.models import Nomination, NominationState, Suggestion
from portal.core.database import change
from portal.core.i18n import _
from portal.people.models import Person

UNDECIDED = (NominationState.NOMINATED, NominationState.CHOSEN)


def forget(people: Sequence[Person], name: str) -> None:
    """A nomination that is not decided ends; of all of them nothing is left that tells who it was."""
    ids = [one.id for one in people]
    theirs = update(Nomination).where(Nomination.person_id.in_(ids))
    ended = {"state": NominationState.WITHDRAWN, "end_reason": _("The record was deleted.")}
    change(theirs.where(Nomination.state.in_(UNDECIDED)).values(**ended))
    change(theirs.values(name=name, reason="", evidence={}))
    spoken = update(Suggestion).where(Suggestion.by_person_id.in_(ids))
    change(spoken.values(name=None, phone=None))
