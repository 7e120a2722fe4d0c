"""What is kept of a year when its book is closed, beside what dues keep: kinds of members, cash and bank."""

from __future__ import annotations

from typing import Any

from portal.associations.models import Association
from portal.ledger import closing
from portal.ledger.models import DuesPeriod
from portal.statements import year


@closing.figure
def figures(association: Association, period: DuesPeriod) -> dict[str, Any]:
    """By kind of member, and the money by the journal."""
    return {"kinds": year.charged(association, period)["kinds"], **year.money(association, period)}
