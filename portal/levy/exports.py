"""Shares of a levy, and who was counted, as files."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select

from portal.core.downloads import ListFile, each
from portal.core.i18n import _, pgettext
from portal.core.money import yuan
from portal.levy import queries
from portal.levy.models import LevyPerson, LevyShare


def shares(statement: Select[Any]) -> ListFile:
    """What every association owes of a levy and what it paid."""
    headings = [
        _("Association"), pgettext("levy", "People"), pgettext("levy", "Due (yuan)"), pgettext("levy", "Paid (yuan)"),
        pgettext("levy", "Open (yuan)"),
    ]  # fmt: skip

    def line(row: LevyShare) -> list[Any]:
        place = row.association.display_name
        return [place, row.count, yuan(row.amount_fen), yuan(row.paid_fen), yuan(row.open_fen)]

    return ListFile(pgettext("dues", "Levy"), headings, statement.options(*queries.SHOWN), each(line))


def people(statement: Select[Any]) -> ListFile:
    """Who was counted."""

    def line(row: LevyPerson) -> list[Any]:
        return [row.person.name, row.membership.number, row.membership.joined_on]

    headings = [_("Name"), _("Member number"), _("Joined on")]
    shown = statement.options(*queries.PERSON)
    return ListFile(pgettext("levy", "Counted people"), headings, shown, each(line))
