"""What waits in the rooms of the dues: counted with all else, a line for everything of which there is some."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import Select

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.bank import queries as bank
from portal.core.calendar import today
from portal.core.i18n import _, ngettext, pgettext
from portal.dues import waiver_queries
from portal.dues.models import Waiver
from portal.handovers import queries as hand_overs
from portal.ledger import queries as ledger
from portal.offices.access import can
from portal.payments import listing
from portal.reports.dated import CLOSED_WITHIN
from portal.statements import queries as statements

HELD_FOR = timedelta(days=14)  # so long a collector may hold cash before somebody asks for it
OPENED_BEFORE = timedelta(days=30)  # so long before its days come the next period is asked for
# Title, detail, page, action: a task without a day.
Line = tuple[str, str, tuple[str, dict[str, Any]], str]


def questions(account: Account, association: Association) -> dict[str, Select[Any]]:
    """What is counted for whoever gives the second signature, and for whoever keeps the cash."""
    asked: dict[str, Select[Any]] = {}
    if can(account, "dues.approve", association, whole=True):
        asked |= listing.counting_waiting(account, association)
        asked["waiting_waivers"] = waiver_queries.counting_waiting(association).where(
            Waiver.asked_by_id != account.person_id
        )
    if can(account, "dues.record", association, whole=True):
        asked |= bank.counting_waiting(association)
        asked["to_close"] = statements.counting_to_close(association, today(association.time_zone) - CLOSED_WITHIN)
        asked["cash_held"] = hand_overs.counting_late(association, today(association.time_zone) - HELD_FOR)
    if association.parent_id is None and can(account, "associations.manage", association):
        asked["period_ends"] = ledger.counting_ending(association, today(association.time_zone) + OPENED_BEFORE)
    return asked


def lines(found: Mapping[str, Any]) -> Iterator[Line]:
    """What is to be done with cash, bank and books, then what waits for a signature."""
    yield from _kept(found)
    yield from _to_sign(found)


def _kept(found: Mapping[str, Any]) -> Iterator[Line]:
    if found.get("period_ends"):
        detail = _("No payment of days without a period can be recorded, anywhere in the federation.")
        yield _("The next period of dues is not open"), detail, ("ledger.new_period", {}), _("Open a period")
    if count := found.get("cash_held"):
        title = ngettext(
            "%(num)d collector holds cash of more than two weeks ago",
            "%(num)d collectors hold cash of more than two weeks ago",
            count,
        )
        yield title, _("Ask for it, and count it."), ("handovers.hand_overs", {}), pgettext("hand-over", "Count")
    if count := found.get("bank_lines"):
        title = ngettext("%(num)d line of the bank to match", "%(num)d lines of the bank to match", count)
        yield title, _("Say whose dues each is, or that it is none."), ("bank.lines", {}), _("Open")
    if count := found.get("to_close"):
        title = ngettext(
            "%(num)d book of a past period is not closed", "%(num)d books of past periods are not closed", count
        )
        yield (
            title,
            _("Look at what is not in order, then close it."),
            ("ledger.books", {}),
            pgettext("book", "Close"),
        )


def _to_sign(found: Mapping[str, Any]) -> Iterator[Line]:
    if count := found.get("waiting_waivers"):
        title = ngettext("%(num)d waiver waits for a signature", "%(num)d waivers wait for a signature", count)
        yield title, _("Look at what for and why, then sign or refuse."), ("dues.waivers_list", {}), _("Sign")
    if count := found.get("waiting_reversals"):
        title = ngettext("%(num)d reversal waits for a signature", "%(num)d reversals wait for a signature", count)
        yield title, _("Look at the payment and why, then sign or refuse."), ("payments.payments", {}), _("Sign")
    if count := found.get("waiting_refunds"):
        title = ngettext("%(num)d refund waits for a signature", "%(num)d refunds wait for a signature", count)
        yield title, _("Look at the payment and why, then sign or refuse."), ("payments.payments", {}), _("Sign")
