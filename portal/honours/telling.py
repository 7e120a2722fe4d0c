"""What a stranger learns about the certificate of an honour by its code."""

from __future__ import annotations

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.core.database import db
from portal.core.formats import date_long, local, mask_name
from portal.core.i18n import _, pgettext
from portal.honours.models import Honour, HonourCertificate
from portal.honours.services import KIND
from portal.settings import Settings
from portal.verification.kinds import State, Verdict, tells


def verify_url(certificate: HonourCertificate) -> str:
    """Where the QR code leads; from the settings, never from a request."""
    settings: Settings = current_app.extensions["portal.settings"]
    return f"{settings.base_url}/verify/{certificate.code.code}"


@tells(KIND)
def tell(code_id: int) -> Verdict | None:
    """Valid, superseded, revoked with its reason, or the record deleted; of the newer certificate nothing is told.

    What is named stands on the paper whose code it is: the name then, the honour, the number.
    """
    holder = joinedload(HonourCertificate.honour).joinedload(Honour.person)
    statement = select(HonourCertificate).where(HonourCertificate.code_id == code_id).options(holder)
    certificate = db.session.scalar(statement)
    if certificate is None:
        return None
    honour, what, unit = certificate.honour, _("Certificate of honour"), certificate.snapshot["unit"]
    if honour.person is not None and honour.person.removed_at is not None:
        return Verdict(State.VOID, what, said=_("The record of whoever held it was deleted at their own request."))
    name = mask_name(certificate.snapshot["name"]) if honour.person_id else certificate.snapshot["name"]
    if honour.revoked_at is not None:
        said = _("The honour was taken back on %(day)s.", day=date_long(local(honour.revoked_at).date()))
        facts = ((_("Reason"), honour.revoked_reason), *_facts(certificate))
        return Verdict(State.REVOKED, what, name, unit, said, facts)
    if certificate.superseded_at is not None:
        said = _("Another certificate was issued in its place, with another number and another code.")
        return Verdict(State.SUPERSEDED, what, name, unit, said, _facts(certificate))
    said = _("The honour was given and is in force today. Compare name and number with the paper.")
    return Verdict(State.VALID, what, name, unit, said, _facts(certificate))


def _facts(certificate: HonourCertificate) -> tuple[tuple[str, str], ...]:
    printed = certificate.snapshot
    return (
        (_("Honour"), printed["kind"]),
        (_("Number"), certificate.number),
        (pgettext("honours", "Decided on"), date_long(certificate.honour.decided_on)),
    )
