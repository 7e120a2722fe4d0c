"""The list of hand-overs as a file: every row that the list holds, amounts in yuan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select

from portal.core.downloads import ListFile, each
from portal.core.i18n import _, pgettext
from portal.core.money import yuan
from portal.handovers import queries
from portal.handovers.models import HandOver


def hand_overs(statement: Select[Any]) -> ListFile:
    """Void ones stand among the others, and say so."""
    void, written_off = pgettext("hand-over", "Void"), _("Written off")
    headings = [
        pgettext("hand-over", "Handed over on"), _("Collected by"), pgettext("hand-over", "Received by"),
        pgettext("hand-over", "Expected"), _("Counted"), pgettext("hand-over", "Difference"), _("Note"),
        pgettext("hand-over", "State"), _("Reason"),
    ]  # fmt: skip

    def line(one: HandOver) -> Sequence[object]:
        return [
            one.handed_on,
            one.collector.name,
            one.receiver.name,
            yuan(one.expected_fen),
            yuan(one.counted_fen),
            yuan(one.difference_fen),
            one.note,
            void if one.voided_at else written_off if one.is_write_off else "",
            one.void_reason,
        ]

    return ListFile(pgettext("dues", "Hand-overs"), headings, statement.options(*queries.SHOWN), each(line))
