"""What features above show with a charge: they hand over their parts and links, this floor does not know them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from portal.dues.models import Charge


@dataclass(frozen=True)
class Part:
    """A template, what it needs, and its heading where it has one. The template also sees `charge`."""

    template: str
    context: dict[str, Any] = field(default_factory=dict)
    title: str = ""


@dataclass(frozen=True)
class Link:
    """Something that can be done with a charge now, by the reader."""

    label: str
    address: str


Teller = Callable[[Charge], Part | None]
Offer = Callable[[Charge], Link | None]
Declared = TypeVar("Declared", bound=Callable[[Charge], Any])
_tellers: list[tuple[int, Teller]] = []
_offers: list[tuple[int, Offer]] = []


def part(order: int) -> Callable[[Teller], Teller]:
    """Declare what a feature shows below a charge (loaded as by charge_queries.list_of); None shows nothing."""
    return _declare(_tellers, order)


def link(order: int) -> Callable[[Offer], Offer]:
    """Declare what a feature can do with a charge; None where the reader, or the charge, lets it not."""
    return _declare(_offers, order)


def _declare(told: list[tuple[int, Any]], order: int) -> Callable[[Declared], Declared]:
    def declare(function: Declared) -> Declared:
        told.append((order, function))
        return function

    return declare


def parts_of(charge: Charge) -> list[Part]:
    return _in_order(_tellers, charge)


def links_of(charge: Charge) -> list[Link]:
    return _in_order(_offers, charge)


def _in_order(told: list[tuple[int, Any]], charge: Charge) -> list[Any]:
    found = (function(charge) for _order, function in sorted(told, key=lambda entry: entry[0]))
    return [one for one in found if one is not None]
