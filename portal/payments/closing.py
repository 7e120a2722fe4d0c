"""What payments have to say when a book is closed: signatures that wait, after which nothing could be dated there."""

from __future__ import annotations

from flask import url_for
from sqlalchemy import func, select

from portal.associations.models import Association
from portal.core.database import db
from portal.core.i18n import ngettext
from portal.ledger.closing import Finding, check
from portal.ledger.models import DuesPeriod
from portal.payments.models import Refund, Reversal, UndoState


@check
def waiting(association: Association, period: DuesPeriod) -> list[Finding]:
    """Reversals and refunds dated in the period that nobody decided yet."""
    count = 0
    for kind, day in ((Reversal, Reversal.reversed_on), (Refund, Refund.refunded_on)):
        asked = (kind.association_id == association.id, kind.state == UndoState.ASKED)
        dated = day.between(period.start_on, period.end_on)
        count += int(db.session.scalar(select(func.count()).select_from(kind).where(*asked, dated)) or 0)
    if not count:
        return []
    text = ngettext(
        "%(num)d reversal or refund waits for a signature", "%(num)d reversals or refunds wait for a signature", count
    )
    return [Finding(text, url_for("payments.payments", code=association.code))]
