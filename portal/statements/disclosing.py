"""Disclosing the yearly statement: totals of a closed book for everybody to read. Never commits.

Whoever approves dues discloses and withdraws it. It keeps the figures that were kept when the book was closed;
another one for the same period takes its place, and one that is withdrawn stays in the record with the reason.
"""

from __future__ import annotations

from sqlalchemy import select, update

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core import audit
from portal.core.calendar import now
from portal.core.database import change, db, hold
from portal.core.errors import RuleError
from portal.core.i18n import lazy
from portal.ledger import closing
from portal.ledger.models import BookState, DuesPeriod, PeriodBook
from portal.ledger.services import hold_book
from portal.offices.access import can
from portal.statements import proving
from portal.statements.models import YearStatement

RIGHT = "dues.approve"
REMARKS, REASON = 1_000, 300  # characters
# What is disclosed of the figures of a book, and nothing else: sums, and the names of kinds of members.
TOLD = (
    "charges", "charged_fen", "waived_fen", "paid_fen", "written_off_fen", "open_fen", "kinds", "accounts",
    "received", "opening_fen", "reversed_fen", "refunded_fen", "levy_paid_fen", "levy_received_fen", "difference_fen",
)  # fmt: skip


def disclose(actor: Account, association: Association, period: DuesPeriod, remarks: str = "") -> YearStatement:
    """Publish the figures of a closed book with remarks; what was published of the period before is replaced.

    Raises RuleError without the right for the whole association, while the book is open, for long remarks.
    """
    _check_may(actor, association)
    book, plain = hold_book(association, period, shared=True), remarks.strip()
    if book.state == BookState.OPEN:
        raise RuleError("", lazy("Close the book first: only figures that stay as they are can be disclosed."))
    if len(plain) > REMARKS:
        raise RuleError("remarks", lazy("At most %(count)s characters", count=REMARKS))
    hold(association, "name")  # one of several at once goes first
    before = standing(association, period)
    figures = told(book)
    if before is not None:
        if before.figures == figures and before.remarks == plain:
            return before
        _withdraw(before, str(lazy("A later version takes its place.")))
    made = YearStatement(association_id=association.id, period_id=period.id, figures=figures, remarks=plain)
    made.published_by_id = actor.person_id
    db.session.add(made)
    db.session.flush()
    audit.record(actor, "statements.disclose", made, {"period": period.name}, association_id=association.id)
    proving.enter_statement(made)
    return made


def withdraw(actor: Account, association: Association, statement: YearStatement, reason: str) -> None:
    """It is public no more, for a reason that stays. Raises RuleError where it was withdrawn already."""
    _check_may(actor, association)
    plain = reason.strip()
    if not plain:
        raise RuleError("reason", lazy("Say why it is withdrawn."))
    if len(plain) > REASON:
        raise RuleError("reason", lazy("At most %(count)s characters", count=REASON))
    _withdraw(statement, plain)
    audit.record(actor, "statements.withdraw", statement, {"reason": plain}, association_id=association.id)


@closing.reopened.connect
def _follow_reopened(association: Association, *, period: DuesPeriod, actor: Account, reason: str) -> None:
    """Figures that may change are not disclosed: once the book is closed again they are disclosed anew."""
    before = standing(association, period)
    if before is not None:
        why = lazy("The book was opened again: %(reason)s", reason=reason)
        withdraw(actor, association, before, str(why)[:REASON])


def told(book: PeriodBook) -> dict[str, object]:
    """Of the figures of a book those that are disclosed."""
    return {name: book.figures[name] for name in TOLD if name in book.figures}


def standing(association: Association, period: DuesPeriod) -> YearStatement | None:
    """What is disclosed of a period now."""
    kept = (YearStatement.association_id == association.id, YearStatement.period_id == period.id)
    return db.session.scalar(select(YearStatement).where(*kept, YearStatement.withdrawn_at.is_(None)))


def _withdraw(statement: YearStatement, reason: str) -> None:
    """One conditional update: of two at once the second says so."""
    kept = (YearStatement.id == statement.id, YearStatement.withdrawn_at.is_(None))
    withdrawn = update(YearStatement).where(*kept).values(withdrawn_at=now(), withdraw_reason=reason)
    if change(withdrawn) != 1:
        raise RuleError("", lazy("This statement was withdrawn meanwhile."))
    proving.enter_withdrawal(statement)


def _check_may(actor: Account, association: Association) -> None:
    if not can(actor, RIGHT, association, whole=True):
        raise RuleError("", lazy("Whoever approves the dues of the association discloses its statements."))
