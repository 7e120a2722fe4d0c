"""One payment: what it settles, what became of it, and what can be done: moved, taken back, paid back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import abort, flash, g, request
from sqlalchemy import select

from portal.accounts.reader import me
from portal.core import web
from portal.core.access import can, requires
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.formats import money
from portal.core.forms import choices
from portal.core.i18n import _
from portal.dues.models import Charge
from portal.offices.access import visible
from portal.payments import allocating, desk, queries, refunds, reversals
from portal.payments.blueprint import blueprint
from portal.payments.collect_views import name_of
from portal.payments.forms import AllocateForm, DecideForm, RefundForm, ReverseForm
from portal.payments.listing import READ
from portal.payments.models import Allocation, Method, Payment, Refund, RefundWay, Reversal, UndoState
from portal.payments.parts import parts_of


@blueprint.get("/office/<code>/dues/payments/<public_id>")
@requires("dues.read")
def payment(code: str, public_id: str) -> Any:
    """What it settles, its history, and what features above know of it."""
    return _page(load(public_id))


@blueprint.post("/office/<code>/dues/payments/<public_id>/settle")
@requires("dues.record")
def settle(code: str, public_id: str) -> Any:
    """Use what is left of it for a charge."""
    found, form = load(public_id, "dues.record"), AllocateForm()
    owed = _owed(found)
    form.charge.choices = _choices(owed)
    if not form.validate_on_submit():
        return _page(found, form)
    charge, amount = owed[form.charge.data], form.amount.data or 0
    return _do(found, form, lambda: allocating.allocate(me(), found, charge, amount), _("The charge is settled."))


@blueprint.post("/office/<code>/dues/payments/<public_id>/move")
@requires("dues.record")
def move(code: str, public_id: str) -> Any:
    """Free what settles a charge, and let it settle another if one is named."""
    found = load(public_id, "dues.record")
    given = [one for one in _live(found) if name_of(one.charge) == request.form.get("from")] or abort(404)
    to = _owed(found).get(request.form.get("to", ""))
    told = _("It settles the other charge now.") if to else _("It is free: the money is credit again.")
    return _do(found, None, lambda: _move(found, given, to), told)


@blueprint.route("/office/<code>/dues/payments/<public_id>/reverse", methods=["GET", "POST"])
@requires("dues.record")
def reverse(code: str, public_id: str) -> Any:
    """Take it back: at once what one recorded today, else it waits for the second signature."""
    found = load(public_id, "dues.record")
    form = ReverseForm(data={"on": today(g.association.time_zone)})
    alone = reversals.is_alone(me(), found)
    if not form.validate_on_submit():
        return web.form_page("payments/reverse.html", form, payment=found, alone=alone)
    act = reversals.reverse if alone else reversals.ask
    told = _("The payment is taken back.") if alone else _("The reversal waits for the second signature.")
    return _ask(
        found, form, "reverse", lambda: act(me(), found, form.reason.data or "", form.on.data), told, alone=alone
    )


@blueprint.route("/office/<code>/dues/payments/<public_id>/refund", methods=["GET", "POST"])
@requires("dues.record")
def refund(code: str, public_id: str) -> Any:
    """Ask that credit goes back to the payer."""
    found = load(public_id, "dues.record")
    form = RefundForm(data={"on": today(g.association.time_zone), "amount": found.credit_fen})
    form.method.choices = choices(RefundWay.labels())
    if not form.validate_on_submit():
        return web.form_page("payments/refund.html", form, payment=found)
    asked = {"amount_fen": form.amount.data or 0, "method": form.method.data, "reason": form.reason.data or ""}
    told = _("The refund waits for the second signature.")
    return _ask(found, form, "refund", lambda: refunds.ask(me(), found, on=form.on.data, **asked), told)


@blueprint.post("/office/<code>/dues/payments/<public_id>/<any(reversals, refunds):kind>/<undo_id>/decide")
@requires("dues.read")
def decide(code: str, public_id: str, kind: str, undo_id: str) -> Any:
    """The second signature, or a no with its reason; whoever asked takes the question back."""
    found, form = load(public_id), DecideForm()
    row = queries.get_undo(Reversal if kind == "reversals" else Refund, found, undo_id) or abort(404)
    acts: Any = reversals if kind == "reversals" else refunds
    note, answer = form.note.data or "", request.form.get("answer")
    ways: dict[Any, tuple[Callable[[], Any], str]] = {
        "approve": (lambda: acts.approve(me(), row, note), _("It is done.")),
        "refuse": (lambda: acts.refuse(me(), row, note), _("It is not done; the reason stands beside it.")),
        "withdraw": (lambda: acts.withdraw(me(), row), _("The question is taken back.")),
    }
    if answer not in ways or not form.validate_on_submit():
        abort(400)
    return _do(found, None, *ways[answer])


def load(public_id: str, right: str = READ) -> Payment:
    """A payment of this association within the reader's reach by the right; another is not there."""
    kept = select(Payment).where(Payment.association_id == g.association.id)
    return queries.get_payment(visible(kept, me(), right, Payment), public_id) or abort(404)


