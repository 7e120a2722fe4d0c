"""The stars and certificates of somebody, on the person's page in the office."""

from __future__ import annotations

from portal.associations.models import Association
from portal.certificates import exports, queries
from portal.core import access
from portal.core.i18n import _
from portal.people.models import Person
from portal.people.parts import Part, part

LATEST = 5


@part(50)
def tell_stars(person: Person, association: Association) -> Part | None:
    """Stars and certificates, as far as the reader's right reaches, and the way to another certificate."""
    if not access.can("volunteers.read", association):
        return None
    requests = queries.list_stars_within(person.id, access.visible)
    certificates = queries.list_certificates_within(person.id, access.visible, LATEST)
    if not requests and not certificates and not access.can("volunteers.write", association):
        return None
    context = {"requests": requests, "certificates": certificates, "state_of": exports.state_of}
    return Part(_("Stars and certificates"), "certificates/_person.html", context)
