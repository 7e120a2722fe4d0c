"""Reading bank files and their lines, and what is owed to match them with."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from portal.associations.models import Association
from portal.bank.matching import Owed
from portal.bank.models import BankFile, BankLine, FileState, LineState
from portal.core.database import db
from portal.core.jobs import Job
from portal.dues.models import Charge
from portal.dues.queries import IS_OPEN, OPEN_FEN
from portal.ledger.models import DuesPeriod
from portal.members.models import Membership
from portal.payments.models import Payment
from portal.people.models import Affiliation, AffiliationKind, Person

Member = aliased(Person)
# A member's number without what stands between its letters and digits.
COMPACT = func.replace(func.replace(func.replace(func.upper(Membership.number), "-", ""), "/", ""), ".", "")
REMEMBERED = 20  # so many of the last files are asked what a heading means
SHOWN = (
    joinedload(BankLine.payment).joinedload(Payment.payer),
    joinedload(BankLine.decider),
    joinedload(BankLine.file),
)


class Told(NamedTuple):
    """As much of a line as matching asks for."""

    id: int
    booked_on: date
    amount_fen: int
    payer_name: str
    memo: str
    reference: str


def files_of(association: Association) -> Select[Any]:
    """The association's files, the latest first."""
    kept = (BankFile.association_id == association.id, BankFile.state != FileState.DISCARDED)
    return select(BankFile).where(*kept).order_by(BankFile.id.desc()).options(joinedload(BankFile.taker))


def get_file(association: Association, public_id: str) -> BankFile | None:
    kept = (BankFile.association_id == association.id, BankFile.public_id == public_id)
    loaded = (joinedload(BankFile.taker), joinedload(BankFile.association))
    return db.session.scalar(select(BankFile).where(*kept).options(*loaded))


def file_of(file_id: int) -> BankFile:
    """For work in the background."""
    statement = select(BankFile).where(BankFile.id == file_id).options(joinedload(BankFile.association))
    return db.session.scalars(statement).one()


def list_stale(before: datetime) -> Sequence[BankFile]:
    """Files whose contents have lain for their days."""
    kept = (BankFile.file_key.is_not(None), BankFile.taken_at < before)
    return db.session.scalars(select(BankFile).where(*kept)).all()


def lines(ids: Collection[int]) -> Sequence[BankLine]:
    """Lines with their association, in the order of the days."""
    statement = select(BankLine).where(BankLine.id.in_(ids)).order_by(BankLine.booked_on, BankLine.id)
    loaded = (joinedload(BankLine.association), joinedload(BankLine.file))
    return db.session.scalars(statement.options(*loaded).execution_options(populate_existing=True)).all()


def hold_waiting(ids: Collection[int]) -> Sequence[BankLine]:
    """Those of the lines that wait, with their files; nobody settles them before this transaction ends."""
    statement = select(BankLine).where(BankLine.id.in_(ids), BankLine.state == LineState.WAITING)
    held = statement.order_by(BankLine.id).with_for_update(of=BankLine, key_share=True)
    loaded = held.options(joinedload(BankLine.file)).execution_options(populate_existing=True)
    return db.session.scalars(loaded).all()


def told(ids: Collection[int]) -> list[Told]:
    """What matching asks for of those that wait, in the order of the days."""
    statement = select(*(getattr(BankLine, name) for name in Told._fields))
    statement = statement.where(BankLine.id.in_(ids), BankLine.state == LineState.WAITING)
    return [Told(*row) for row in db.session.execute(statement.order_by(BankLine.booked_on, BankLine.id))]


def standing(file: BankFile) -> str:
    """Its state, of which work that was killed is no part."""
    if file.state in (FileState.CHECKING, FileState.RUNNING):
        job = get_job(file)
        if job is None or job.state == "failed":
            return FileState.FAILED
    return file.state


def get_job(file: BankFile) -> Job | None:
    return db.session.get(Job, file.job_id) if file.job_id else None


def taken_before(file: BankFile) -> BankFile | None:
    """The same content, taken in before."""
    kept = (BankFile.association_id == file.association_id, BankFile.digest == file.digest)
    done = (BankFile.state == FileState.DONE, BankFile.id != file.id)
    return db.session.scalar(select(BankFile).where(*kept, *done).order_by(BankFile.id.desc()).limit(1))


