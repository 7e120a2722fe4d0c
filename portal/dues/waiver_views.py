"""Waivers and write-offs: the list, asking for one, deciding on it."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, g, request, url_for
from flask_login import current_user

from portal.core import downloads, web
from portal.core.access import can, requires
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import _, pgettext
from portal.core.paging import page_number, paginate
from portal.dues import charge_queries, exports, rules, waiver_queries, waivers
from portal.dues.blueprint import blueprint
from portal.dues.forms import DecideForm, WaiverForm, WaiversForm
from portal.dues.models import Charge, Waiver, WaiverKind, WaiverState
from portal.dues.parts import Link, Part, link, part


@blueprint.get("/office/<code>/dues/waivers")
@requires("dues.read")
def waivers_list(code: str) -> str:
    """What waits for a signature, or what was decided."""
    form, statement = _asked()
    page = paginate(statement, page_number(), shown=waiver_queries.SHOWN)
    return web.page("dues/waivers.html", form=form, page=page, kinds=WaiverKind.labels(), states=WaiverState.labels())


@blueprint.get("/office/<code>/dues/waivers/list.<any(xlsx, csv):form>")
@requires("dues.read")
def waivers_file(code: str, form: str) -> Response:
    """The same as a file."""
    statement = _asked()[1].options(*waiver_queries.SHOWN)
    return downloads.send(form, exports.waivers(statement), "dues.waivers_list")


@blueprint.route("/office/<code>/dues/charges/<period_id>/<membership_id>/waive", methods=["GET", "POST"])
@requires("dues.record")
def waive(code: str, period_id: str, membership_id: str) -> Any:
    """Ask that an amount is let off or written off, for a reason."""
    charge, form = _charge(period_id, membership_id), WaiverForm()
    if not form.is_submitted():
        form.amount.data = charge.open_fen
    if not form.validate_on_submit():
        return web.form_page("dues/waive.html", form, charge=charge)
    try:
        made = waivers.ask(current_user, charge, form.kind.data, form.amount.data, str(form.reason.data))
    except RuleError as error:
        return web.refused("dues/waive.html", form, error, charge=_charge(period_id, membership_id))
    db.session.commit()
    return web.go("dues.waiver", _("It waits for the second signature."), public_id=made.public_id)


@blueprint.get("/office/<code>/dues/waivers/<public_id>")
@requires("dues.read")
def waiver(code: str, public_id: str) -> str:
    """One of them: what for, who asked, who decided; and the decision, for who may make it."""
    return web.page("dues/waiver.html", waiver=_waiver(public_id), **_words(), form=DecideForm(formdata=None))


@blueprint.post("/office/<code>/dues/waivers/<public_id>/decide")
@requires("dues.approve")
def decide_waiver(code: str, public_id: str) -> Any:
    """Sign or refuse."""
    found, form = _waiver(public_id), DecideForm()
    if not form.validate_on_submit() or form.decision.data not in ("approve", "refuse"):
        return web.invalid("dues/waiver.html", form, waiver=found, **_words())
    try:
        if form.decision.data == "approve":
            waivers.approve(current_user, found, str(form.note.data or ""))
        else:
            waivers.refuse(current_user, found, str(form.note.data or ""))
    except RuleError as error:
        shown = RuleError("note" if error.field == "reason" else "", error.message)
        return web.refused("dues/waiver.html", form, shown, waiver=_waiver(public_id), **_words())
    db.session.commit()
    done = _("It is approved.") if form.decision.data == "approve" else _("It is refused.")
    return web.go("dues.waiver", done, public_id=public_id)


@blueprint.post("/office/<code>/dues/waivers/<public_id>/withdraw")
@requires("dues.record")
def withdraw_waiver(code: str, public_id: str) -> Any:
    """Whoever asked takes it back."""
    found, form = _waiver(public_id), DecideForm()
    if not form.validate_on_submit():
        abort(400)
    try:
        waivers.withdraw(current_user, found)
    except RuleError as error:
        return web.refused("dues/waiver.html", form, error, waiver=_waiver(public_id), **_words())
    db.session.commit()
    return web.go("dues.waiver", _("The question is taken back."), public_id=public_id)


@link(30)
def _offer(charge: Charge) -> Link | None:
    """Asking for a waiver of what is open."""
    groups = rules.reach(current_user, charge.association)
    is_here = charge.association_id == g.association.id and charge.voided_at is None
    if not is_here or not charge.open_fen or (groups is not None and charge.group_id not in groups):
        return None
    member = charge.membership.public_id
    address = url_for("dues.waive", period_id=charge.period.public_id, membership_id=member)
    return Link(_("Waive or write off"), address)


@part(20)
def _shown(charge: Charge) -> Part | None:
    """What was asked for of a charge."""
    found = waiver_queries.list_of_charge(charge.id)
    title = pgettext("waiver", "Waivers and write-offs")
    return Part("dues/_waivers_of.html", {"waivers": found, **_words()}, title) if found else None


def _asked() -> tuple[WaiversForm, Any]:
    form = WaiversForm(request.args)
    form.validate()
    state = form.state.data if not form.state.errors else WaiverState.ASKED
    kind = form.kind.data if not form.kind.errors else ""
    return form, waiver_queries.listing(current_user, g.association, state or "", kind or "")


def _charge(period_id: str, membership_id: str) -> Charge:
    """The standing charge of the address, of this association, within the reader's reach."""
    found = charge_queries.list_of(current_user, g.association, period_id, membership_id)
    if not found or found[0].association_id != g.association.id:
        abort(404)
    groups = rules.reach(current_user, g.association)
    return found[0] if groups is None or found[0].group_id in groups else abort(403)


def _waiver(public_id: str) -> Waiver:
    return waiver_queries.get_waiver(current_user, g.association, public_id) or abort(404)


def _words() -> dict[str, Any]:
    return {"kinds": WaiverKind.labels(), "states": WaiverState.labels(), "may_decide": can(rules.SECOND)}
