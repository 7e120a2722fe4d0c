"""The way from a charge to the desk where it is paid, once a feature above has one."""

from __future__ import annotations

from flask import current_app, g, url_for
from flask_login import current_user

from portal.core.i18n import pgettext
from portal.dues.models import Charge
from portal.dues.parts import Link, link
from portal.offices.access import group_ids

DESK = "payments.collect"


@link(10)
def offer(charge: Charge) -> Link | None:
    """Taking money from the payer, for who records dues of the association, or of the charge's group."""
    if DESK not in current_app.view_functions or charge.association_id != g.association.id or not charge.open_fen:
        return None
    groups = group_ids(current_user, "dues.record", g.association)
    if groups is not None and charge.group_id not in groups:
        return None
    return Link(pgettext("dues", "Collect"), url_for(DESK, who=charge.payer.public_id))
