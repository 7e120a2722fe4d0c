"""Lines of the bank: the queue of what waits, whose each one is, what is no dues; what was settled."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, flash, g, request
from sqlalchemy import select

from portal.accounts.reader import me
from portal.bank import exports, queries, reasons, recorded, services, suggesting, tasks
from portal.bank.blueprint import blueprint
from portal.bank.forms import AsideForm, FilterForm, MatchForm, PlainForm
from portal.bank.matching import fitting
from portal.bank.models import BankLine, LineState
from portal.core import downloads, web
from portal.core.access import requires
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.formats import money
from portal.core.i18n import _, lazy
from portal.core.jobs import get_job, open_job, queue
from portal.core.paging import page_number, paginate
from portal.dues.models import Charge
from portal.ledger import queries as ledger
from portal.payments import desk
from portal.payments.allocating import parts_of
from portal.payments.collect_views import name_of
from portal.payments.desk import Payer
from portal.payments.models import Payment
from portal.payments.queries import get_payment

RIGHT, SIZE, PAYERS = services.RIGHT, 20, 20


@blueprint.get("/office/<code>/dues/bank")
@requires(RIGHT, whole=True)
def lines(code: str) -> str:
    """What waits, the oldest first, with who may have paid it; and what was settled."""
    state, form, statement = _asked()
    page = paginate(statement, page_number(), SIZE, shown=queries.SHOWN)
    waiting = page.rows if state == LineState.WAITING else []
    return web.page(
        "bank/lines.html", page=page, state=state, form=form, counts=queries.count_by_state(g.association),
        suggested=suggesting.suggest(g.association, waiting), why=reasons.words,
        recorded=suggesting.suggest_recorded(g.association, waiting), states=LineState.labels(),
        plain=PlainForm(formdata=None), job=get_job(request.args.get("run", ""), me().id),
        file=request.args.get("file", ""),
    )  # fmt: skip


@blueprint.get("/office/<code>/dues/bank/list.<any(xlsx, csv):form>")
@requires(RIGHT, whole=True)
def lines_file(code: str, form: str) -> Response:
    """The same as a file."""
    return downloads.send(form, exports.lines(_asked()[2]), "bank.lines")


def _asked() -> tuple[str, FilterForm, Any]:
    form, state = FilterForm(formdata=request.args), request.args.get("state", LineState.WAITING)
    state = state if state in set(LineState) else LineState.WAITING
    file = request.args.get("file", "")
    return state, form, queries.lines_of(g.association, state, (form.q.data or "")[:100], file)


@blueprint.post("/office/<code>/dues/bank/again")
@requires(RIGHT, whole=True)
def again(code: str) -> Any:
    """What waits is matched once more: since it came, charges were made or names mended."""
    if not PlainForm().validate_on_submit():
        return web.go("bank.lines")
    job = open_job("bank.match", me().id)
    db.session.commit()
    queue.send(tasks.match_again, job.public_id, g.association.id, me().id)
    return web.go("bank.lines", run=job.public_id)


def load(public_id: str) -> BankLine:
    """The association's line; anything else is 404."""
    return queries.get_line(g.association, public_id) or abort(404)


@blueprint.get("/office/<code>/dues/bank/lines/<public_id>")
@requires(RIGHT, whole=True)
def line(code: str, public_id: str) -> Any:
    """One line: whose it may be, who else is meant, what they owe; or what became of it."""
    shown, query = load(public_id), request.args.get("q", "").strip()[:100]
    payers = _payers(request.args.getlist("who"))
    found = desk.suggest(me(), g.association, query, [one.person.id for one in payers]) if query else []
    if web.htmx:
        return web.partial("bank/_found.html", line=shown, found=found, query=query, payers=payers)
    return _page(shown, payers, _form(shown), found=found, query=query)


def _page(shown: BankLine, payers: list[Payer], form: MatchForm, status: int = 200, **context: Any) -> Any:
    waits = shown.state == LineState.WAITING
    suggested = suggesting.suggest(g.association, [shown]) if waits and not payers else {}
    known = suggesting.suggest_recorded(g.association, [shown] if waits else [])
    context = {
        "line": shown, "payers": payers, "name_of": name_of, "why": reasons.words,
        "ticked": _ticked_names(shown, payers),
        "suggested": suggested.get(shown.id, []),
        "recorded": known.get(shown.id, []), "plain": PlainForm(formdata=None), "found": [], "query": "",
        **context,
    }  # fmt: skip
    if status == 422:
        return web.invalid("bank/line.html", form, **context)
    return web.page("bank/line.html", form=form, **context)


def _payers(public_ids: list[str]) -> list[Payer]:
    return desk.get_payers(me(), g.association, list(dict.fromkeys(public_ids))[:PAYERS])


def _form(shown: BankLine) -> MatchForm:
    """Dated on the day of the booking, unless its book is closed."""
    if request.method == "POST" and "on" in request.form:
        return MatchForm()
    return MatchForm(formdata=None, data={"on": _day(shown)})


def _day(shown: BankLine) -> Any:
    period = ledger.period_on(g.association, shown.booked_on)
    is_open = period is not None and ledger.is_open(g.association, period)
    return shown.booked_on if is_open else today(g.association.time_zone)


def _ticked_names(shown: BankLine, payers: list[Payer]) -> set[str]:
    """What was ticked; opened anew, what the amount settles to the last fen, else the oldest first."""
    if request.method == "POST":
        return set(request.form.getlist("settle"))
    charges = sorted((one for payer in payers for one in payer.charges), key=lambda one: (one.due_on, one.id))
    whole = [one for one in charges if one.open_fen == shown.amount_fen]
    if whole and sum(one.open_fen for one in charges) != shown.amount_fen:
        return {name_of(whole[0])}
    return {name_of(one) for one, _fen in parts_of(shown.amount_fen, charges)}


