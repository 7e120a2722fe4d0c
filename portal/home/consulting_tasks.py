"""What waits in the rooms where people are heard before something is decided: notice periods, and charters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Select, select

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.charters import queries as charters
from portal.core.calendar import add_working_days, today, working_days_between
from portal.core.i18n import _, ngettext
from portal.objections import queries as objections
from portal.objections.models import NoticePeriod
from portal.reviews.models import Showing

SOON = 2  # working days before a notice period ends
# Working days left, title, detail, page, action.
Line = tuple[int | None, str, str, tuple[str, dict[str, Any]], str]


def questions(account: Account, association: Association) -> dict[str, Select[Any]]:
    """What is counted for whoever opens notice periods and rounds, and for whoever answers."""
    day = today(association.time_zone)
    asked = dict(objections.questions(account, association, day, add_working_days(day, SOON)))
    if "periods_over" in asked:  # what a meeting chose is decided in its call, which has a line of its own
        shown = select(Showing.period_id).where(Showing.period_id == NoticePeriod.id)
        asked["periods_over"] = asked["periods_over"].where(~shown.exists())
    return asked | dict(charters.questions(account, association, day))


def lines(found: Mapping[str, Any], association: Association) -> Iterator[Line]:
    """Objections first: nothing is decided before they are answered."""
    here: tuple[str, dict[str, Any]] = ("objections.office_list", {"state": "open"})
    day = today(association.time_zone)
    if count := found.get("objections"):
        title = ngettext("%(num)d objection to answer", "%(num)d objections to answer", count)
        detail = _("Answer with the reason; nothing is decided before.")
        yield _left(day, found["objections_until"]), title, detail, here, _("Answer")
    if count := found.get("periods_over"):
        title = ngettext("%(num)d notice period to decide", "%(num)d notice periods to decide", count)
        yield None, title, _("Its last day is over: publish the decision."), here, _("Decide")
    if count := found.get("periods_ending"):
        title = ngettext("%(num)d notice period ends soon", "%(num)d notice periods end soon", count)
        yield None, title, _("Within two working days."), here, _("Open")
    yield from _of_charters(found)


def _of_charters(found: Mapping[str, Any]) -> Iterator[Line]:
    here: tuple[str, dict[str, Any]] = ("charters.office_list", {})
    if count := found.get("rounds_over"):
        title = ngettext(
            "%(num)d consultation on a charter is over", "%(num)d consultations on charters are over", count
        )
        yield None, title, _("Close the round; then the next draft begins."), here, _("Open")
    if count := found.get("comments"):
        title = ngettext("%(num)d comment on a charter to answer", "%(num)d comments on charters to answer", count)
        yield None, title, _("The next draft stands once each is answered."), here, _("Answer")
    if count := found.get("charters_to_publish"):
        title = ngettext("%(num)d adopted charter to publish", "%(num)d adopted charters to publish", count)
        yield None, title, _("The former one is superseded by it."), here, _("Publish")


def _left(day: date, until: date) -> int:
    left = working_days_between(day, until)
    return min(left, -1) if until < day else left
