"""What waits in the rooms of the dues: counted with all else, a line for everything of which there is some."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Select

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core.i18n import _, ngettext
from portal.offices.access import can
from portal.payments import listing

# Title, detail, page, action: a task without a day.
Line = tuple[str, str, tuple[str, dict[str, Any]], str]


def questions(account: Account, association: Association) -> dict[str, Select[Any]]:
    """What is counted for whoever gives the second signature."""
    if not can(account, "dues.approve", association, whole=True):
        return {}
    return listing.counting_waiting(account, association)


def lines(found: Mapping[str, Any]) -> Iterator[Line]:
    if count := found.get("waiting_reversals"):
        title = ngettext("%(num)d reversal waits for a signature", "%(num)d reversals wait for a signature", count)
        yield title, _("Look at the payment and why, then sign or refuse."), ("payments.payments", {}), _("Sign")
    if count := found.get("waiting_refunds"):
        title = ngettext("%(num)d refund waits for a signature", "%(num)d refunds wait for a signature", count)
        yield title, _("Look at the payment and why, then sign or refuse."), ("payments.payments", {}), _("Sign")