def _fitting(line: BankLine, payer: Any) -> Any:
    """What of the payer's charges the line settles, the oldest first."""
    rows = queries.owing(g.association, Charge.payer_id == payer.person.id)
    return fitting(line.amount_fen, sorted(rows, key=lambda row: (row.due_on, row.charge_id)))


@blueprint.post("/office/<code>/dues/bank/lines/<public_id>/accept")
@requires(RIGHT, whole=True)
def accept(code: str, public_id: str) -> Any:
    """What was suggested: the line settles, to the last fen, what it fits of what somebody owes."""
    shown, who = load(public_id), request.form.getlist("who")
    payers = _payers(who) or abort(404)
    parts = _fitting(shown, payers[0])
    if not PlainForm().validate_on_submit() or not parts:
        return web.go("bank.line", public_id=public_id, who=who)
    charges = queries.charges({part.charge_id for part in parts})
    settles = [(charges[part.charge_id], part.open_fen) for part in parts]
    try:
        services.match(me(), shown, payers[0].person, settles, _day(shown), method=shown.file.method)
    except RuleError as error:
        web.undo()
        flash(str(error), "warning")
        return web.go("bank.line", public_id=public_id)
    db.session.commit()
    return _next(shown, _told(payers[0].person.name, shown))


def _told(name: str, shown: BankLine) -> str:
    return _("Recorded: %(name)s, %(fen)s yuan.", name=name, fen=money(shown.amount_fen))


@blueprint.post("/office/<code>/dues/bank/lines/<public_id>/link/<payment_id>")
@requires(RIGHT, whole=True)
def link(code: str, public_id: str, payment_id: str) -> Any:
    """The line is the money of a payment that was recorded by hand."""
    shown, kept = load(public_id), select(Payment).where(Payment.association_id == g.association.id)
    payment = get_payment(kept, payment_id) or abort(404)
    if not PlainForm().validate_on_submit():
        return web.go("bank.line", public_id=public_id)
    try:
        recorded.link(me(), shown, payment)
    except RuleError as error:
        web.undo()
        flash(str(error), "warning")
        return web.go("bank.line", public_id=public_id)
    db.session.commit()
    return _next(shown, _("Joined with the payment of %(name)s.", name=payment.payer.name))


@blueprint.post("/office/<code>/dues/bank/lines/<public_id>/match")
@requires(RIGHT, whole=True)
def match(code: str, public_id: str) -> Any:
    """The line is a payment of the people chosen, settling what is ticked; then the next one that waits."""
    shown, form, who = load(public_id), MatchForm(), request.form.getlist("who")
    payers = _payers(who) or abort(404)
    if not form.validate_on_submit():
        return _page(shown, payers, form, 422)
    try:
        _record(shown, form, payers)
    except RuleError as error:
        web.undo()
        form.refuse(error)
        return _page(load(public_id), _payers(who), form, 422)
    db.session.commit()
    return _next(shown, _told(payers[0].person.name, shown))


def _record(shown: BankLine, form: MatchForm, payers: list[Payer]) -> None:
    wanted = set(request.form.getlist("settle"))
    owed = [one for payer in payers for one in payer.charges if name_of(one) in wanted]
    parts = parts_of(shown.amount_fen, sorted(owed, key=lambda one: (one.due_on, one.id)))
    rest = shown.amount_fen - sum(fen for _charge, fen in parts)
    if rest and not form.advance.data and shown.state == LineState.WAITING:
        raise RuleError(
            "advance",
            lazy("%(fen)s yuan more than what is ticked: tick here if it is paid in advance.", fen=money(rest)),
        )
    services.match(
        me(), shown, payers[0].person, parts, form.on.data or shown.booked_on, method=shown.file.method,
        note=form.note.data or "",
    )  # fmt: skip


def _next(shown: BankLine, told: str) -> Response:
    """From the queue back to it; from a line's own page on to the next line."""
    following = queries.next_waiting(g.association, shown) if request.form.get("from") != "queue" else None
    if following is None:
        return web.go("bank.lines", told)
    return web.go("bank.line", told, public_id=following.public_id)


@blueprint.route("/office/<code>/dues/bank/lines/<public_id>/set-aside", methods=["GET", "POST"])
@requires(RIGHT, whole=True)
def set_aside(code: str, public_id: str) -> Any:
    """It is no dues."""
    shown, form = load(public_id), AsideForm()
    if not form.validate_on_submit():
        return web.form_page("bank/set_aside.html", form, line=shown)
    try:
        services.set_aside(me(), shown, form.reason.data or "")
    except RuleError as error:
        return web.refused("bank/set_aside.html", form, error, line=load(public_id))
    db.session.commit()
    return _next(shown, _("Set aside: no dues."))


@blueprint.post("/office/<code>/dues/bank/lines/<public_id>/bring-back")
@requires(RIGHT, whole=True)
def bring_back(code: str, public_id: str) -> Any:
    """What was set aside waits again."""
    shown = load(public_id)
    if not PlainForm().validate_on_submit():
        return web.go("bank.line", public_id=public_id)
    try:
        services.bring_back(me(), shown)
    except RuleError as error:
        web.undo()
        flash(str(error), "warning")
        return web.go("bank.line", public_id=public_id)
    db.session.commit()
    return web.go("bank.line", _("The line waits again."), public_id=public_id)
