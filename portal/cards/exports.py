"""The register of cards as a file: the rows and columns that the page shows, no more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portal.cards.models import IssueReason, MemberCard, VoidReason
from portal.core.calendar import today
from portal.core.downloads import ListFile, each, words
from portal.core.i18n import _, pgettext
from portal.members.models import Membership


def cards(statement: Any) -> ListFile:
    issued = words(IssueReason.labels())
    void, now = issued | words(VoidReason.labels()), states()
    lines = each(lambda row: _line(row[0], row[1], issued, void, now))
    return ListFile(_("Register of cards"), _headings(), statement, lines)


def _headings() -> list[str]:
    return [
        _("Name"),
        _("Member number"),
        _("Association"),
        _("Group"),
        _("State"),
        pgettext("card", "Issued on"),
        pgettext("card", "Why issued"),
        _("Handed over on"),
        pgettext("card", "Why void"),
    ]


def states() -> dict[str, str]:
    return {
        "card-valid": pgettext("cards", "Valid"),
        "card-missing": pgettext("cards", "Needs a card"),
        "card-ended": pgettext("cards", "Membership ended"),
        "card-void": pgettext("cards", "Void"),
    }


def state_of(membership: Membership, card: MemberCard | None) -> str:
    """What the list says of a row: card-missing, -void, -ended or -valid."""
    if card is None:
        return "card-missing"
    if card.voided_at is not None:
        return "card-void"
    is_ended = membership.ended_on is not None and membership.ended_on < today()
    return "card-ended" if is_ended else "card-valid"


def _line(
    membership: Membership,
    card: MemberCard | None,
    issued: Mapping[str, str],
    void: Mapping[str, str],
    states: Mapping[str, str],
) -> list[Any]:
    return [
        membership.display_name,
        membership.number,
        membership.association.display_name,
        membership.group.name if membership.group else "",
        states[state_of(membership, card)],
        card.issued_on if card else None,
        issued[card.reason] if card else "",
        card.handed_over_on if card else None,
        void.get(card.void_reason, "") if card else "",
    ]
