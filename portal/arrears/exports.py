"""Arrears and the reminders of a round as files."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import joinedload

from portal.arrears.models import Channel, Reminder
from portal.core.downloads import ListFile, each, words
from portal.core.formats import local
from portal.core.i18n import _, pgettext
from portal.core.money import yuan


def owing(statement: Select[Any], day: date, zone: str) -> ListFile:
    """Who owes what and since when, as the list shows it."""
    headings = [
        _("Name"), _("Association"), pgettext("arrears", "Open (yuan)"), pgettext("arrears", "Charges"),
        pgettext("arrears", "Oldest due on"), pgettext("arrears", "Days overdue"),
        pgettext("arrears", "Last reminder"),
    ]  # fmt: skip

    def line(row: Any) -> list[Any]:
        place = row.short_name or row.association
        last = local(row.reminded_at, zone).date() if row.reminded_at else None
        return [row.name, place, yuan(row.open_fen), row.charges, row.due_on, (day - row.due_on).days, last]

    return ListFile(pgettext("dues", "Arrears"), headings, statement, each(line))


def reminders(statement: Select[Any], zone: str) -> ListFile:
    """The reminders of a round: whom, how much, whether it was given and what came of it."""
    headings = [
        _("Name"), pgettext("arrears", "Open (yuan)"), pgettext("reminder", "Time"), pgettext("reminder", "Given on"),
        _("What came of it"),
    ]  # fmt: skip

    def line(row: Reminder) -> list[Any]:
        given = local(row.done_at, zone).date() if row.done_at else None
        return [row.payer.name, yuan(row.amount_fen), row.level, given, row.outcome]

    shown = statement.options(joinedload(Reminder.payer))
    return ListFile(pgettext("arrears", "Reminders"), headings, shown, each(line))


def rounds(statement: Select[Any]) -> ListFile:
    """The rounds: when, how, how many reminders and how many of them were given."""
    channels = words(Channel.labels())

    def line(row: Any) -> list[Any]:
        made, count, given = row
        return [made.made_on, channels[made.channel], count, given, made.creator.name if made.creator else None]

    headings = [
        _("Date"), _("How"), pgettext("arrears", "Reminders"), pgettext("reminder", "Given"),
        pgettext("reminder", "Made by"),
    ]  # fmt: skip
    return ListFile(pgettext("arrears", "Reminders"), headings, statement, each(line))
