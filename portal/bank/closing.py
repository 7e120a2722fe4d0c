"""What the bank has to say when a book is closed: money of the period of which nobody knows yet whose it is."""

from __future__ import annotations

from flask import url_for

from portal.associations.models import Association
from portal.bank import queries
from portal.core.i18n import ngettext
from portal.ledger import closing
from portal.ledger.closing import Finding
from portal.ledger.models import DuesPeriod


@closing.check
def waiting(association: Association, period: DuesPeriod) -> list[Finding]:
    """Lines booked in the period that wait: to be read, and no obstacle."""
    count = queries.count_waiting_in(association, period)
    if not count:
        return []
    text = ngettext(
        "%(num)d line of the bank waits to be matched", "%(num)d lines of the bank wait to be matched", count
    )
    return [Finding(text, url_for("bank.lines", code=association.code), blocks=False)]