def said_of(association: Association) -> dict[str, str]:
    """What the association said that headings mean; empty is: not taken. The latest word counts."""
    kept = (BankFile.association_id == association.id, BankFile.state == FileState.DONE)
    latest = select(BankFile.details).where(*kept).order_by(BankFile.id.desc()).limit(REMEMBERED)
    said: dict[str, str] = {}
    for details in db.session.scalars(latest):
        said = {**details.get("said", {}), **said}
    return said


def method_of(association: Association, headings: Sequence[str]) -> str | None:
    """How the money came of the last file with the same headings."""
    kept = (BankFile.association_id == association.id, BankFile.state == FileState.DONE)
    latest = select(BankFile.details, BankFile.method).where(*kept).order_by(BankFile.id.desc()).limit(REMEMBERED)
    return next((way for told, way in db.session.execute(latest) if told.get("headings") == list(headings)), None)


def counts_by_file(files: Collection[BankFile]) -> dict[int, dict[str, int]]:
    """File → state → how many of its lines."""
    statement = select(BankLine.file_id, BankLine.state, func.count()).group_by(BankLine.file_id, BankLine.state)
    found: dict[int, dict[str, int]] = {}
    for file_id, state, count in db.session.execute(statement.where(BankLine.file_id.in_([one.id for one in files]))):
        found.setdefault(file_id, {})[state] = count
    return found


def known_of(association_id: int, fingerprints: Sequence[str]) -> set[str]:
    """Which of them the association has already."""
    kept = (BankLine.association_id == association_id, BankLine.fingerprint.in_(fingerprints))
    return set(db.session.scalars(select(BankLine.fingerprint).where(*kept)))


def alike(association_id: int, days: Collection[date]) -> set[tuple[date, int, str]]:
    """Day, amount and name of the lines of these days."""
    columns = (BankLine.booked_on, BankLine.amount_fen, BankLine.payer_name)
    kept = (BankLine.association_id == association_id, BankLine.booked_on.in_(days))
    return {(day, fen, name) for day, fen, name in db.session.execute(select(*columns).where(*kept))}


def lines_of(association: Association, state: str, text: str = "", file: str = "") -> Select[Any]:
    """The association's lines in a state: what waits the oldest first, everything else the latest first."""
    statement = select(BankLine).where(BankLine.association_id == association.id, BankLine.state == state)
    if file:
        of_file = select(BankFile.id).where(BankFile.public_id == file)
        statement = statement.where(BankLine.file_id.in_(of_file))
    if text:
        said = (BankLine.payer_name, BankLine.memo, BankLine.reference)
        statement = statement.where(or_(*(column.contains(text, autoescape=True) for column in said)))
    if state == LineState.WAITING:
        return statement.order_by(BankLine.booked_on, BankLine.id)
    return statement.order_by(BankLine.booked_on.desc(), BankLine.id.desc())


def get_line(association: Association, public_id: str) -> BankLine | None:
    kept = (BankLine.association_id == association.id, BankLine.public_id == public_id)
    statement = select(BankLine).where(*kept).options(*SHOWN, joinedload(BankLine.association))
    return db.session.scalar(statement.execution_options(populate_existing=True))


def next_waiting(association: Association, after: BankLine) -> BankLine | None:
    """The line that waits after one, or the first."""
    waiting = lines_of(association, LineState.WAITING).where(BankLine.id != after.id)
    later = or_(
        BankLine.booked_on > after.booked_on, (BankLine.booked_on == after.booked_on) & (BankLine.id > after.id)
    )
    found: BankLine | None = db.session.scalar(waiting.where(later).limit(1)) or db.session.scalar(waiting.limit(1))
    return found


def waiting_ids(association_id: int, file_id: int | None = None) -> list[int]:
    """What waits, of a file or all, in the order of the days."""
    statement = select(BankLine.id).where(
        BankLine.association_id == association_id, BankLine.state == LineState.WAITING
    )
    if file_id is not None:
        statement = statement.where(BankLine.file_id == file_id)
    return list(db.session.scalars(statement.order_by(BankLine.booked_on, BankLine.id)))


def count_by_state(association: Association) -> dict[str, int]:
    kept = BankLine.association_id == association.id
    statement = select(BankLine.state, func.count()).where(kept).group_by(BankLine.state)
    return {state: int(count) for state, count in db.session.execute(statement)}


