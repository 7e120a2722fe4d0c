"""Rows for tests about dues: periods, fee plans, charges with their entry in the journal."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core.calendar import today
from portal.core.database import db
from portal.dues.models import Charge, FeePlan
from portal.handovers import models as _handovers  # noqa: F401 - a payment refers to it
from portal.ledger.models import DuesPeriod, EntryKind, LedgerAccount
from portal.ledger.services import Line, post
from portal.members.models import Membership, MembershipKind
from portal.payments import services as payments
from portal.payments.models import Method, Payment
from portal.people.models import Person
from tests.harness.factory import LONG_AGO, _add, kind_of

FEE = 1_200  # twelve yuan a year


def make_period(association: Association, year: int = 0, **values: Any) -> DuesPeriod:
    """A calendar year of the association's federation, the current one unless another is named; made once."""
    year = year or today().year
    root = association.path_ids[0]
    known = {
        "association_id": root,
        "name": f"{year}年度",
        "start_on": date(year, 1, 1),
        "end_on": date(year, 12, 31),
        "due_on": date(year, 6, 30),
        **values,
    }
    asked = (DuesPeriod.association_id == root, DuesPeriod.start_on == known["start_on"])
    return db.session.scalar(select(DuesPeriod).where(*asked)) or _add(DuesPeriod(**known))


def make_plan(
    association: Association, amount_fen: int = FEE, kind: MembershipKind | None = None, **values: Any
) -> FeePlan:
    """What a kind (individual members unless another is named) owes at the association and below, since long ago."""
    kind = kind or kind_of(association)
    asked = (FeePlan.association_id == association.id, FeePlan.kind_id == kind.id)
    last = max(db.session.scalars(select(FeePlan.version).where(*asked)), default=0)
    known = {"version": last + 1, "amount_fen": amount_fen, "effective_on": LONG_AGO, "proration": "whole", **values}
    return _add(FeePlan(association_id=association.id, kind_id=kind.id, **known))


def make_charge(
    membership: Membership, period: DuesPeriod | None = None, amount_fen: int = FEE, **values: Any
) -> Charge:
    """What a membership owes for a period (this year's unless one is named), posted in its association's books."""
    association = db.session.get_one(Association, membership.association_id)
    period = period or make_period(association)
    known = {
        "association_id": association.id,
        "group_id": membership.group_id,
        "period_id": period.id,
        "membership_id": membership.id,
        "payer_id": membership.payer_id or membership.person_id,
        "amount_fen": amount_fen,
        "due_on": period.due_on,
        **values,
    }
    charge = _add(Charge(**known))
    lines = (
        Line(account=LedgerAccount.RECEIVABLE, debit=amount_fen, charge_id=charge.id),
        Line(account=LedgerAccount.DUES, credit=amount_fen),
    )
    post(None, association, min(today(), period.end_on), EntryKind.CHARGE, lines)
    return charge


def make_payment(
    payer: Person,
    association: Association,
    amount_fen: int = FEE,
    settles: Sequence[tuple[Charge, int]] | None = None,
    *,
    actor: Account | None = None,
    **values: Any,
) -> Payment:
    """Cash of today in this year's period, with a key of its own; it settles what the payer owes, oldest first."""
    make_period(association)
    known = {"received_on": today(), "method": Method.CASH, "key": secrets.token_hex(8), **values}
    return payments.record(actor, association, payer=payer, amount_fen=amount_fen, settles=settles, **known)
