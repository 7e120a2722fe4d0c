"""What the steps of a levy share in the books: the books of all held open, and the two sides of an amount."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from portal.associations.models import Association
from portal.core.errors import RuleError
from portal.core.i18n import lazy
from portal.ledger import services as ledger
from portal.ledger.models import DuesPeriod, LedgerAccount


def hold_books(receiver: Association, payers: Sequence[Association], day: date) -> DuesPeriod:
    """The day's period, its books held open at all of them. Raises RuleError; who is closed is named."""
    period = ledger.hold_open(receiver, day)
    closed = ledger.hold_books([place.id for place in payers], period)
    name = next((place.display_name for place in payers if place.id in closed), None)
    if name is not None:
        what = lazy("The period %(name)s is closed: date it in an open one.", name=period.name)
        raise RuleError("", lazy("%(name)s: %(what)s", name=name, what=str(what)))
    return period


def both(debit: LedgerAccount, credit: LedgerAccount, amount: int) -> list[ledger.Line]:
    return [ledger.Line(account=debit, debit=amount), ledger.Line(account=credit, credit=amount)]
