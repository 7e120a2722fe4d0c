"""The consent of whoever is nominated: without it no name is public and nobody is chosen. Never commits.

It is given by the nominee, on paper, or for a child by the guardian; until it is decided it is taken back as easily,
which ends the nomination. A group and an association need none.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import update

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.commendations.models import CallState, CommendationCall, Nomination, NominationState
from portal.commendations.nominating import RIGHT, end
from portal.core import audit
from portal.core.calendar import now, today
from portal.core.database import change, db
from portal.core.errors import RuleError
from portal.core.i18n import _, lazy
from portal.offices.access import can
from portal.people import queries as people
from portal.people.models import Person

ADULT_ENOUGH = 14  # under it a guardian consents (Personal Information Protection Law, article 31)
UNDECIDED = (NominationState.NOMINATED, NominationState.CHOSEN, NominationState.PASSED_OVER)
BY_SELF, BY_PAPER, BY_GUARDIAN = "self", "paper", "guardian"


def consent(actor: Account, nomination: Nomination) -> None:
    """The nominee agrees, signed in. Given twice, it stays as first given."""
    _check_own(actor, nomination)
    if is_child(_person(nomination), today()):
        raise RuleError("", lazy("For whoever is under 14 a guardian consents, on paper."))
    _give(actor, nomination, BY_SELF, None)


def enter_consent(actor: Account, nomination: Nomination, by: str) -> None:
    """An officer enters what was signed on paper: by the nominee, or by the guardian of a child."""
    association = db.session.get_one(Association, nomination.association_id)
    if not can(actor, RIGHT, association, whole=True):
        raise RuleError("", lazy("Whoever puts forward for the association enters this."))
    if nomination.person_id == actor.person_id:
        raise RuleError("", lazy("For yourself you agree on your own page."))
    if by not in (BY_PAPER, BY_GUARDIAN):
        raise RuleError("by", lazy("Say who signed."))
    if is_child(_person(nomination), today()) and by != BY_GUARDIAN:
        raise RuleError("by", lazy("For whoever is under 14 a guardian consents, on paper."))
    _give(actor, nomination, by, actor.person_id)


def refuse(actor: Account, nomination: Nomination) -> None:
    """The nominee does not want it, now or any more: the nomination ends, even chosen by the meeting or on notice.

    Whoever was not chosen may be before the call is decided: after a stop all are reviewed anew.
    """
    _check_own(actor, nomination)
    end(nomination, _("The nominee does not wish it."), of=may_end(nomination))
    nomination.consented_at, nomination.refused_at = None, now()
    audit.record(actor, "commendations.refuse", nomination, {}, person_id=nomination.person_id)


def may_end(nomination: Nomination) -> tuple[NominationState, ...]:
    """The states in which the nominee ends it: until the call is decided, then none."""
    call = db.session.get_one(CommendationCall, nomination.call_id)
    return () if call.state == CallState.DECIDED else UNDECIDED


def is_child(person: Person, day: date) -> bool:
    """Under 14, as far as the date of birth is known."""
    born = person.birth_on
    return (
        born is not None and (day.year - born.year - ((day.month, day.day) < (born.month, born.day))) < ADULT_ENOUGH
    )


def _give(actor: Account, nomination: Nomination, by: str, entered_by: int | None) -> None:
    if nomination.person_id is None:
        raise RuleError("", lazy("A group or an association needs no consent."))
    call = db.session.get_one(CommendationCall, nomination.call_id)
    if call.state not in (CallState.OPEN, CallState.REVIEW):
        raise RuleError("", lazy("It has been decided without it."))
    waiting = update(Nomination).where(
        Nomination.id == nomination.id,
        Nomination.state == NominationState.NOMINATED,
        Nomination.consented_at.is_(None),
    )
    values = {"consented_at": now(), "consent_by": by, "consent_entered_by_id": entered_by}
    if change(waiting.values(**values, consent_version=people.version_in_force())) != 1:
        db.session.refresh(nomination, ["consented_at", "state"])
        if nomination.consented_at is None:
            raise RuleError("", lazy("This nomination has ended."))
        return
    db.session.refresh(nomination, [*values, "consent_version"])
    audit.record(actor, "commendations.consent", nomination, {"by": by}, person_id=nomination.person_id)


def _check_own(actor: Account, nomination: Nomination) -> None:
    if nomination.person_id != actor.person_id:
        raise RuleError("", lazy("Only the nominee decides this."))


def _person(nomination: Nomination) -> Person:
    if nomination.person_id is None:
        raise RuleError("", lazy("A group or an association needs no consent."))
    return db.session.get_one(Person, nomination.person_id)
