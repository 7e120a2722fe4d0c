"""Writing a draft by paragraph: put in, changed, moved, taken out, as long as it does not stand. Never commits."""

from __future__ import annotations

from sqlalchemy import delete, func, select, update

from portal.accounts.models import Account
from portal.charters import queries
from portal.charters.models import Charter, CharterDraft, CharterParagraph
from portal.charters.moves import WRITING
from portal.charters.services import LONGEST, LONGEST_TEXT, MOST_PARAGRAPHS, TOO_LONG
from portal.charters.splitting import Piece, as_markdown
from portal.core import audit, text
from portal.core.calendar import now
from portal.core.database import change, db, hold
from portal.core.errors import RuleError
from portal.core.i18n import _


def draft_in_hand(charter: Charter) -> CharterDraft:
    """The draft that is being written, held until the transaction ends. Raises RuleError("") if there is none."""
    hold(charter)
    number = WRITING.get(charter.state)  # type: ignore[call-overload]
    draft = queries.get_draft(charter, number) if number else None
    if draft is None or draft.settled_at is not None:
        raise RuleError("", _("No draft is being written: what is consulted on or decided stands as it is."))
    return draft


def add(actor: Account, charter: Charter, body: str, *, is_heading: bool, after: str = "") -> CharterParagraph:
    """Put a paragraph in after another, or at the beginning."""
    draft, said = draft_in_hand(charter), _check(body)
    counted = select(func.count()).where(CharterParagraph.draft_id == draft.id)
    if (db.session.scalar(counted) or 0) >= MOST_PARAGRAPHS:
        raise RuleError("", _("It is too long: at most 400 articles of 4,000 characters each."))
    _check_whole(draft, said)
    place = _paragraph(draft, after).position if after else 0
    here = CharterParagraph.draft_id == draft.id
    # No two stand at one place, not even for a moment: those behind step aside before they step down.
    change(update(CharterParagraph).where(here, CharterParagraph.position > place).values(
        position=-CharterParagraph.position - 1))  # fmt: skip
    change(update(CharterParagraph).where(here, CharterParagraph.position < 0).values(
        position=-CharterParagraph.position))  # fmt: skip
    made = CharterParagraph(draft_id=draft.id, position=place + 1, body=said, is_heading=is_heading)
    db.session.add(made)
    _written(actor, charter, draft, "add", made)
    return made


def rewrite(actor: Account, charter: Charter, public_id: str, body: str, *, is_heading: bool) -> None:
    """Change a paragraph."""
    draft, said = draft_in_hand(charter), _check(body)
    found = _paragraph(draft, public_id)
    _check_whole(draft, said, instead_of=found)
    found.body, found.is_heading = said, is_heading
    _written(actor, charter, draft, "rewrite", found)


def shift(actor: Account, charter: Charter, public_id: str, *, is_up: bool) -> None:
    """Move a paragraph one place up or down; at the edge it stays."""
    draft = draft_in_hand(charter)
    found = _paragraph(draft, public_id)
    order = list(queries.paragraphs_of(draft))
    place = order.index(found) + (-1 if is_up else 1)
    if not 0 <= place < len(order):
        return
    other, mine = order[place], found.position
    theirs, found.position = other.position, -1
    db.session.flush()
    other.position = mine
    db.session.flush()
    found.position = theirs
    _written(actor, charter, draft, "move", found)


def remove(actor: Account, charter: Charter, public_id: str) -> None:
    """Take a paragraph out; in the difference to the draft before it stands as taken out."""
    draft = draft_in_hand(charter)
    found = _paragraph(draft, public_id)
    _written(actor, charter, draft, "remove", found)
    db.session.execute(delete(CharterParagraph).where(CharterParagraph.id == found.id))


def _paragraph(draft: CharterDraft, public_id: str) -> CharterParagraph:
    found = queries.get_paragraph(draft, public_id)
    if found is None:
        raise RuleError("", _("This paragraph is not there any more."))
    return found


def _check(body: str) -> str:
    said = text.printable(body).strip()
    if text.is_blank(said):
        raise RuleError("body", _("Write the paragraph."))
    if len(said) > LONGEST["body"]:
        raise RuleError("body", _("At most %(count)s characters", count=LONGEST["body"]))
    return said


def _check_whole(draft: CharterDraft, said: str, instead_of: CharterParagraph | None = None) -> None:
    """The whole text fits where it will be shown: nothing of it is ever cut."""
    others = [Piece(one.body, one.is_heading) for one in queries.paragraphs_of(draft) if one is not instead_of]
    if len(as_markdown([*others, Piece(said, is_heading=True)])) > LONGEST_TEXT:
        raise RuleError("body", TOO_LONG)


def _written(actor: Account, charter: Charter, draft: CharterDraft, how: str, what: CharterParagraph) -> None:
    draft.written_by_id, draft.written_at = actor.person_id, now()
    db.session.flush()
    changes = {"draft": draft.number, "how": how, "paragraph": what.public_id}
    audit.record(actor, "charters.write", charter, changes)
