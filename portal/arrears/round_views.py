"""Rounds of reminders: made, called through, printed, sent by mail, each reminder once."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from flask import Response, abort, flash, g
from flask_login import current_user
from sqlalchemy.orm import joinedload

from portal.arrears import calling, exports, queries, sending, services
from portal.arrears.blueprint import blueprint
from portal.arrears.forms import DoneForm, PhonesForm, RoundForm
from portal.arrears.models import Channel, Reminder, ReminderRound
from portal.arrears.queries import Filter
from portal.associations.queries import list_groups
from portal.core import downloads, mail, web
from portal.core.access import requires
from portal.core.calendar import today
from portal.core.database import db
from portal.core.documents import MissingGlyphs
from portal.core.errors import RuleError
from portal.core.forms import choices
from portal.core.i18n import _, ngettext, pgettext
from portal.core.jobs import queue
from portal.core.paging import Page, page_number, paginate
from portal.dues import rules


@blueprint.get("/office/<code>/dues/arrears/reminders")
@requires("dues.read")
def rounds(code: str) -> str:
    """The rounds that were made, the latest first."""
    page = paginate(queries.rounds(current_user, g.association), page_number(), scalars=False)
    return web.page("arrears/rounds.html", page=page, channels=Channel.labels())


@blueprint.get("/office/<code>/dues/arrears/reminders/list.<any(xlsx, csv):form>")
@requires("dues.read")
def rounds_file(code: str, form: str) -> Response:
    """The same as a file."""
    return downloads.send(form, exports.rounds(queries.rounds(current_user, g.association)), "arrears.rounds")


@blueprint.route("/office/<code>/dues/arrears/reminders/new", methods=["GET", "POST"])
@requires("dues.record")
def new_round(code: str) -> Any:
    """How and whom; who would be reminded is shown before."""
    form = _form()
    if not form.validate_on_submit():
        return web.form_page("arrears/round_form.html", form, **_preview(form))
    try:
        known = str(form.key.data or "") or secrets.token_hex(8)
        made = services.begin(current_user, g.association, form.channel.data, _wanted(form), known)
    except RuleError as error:
        return web.refused("arrears/round_form.html", form, error, **_preview(form))
    db.session.commit()
    return web.go("arrears.round_page", _("The reminders stand here."), public_id=made.public_id)


@blueprint.get("/office/<code>/dues/arrears/reminders/<public_id>")
@requires("dues.read")
def round_page(code: str, public_id: str) -> str:
    """Everybody of a round with what is open today, and what came of it."""
    made = _round(public_id)
    return _round_page(made, _page(made))


@blueprint.post("/office/<code>/dues/arrears/reminders/<public_id>/phones")
@requires(calling.RIGHT)
def phones(code: str, public_id: str) -> Any:
    """The page with the phones in clear of those who still owe: each look is recorded, and they can read it."""
    made, form = _round(public_id), PhonesForm()
    page = _page(made)
    if not form.validate_on_submit():
        return _round_page(made, page, form), 422
    try:
        owed = _sums(made, page)
        known = calling.reveal(current_user, g.association, owed, str(form.reason.data))
    except RuleError as error:
        web.undo()
        form.refuse(error)
        return _round_page(_round(public_id), _page(_round(public_id)), form), 422
    db.session.commit()
    return _round_page(made, page, form, known)


def _page(made: ReminderRound) -> Page[Reminder]:
    statement = queries.reminders(current_user, made).options(joinedload(Reminder.payer))
    return paginate(statement, page_number(), 50)


def _sums(made: ReminderRound, page: Page[Reminder]) -> dict[int, int]:
    """What each on the page owes today who owes anything."""
    owed = queries.open_of(made, [one.payer_id for one in page.rows], _day())
    return {payer: sum(charge.open_fen for charge in charges) for payer, charges in owed.items()}


def _round_page(
    made: ReminderRound, page: Page[Reminder], form: PhonesForm | None = None, known: Mapping[int, str] | None = None
) -> str:
    """`known` are phones in clear, by payer."""
    if form is None:
        form = PhonesForm(formdata=None)
        form.reason.data = _("Reminder of dues")
    to_call = made.channel == Channel.CALL
    masked = calling.masked(current_user, [one.payer_id for one in page.rows]) if to_call else {}
    owing = queries.still_owing(made, [one.payer_id for one in page.rows], _day())
    shown = {"sums": _sums(made, page), "owing": owing, "phones": known or {}, "masked": masked, "phones_form": form}
    context = {
        "channels": Channel.labels(),
        "has_mail": mail.is_set(),
        "to_call": to_call,
        "together": sending.TOGETHER,
    }
    return web.page("arrears/round.html", round=made, page=page, **shown, **context)


@blueprint.get("/office/<code>/dues/arrears/reminders/<public_id>/list.<any(xlsx, csv):form>")
@requires("dues.read")
def round_file(code: str, public_id: str, form: str) -> Response:
    """The same as a file: the list to call."""
    statement = queries.reminders(current_user, _round(public_id))
    return downloads.send(form, exports.reminders(statement, g.association.time_zone), "arrears.rounds")


@blueprint.post("/office/<code>/dues/arrears/reminders/<public_id>/letters")
@requires("dues.record")
def letters(code: str, public_id: str) -> Any:
    """The letters of who still owes, so many in one PDF; each is written down as given."""
    made, form = _round(public_id), DoneForm()
    if not form.validate_on_submit() or made.channel != Channel.LETTER:
        abort(400)
    found = _printed_together(made)
    printable = [one for one in found if not sending.missing(one)]
    try:
        pdf = sending.print_letters(made, services.give_all(current_user, made, printable))
    except MissingGlyphs as error:  # of the association's own name or address
        web.undo()
        return web.go(".round_page", _("The fonts lack %(characters)s.", characters=str(error)), public_id=public_id)
    db.session.commit()
    _tell_left_out([one.payer.name for one in found if one not in printable])
    if not pdf:
        return web.go("arrears.round_page", _("There is nobody to remind."), public_id=public_id)
    return web.download(pdf, "-".join((_("Reminders"), f"{_day()}.pdf")), "application/pdf")


def _tell_left_out(names: Sequence[str]) -> None:
    if names:
        told = pgettext("between names", ", ").join(names)
        flash(_("Without a letter, because the fonts lack a character: %(names)s.", names=told), "warning")


def _printed_together(made: ReminderRound) -> Sequence[Reminder]:
    """Those whose letters the address asks for: `page` counts the files."""
    shown = (joinedload(Reminder.payer), joinedload(Reminder.association), joinedload(Reminder.round))
    statement = queries.reminders(current_user, made, right=rules.RIGHT).options(*shown)
    return paginate(statement, page_number(), sending.TOGETHER).rows


@blueprint.post("/office/<code>/dues/arrears/reminders/<public_id>/mails")
@requires("dues.record")
def mails(code: str, public_id: str) -> Any:
    """Send those that were not sent."""
    made, form = _round(public_id), DoneForm()
    if not form.validate_on_submit() or made.channel != Channel.MAIL:
        abort(400)
    if rules.reach(current_user, g.association) is not None:
        abort(403)
    db.session.commit()
    queue.send(sending.send_mails, made.public_id)
    return web.go("arrears.round_page", _("The mails are on their way."), public_id=public_id)


@blueprint.post("/office/<code>/dues/arrears/reminders/<public_id>/<reminder_id>")
@requires("dues.record")
def done(code: str, public_id: str, reminder_id: str) -> Any:
    """Called, or handed over: what came of it."""
    made, form = _round(public_id), DoneForm()
    one = queries.get_reminder(current_user, made, reminder_id) or abort(404)
    if not form.validate_on_submit():
        abort(400)
    try:
        services.done(current_user, one, str(form.outcome.data or ""))
    except RuleError:
        abort(403)
    db.session.commit()
    if one.done_at is None:
        flash(
            _("Not written down: the person was reminded in these days by another round, or owes nothing."), "warning"
        )
    return web.go("arrears.round_page", public_id=public_id, _anchor=f"reminder-{reminder_id}")


def _form() -> RoundForm:
    """The form with the groups that the reader may remind; a leader's own group is chosen."""
    form, reach = RoundForm(), rules.reach(current_user, g.association)
    groups = {one.public_id: one for one in list_groups(g.association) if reach is None or one.id in reach}
    everybody = {"": _("All")} if reach is None else {}
    form.group.choices = choices({**everybody, **{known: one.name for known, one in groups.items()}})
    if not form.is_submitted():
        form.key.data = secrets.token_hex(8)
        form.group.data = "" if reach is None else next(iter(groups), "")
    return form


def _wanted(form: RoundForm) -> Filter:
    group = next((one.id for one in list_groups(g.association) if one.public_id == form.group.data), None)
    return Filter(days=int(form.days.data), group_id=group)


def _preview(form: RoundForm) -> dict[str, Any]:
    """How many there are by age, so that nobody is surprised."""
    ages = queries.by_age(current_user, g.association, Filter(), _day())
    return {"ages": ages, "lately": services.LATELY // timedelta(days=1), "has_mail": mail.is_set()}


def _round(public_id: str) -> ReminderRound:
    return queries.get_round(g.association, public_id) or abort(404)


def _day() -> Any:
    return today(g.association.time_zone)


@blueprint.app_template_global("days_overdue")
def days_overdue(due_on: Any) -> str:
    """Days since it was due, in words."""
    days = (_day() - due_on).days
    return ngettext("%(num)d day", "%(num)d days", days)