def counting_waiting(association: Association) -> dict[str, Select[Any]]:
    """How many wait: for the work list."""
    kept = (BankLine.association_id == association.id, BankLine.state == LineState.WAITING)
    return {"bank_lines": select(func.count()).select_from(BankLine).where(*kept)}


def count_waiting_in(association: Association, period: DuesPeriod) -> int:
    """How many wait that were booked in a period."""
    kept = (BankLine.association_id == association.id, BankLine.state == LineState.WAITING)
    booked = BankLine.booked_on.between(period.start_on, period.end_on)
    return int(db.session.scalar(select(func.count()).select_from(BankLine).where(*kept, booked)) or 0)


def line_of(payment_id: int) -> BankLine | None:
    """The line that became a payment."""
    return db.session.scalar(select(BankLine).where(BankLine.payment_id == payment_id).limit(1))


def owing(association: Association, *besides: ColumnElement[bool]) -> list[Owed]:
    """Every charge of the association of which something is open; `besides` limits them."""
    columns: list[Any] = [
        Charge.id, Charge.payer_id, Person.name, Charge.membership_id, Membership.number, Charge.period_id,
        Charge.due_on, OPEN_FEN, Member.name, DuesPeriod.name, Membership.organisation_name,
    ]  # fmt: skip
    statement: Select[Any] = select(*columns).join(Person, Person.id == Charge.payer_id).join(Charge.membership)
    statement = statement.join(Member, Member.id == Membership.person_id).join(Charge.period)
    statement = statement.where(Charge.association_id == association.id, *IS_OPEN, *besides)
    return [Owed(*row) for row in db.session.execute(statement)]


def members_named(association_id: int, names: Collection[str]) -> dict[str, set[int]]:
    """The members of an association by their names, whoever of them owes something."""
    live = (Affiliation.association_id == association_id, Affiliation.kind == AffiliationKind.MEMBER)
    columns: list[Any] = [Person.name, Person.id]
    named = (
        select(*columns).join(Affiliation, Affiliation.person_id == Person.id).where(*live, Person.name.in_(names))
    )
    found: dict[str, set[int]] = {}
    for name, person_id in db.session.execute(named.where(Affiliation.end_on.is_(None))):
        found.setdefault(name, set()).add(person_id)
    return found


def alike_settled(ids: Collection[int]) -> set[int]:
    """Of these lines those that another file has in day, amount and name, and that are matched there."""
    other = aliased(BankLine)
    names = ("association_id", "booked_on", "amount_fen", "payer_name")
    same = [getattr(other, name) == getattr(BankLine, name) for name in names]
    kept = (BankLine.id.in_(ids), BankLine.payer_name != "", other.state == LineState.MATCHED)
    statement = select(BankLine.id).join(other, and_(*same, other.file_id != BankLine.file_id)).where(*kept)
    return set(db.session.scalars(statement))


def is_recorded(association_id: int, reference: str) -> bool:
    """Whether a payment stands with this number of the bank."""
    kept = (Payment.association_id == association_id, Payment.bank_reference == reference)
    return db.session.scalar(select(Payment.id).where(*kept, Payment.reversed_at.is_(None)).limit(1)) is not None


def recorded_of(association_id: int, references: Collection[str]) -> set[str]:
    """Which of these numbers of the bank a payment that stands has."""
    kept = (Payment.association_id == association_id, Payment.bank_reference.in_(references))
    return set(db.session.scalars(select(Payment.bank_reference).where(*kept, Payment.reversed_at.is_(None))))


def charges(ids: Collection[int]) -> dict[int, Charge]:
    return {charge.id: charge for charge in db.session.scalars(select(Charge).where(Charge.id.in_(ids)))}


def payments(ids: Collection[int]) -> dict[int, Payment]:
    """Payments with their payers."""
    if not ids:
        return {}
    found = select(Payment).where(Payment.id.in_(ids)).options(joinedload(Payment.payer))
    return {payment.id: payment for payment in db.session.scalars(found)}


def people(ids: Collection[int]) -> dict[int, Person]:
    return {person.id: person for person in db.session.scalars(select(Person).where(Person.id.in_(ids)))}
