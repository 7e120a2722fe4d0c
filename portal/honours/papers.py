"""Certificates as files, where the portal can draw them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import import_module
from importlib.util import find_spec

from portal.honours.models import HonourCertificate

DRAWN_BY = "portal.honours.printing"


@cache
def can_print() -> bool:
    return find_spec(DRAWN_BY) is not None


def draw(certificates: Sequence[HonourCertificate]) -> bytes:
    """A PDF of them all, a page each."""
    pdf: bytes = import_module(DRAWN_BY).print_certificates(certificates)
    return pdf
