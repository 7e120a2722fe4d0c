"""The periods that a federation keeps: opened for all below it, without overlap. Never commits."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core.audit import record
from portal.core.database import add_single, db
from portal.core.errors import RuleError
from portal.core.i18n import lazy
from portal.core.text import printable
from portal.ledger.models import DuesPeriod

LONGEST_NAME, LONGEST_DAYS = 40, 400


def open_period(
    actor: Account, root: Association, name: str, start_on: date, end_on: date, due_on: date
) -> DuesPeriod:
    """A period for the whole federation; each association's book of it is open from now on.

    Raises RuleError for a period that ends before it begins, is longer than 400 days, is due on no day of it, or
    overlaps another: a payment's day must lie in one period only.
    """
    plain = printable(name).strip()[:LONGEST_NAME]
    if not plain:
        raise RuleError("name", lazy("Give the period a name, for example 2026."))
    if end_on <= start_on:
        raise RuleError("end_on", lazy("The last day comes after the first."))
    if (end_on - start_on).days > LONGEST_DAYS:
        raise RuleError("end_on", lazy("A period is a year at the most."))
    if not start_on <= due_on <= end_on:
        raise RuleError("due_on", lazy("Dues fall due within the period."))
    _check_free(root, start_on, end_on)
    period = DuesPeriod(association_id=root.id, name=plain, start_on=start_on, end_on=end_on, due_on=due_on)
    if not add_single(period):  # somebody else opened it
        raise RuleError("start_on", lazy("A period begins on this day already."))
    days = {"start_on": start_on.isoformat(), "end_on": end_on.isoformat(), "due_on": due_on.isoformat()}
    record(actor, "ledger.open_period", period, {"name": plain, **days})
    return period


def _check_free(root: Association, start_on: date, end_on: date) -> None:
    """The federation is held meanwhile, so that of two overlapping periods opened at once one is refused."""
    db.session.execute(select(Association.id).where(Association.id == root.id).with_for_update())
    overlaps = (DuesPeriod.start_on <= end_on, DuesPeriod.end_on >= start_on)
    other = db.session.scalar(select(DuesPeriod).where(DuesPeriod.association_id == root.id, *overlaps))
    if other is not None:
        raise RuleError("start_on", lazy("It overlaps the period %(name)s.", name=other.name))
