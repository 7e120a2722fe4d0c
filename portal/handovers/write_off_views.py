"""What a collector cannot bring any more is written off by whoever signs."""

from __future__ import annotations

from typing import Any

from flask import abort, g

from portal.accounts.reader import me
from portal.core import web
from portal.core.access import requires
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.formats import money
from portal.core.i18n import _
from portal.handovers import queries, services
from portal.handovers.blueprint import blueprint
from portal.handovers.forms import WriteOffForm
from portal.handovers.list_views import load_collector, may_write_off
from portal.handovers.models import HandOver

PAGE = "handovers/write_off.html"


@blueprint.route("/office/<code>/dues/hand-overs/collectors/<public_id>/write-off", methods=["GET", "POST"])
@requires("dues.read")
def write_off(code: str, public_id: str) -> Any:
    """Why nobody will bring it; the collector owes it no more."""
    person, form = load_collector(public_id), WriteOffForm()
    if not may_write_off(person):
        abort(403)
    shown = {"person": person, "lacking": queries.lacking_fen(g.association.id, person.id)}
    if not form.is_submitted():
        form.lacking.data = str(shown["lacking"] or abort(404))
    if not form.validate_on_submit():
        return web.form_page(PAGE, form, **shown)
    try:
        made = services.write_off(me(), g.association, person, form.lacking_fen, form.reason.data or "")
    except RuleError as error:
        form.lacking.data = str(shown["lacking"])
        return web.refused(PAGE, form, error, **shown)
    db.session.commit()
    return web.go(".hand_over", _told(made), public_id=made.public_id)


def _told(made: HandOver) -> str:
    return _("%(fen)s yuan of %(name)s are written off.", fen=money(made.credited_fen), name=made.collector.name)
