"""The roll, the transfers and the kinds as files: the rows and columns that their pages show, no more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from portal.associations.models import Association
from portal.core.downloads import ListFile, each, words
from portal.core.formats import local
from portal.core.i18n import _, pgettext
from portal.members.models import Holder, MembershipKind, Transfer, TransferState
from portal.members.roll_queries import Entry


def roll(entries: Sequence[Entry]) -> ListFile:
    headings = [_("No."), _("Group"), _("Member number"), _("Name"), _("Kind"), _("Joined on")]
    lines = [
        [number, entry.group, entry.number, entry.name, entry.kind, entry.joined_on]
        for number, entry in enumerate(entries, 1)
    ]
    return ListFile(_("Roll of members"), headings, lines)


def transfers(statement: Any, association: Association) -> ListFile:
    """Of those that wait it says on which side."""
    states, zone = words(TransferState.labels()), association.time_zone
    waits = {True: _("Waits for the other side"), False: _("Waits for your answer")}

    def line(row: Transfer) -> list[Any]:
        is_ours = row.proposed_by_association_id == association.id
        return [
            row.membership.display_name,
            row.membership.number,
            row.membership.kind.name,
            row.from_association.display_name,
            row.to_association.display_name,
            local(row.proposed_at, zone),
            waits[is_ours] if row.state == TransferState.PROPOSED else states[row.state],
        ]

    return ListFile(_("Transfers"), _transfer_headings(), statement, each(line))


def kinds(found: Sequence[MembershipKind], counts: Mapping[int, int]) -> ListFile:
    """The kinds of the federation in their order, those in use no longer with their last day."""
    holders, open_to = words(Holder.labels()), {True: _("Can be applied for"), False: _("Entered by officers only")}

    def line(kind: MembershipKind) -> list[Any]:
        applied = None if kind.ended_on else open_to[kind.is_open]
        return [kind.name, holders[kind.holder], counts.get(kind.id, 0), applied, kind.ended_on]

    headings = [_("Kind"), _("Who holds it"), pgettext("membership", "In force"), _("Applications"), _("Last day")]
    return ListFile(_("Kinds of membership"), headings, list(map(line, found)))


def _transfer_headings() -> list[str]:
    sides = [pgettext("transfer", "From"), pgettext("transfer", "To")]
    return [_("Name"), _("Member number"), _("Kind"), *sides, _("Proposed on"), _("State")]
