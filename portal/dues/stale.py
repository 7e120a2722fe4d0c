"""A book is not closed unseen while its charges differ from the plans and the register."""

from __future__ import annotations

from flask import url_for

from portal.associations.models import Association
from portal.core.i18n import ngettext
from portal.dues import charging
from portal.ledger.closing import Finding, check
from portal.ledger.models import DuesPeriod


@check
def out_of_date(association: Association, period: DuesPeriod) -> list[Finding]:
    """Charges that the next run would make, replace or void."""
    count = charging.preview(association, period).differs
    if not count:
        return []
    text = ngettext(
        "%(num)d charge is not up to date with the members and the fee plans.",
        "%(num)d charges are not up to date with the members and the fee plans.",
        count,
    )
    address = url_for("dues.charging_form", code=association.code, period=period.public_id)
    return [Finding(text, address, blocks=False)]
