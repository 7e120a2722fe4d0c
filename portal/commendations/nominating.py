"""An association puts somebody forward, or takes it back while the call is open. Raises RuleError; never commits."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import update

from portal.accounts.models import Account
from portal.associations.models import Association, Group
from portal.commendations import evidence, nomination_queries
from portal.commendations.models import (
    CallCategory,
    CallState,
    CommendationCall,
    Nomination,
    NominationState,
    Scope,
    Suggestion,
    SuggestionState,
)
from portal.core import audit
from portal.core.calendar import now, today
from portal.core.database import add_single, change, db, hold
from portal.core.documents import missing_glyphs
from portal.core.errors import RuleError
from portal.core.formats import date_long
from portal.core.i18n import _, lazy
from portal.core.text import is_blank, printable
from portal.offices.access import can
from portal.people.models import Person

RIGHT = "commendations.propose"
LONGEST_NAME, LONGEST_REASON, LEAST_REASON = 60, 2000, 10


@dataclass(frozen=True, kw_only=True)
class Terms:
    """Who is put forward (a person, a group, or the association itself), under what name, why."""

    name: str
    reason: str
    person: Person | None = None
    group: Group | None = None
    key: str | None = None


def nominate(
    actor: Account,
    category: CallCategory,
    association: Association,
    terms: Terms,
    suggestion: Suggestion | None = None,
) -> Nomination:
    """Put somebody forward, once each; sent twice, it is the same nomination. A suggestion is taken up by it.

    Raises RuleError by the field: name, reason, person, group; and without a field where the call takes none, where
    the association has put forward as many as it may, and for oneself.
    """
    call = db.session.get_one(CommendationCall, category.call_id)
    check_open(call, association)
    _check_actor(actor, association, terms)
    terms = _checked(terms)
    _check_nominee(category, call, association, terms)
    hold(category)  # one at a time, so that an association stays within its number
    hold(call, shared=True)
    check_open(call, association)
    known = nomination_queries.find_live(category.id, association.id, terms.person, terms.group)
    if known is not None:
        return _known(actor, known, terms, suggestion)
    made = _enter(actor, category, association, terms)
    if suggestion is not None:
        take_up(actor, suggestion, made)
    return made


def withdraw(actor: Account, nomination: Nomination, reason: str) -> None:
    """Take a nomination back, with a reason, while nominations are taken or reviewed. It stays in the record."""
    association = db.session.get_one(Association, nomination.association_id)
    if not can(actor, RIGHT, association, whole=True):
        raise RuleError("", lazy("Whoever puts forward for the association takes it back."))
    said = words(reason, "reason", lazy("Write why it is taken back."))
    end(nomination, said)
    audit.record(
        actor, "commendations.withdraw_nomination", nomination, {"reason": said}, person_id=nomination.person_id
    )


def end(nomination: Nomination, reason: str, of: tuple[NominationState, ...] = (NominationState.NOMINATED,)) -> None:
    """A nomination ends before it is decided: of two who decide at once, one does."""
    waits = update(Nomination).where(Nomination.id == nomination.id, Nomination.state.in_(of))
    if change(waits.values(state=NominationState.WITHDRAWN, end_reason=reason)) != 1:
        raise RuleError("", lazy("It was chosen, decided or taken back already."))
    db.session.refresh(nomination, ["state", "end_reason"])


def take_up(actor: Account, suggestion: Suggestion, nomination: Nomination) -> None:
    """A suggestion was followed: its nominee is put forward."""
    if (suggestion.category_id, suggestion.association_id) != (nomination.category_id, nomination.association_id):
        raise RuleError("", lazy("This suggestion is for another category or association."))
    answer(actor, suggestion, SuggestionState.TAKEN_UP, "", nomination)


def decline(actor: Account, suggestion: Suggestion, reason: str) -> None:
    """A suggestion is not followed; whoever made it reads why."""
    association = db.session.get_one(Association, suggestion.association_id)
    if not can(actor, RIGHT, association, whole=True):
        raise RuleError("", lazy("Whoever puts forward for the association answers this."))
    said = words(reason, "answer", lazy("Write why, so that whoever spoke for them understands."))
    answer(actor, suggestion, SuggestionState.DECLINED, said, None)


def answer(
    actor: Account, suggestion: Suggestion, state: SuggestionState, said: str, nomination: Nomination | None
) -> None:
    """A suggestion is answered once, and not by whoever it is about."""
    if is_meant(actor, suggestion):
        raise RuleError("", lazy("This is about you, or somebody of your name: another officer answers."))
    waiting = update(Suggestion).where(Suggestion.id == suggestion.id, Suggestion.state == SuggestionState.WAITING)
    values = {"state": state, "answer": said, "nomination_id": nomination.id if nomination else None}
    if change(waiting.values(**values, answered_at=now(), answered_by_id=actor.person_id)) != 1:
        raise RuleError("", lazy("Somebody answered this suggestion already."))
    db.session.refresh(suggestion)
    audit.record(actor, f"commendations.{state}", suggestion, {"answer": said})


def is_meant(actor: Account, suggestion: Suggestion) -> bool:
    """Whether the words name the officer. The register is not open to whoever spoke: the name is all there is."""
    named, own = ("".join(one.split()).casefold() for one in (suggestion.nominee, actor.name))
    return bool(own) and own in named


def check_open(call: CommendationCall, association: Association) -> None:
    """Whether the association can put forward in the call now. Raises RuleError("")."""
    if call.state != CallState.OPEN:
        raise RuleError("", lazy("This call takes no nominations."))
    home = db.session.get_one(Association, call.association_id)
    if not association.path.startswith(home.path):
        raise RuleError("", lazy("This call is of another part of the federation."))
    day = today(home.time_zone)
    if day < call.opens_on:
        raise RuleError("", _("Nominations are taken from %(day)s on.", day=date_long(call.opens_on)))
    if day > call.closes_on:
        raise RuleError("", _("Nominations were taken until %(day)s.", day=date_long(call.closes_on)))


def words(said: str, field: str, missing: object) -> str:
    """A few words at least, and not endless. Raises RuleError by the field."""
    said = printable(said).strip()
    if is_blank(said) or len(said) < LEAST_REASON:
        raise RuleError(field, missing)
    if len(said) > LONGEST_REASON:
        raise RuleError(field, _("At most %(count)s characters", count=LONGEST_REASON))
    return said


def _check_actor(actor: Account, association: Association, terms: Terms) -> None:
    if not can(actor, RIGHT, association, whole=True):
        raise RuleError("", lazy("Whoever puts forward for the association does this."))
    if terms.person is not None and terms.person.id == actor.person_id:
        raise RuleError("person", lazy("Nobody puts themselves forward: another officer does."))


def _checked(terms: Terms) -> Terms:
    name = printable(terms.name).strip()
    if is_blank(name):
        raise RuleError("name", lazy("Write the name as it is to stand on the certificate."))
    if len(name) > LONGEST_NAME or "\n" in name:
        raise RuleError("name", _("One line of at most %(count)s characters", count=LONGEST_NAME))
    missing = missing_glyphs(name)
    if missing:
        raise RuleError(
            "name", _("No certificate can show %(characters)s: no font has it.", characters=" ".join(missing))
        )
    reason = words(terms.reason, "reason", lazy("Write in a few sentences what they did."))
    return replace(terms, name=name, reason=reason)


def _check_nominee(category: CallCategory, call: CommendationCall, association: Association, terms: Terms) -> None:
    scope = category.kind.scope
    if scope in (Scope.INDIVIDUAL, Scope.CHAIR):
        if terms.person is None or terms.group is not None:
            raise RuleError("person", lazy("Choose the person."))
        if not evidence.belongs(terms.person, association, scope, call):
            raise RuleError("person", lazy("They are not of this association, or not within the call's period."))
    elif scope == Scope.COLLECTIVE:
        if terms.group is None or terms.person is not None:
            raise RuleError("group", lazy("Choose the group."))
        if terms.group.association_id != association.id or terms.group.ended_on is not None:
            raise RuleError("group", lazy("This group is of another association, or was dissolved."))
    elif terms.person is not None or terms.group is not None:
        raise RuleError("", lazy("In this category the association itself is put forward."))


def _evidence(call: CommendationCall, association: Association, terms: Terms) -> evidence.Facts | evidence.TeamFacts:
    if terms.person is not None:
        return evidence.facts_of(terms.person, call)
    return evidence.team_facts(call, association, terms.group)


def _enter(actor: Account, category: CallCategory, association: Association, terms: Terms) -> Nomination:
    """One more of the association's, if it may put forward one; called while the category is held."""
    _check_count(category, association)
    call = db.session.get_one(CommendationCall, category.call_id)
    made = Nomination(
        call_id=call.id, category_id=category.id, association_id=association.id, name=terms.name, reason=terms.reason,
        person_id=terms.person.id if terms.person else None, group_id=terms.group.id if terms.group else None,
        evidence=_evidence(call, association, terms).kept(), nominated_by_id=actor.person_id, key=terms.key,
    )  # fmt: skip
    if not add_single(made):
        raise RuleError("", lazy("This nominee stands in this category already, or the form was used."))
    audit.record(actor, "commendations.nominate", made, {"name": terms.name}, person_id=made.person_id)
    return made


def _known(actor: Account, known: Nomination, terms: Terms, suggestion: Suggestion | None) -> Nomination:
    """The form that was sent before, or a suggestion for somebody who stands there already; else it is said."""
    if suggestion is not None and suggestion.state == SuggestionState.WAITING:
        take_up(actor, suggestion, known)
        return known
    if terms.key and known.key == terms.key:
        return known
    raise RuleError("person" if terms.person else "", lazy("This nominee stands in this category already."))


def _check_count(category: CallCategory, association: Association) -> None:
    most = category.per_association
    if most is not None and nomination_queries.count_live(category.id, association.id) >= most:
        raise RuleError("", _("Your association puts forward at most %(count)s in this category.", count=most))
