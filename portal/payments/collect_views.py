"""The fast-entry screen: who pays, what they owe, how much; one after the other without leaving the page."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Response, abort, flash, g, make_response, request, url_for
from flask_login import current_user
from sqlalchemy import select

from portal.accounts.reader import me
from portal.core import web
from portal.core.access import requires
from portal.core.calendar import read_date, today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.formats import money
from portal.core.forms import choices
from portal.core.i18n import _, lazy
from portal.dues.models import Charge
from portal.ledger import queries as journal
from portal.offices.access import visible
from portal.payments import desk, queries, reversals, rules, services
from portal.payments.allocating import parts_of
from portal.payments.blueprint import blueprint
from portal.payments.desk import Payer
from portal.payments.forms import ReasonForm, TakeForm
from portal.payments.models import Method, Payment

RIGHT = rules.RIGHT
WAYS = (Method.CASH, Method.TRANSFER, Method.MOBILE, Method.OPENING)
KEPT = ("on", "method", "collector")


@blueprint.get("/office/<code>/dues/collect")
@requires("dues.record")
def collect(code: str) -> Any:
    """Whom to collect from, or what somebody owes; what was typed alone is answered with whom it may mean."""
    query, payers = request.args.get("q", "").strip()[:100], _payers(request.args.getlist("who"))
    found, form = _suggested(query, payers), _form()
    if web.htmx and web.htmx.target in ("found", "found-also"):
        given = {"payers": payers, "link": _link(form), "doors": desk.DOORS}
        return web.partial("payments/_found.html", found=found, query=query, **given)
    owing = [payer for payer in found if payer.charges]
    if query and (len(owing) == 1 or len(found) == 1):  # who else could be meant
        payers, found, query = [*payers, *_payers([(owing or found)[0].person.public_id])], [], ""
    return _draw(form, payers, found=found, query=query)


@blueprint.post("/office/<code>/dues/collect")
@requires("dues.record")
def take(code: str) -> Any:
    """Record one payment, and be ready for the next."""
    form, who = _form(), request.form.getlist("who")
    payers = _payers(who) or abort(404)
    if not form.validate_on_submit():
        return _draw(form, payers, status=422)
    try:
        payment = _record(form, payers)
    except RuleError as error:
        web.undo()
        made = _made_meanwhile(form, payers[0])
        if made is None:
            form.refuse(error)
            return _draw(form, _payers(who), status=422)
        return _next(form, _told(made))
    db.session.commit()
    return _next(form, _told(payment))


@blueprint.route("/office/<code>/dues/collect/<public_id>/undo", methods=["GET", "POST"])
@requires("dues.record")
def undo(code: str, public_id: str) -> Any:
    """Take back what one entered today."""
    payment = load(public_id)
    form = ReasonForm(data={"reason": _("Entered by mistake")})
    if not form.validate_on_submit():
        return web.form_page("payments/undo.html", form, payment=payment)
    try:
        reversals.reverse(me(), payment, form.reason.data or "")
    except RuleError as error:
        web.undo()
        flash(str(error), "warning")
        return _next(_form(), None)
    db.session.commit()
    return _next(
        _form(), _("Taken back: %(name)s, %(fen)s yuan.", name=payment.payer.name, fen=money(payment.amount_fen))
    )


def load(public_id: str) -> Payment:
    """A payment that the reader may collect; another group's or association's is not there."""
    kept = select(Payment).where(Payment.association_id == g.association.id)
    return queries.get_payment(visible(kept, me(), RIGHT, Payment), public_id) or abort(404)


def _payers(public_ids: list[str]) -> list[Payer]:
    return desk.get_payers(me(), g.association, list(dict.fromkeys(public_ids))[:20])


def _suggested(query: str, payers: list[Payer]) -> list[Payer]:
    """Whom the text may mean; before anything is typed a group's leader sees who of it still owes."""
    if query:
        return desk.suggest(me(), g.association, query, [one.person.id for one in payers])
    is_leader = rules.reach(me(), g.association) is not None
    return desk.list_owing(me(), g.association) if is_leader and not payers else []


def _form() -> TakeForm:
    """As it was sent; opened anew it has what the address keeps, and a key of its own."""
    sent = request.method == "POST" and "amount" in request.form
    form = TakeForm() if sent else TakeForm(formdata=None, data=_kept())
    groups = rules.reach(me(), g.association)
    form.method.choices = choices((way, way.label) for way in (WAYS[:1] if groups is not None else _ways()))
    form.collector.choices = choices(_collectors(groups is not None))
    if groups is not None:  # a leader takes cash, and holds it
        form.method.data, form.collector.data = Method.CASH, current_user.person.public_id
    return form


def _ways() -> tuple[Method, ...]:
    """What there was before the books began is entered until the first of them is closed."""
    return WAYS[:-1] if journal.is_begun(g.association) else WAYS


def _kept() -> dict[str, Any]:
    """Day, method and collector of the payment before."""
    on, method = read_date(request.values.get("on", "")), request.values.get("method", "")
    return {
        "on": on or today(g.association.time_zone),
        "method": method if method in WAYS else Method.CASH,
        "collector": request.values.get("collector", ""),
        "key": secrets.token_urlsafe(12),
    }


