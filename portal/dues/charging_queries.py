"""Reading what charging would do, member by member, and how a page asks for it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, not_, select
from sqlalchemy.orm import joinedload

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.associations.queries import in_subtree
from portal.core.database import db
from portal.dues.desired import AT, OF_CHARGES, Comparison, Finding, open_in
from portal.dues.models import Charge
from portal.ledger.models import DuesPeriod
from portal.members.models import Membership
from portal.offices.access import visible

RIGHT = "dues.record"
SHOWN = (
    joinedload(Membership.person),
    joinedload(Membership.payer),
    joinedload(Membership.kind),
    joinedload(Membership.association),
)


def listing(
    account: Account, association: Association, period: DuesPeriod, finding: Finding, *, below: bool
) -> Select[Any]:
    """Rows (membership, due, charged before) of one finding, by name, as far as the account may record there."""
    compared = Comparison(period, association.path if below else None)
    parts = {Finding.ELSEWHERE: compared.elsewhere, **dict.fromkeys(OF_CHARGES, compared.charges)}
    found = parts.get(finding, compared.members)().subquery("found")
    rows: Any = select(Membership, found.c.due, Charge.amount_fen)
    statement = rows.join(found, found.c.membership_id == Membership.id).where(found.c.finding == finding.value)
    statement = statement.outerjoin(Charge, Charge.id == found.c.charge_id)
    statement = visible(statement, account, RIGHT, Charge if finding in OF_CHARGES else Membership)
    return statement.options(*SHOWN).order_by(Membership.sort_key, Membership.id).params({AT.key: association.id})


def count_closed(association: Association, period: DuesPeriod) -> int:
    """At how many associations below, and here, the book of the period is closed."""
    live, is_open = open_in(period)
    statement = select(func.count(Association.id)).where(in_subtree(association.path), live, not_(is_open))
    return db.session.scalar(statement) or 0
