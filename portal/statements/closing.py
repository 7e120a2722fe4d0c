"""What is kept of a year when its book is closed, beside what dues keep: kinds of members, cash and bank.

The sums of the year are those of its kinds, from the same rows: a charge of it may be paid meanwhile from a book that
is open still, and a statement after another one would count that, too.
"""

from __future__ import annotations

from typing import Any

from portal.associations.models import Association
from portal.ledger import closing
from portal.ledger.models import DuesPeriod
from portal.statements import year


@closing.figure
def figures(association: Association, period: DuesPeriod) -> dict[str, Any]:
    """By kind of member, and the money by the journal."""
    return {**year.charged(association, period), **year.money(association, period)}
