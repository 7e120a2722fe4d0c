"""What dues have to say when a book is closed: signatures that wait, and the figures that are kept."""

from __future__ import annotations

from typing import Any

from flask import url_for
from sqlalchemy import func, select

from portal.associations.models import Association
from portal.core.database import db
from portal.core.i18n import ngettext
from portal.dues import waiver_queries
from portal.dues.models import Charge
from portal.dues.queries import OPEN_FEN, STANDS
from portal.ledger import closing
from portal.ledger.closing import Finding
from portal.ledger.models import DuesPeriod

SUMS = {
    "charged_fen": Charge.amount_fen,
    "waived_fen": Charge.waived_fen,
    "paid_fen": Charge.paid_fen,
    "written_off_fen": Charge.written_off_fen,
    "open_fen": OPEN_FEN,
}


@closing.check
def waiting(association: Association, period: DuesPeriod) -> list[Finding]:
    """Waivers and write-offs of the period that nobody decided yet."""
    count = waiver_queries.count_waiting_of(association, period)
    if not count:
        return []
    text = ngettext("%(num)d waiver waits for a signature", "%(num)d waivers wait for a signature", count)
    return [Finding(text, url_for("dues.waivers_list", code=association.code))]


@closing.figure
def sums(association: Association, period: DuesPeriod) -> dict[str, Any]:
    """What was charged for the period and what became of it, in fen."""
    columns: list[Any] = [func.coalesce(func.sum(column), 0).label(name) for name, column in SUMS.items()]
    columns.append(func.count().label("charges"))
    kept = (Charge.association_id == association.id, Charge.period_id == period.id, STANDS)
    row = db.session.execute(select(*columns).where(*kept)).one()
    return {name: int(value) for name, value in row._mapping.items()}
