"""Charges, and what charging would do, as files with the columns of their pages."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Select

from portal.core.downloads import ListFile, each, words
from portal.core.i18n import _, pgettext
from portal.core.money import yuan
from portal.dues.models import Charge, Waiver, WaiverKind, WaiverState
from portal.dues.states import ChargeState, state_of


def found(statement: Select[Any], finding: Any) -> ListFile:
    """The members of one finding of a preview."""
    headings = [
        _("Name"), _("Member number"), _("Association"), _("Kind"), pgettext("charge", "Payer"),
        pgettext("charge", "Due (yuan)"), pgettext("charge", "Charged before (yuan)"),
    ]  # fmt: skip

    def line(row: Any) -> list[Any]:
        membership, due, before = row
        payer = membership.payer or membership.person
        return [
            membership.display_name, membership.number, membership.association.display_name, membership.kind.name,
            payer.name, yuan(due), yuan(before),
        ]  # fmt: skip

    return ListFile(finding.label, headings, statement, each(line))


def charges(statement: Select[Any], day: date) -> ListFile:
    """The list of charges: who owes what for which period, who pays, and what became of it."""
    states = words(ChargeState.labels())
    headings = [
        _("Name"), _("Member number"), _("Association"), _("Group"), _("Kind"), _("Period"),
        pgettext("charge", "Payer"),
        pgettext("charge", "Charged (yuan)"), pgettext("charge", "Paid (yuan)"), pgettext("charge", "Waived (yuan)"),
        pgettext("charge", "Written off (yuan)"), pgettext("charge", "Open (yuan)"), pgettext("charge", "Due on"),
        _("State"), _("Note"),
    ]  # fmt: skip

    def line(one: Charge) -> list[Any]:
        member = one.membership
        return [
            member.display_name, member.number, one.association.display_name, one.group.name if one.group else "",
            member.kind.name, one.period.name, one.payer.name, yuan(one.amount_fen), yuan(one.paid_fen),
            yuan(one.waived_fen), yuan(one.written_off_fen), yuan(one.open_fen), one.due_on,
            states[state_of(one, day)], one.note,
        ]  # fmt: skip

    return ListFile(pgettext("dues", "Charges"), headings, statement, each(line))


def waivers(statement: Select[Any]) -> ListFile:
    """What was asked to be let off or written off, by whom, and who decided."""
    kinds, states = words(WaiverKind.labels()), words(WaiverState.labels())
    headings = [
        _("Name"), _("Member number"), _("Association"), _("Period"), _("What it is"),
        pgettext("waiver", "Amount (yuan)"), _("Reason"), _("State"), pgettext("waiver", "Asked by"),
        pgettext("waiver", "Decided by"), _("Note"),
    ]  # fmt: skip

    def line(row: Waiver) -> list[Any]:
        member = row.charge.membership
        return [
            member.display_name, member.number, row.association.display_name, row.charge.period.name,
            kinds[row.kind], yuan(row.amount_fen), row.reason, states[row.state], row.asker.name,
            row.decider.name if row.decider else None, row.decision_note,
        ]  # fmt: skip

    return ListFile(pgettext("dues", "Waivers"), headings, statement, each(line))
