"""What several pages of stars and certificates load, and the files that they hand out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Response, abort, g

from portal.accounts.reader import me
from portal.associations.models import Association
from portal.associations.queries import list_ancestors
from portal.certificates import queries
from portal.certificates.models import ServiceCertificate, StarGrant
from portal.certificates.printing import print_certificate
from portal.core import web
from portal.core.documents import MissingGlyphs
from portal.core.forms import choices
from portal.core.i18n import _
from portal.hours.models import HoursEntry

PDF, ALL = "application/pdf", "all"


def load_request(public_id: str, right: str = "volunteers.read") -> StarGrant:
    """A request of this association or one below it; 404 for every other."""
    return queries.get_request(me(), g.association, public_id, right) or abort(404)


def load_certificate(public_id: str, right: str = "volunteers.read") -> ServiceCertificate:
    return queries.get_certificate(me(), g.association, public_id, right) or abort(404)


def pdf_of(certificate: ServiceCertificate) -> Response:
    """The certificate as it was issued, as a file."""
    try:
        pdf = print_certificate(certificate)
    except MissingGlyphs:  # the federation's site has an address that cannot be printed
        abort(409)
    name = f"{_('Certificate of volunteer service')}-{certificate.printed_name}-{certificate.end_on}.pdf"
    return web.download(pdf, name, PDF)


def offer_spans(form: Any, entries: Sequence[HoursEntry]) -> None:
    """All of it, or a year in which there was some, the latest first."""
    years = sorted({entry.held_on.year for entry in entries}, reverse=True)
    form.span.choices = choices([(ALL, _("All service")), *((str(year), str(year)) for year in years)])


def span_of(form: Any) -> tuple[date | None, date | None]:
    """First and last day of the chosen year; of all service neither."""
    if form.span.data == ALL:
        return None, None
    return date(int(form.span.data), 1, 1), date(int(form.span.data), 12, 31)


def _standing_above(place: Association) -> Association | None:
    """The nearest above one that is archived."""
    return next((one for one in reversed(list_ancestors(place)) if not one.is_archived), None)


def recording_units(places: Sequence[Association], entries: Sequence[HoursEntry]) -> list[Association]:
    """Who can issue a certificate: where somebody is a volunteer, then where somebody served; for one that is
    archived the one above it.
    """
    found = {place.id: place for place in (*places, *(entry.association for entry in reversed(entries)))}
    standing = (_standing_above(place) if place.is_archived else place for place in found.values())
    return list({place.id: place for place in standing if place is not None}.values())
