"""Charges: the list, its files, one charge with all that happened to it."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, g, url_for
from flask_login import current_user

from portal.core import downloads, web
from portal.core.access import requires
from portal.core.calendar import today
from portal.core.paging import page_number, paginate
from portal.dues import charge_listing, charge_queries, charging, exports, parts
from portal.dues.blueprint import blueprint
from portal.dues.models import Charge, ChargeOrigin, VoidReason
from portal.dues.plan_views import may
from portal.dues.queries import SHOWN
from portal.dues.states import TONES, state_of
from portal.ledger.models import EntryKind
from portal.ledger.queries import is_begun, is_open

RIGHT = charge_queries.RIGHT


@blueprint.get("/office/<code>/dues/charges")
@requires(RIGHT)
def charges(code: str) -> str:
    """What is charged, by period, group and state, found by name or number; sums of the whole list."""
    asked = charge_listing.read()
    page = paginate(asked.statement(), page_number(), shown=SHOWN)
    context = {"asked": asked, "form": asked.form, "sums": asked.sums(), "stale": _stale(asked)}
    return web.page("dues/charges.html", page=page, may_charge=may("dues.record"), **context)


@blueprint.get("/office/<code>/dues/charges/list.<any(xlsx, csv):form>")
@requires(RIGHT)
def charges_file(code: str, form: str) -> Response:
    """The same as a file, as many rows as there are."""
    asked = charge_listing.read()
    statement = asked.statement().options(*SHOWN)
    return downloads.send(form, exports.charges(statement, today(g.association.time_zone)), "dues.charges")


@blueprint.get("/office/<code>/dues/charges/<period_id>/<membership_id>")
@requires(RIGHT)
def charge(code: str, period_id: str, membership_id: str) -> str:
    """One charge: what is open, who pays, everything that happened to it, the void ones before it."""
    found = charge_queries.list_of(current_user, g.association, period_id, membership_id) or abort(404)
    context = {"charge": found[0], "charges": found, "history": charge_queries.history(found)}
    labels = {"events": EntryKind.labels(), "reasons": VoidReason.labels(), "origins": ChargeOrigin.labels()}
    given = {"parts": parts.parts_of(found[0]), "links": parts.links_of(found[0])}
    is_opening = found[0].origin == ChargeOrigin.OPENING and not found[0].voided_at and _is_mine(found[0])
    given["may_void"] = is_opening and not is_begun(g.association, ever=True)
    return web.page("dues/charge.html", **context, **labels, **given)


def _is_mine(one: Charge) -> bool:
    """Whether it is this association's, and the reader records all of its dues."""
    return one.association_id == g.association.id and may("dues.record")


def _stale(asked: charge_listing.Listing) -> int:
    """How many charges of the period are not as the plans and the register have them, for who can charge."""
    period, wanted = asked.period, asked.wanted
    if period is None or wanted.below or asked.is_filtered or not may("dues.record"):
        return 0
    if period.start_on > today(g.association.time_zone) or not is_open(g.association, period):
        return 0
    return charging.preview(g.association, period).differs


@blueprint.app_template_global("charge_state")
def charge_state(one: Charge) -> tuple[str, str]:
    """The words of a charge's state and their tone."""
    state = state_of(one, today(one.association.time_zone))
    return state.label, TONES[state]


@blueprint.app_template_global("charge_address")
def charge_address(one: Charge) -> str:
    """The page of a charge (load `period` and `membership`)."""
    known: dict[str, Any] = {"period_id": one.period.public_id, "membership_id": one.membership.public_id}
    return url_for("dues.charge", **known)
