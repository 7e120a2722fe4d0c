"""Reminders on paper and by mail: what is open, of which period, and how to pay."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import current_app
from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.arrears import queries, services
from portal.arrears.models import Channel, Reminder, ReminderRound
from portal.associations.models import Association
from portal.core import mail
from portal.core.calendar import today
from portal.core.database import db
from portal.core.documents import missing_glyphs, render_pdf
from portal.core.formats import chinese_date, date_long, money
from portal.core.i18n import BABEL, _
from portal.core.jobs import queue
from portal.dues.models import Charge
from portal.settings import Settings

TOGETHER = 500  # letters in one file: more take longer than one waits


def print_letters(made: ReminderRound, reminders: Sequence[Reminder]) -> bytes:
    """A letter for each who still owes, a page each (load `payer` and the round's association); empty for nobody."""
    place, day = made.association, today(made.association.time_zone)
    owed = queries.open_of(made, [one.payer_id for one in reminders], day)
    settings: Settings = current_app.extensions["portal.settings"]
    with force_locale(BABEL[settings.language]):
        pages = [_page(one, owed[one.payer_id], place) for one in reminders if one.payer_id in owed]
        if not pages:
            return b""
        data = {"letters": pages, "signed": place.name, "day": chinese_date(day), "sender": place.name}
        return render_pdf("letter", data)


def missing(one: Reminder) -> list[str]:
    """The characters of a name or an address that the fonts lack: no letter is printed with a gap."""
    return missing_glyphs(f"{one.payer.name}{one.payer.residence or ''}")


def _page(one: Reminder, owed: Sequence[Charge], place: Association) -> dict[str, Any]:
    return {
        "name": one.payer.name,
        "contact": "",
        "number": "",
        "address": one.payer.residence or "",
        "subject": _("Reminder of dues"),
        "paragraphs": _paragraphs(owed, place),
    }


def _paragraphs(owed: Sequence[Charge], place: Association) -> list[str]:
    lines = [
        _("%(period)s: %(amount)s yuan, due on %(day)s", period=one.period.name, amount=money(one.open_fen),
          day=date_long(one.due_on))
        for one in owed
    ]  # fmt: skip
    whole = money(sum(one.open_fen for one in owed))
    where = " · ".join(filter(None, (place.address, place.office_hours, place.phone)))
    said = [
        _("According to our books these dues are still open:"),
        *lines,
        _("Together %(amount)s yuan.", amount=whole),
        _("You can pay to your group leader or at the office. If you paid in these days, this letter is settled."),
        _("If you cannot pay, speak to us: the association can let you off on a reason."),
    ]
    return [*said, _("The office: %(where)s", where=where)] if where else said


@queue.task
def send_mails(public_id: str) -> None:
    """The mails of a round, each once: written down first, so that nobody is told twice."""
    made = db.session.scalar(select(ReminderRound).where(ReminderRound.public_id == public_id))
    if made is None or made.channel != Channel.MAIL or not mail.is_set():
        return
    waiting = select(Reminder).where(Reminder.round_id == made.id, Reminder.done_at.is_(None)).order_by(Reminder.id)
    for one in db.session.scalars(
        waiting.options(joinedload(Reminder.payer), joinedload(Reminder.association), joinedload(Reminder.round))
    ).all():
        _mail(one, made.created_by_id)


def _mail(one: Reminder, by_id: int | None) -> None:
    settings: Settings = current_app.extensions["portal.settings"]
    place, address = one.association, one.payer.email
    owed = services.give(one, by_id) if address and not services.was_lately(one) else []
    if not address or not owed:
        return
    with force_locale(BABEL[settings.language]):
        subject, body = _("Reminder of dues"), "\n\n".join([one.payer.name, *_paragraphs(owed, place), place.name])
    db.session.commit()
    mail.send(address, subject, body)
