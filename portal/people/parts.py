"""What features above show about a person on the page of an association's office."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from portal.associations.models import Association
from portal.core.parts import Parts
from portal.people.models import Person


@dataclass(frozen=True)
class Part:
    """A section of the page: its heading, its template, and what the template needs."""

    title: str
    template: str
    context: dict[str, Any] = field(default_factory=dict)


parts: Parts[[Person, Association], Part] = Parts()
part, parts_of = parts.declare, parts.of
