"""Levies in the office: laid on those below, owed to those above, paid."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Response, abort, g
from flask_login import current_user

from portal.core import downloads, web
from portal.core.access import requires
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.feature import Feature
from portal.core.forms import choices
from portal.core.i18n import _
from portal.core.jobs import get_job, queue
from portal.core.paging import page_number, paginate
from portal.dues import rules
from portal.ledger import queries as ledger
from portal.levy import counting, exports, queries, runs, services, taking_back
from portal.levy.blueprint import blueprint
from portal.levy.forms import LevyForm, LevyPaymentForm, VoidForm
from portal.levy.models import Levy, LevyShare, LevyWay
from portal.offices.access import can

feature = Feature("levy", blueprint)


@blueprint.get("/office/<code>/dues/levy")
@requires("dues.read", whole=True)
def levies(code: str) -> str:
    """What this association laid on those below, and what it owes to those above."""
    owed, laid = queries.owed_by(g.association), queries.laid_by(g.association)
    return web.page("levy/list.html", owed=owed, laid=laid, may_lay=_may_lay())


@blueprint.route("/office/<code>/dues/levy/new", methods=["GET", "POST"])
@requires("dues.record", whole=True)
def lay(code: str) -> Any:
    """The rate and the day; who would be counted is shown before it is laid. On many it is laid in the background."""
    form, known = LevyForm(), ledger.list_periods(g.association)
    form.period.choices = choices({one.public_id: one.name for one in known})
    if not form.is_submitted():
        form.counted_on.data = today(g.association.time_zone)
    if not form.validate_on_submit():
        return web.form_page("levy/form.html", form, **_preview(form))
    try:
        return _lay(form)
    except RuleError as error:
        return web.refused("levy/form.html", form, error, **_preview(form))


def _lay(form: LevyForm) -> Any:
    period = ledger.get_period(g.association, form.period.data) or abort(404)
    asked = (int(form.rate.data or 0), form.counted_on.data or today(), str(form.basis.data or ""))
    is_many = _is_many()
    made = (runs.open_run if is_many else services.lay)(current_user, g.association, period, *asked)
    db.session.commit()
    if not is_many:
        return web.go("levy.levy", _("The levy is laid."), public_id=made.public_id)
    queue.send(runs.run, made.public_id)
    return web.go("levy.laying", public_id=made.public_id)


@blueprint.get("/office/<code>/dues/levy/runs/<public_id>")
@requires("dues.record", whole=True)
def laying(code: str, public_id: str) -> str:
    """Whether it is laid by now, or why not."""
    job = get_job(public_id, current_user.id)
    if job is None or job.kind != runs.JOB or job.result["association"] != g.association.id:
        abort(404)
    return web.page("levy/_laying.html" if web.htmx else "levy/laying.html", job=job)


@blueprint.get("/office/<code>/dues/levy/<public_id>")
@requires("dues.read", whole=True)
def levy(code: str, public_id: str) -> str:
    """What every association below owes of it, and what it paid."""
    found = _levy(public_id)
    page = paginate(queries.shares(found), page_number(), 50, shown=queries.SHOWN)
    return web.page("levy/levy.html", levy=found, page=page, may_lay=_may_lay())


@blueprint.get("/office/<code>/dues/levy/<public_id>/list.<any(xlsx, csv):form>")
@requires("dues.read", whole=True)
def levy_file(code: str, public_id: str, form: str) -> Response:
    """The same as a file."""
    return downloads.send(form, exports.shares(queries.shares(_levy(public_id))), "levy.levies")


@blueprint.get("/office/<code>/dues/levy/shares/<public_id>")
@requires("dues.read", whole=True)
def share(code: str, public_id: str) -> str:
    """One association's share: who was counted, what was paid; where it is received, the next payment."""
    return _share_page(_share(public_id), _payment_form(public_id))


@blueprint.get("/office/<code>/dues/levy/shares/<public_id>/list.<any(xlsx, csv):form>")
@requires("dues.read", whole=True)
def people_file(code: str, public_id: str, form: str) -> Response:
    """Who was counted, as a file."""
    return downloads.send(form, exports.people(queries.people(_share(public_id))), "levy.levies")


