"""What several pages of honours load, and the certificates that they hand out."""

from __future__ import annotations

from flask import Response, abort, g

from portal.accounts.reader import me
from portal.core import web
from portal.core.access import can
from portal.core.documents import MissingGlyphs
from portal.honours import queries
from portal.honours.models import Honour, HonourCertificate
from portal.honours.printing import print_certificate

PDF = "application/pdf"


def load(public_id: str) -> Honour:
    """An honour that the association gave, or that its own received; 404 for every other."""
    return queries.get_honour(me(), g.association, public_id) or abort(404)


def load_given(public_id: str, *, standing: bool = False) -> Honour:
    """One that the association gave; 404 for what others gave, and where it should still stand, for a revoked one."""
    honour = load(public_id)
    is_there = honour.association_id == g.association.id and not (standing and honour.revoked_at)
    return honour if is_there else abort(404)


def decides() -> bool:
    """Whether the reader decides commendations here."""
    return can("commendations.decide", whole=True)


def pdf_of(honour: Honour) -> Response:
    """The certificate in force as it was issued, as a file; 404 where there is none."""
    certificate = live_certificate(honour)
    if certificate is None:
        abort(404)
    try:
        pdf = print_certificate(certificate)
    except MissingGlyphs:  # the federation's site has an address that cannot be printed
        abort(409)
    name = f"{certificate.snapshot['kind']}-{certificate.snapshot['name']}-{certificate.number}.pdf"
    return web.download(pdf, name.replace("/", "-"), PDF)


def live_certificate(honour: Honour) -> HonourCertificate | None:
    """The one in force; of a revoked honour there is none."""
    if honour.revoked_at is not None:
        return None
    return next((one for one in honour.certificates if one.superseded_at is None), None)