def _do(found: Payment, form: Any, act: Callable[[], Any], told: str) -> Any:
    """One thing done to a payment, or its page again with what is wrong."""
    try:
        act()
    except RuleError as error:
        web.undo()
        if form is not None:
            form.refuse(error)
            return _page(load(found.public_id), form)
        flash(str(error), "warning")
        return web.go(".payment", public_id=found.public_id)
    db.session.commit()
    return web.go(".payment", told, public_id=found.public_id)


def _ask(found: Payment, form: Any, page: str, act: Callable[[], Any], told: str, **context: Any) -> Any:
    """A question put on a page of its own."""
    try:
        act()
    except RuleError as error:
        return web.refused(f"payments/{page}.html", form, error, payment=load(found.public_id), **context)
    db.session.commit()
    return web.go(".payment", told, public_id=found.public_id)


def _move(found: Payment, given: list[Allocation], to: Charge | None) -> None:
    amount = sum(one.amount_fen for one in given)
    for one in given:
        allocating.release(me(), one)
    if to is not None:
        allocating.allocate(me(), found, to, min(amount, to.open_fen))


def _page(found: Payment, refused: AllocateForm | None = None) -> Any:
    owed = _owed(found) if can("dues.record") and found.reversed_at is None else {}
    first = next(iter(owed.values()), None)
    form = refused or AllocateForm(
        formdata=None, data={"amount": min(first.open_fen, found.credit_fen) if first else None}
    )
    form.charge.choices = _choices(owed)
    taken_back = queries.list_reversals(found)
    context = {
        "payment": found,
        "allocations": queries.list_allocations(found),
        "undone": [*taken_back, *queries.list_refunds(found)],
        "owed": {name: _words(charge) for name, charge in owed.items()},
        "methods": Method.labels(),
        "name_of": name_of,
        "parts": parts_of(found),
        "has_question": any(one.state in (UndoState.ASKED, UndoState.MADE) for one in taken_back),
    }
    if refused is not None:
        return web.invalid("payments/payment.html", form, **context)
    return web.page("payments/payment.html", form=form, **context)


def _live(found: Payment) -> list[Allocation]:
    rows = [one for one in queries.list_allocations(found) if one.released_at is None]
    for one in rows:
        one.payment = found
    return rows


def _owed(found: Payment) -> dict[str, Charge]:
    """What the payer owes within the reader's reach, by the names that forms use."""
    return {name_of(charge): charge for charge in desk.list_owed(me(), g.association, found.payer)}


def _choices(owed: dict[str, Charge]) -> list[Any]:
    return choices((name, _words(charge)) for name, charge in owed.items())


def _words(charge: Charge) -> str:
    who = charge.membership.organisation_name or charge.membership.person.name
    return f"{charge.period.name} · {who} · {money(charge.open_fen)}"
