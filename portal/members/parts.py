"""What features above show about a membership on the page of an association's office."""

from __future__ import annotations

from portal.associations.models import Association
from portal.core.parts import Parts
from portal.members.models import Membership
from portal.people.parts import Part

__all__ = ["Part", "part", "parts_of"]

parts: Parts[[Membership, Association], Part] = Parts()
part, parts_of = parts.declare, parts.of
