"""What features above show about a payment on its page: its receipt, its hand-over, its line of the bank."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from portal.core.parts import Parts
from portal.payments.models import Payment


@dataclass(frozen=True)
class Part:
    """A section of the page: its heading, its template, and what the template needs."""

    title: str
    template: str
    context: dict[str, Any] = field(default_factory=dict)


parts: Parts[[Payment], Part] = Parts()
part, parts_of = parts.declare, parts.of
