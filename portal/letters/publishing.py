"""An answer in public, where the writer agreed: without names, in the chain of what was published."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select

from portal.accounts.models import Account
from portal.core import text
from portal.core.calendar import now
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import lazy
from portal.core.search import normalise
from portal.letters.models import Letter, LetterAbout, LetterStep, StepKind
from portal.letters.moves import hold, move
from portal.transparency import services as transparency
from portal.transparency.kinds import Publication, lists, names, proves
from portal.transparency.models import ChainKind

LONGEST, TITLE = 3000, 40
DIGITS = re.compile(r"\D+")
FULL_NAME = 3  # characters of a Chinese name whose given name alone tells who it is


def publish(actor: Account, letter: Letter, question: str, answer: str) -> None:
    """Publish question and answer as they were edited. Raises RuleError where the writer did not agree, where a name
    stands in them, and of a letter about somebody: they would read it.
    """
    if not letter.may_publish:
        raise RuleError("", lazy("The writer did not agree to this."))
    hold(letter)
    if db.session.scalar(select(LetterAbout.id).where(LetterAbout.letter_id == letter.id).limit(1)):
        raise RuleError("", lazy("A letter about somebody is not published."))
    said: dict[str, Any] = {
        "public_question": _said(letter, question, "question"),
        "public_answer": _said(letter, answer, "answer"),
    }
    kept = json.dumps(content(**said), ensure_ascii=False)
    move(actor, letter, StepKind.PUBLISHED, Letter.published_at.is_(None), body=kept, published_at=now(), **said)
    version = len(_published(letter.id))
    transparency.enter(ChainKind.LETTER, letter.association_id, letter.public_id, version, proof(letter))


def unpublish(actor: Account | None, letter: Letter) -> None:
    """Take it out of public again. It stays in the chain that it was there."""
    move(actor, letter, StepKind.UNPUBLISHED, Letter.published_at.is_not(None), published_at=None)


def _published(letter_id: int) -> Sequence[LetterStep]:
    """Each time that it was published, in order, with what was published then."""
    wanted = LetterStep.letter_id == letter_id, LetterStep.kind == StepKind.PUBLISHED
    return db.session.scalars(select(LetterStep).where(*wanted).order_by(LetterStep.id)).all()


def content(public_question: str, public_answer: str) -> dict[str, str]:
    """What the chain keeps the digest of."""
    return {"question": public_question, "answer": public_answer}


def proof(letter: Letter) -> dict[str, str]:
    return content(letter.public_question, letter.public_answer)


@proves(ChainKind.LETTER, "letters.answer_page", "public_id")
def _prove(document: str, version: int) -> Mapping[str, Any] | None:
    """The last time as the letter has it; what was published before that, as it was written down then."""
    letter = db.session.scalar(select(Letter).where(Letter.public_id == document))
    times = _published(letter.id) if letter is not None else ()
    if letter is None or not 0 < version <= len(times):
        return None
    if version == len(times):
        return proof(letter)
    before: Mapping[str, Any] = json.loads(times[version - 1].body or "{}")
    return before


@lists(ChainKind.LETTER)
def _publications() -> Iterator[Publication]:
    """Those that stand in public now, each with how often it was published."""
    times = select(LetterStep.letter_id, func.count().label("times")).where(LetterStep.kind == StepKind.PUBLISHED)
    counted = times.group_by(LetterStep.letter_id).subquery()
    columns = (Letter.association_id, Letter.public_id, counted.c.times, Letter.published_at)
    statement = select(*columns).join(counted, counted.c.letter_id == Letter.id)
    for row in db.session.execute(statement.where(Letter.published_at.is_not(None)).order_by(Letter.id)):
        yield Publication(*row)


@names(ChainKind.LETTER)
def _titles(documents: Sequence[str]) -> dict[str, str]:
    """How the question begins; nothing of what was taken out of public."""
    shown = Letter.public_id.in_(documents), Letter.published_at.is_not(None)
    statement = select(Letter.public_id, Letter.public_question).where(*shown)
    rows = db.session.execute(statement)
    return {row.public_id: " ".join(row.public_question.split())[:TITLE] for row in rows}


def _said(letter: Letter, said: str, field: str) -> str:
    plain = text.printable(said).strip()[:LONGEST]
    if len(plain) < 2 or text.is_blank(plain):
        raise RuleError(field, lazy("Write it as everybody may read it."))
    if names_writer(letter, plain):
        raise RuleError(field, lazy("The writer's name, phone or e-mail address stands in it. Take it out."))
    return plain


def names_writer(letter: Letter, said: str) -> bool:
    """Whether the text tells who wrote: the name (of three characters the given name too), the phone, the e-mail."""
    plain, digits = normalise(said), DIGITS.sub("", unicodedata.normalize("NFKC", said))
    name = normalise(letter.name or "")
    told = [name] if len(name) > 1 else []
    if len(name) == FULL_NAME and text.is_chinese(name):
        told.append(name[1:])
    if letter.email:
        told.append(normalise(letter.email))
    phone = DIGITS.sub("", letter.phone or "")
    return any(one in plain for one in told) or (bool(phone) and phone in digits)
