"""Conflict of interest: whoever a letter is about is named and sees nothing of it, and it goes past them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import lazy
from portal.letters import publishing, routing
from portal.letters.models import Letter, LetterAbout, LetterStep, StepKind
from portal.letters.moves import OVER, hold, move
from portal.people.models import Person


def about_ids(letter: Letter) -> set[int]:
    """Whom the letter is about."""
    return set(db.session.scalars(select(LetterAbout.person_id).where(LetterAbout.letter_id == letter.id)))


def list_about(letter: Letter) -> Sequence[Person]:
    named = select(LetterAbout.person_id).where(LetterAbout.letter_id == letter.id)
    return db.session.scalars(select(Person).where(Person.id.in_(named)).order_by(Person.sort_key)).all()


def went_past(letter: Letter) -> set[int]:
    """The associations that the letter went past by the rule: it does not come back to them."""
    steps = select(LetterStep.from_association_id).where(
        LetterStep.letter_id == letter.id, LetterStep.kind == StepKind.PASSED_ON, LetterStep.by_id.is_(None)
    )
    return {one for one in db.session.scalars(steps) if one is not None}


def name_people(actor: Account, letter: Letter, people: Collection[Person]) -> None:
    """Say whom the letter is about, oneself perhaps. They do not see it from now on, what was published is taken
    back, and where nobody is left, or it is about the chair, it goes to the association above. Raises RuleError.
    """
    hold(letter)
    known = about_ids(letter)
    new = [person for person in people if person.id not in known]
    if not new:
        raise RuleError("person", lazy("Choose whom the letter is about."))
    move(actor, letter, StepKind.CONFLICT)
    db.session.add_all(
        LetterAbout(letter_id=letter.id, person_id=person.id, named_by_id=actor.person_id) for person in new
    )
    db.session.refresh(letter, ["assigned_to_id", "published_at"])  # as it is by now
    if letter.assigned_to_id in {person.id for person in new}:
        letter.assigned_to_id = None
    db.session.flush()
    if letter.published_at is not None:
        publishing.unpublish(actor, letter)
    go_past(letter)


def go_past(letter: Letter) -> Association | None:
    """Pass it on to where it can be dealt with; the association, or none where it may stay."""
    about = about_ids(letter)
    if not about or letter.state in OVER[1:]:
        return None
    here = db.session.get_one(Association, letter.association_id)
    to = routing.place(here, about)
    if to.id == here.id:
        return None
    move_to(None, letter, to)
    return to


def move_to(actor: Account | None, letter: Letter, to: Association, body: str = "") -> None:
    """Give it to another association. Nobody there has it yet; the due date is the same."""
    goes = {"from_association_id": letter.association_id, "to_association_id": to.id}
    values = {"association_id": to.id, "assigned_to_id": None}
    move(actor, letter, StepKind.PASSED_ON, body=body, goes=goes, **values)
    db.session.expire(letter, ["association"])  # by the statement it is another one