def _collectors(is_leader: bool) -> list[tuple[str, Any]]:
    """Whose hands the cash is in: the cash box's, or a leader's until it is handed over."""
    if is_leader:
        return [(current_user.person.public_id, current_user.name)]
    leaders = ((person.public_id, person.name) for person in desk.list_collectors(g.association))
    return [("", lazy("the cash box")), *leaders]


def _record(form: TakeForm, payers: list[Payer]) -> Payment:
    """The payment; a form that was sent before settles nothing more."""
    amount = form.amount.data or 0
    is_known = queries.by_key(form.key.data or "") is not None
    parts = [] if is_known else parts_of(amount, _ticked(payers))
    if not is_known:
        _check_rest(form, amount - sum(fen for _charge, fen in parts), payers)
    return services.record(
        me(),
        g.association,
        payer=payers[0].person,
        amount_fen=amount,
        received_on=form.on.data or today(g.association.time_zone),
        method=form.method.data or Method.CASH,
        key=form.key.data or "",
        collector=_collector(form),
        settles=parts,
        note=form.note.data or "",
    )


def _made_meanwhile(form: TakeForm, payer: Payer) -> Payment | None:
    """The payment of the same form, sent in the same moment: its charges are settled by it, not by another."""
    known, collector = queries.by_key(form.key.data or ""), _collector(form)
    if known is None or known.association_id != g.association.id:
        return None
    who = (payer.person.id, me().person_id, collector.id if collector else None)
    sent = (*who, form.amount.data, form.on.data, form.method.data or Method.CASH)
    made = (known.payer_id, known.recorded_by_id, known.collector_id, known.amount_fen, known.received_on)
    return known if (*made, known.method) == sent else None


def _ticked(payers: list[Payer]) -> list[Charge]:
    """The charges that the page had ticked, those of all payers together, the oldest first."""
    wanted = set(request.form.getlist("settle"))
    charges = [charge for payer in payers for charge in payer.charges if name_of(charge) in wanted]
    return sorted(charges, key=lambda charge: (charge.due_on, charge.id))


def name_of(charge: Charge) -> str:
    """A charge as forms name it: by its period and its membership."""
    return f"{charge.period.public_id}:{charge.membership.public_id}"


def _check_rest(form: TakeForm, rest: int, payers: list[Payer]) -> None:
    """More than is owed is a slip of the finger, or was paid at another desk meanwhile, unless somebody says that it
    is neither.
    """
    owes = any(payer.charges for payer in payers)
    if rest and not form.advance.data and (owes or request.form.getlist("settle")):
        fen = money(rest)
        more = lazy("%(fen)s yuan more than what is ticked: tick here if it is paid in advance.", fen=fen)
        paid = lazy(
            "What was ticked is settled by now: tick here if these %(fen)s yuan are paid in advance.", fen=fen
        )
        raise RuleError("advance", more if owes else paid)


def _collector(form: TakeForm) -> Any:
    if form.method.data != Method.CASH or not form.collector.data:
        return None
    if form.collector.data == current_user.person.public_id:
        return current_user.person
    people = {person.public_id: person for person in desk.list_collectors(g.association)}
    return people.get(form.collector.data)


def _told(payment: Payment) -> str:
    said = {"name": payment.payer.name, "fen": money(payment.amount_fen)}
    if payment.credit_fen:
        return _(
            "Recorded: %(name)s, %(fen)s yuan, of it %(rest)s as credit.", rest=money(payment.credit_fen), **said
        )
    return _("Recorded: %(name)s, %(fen)s yuan.", **said)


def _next(form: TakeForm, told: str | None) -> Any:
    """The screen for the next, with what is kept in its address."""
    kept = {name: form[name]._value() if name == "on" else form[name].data for name in KEPT}
    if not web.htmx:
        return web.go(".collect", told, **kept)
    fresh = TakeForm(formdata=None, data={**_kept(), **{name: form[name].data for name in KEPT}})
    fresh.method.choices, fresh.collector.choices = form.method.choices, form.collector.choices
    response = _draw(fresh, [], told=told)
    response.headers["HX-Replace-Url"] = url_for(".collect", **kept)
    return response


def _draw(form: TakeForm, payers: list[Payer], *, status: int = 200, **context: Any) -> Response:
    """The whole page, or its part for htmx."""
    shown = {"query": "", "told": None, **context}
    if not shown.get("query"):
        shown["found"] = _suggested("", payers)
    if not form.is_submitted() or not form.errors:
        form.amount.data = form.amount.data or sum(payer.owes_fen for payer in payers) or None
    g.form_failed = status == 422
    template = "payments/_desk.html" if web.htmx else "payments/collect.html"
    body = web.page(
        template, form=form, payers=payers, entered=desk.entered_today(me(), g.association), link=_link(form),
        is_leader=rules.reach(me(), g.association) is not None, ticked=request.form.getlist("settle"),
        is_alone=reversals.is_alone, doors=desk.DOORS, name_of=name_of, methods=Method.labels(), **shown,
    )  # fmt: skip
    return make_response(body, status)


def _link(form: TakeForm) -> Any:
    """link(who=[…]): this screen with what is kept."""
    kept = {name: form[name]._value() if name == "on" else form[name].data for name in KEPT}
    return lambda **more: url_for(".collect", **kept, **more)
