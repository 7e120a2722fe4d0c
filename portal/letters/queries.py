"""Reading letters: the office's list, one with its steps, the writer's own, what is published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from portal.accounts.models import Account
from portal.applications.drafts import meant
from portal.associations import ties
from portal.associations.models import Association
from portal.associations.queries import ESCAPE, in_subtree
from portal.core.calendar import DEFAULT_ZONE, add_working_days, today
from portal.core.database import db
from portal.core.i18n import ngettext
from portal.letters import routing, sight
from portal.letters.models import Letter, LetterAbout, LetterChannel, LetterKind, LetterState, LetterStep, StepKind
from portal.letters.moves import OPEN
from portal.offices.access import can, live
from portal.offices.models import Appointment
from portal.offices.queries import by_position
from portal.people.models import Person

SHOWN = (joinedload(Letter.association), joinedload(Letter.assigned_to))
MOST_CHOICES = 200
EARLIEST, LATEST = date(1900, 1, 1), date(9999, 12, 30)
SOON = 3  # working days before the due date


@dataclass(frozen=True)
class Asked:
    """What the address of the list asks for; what is left out is not asked. Without a state: all that wait."""

    state: str = ""
    kind: str = ""
    channel: str = ""
    assigned: str = ""  # me, nobody
    start: date | None = None
    end: date | None = None
    words: str = ""

    @property
    def is_filtered(self) -> bool:
        return any((self.kind, self.channel, self.assigned, self.start, self.end, self.words))


def list_of(account: Account, association: Association, asked: Asked) -> Select[Any]:
    """The letters of a list: what waits by its due date, so that what is overdue stands on top; the rest the latest
    first.
    """
    waits = asked.state not in (LetterState.ANSWERED, LetterState.CLOSED)
    states = (asked.state,) if asked.state in set(LetterState) else OPEN
    statement = _asked(account, association, asked).where(Letter.state.in_(states)).options(*SHOWN)
    return statement.order_by(Letter.due_on, Letter.id) if waits else statement.order_by(Letter.id.desc())


def count_by_state(account: Account, association: Association, asked: Asked) -> dict[str, int]:
    statement = _asked(account, association, asked).with_only_columns(Letter.state, func.count())
    return dict(db.session.execute(statement.group_by(Letter.state)).all())


def _asked(account: Account, association: Association, asked: Asked) -> Select[Any]:
    given_to_me = asked.assigned == "me"
    statement = sight.seen(account, association) if given_to_me else sight.below(account, association)
    return statement.where(*_conditions(account, asked))


def _conditions(account: Account, asked: Asked) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if asked.kind in set(LetterKind):
        found.append(Letter.kind == asked.kind)
    if asked.channel in set(LetterChannel):
        found.append(Letter.channel == asked.channel)
    if asked.assigned == "me":
        found.append(Letter.assigned_to_id == account.person_id)
    if asked.assigned == "nobody":
        found.append(Letter.assigned_to_id.is_(None))
    if asked.start:
        found.append(Letter.received_at >= begin_of(asked.start))
    if asked.end:
        found.append(Letter.received_at < begin_of(min(asked.end, LATEST) + timedelta(days=1)))
    if asked.words:
        found.append(or_(_holds(Letter.subject, asked.words), Letter.reference == meant(asked.words)))
    return found


def begin_of(day: date) -> datetime:
    """Its first moment; what no calendar of ours holds is as good as the first or last day of one."""
    return datetime.combine(min(max(day, EARLIEST), LATEST), time(), ZoneInfo(DEFAULT_ZONE))


def _holds(column: Any, words: str) -> ColumnElement[bool]:
    plain = words.replace(ESCAPE, ESCAPE * 2).replace("%", ESCAPE + "%").replace("_", ESCAPE + "_")
    found: ColumnElement[bool] = column.ilike(f"%{plain}%", escape=ESCAPE)
    return found


def get(account: Account, association: Association, public_id: str) -> Letter | None:
    """One that the account may see in this office."""
    statement = sight.seen(account, association).where(Letter.public_id == public_id)
    found: Letter | None = db.session.scalar(statement.options(*SHOWN, joinedload(Letter.received_by)))
    return found


def get_by_reference(reference: str) -> Letter | None:
    """For the writer, who has it."""
    statement = select(Letter).where(Letter.reference == reference)
    return db.session.scalar(statement.options(joinedload(Letter.association), joinedload(Letter.received_by)))


def list_of_writer(person_id: int) -> Select[Any]:
    """The letters that somebody wrote with the own name while signed in."""
    statement = select(Letter).where(Letter.person_id == person_id).options(joinedload(Letter.association))
    return statement.order_by(Letter.id.desc())


def list_steps(letter: Letter, *, shown: bool = False) -> Sequence[Any]:
    """The steps in their order, with the names of who took them and of where they led; `shown`: to the writer."""
    by, to_person, to = aliased(Person), aliased(Person), aliased(Association)
    statement = (
        select(LetterStep, by.name.label("by"), to_person.name.label("whom"), to.name.label("place"))
        .outerjoin(by, by.id == LetterStep.by_id)
        .outerjoin(to_person, to_person.id == LetterStep.to_person_id)
        .outerjoin(to, to.id == LetterStep.to_association_id)
        .where(LetterStep.letter_id == letter.id)
    )
    statement = statement.where(LetterStep.is_shown) if shown else statement
    return db.session.execute(statement.order_by(LetterStep.id)).all()


@ties.stays_open
def _tell_open(association: Association) -> str:
    count = ties.count_at(association, Letter, Letter.state.in_(OPEN))
    return ngettext("%(num)d letter without an answer", "%(num)d letters without an answer", count) if count else ""


def was_put_off(letter: Letter) -> bool:
    statement = select(LetterStep.id).where(LetterStep.letter_id == letter.id, LetterStep.kind == StepKind.PUT_OFF)
    return db.session.scalar(statement.limit(1)) is not None


def list_assignable(letter: Letter) -> list[Appointment]:
    """Officers of the letter's association and of those below it who may answer letters, and those above whose office
    reaches there; each once, and nobody whom it is about.
    """
    here = db.session.get_one(Association, letter.association_id)
    about = select(LetterAbout.person_id).where(LetterAbout.letter_id == letter.id)
    statement = (
        _officers()
        .join(Account, (Account.person_id == Appointment.person_id) & Account.disabled_at.is_(None))
        .where(
            or_(in_subtree(here.path), Association.id.in_(here.path_ids) & Appointment.covers_subtree.is_(True)),
            Association.archived_on.is_(None),
            Appointment.position.in_(routing.ANSWERING),
            Appointment.group_id.is_(None),
            Appointment.person_id.not_in(about),
        )
    )
    found = db.session.scalars(statement.order_by(Association.path, Appointment.id).limit(MOST_CHOICES))
    return list({one.person_id: one for one in reversed(by_position(found.all()))}.values())[::-1]


def list_officers_at(association_ids: Sequence[int]) -> list[Appointment]:
    """Everybody who holds an office at these associations today: whom a letter may be about."""
    statement = _officers().where(Appointment.association_id.in_(association_ids))
    return by_position(db.session.scalars(statement.order_by(Association.path, Appointment.id)).all())


def _officers() -> Select[Any]:
    return (
        select(Appointment)
        .join(Association, Association.id == Appointment.association_id)
        .where(live(today()))
        .options(joinedload(Appointment.person), joinedload(Appointment.association), joinedload(Appointment.group))
    )


# Work list


def questions(account: Account, association: Association) -> dict[str, Select[Any]]:
    """What the work list asks of the association's own letters."""
    if not can(account, sight.RIGHT, association):
        return {}
    day = today()
    waits = sight.at(account, association).where(Letter.state.in_(OPEN))
    new = sight.at(account, association).where(Letter.state == LetterState.RECEIVED)
    soon = waits.where(Letter.due_on >= day, Letter.due_on <= add_working_days(day, SOON))
    return {
        "letters_new": _count(new),
        "letters_oldest": new.with_only_columns(func.min(Letter.received_at)),
        "letters_soon": _count(soon),
        "letters_due_on": soon.with_only_columns(func.min(Letter.due_on)),
        "letters_overdue": _count(waits.where(Letter.due_on < day)),
    }


def _count(statement: Select[Any]) -> Select[Any]:
    return statement.with_only_columns(func.count())


# Published answers

PUBLIC: tuple[Any, ...] = (
    Letter.public_id,
    Letter.kind,
    Letter.public_question,
    Letter.public_answer,
    Letter.published_at,
    Letter.answered_at,
    Association.name.label("association"),
    Association.code,
)


def list_published(path: str | None, words: str) -> Select[Any]:
    """Published questions with their answers, the latest first; of a branch, and with each of the words in them."""
    statement = _published().order_by(Letter.published_at.desc(), Letter.id.desc())
    if path:
        statement = statement.where(in_subtree(path))
    for word in words.split():
        statement = statement.where(or_(_holds(Letter.public_question, word), _holds(Letter.public_answer, word)))
    return statement


def get_published(public_id: str) -> Any:
    return db.session.execute(_published().where(Letter.public_id == public_id)).one_or_none()


def _published() -> Select[Any]:
    statement: Select[Any] = select(*PUBLIC).join(Association, Association.id == Letter.association_id)
    return statement.where(Letter.published_at.is_not(None))
