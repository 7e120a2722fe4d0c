"""Who sees a letter: whoever may answer letters at its association or above, or was given it from above; never, in
no list, count, file or page, somebody whom it is about.

Every question that an office asks about letters begins here.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.associations.queries import in_subtree
from portal.core.database import db
from portal.letters.models import Letter, LetterAbout, LetterStep
from portal.offices.access import can, grants_of, visible
from portal.offices.rights import gives

RIGHT = "letters.answer"


def is_about(person_id: int) -> ColumnElement[bool]:
    """Letters about this person. They are taken out of everything that the person is shown."""
    named = select(LetterAbout.id).where(LetterAbout.letter_id == Letter.id, LetterAbout.person_id == person_id)
    return named.exists()


def below(account: Account, association: Association) -> Select[Any]:
    """The letters of the association and of those below it, archived ones too: what was answered is read."""
    here = select(Association.id).where(in_subtree(association.path))
    statement = select(Letter).where(Letter.association_id.in_(here), ~is_about(account.person_id))
    return visible(statement, account, RIGHT, Letter, also_archived=True)


def at(account: Account, association: Association) -> Select[Any]:
    """The association's own letters."""
    statement = select(Letter).where(Letter.association_id == association.id, ~is_about(account.person_id))
    return visible(statement, account, RIGHT, Letter)


def seen(account: Account, association: Association) -> Select[Any]:
    """The letters that can be opened in this office: of its branch, and those from above given to the reader."""
    here = select(Association.id).where(in_subtree(association.path))
    letters = select(Letter.id).where(Letter.association_id.in_(here))
    branch = visible(letters, account, RIGHT, Letter, also_archived=True).whereclause
    given = and_(Letter.assigned_to_id == account.person_id, Letter.association_id.in_(association.path_ids))
    return select(Letter).where(or_(branch, given), ~is_about(account.person_id))  # type: ignore[arg-type]


def deals(account: Account, letter: Letter) -> bool:
    """Whether the reader deals with it, and so learns who wrote: an officer there, or to whom it was given."""
    if letter.assigned_to_id == account.person_id:
        return True
    own = (one for one in grants_of(account) if one.association_id == letter.association_id and one.group_id is None)
    return any(gives(one.position, RIGHT) for one in own)


def is_office(account: Account, letter: Letter) -> bool:
    """Whether the reader is on the office's side of it: entered it, took a step of it, was given it, or may answer
    letters where it came in or lies now. Whoever entered it for a caller knows the reference, and is no writer.
    """
    if account.person_id in (letter.entered_by_id, letter.assigned_to_id):
        return True
    taken = select(LetterStep.id).where(LetterStep.letter_id == letter.id, LetterStep.by_id == account.person_id)
    if db.session.scalar(select(taken.exists())):
        return True
    return any(can(account, RIGHT, one) for one in (letter.association, letter.received_by))
