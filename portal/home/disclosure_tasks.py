"""What has to be published by the calendar: what is late, and what is due within a few working days."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Select

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core.calendar import today, working_days_between
from portal.core.i18n import _, ngettext
from portal.disclosure.queries import Due, DueState, asking, read_asked
from portal.offices.access import can

SOON = 10  # working days
# Working days left, title, detail, page, action.
Line = tuple[int | None, str, str, tuple[str, dict[str, Any]], str]


def questions(account: Account, association: Association) -> dict[str, Select[Any]]:
    """The calendar, for whoever writes notices here."""
    return {"disclosure": asking(association)} if can(account, "notices.write", association) else {}


def lines(found: Mapping[str, Any], association: Association) -> Iterator[Line]:
    """One line for what is late and one for what is due soon, each by the earliest of them."""
    day = today(association.time_zone)
    dues = sorted(read_asked(found.get("disclosure"), association, day), key=lambda due: due.due_on)
    page: tuple[str, dict[str, Any]] = ("disclosure.calendar", {})
    late = [due for due in dues if due.state == DueState.LATE]
    soon = [due for due in dues if due.state == DueState.DUE and working_days_between(day, due.due_on) <= SOON]
    if late:
        title = ngettext(
            "%(num)d document is late to be published", "%(num)d documents are late to be published", len(late)
        )
        yield min(working_days_between(day, late[0].due_on), -1), title, _named(late), page, _("Open")
    if soon:
        title = ngettext("%(num)d document is to be published", "%(num)d documents are to be published", len(soon))
        yield working_days_between(day, soon[0].due_on), title, _named(soon), page, _("Open")


def _named(dues: list[Due]) -> str:
    return _(", ").join(f"{due.name}{due.duty.title}" for due in dues[:3]) + ("…" if len(dues) > 3 else "")
