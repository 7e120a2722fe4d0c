"""Lists of stars and certificates as files: the rows and columns that the pages show, no more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy.orm import Session

from portal.certificates.issuing import SupersededReason
from portal.certificates.models import ServiceCertificate, StarGrant, StarState
from portal.core.downloads import Line, ListFile, each, words
from portal.core.formats import hours, local, spoken_number
from portal.core.i18n import _, lazy_pgettext, ngettext, pgettext


def stars_shown(stars: int) -> str:
    """三星级, or 3 stars."""
    number = spoken_number(stars)
    if number.isdecimal():
        return ngettext("%(num)d star", "%(num)d stars", stars)
    return pgettext("stars", "%(number)s stars", number=number)


def requests(statement: Any) -> ListFile:
    states, shown = words(StarState.labels()), _stars()

    def lines(found: Sequence[Any], _session: Session) -> Iterable[Line]:
        return [_request(row, states, shown) for row in found]

    headings = [
        _("Name"), _("Association"), _("Stars"), pgettext("stars", "Hours when asked"), pgettext("stars", "Asked on"),
        _("State"), pgettext("stars", "Decided on"), _("Reason"),
    ]  # fmt: skip
    return ListFile(_("Requests for stars"), headings, statement, lines)


def _request(row: StarGrant, states: dict[str, str], shown: list[str]) -> Line:
    decided = local(row.decided_at).date() if row.decided_at else None
    asked = local(row.asked_at).date()
    known = (row.person.name, row.association.display_name, shown[row.stars], hours(row.minutes), asked)
    return [*known, states[row.state], decided, row.reason]


def starred(statement: Any) -> ListFile:
    shown = _stars()
    headings = [_("Name"), _("Association"), _("Stars"), pgettext("stars", "Granted on")]
    return ListFile(_("Volunteers with stars"), headings, statement, each(lambda row: _starred(row, shown)))


def _starred(row: StarGrant, shown: list[str]) -> Line:
    granted = local(row.decided_at).date() if row.decided_at else None
    return [row.person.name, row.association.display_name, shown[row.stars], granted]


def _stars() -> list[str]:
    """Looked up while the request lasts: what is streamed is read when its language is gone."""
    return [stars_shown(number) for number in range(10)]


VALID = lazy_pgettext("certificate", "Valid")


def state_of(certificate: ServiceCertificate) -> str:
    """Valid, or why not."""
    return SupersededReason(certificate.superseded_reason).label if certificate.superseded_at else str(VALID)


def certificates(statement: Any) -> ListFile:
    states = {"": str(VALID), **words(SupersededReason.labels())}
    headings = [
        pgettext("certificate", "No."), _("Name"), _("Recording unit"), pgettext("certificate", "From"),
        pgettext("certificate", "To"), pgettext("certificate", "Hours"), pgettext("certificate", "Issued on"),
        _("State"),
    ]  # fmt: skip
    title = _("Certificates of service")
    return ListFile(title, headings, statement, each(lambda row: _certificate(row, states)))


def _certificate(row: ServiceCertificate, states: dict[str, str]) -> Line:
    issued = local(row.issued_at).date()
    known = (row.number, row.printed_name, row.snapshot["unit"], row.start_on, row.end_on)
    return [*known, hours(row.minutes), issued, states[row.superseded_reason]]
