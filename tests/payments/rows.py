"""What the tests of payments share: somebody who owes, the balances of the books, an account read anew."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from itertools import accumulate
from typing import Any

from sqlalchemy import func, select

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core.calendar import today
from portal.core.database import db
from portal.dues.models import Charge
from portal.ledger.models import BookState, JournalEntry, JournalLine, LedgerAccount
from portal.ledger.services import hold_book
from portal.members.models import Membership
from portal.people.models import Person
from tests.harness.factory import make_membership, make_person
from tests.harness.money import FEE, make_charge, make_period

LAST_YEAR = today().year - 1


def debtor(association: Association, name: str = "何淑兰", amount: int = FEE, **values: Any) -> Charge:
    """A new member who owes this year's dues."""
    return make_charge(make_membership(make_person(name), association, **values), amount_fen=amount)


def owes(membership: Membership, year: int, amount: int = FEE) -> Charge:
    """What a membership owes for another year."""
    return make_charge(
        membership, make_period(db.session.get_one(Association, membership.association_id), year), amount
    )


def membership_of(account: Account) -> Membership:
    return db.session.scalars(select(Membership).where(Membership.person_id == account.person_id)).one()


def payer_of(charge: Charge) -> Person:
    return db.session.get_one(Person, charge.payer_id)


def balances() -> dict[str, int]:
    """Debit less credit of every account that is not even."""
    total = func.sum(JournalLine.debit_fen) - func.sum(JournalLine.credit_fen)
    rows = db.session.execute(select(JournalLine.account, total).group_by(JournalLine.account))
    return {account: int(fen) for account, fen in rows if fen}


def below_nothing() -> list[tuple[Any, ...]]:
    """(association, account, charge or payment, day) by going through every line: less than nothing was owed of a
    charge, or left of a payment, at the end of a year; was in a cash box, or with collectors, at the end of a day.
    """
    changes: dict[tuple[Any, ...], Counter[date]] = defaultdict(Counter)
    for line, on in db.session.execute(select(JournalLine, JournalEntry.entry_on).join(JournalLine.entry)).all():
        if line.account in OF_ONE:
            about = OF_ONE[line.account] and getattr(line, OF_ONE[line.account])
            fen = (line.credit_fen - line.debit_fen) * (1 if line.account == LedgerAccount.CREDIT else -1)
            changes[line.association_id, line.account, about][on.replace(month=12, day=31) if about else on] += fen
    return [(*key, day) for key, days in changes.items() for day, fen in _ends(days) if fen < 0]


def _ends(changes: Counter[date]) -> list[tuple[date, int]]:
    days = sorted(changes)
    return list(zip(days, accumulate(changes[day] for day in days), strict=True))


OF_ONE = {
    LedgerAccount.RECEIVABLE: "charge_id", LedgerAccount.CREDIT: "payment_id",
    LedgerAccount.CASH: "", LedgerAccount.COLLECTORS: "",
}  # fmt: skip


def kinds() -> list[str]:
    """What the journal records, in its order."""
    return list(db.session.scalars(select(JournalEntry.kind).order_by(JournalEntry.id)))


def close_book(association: Association, year: int = LAST_YEAR) -> date:
    """The association's book of a year is closed; a day of it."""
    period = make_period(association, year)
    hold_book(association, period).state = BookState.CLOSED
    db.session.flush()
    return period.start_on
