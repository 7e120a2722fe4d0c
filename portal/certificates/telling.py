"""What a stranger learns about a certificate of service by its code."""

from __future__ import annotations

from sqlalchemy import select

from portal.associations.models import Association
from portal.certificates.issuing import KIND, SupersededReason
from portal.certificates.models import ServiceCertificate
from portal.core.database import db
from portal.core.formats import date_long, mask_name, minutes
from portal.core.i18n import _
from portal.verification.kinds import State, Verdict, tells

STATES = {SupersededReason.CORRECTED: State.ENDED, SupersededReason.REMOVED: State.VOID}


@tells(KIND)
def tell(code_id: int) -> Verdict | None:
    """A valid one with its number, span and time, to be held beside the paper: a figure could have been altered."""
    row = db.session.execute(
        select(ServiceCertificate, Association.name)
        .join(Association, Association.id == ServiceCertificate.association_id)
        .where(ServiceCertificate.code_id == code_id)
    ).one_or_none()
    if row is None:
        return None
    certificate, association = row
    what = _("Certificate of volunteer service")
    if certificate.superseded_at is not None:
        state = STATES[SupersededReason(certificate.superseded_reason)]
        said = _("It was issued by the association, and is not valid any more. The holder may have a newer one.")
        name = mask_name(certificate.snapshot["name"]) if state == State.ENDED else ""
        return Verdict(state, what, name, association, said)
    span = _("%(start)s to %(end)s", start=date_long(certificate.start_on), end=date_long(certificate.end_on))
    facts = (
        (_("Number"), certificate.number),
        (_("Span of service"), span),
        (_("Time served"), minutes(certificate.minutes)),
    )
    said = _("It was issued by the association. Compare the time and the span with the paper.")
    return Verdict(State.VALID, what, mask_name(certificate.snapshot["name"]), association, said, facts)
