"""Words of the register that its list, its files and its figures share."""

from __future__ import annotations

from typing import Any

from portal.core.i18n import lazy
from portal.register.queries import UNKNOWN_AGE

BAND_LABELS = {"0-13": lazy("Under 14"), "80": lazy("80 and older"), UNKNOWN_AGE: lazy("Not recorded")}


def band_label(name: str) -> Any:
    """A band of ages as people write it: 18–34."""
    return BAND_LABELS.get(name) or name.replace("-", "–")
