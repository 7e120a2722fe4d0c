"""The register of honours and the medals list as rows of a sheet: what their pages show, no more."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select

from portal.core.downloads import ListFile, each
from portal.core.formats import local
from portal.core.i18n import _, pgettext
from portal.honours.models import Honour, HonourCertificate


def state_of(honour: Honour) -> tuple[str, str]:
    """How an honour stands, in words, and its tone."""
    if honour.revoked_at is not None:
        return pgettext("honours", "Revoked"), "red"
    if honour.handed_on is not None:
        return pgettext("honours", "Handed over"), "green"
    return pgettext("honours", "Not handed over"), "amber"


def certificate_state(honour: Honour, certificate: HonourCertificate) -> tuple[str, str]:
    """How a certificate stands, in words, and its tone."""
    if certificate.superseded_reason == "removed":
        return pgettext("certificate", "Record deleted"), "grey"
    if honour.revoked_at is not None:
        return pgettext("honours", "Revoked"), "red"
    if certificate.superseded_at is not None:
        return pgettext("certificate", "Superseded"), "amber"
    return pgettext("certificate", "Valid"), "green"


def number_of(honour: Honour) -> str:
    """The number of its certificate in force, or of the last one."""
    return honour.certificates[-1].number if honour.certificates else ""


def honours(statement: Select[Any]) -> ListFile:
    """The rows that the register shows."""
    revoked, handed, waits = (
        pgettext("honours", "Revoked"), pgettext("honours", "Handed over"), pgettext("honours", "Not handed over")
    )  # fmt: skip

    def line(row: Honour) -> list[object]:
        state = revoked if row.revoked_at else handed if row.handed_on else waits
        since = local(row.revoked_at).date() if row.revoked_at else None
        known = (row.name, row.kind.name, row.of.display_name, row.association.display_name, row.decided_on)
        return [*known, state, row.handed_on, since, row.revoked_reason]

    headings = [
        _("Name"), pgettext("honours", "Kind"), _("Association"), pgettext("honours", "Given by"),
        pgettext("honours", "Decided on"), _("State"), _("Handed over on"), pgettext("honours", "Revoked on"),
        _("Reason"),
    ]  # fmt: skip
    return ListFile(pgettext("commendations", "Register of honours"), headings, statement, each(line))


def medals(statement: Select[Any]) -> ListFile:
    """What is handed over at the ceremony, with room to sign."""

    def line(row: Honour) -> list[object]:
        return [row.of.display_name, row.kind.name, row.name, number_of(row), row.handed_on, ""]

    headings = [
        _("Association"), pgettext("honours", "Kind"), _("Name"), pgettext("certificate", "No."),
        _("Handed over on"), _("Received (signature)"),
    ]  # fmt: skip
    return ListFile(_("Medals list"), headings, statement, each(line))