@blueprint.post("/office/<code>/dues/levy/shares/<public_id>/pay")
@requires("dues.record", whole=True)
def pay(code: str, public_id: str) -> Any:
    """Record money for a share."""
    found, form = _share(public_id), LevyPaymentForm()
    if not form.validate_on_submit():
        return _share_page(found, form), 422
    known = {**form.values("received_on", "way"), "note": str(form.note.data or "")}
    try:
        services.pay(current_user, found, amount_fen=int(form.amount.data or 0), key=_key(form), **known)
    except RuleError as error:
        web.undo()
        form.refuse(error)
        return _share_page(_share(public_id), form), 422
    db.session.commit()
    return web.go("levy.share", _("The payment is recorded."), public_id=public_id)


@blueprint.route("/office/<code>/dues/levy/shares/<public_id>/<payment_id>/void", methods=["GET", "POST"])
@requires("dues.record", whole=True)
def void(code: str, public_id: str, payment_id: str) -> Any:
    """Take back a payment that was none."""
    found, form = _share(public_id), VoidForm()
    paid = queries.get_payment(found, payment_id) or abort(404)
    if not form.validate_on_submit():
        return web.form_page("levy/void.html", form, share=found, paid=paid)
    try:
        services.void(current_user, paid, str(form.reason.data))
    except RuleError as error:
        paid = queries.get_payment(_share(public_id), payment_id) or abort(404)
        return web.refused("levy/void.html", form, error, share=paid.share, paid=paid)
    db.session.commit()
    return web.go("levy.share", _("The payment is taken back."), public_id=public_id)


@blueprint.route("/office/<code>/dues/levy/<public_id>/take-back", methods=["GET", "POST"])
@requires("dues.record", whole=True)
def take_back(code: str, public_id: str) -> Any:
    """A levy that was laid by mistake; another can be laid."""
    found, form = _levy(public_id), VoidForm()
    if not form.validate_on_submit():
        return web.form_page("levy/take_back.html", form, levy=found)
    try:
        taking_back.take_back(current_user, found, str(form.reason.data))
    except RuleError as error:
        return web.refused("levy/take_back.html", form, error, levy=_levy(public_id))
    db.session.commit()
    return web.go("levy.levies", _("The levy is taken back."))


def _share_page(found: LevyShare, form: LevyPaymentForm) -> str:
    page = paginate(queries.people(found), page_number(), 50, shown=queries.PERSON)
    receives = found.levy.association_id == g.association.id and can(current_user, rules.RIGHT, g.association)
    context = {"payments": queries.payments(found), "ways": LevyWay.labels(), "receives": receives}
    return web.page("levy/share.html", share=found, page=page, form=form, **context)


def _payment_form(public_id: str) -> LevyPaymentForm:
    form = LevyPaymentForm(formdata=None)
    form.amount.data, form.key.data = _share(public_id).open_fen, secrets.token_hex(8)
    form.received_on.data = today(g.association.time_zone)
    return form


def _key(form: LevyPaymentForm) -> str:
    return f"levy:{form.key.data or secrets.token_hex(8)}"


def _preview(form: LevyForm) -> dict[str, Any]:
    """Who would be counted on the day that is chosen, of few associations."""
    day, is_many = form.counted_on.data or today(g.association.time_zone), _is_many()
    rows = [] if is_many else counting.by_association(g.association, day)
    return {"rows": rows, "day": day, "is_many": is_many}


def _is_many() -> bool:
    return counting.places_below(g.association) > counting.MANY


def _may_lay() -> bool:
    try:
        services.check_may_lay(current_user, g.association)
    except RuleError:
        return False
    return counting.places_below(g.association, 0) > 0


def _levy(public_id: str) -> Levy:
    return queries.get_levy(g.association, public_id) or abort(404)


def _share(public_id: str) -> LevyShare:
    return queries.get_share(g.association, public_id) or abort(404)
