"""Letters of appointment: issued for a term under a number of the association's year, void when it is over."""

from __future__ import annotations

from datetime import date
from typing import Any

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core.audit import record
from portal.core.calendar import now, today
from portal.core.database import db
from portal.core.documents import missing_glyphs
from portal.core.errors import RuleError
from portal.core.i18n import lazy, lazy_pgettext
from portal.core.labels import Labelled
from portal.members.numbers import advance
from portal.people.models import Person
from portal.verification.codes import new_code
from portal.verification.models import VerifiableCode
from portal.volunteers import queries
from portal.volunteers.models import AppointmentLetter, Volunteer

KIND = "letter"  # of the codes on letters


class VoidReason(Labelled):
    """Why a letter is no longer in force."""

    RENEWED = "renewed", lazy_pgettext("letter", "Renewed by another letter")
    ENDED = "ended", lazy_pgettext("letter", "Service ended")
    CORRECTED = "corrected", lazy_pgettext("letter", "Printed anew with corrected data")
    IN_ERROR = "in_error", lazy_pgettext("letter", "Issued in error")
    REMOVED = "removed", lazy_pgettext("letter", "Record deleted")


def issue(
    actor: Account | None,
    volunteer: Volunteer,
    person: Person,
    association: Association,
    start_on: date,
    *,
    replaces: VoidReason = VoidReason.CORRECTED,
) -> AppointmentLetter:
    """A letter for the volunteer's term; the one in force before it is void.

    Its number is one of the association's year without a gap: the counter goes up in the same transaction. Raises
    RuleError for a name that cannot be printed. The volunteer's row is held by the caller.
    """
    check_printable(person, association)
    earlier = queries.live_letter(volunteer.id)
    if earlier is not None:
        void(actor, earlier, replaces, person.id)
    letter = AppointmentLetter(
        number=next_number(association, today()),
        volunteer_id=volunteer.id,
        association_id=association.id,
        code=VerifiableCode(code=new_code(), kind=KIND),
        start_on=start_on,
        end_on=volunteer.term_end_on,
        snapshot=snapshot_of(person, association),
        issued_on=today(),
        issued_by_id=actor.person_id if actor else None,
    )
    db.session.add(letter)
    db.session.flush()
    record(actor, "volunteers.issue_letter", letter, {"number": letter.number}, person_id=person.id)
    return letter


def void(actor: Account | None, letter: AppointmentLetter, reason: VoidReason, person_id: int) -> None:
    """A letter is out of force for good: whoever verifies it reads that."""
    letter.voided_at, letter.void_reason = now(), reason
    db.session.flush()
    record(actor, "volunteers.void_letter", letter, {"reason": reason}, person_id=person_id)


def snapshot_of(person: Person, association: Association) -> dict[str, Any]:
    """What is printed, and stays printed whatever is renamed later."""
    return {"name": person.name, "association": association.name}


def unprintable(person: Person, association: Association) -> list[str]:
    """The characters of a letter that the fonts lack, each with its code point."""
    missing = missing_glyphs("".join(snapshot_of(person, association).values()))
    return [f"{character} (U+{ord(character):04X})" for character in missing]


def check_printable(person: Person, association: Association) -> None:
    missing = unprintable(person, association)
    if missing:
        message = lazy(
            "The letter of %(name)s cannot be printed: the fonts lack %(characters)s.",
            name=person.name,
            characters=" ".join(missing),
        )
        raise RuleError("", message)


def next_number(association: Association, day: date) -> str:
    """聘字〔2026〕第000123号, headed by the association's code, so that no two associations give the same."""
    stem = f"{association.code.upper()}聘字〔{day.year}〕第{{serial}}号"
    return stem.replace("{serial}", f"{advance(stem, 1):06}")
