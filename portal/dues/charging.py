"""Charging a period as a step to a desired state: what is owed by the plans becomes what is charged, no more."""

from __future__ import annotations

from dataclasses import dataclass

from portal.associations.models import Association
from portal.core.audit import Actor
from portal.ledger.models import DuesPeriod


@dataclass(frozen=True)
class Outcome:
    """How many charges are new, replaced because the amount or the payer changed, void, and as they were."""

    new: int = 0
    changed: int = 0
    voided: int = 0
    unchanged: int = 0


def charge(actor: Actor | None, association: Association, period: DuesPeriod) -> Outcome:
    """Bring the association's charges of a period up to date. Run twice it changes nothing."""
    raise NotImplementedError


def preview(association: Association, period: DuesPeriod, *, below: bool = False) -> Outcome:
    """What `charge` would do there, or there and everywhere below. Nothing is written."""
    raise NotImplementedError
