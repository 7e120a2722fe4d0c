"""The memberships of somebody, on the person's page in the office."""

from __future__ import annotations

from sqlalchemy import select

from portal.associations.models import Association
from portal.core import access
from portal.core.calendar import today
from portal.core.i18n import _
from portal.members import queries
from portal.members.models import Membership
from portal.people.models import Person
from portal.people.parts import Part, part


@part(10)
def tell_memberships(person: Person, association: Association) -> Part | None:
    """What the person holds or is covered by, as far as the reader's right reaches."""
    seen = access.visible(select(Membership.id), "members.read", Membership)
    context = {
        "held": queries.list_of_person(person.id, within=seen),
        "covering": queries.list_covering(person.id, within=seen),
        "day": today(),
    }
    may = access.can("members.write", association)
    if not may and not context["held"] and not context["covering"]:
        return None
    return Part(_("Memberships"), "members/_of_person.html", context)
