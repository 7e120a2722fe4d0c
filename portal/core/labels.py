"""Words of a closed list, each with the label that people read."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Self


class Labelled(StrEnum):
    """A member is written with its label: `ASKED = "asked", lazy_pgettext("star", "Asked for")`. It is its value, as
    of any StrEnum; the label is translated each time it is read.
    """

    _label: Any

    def __new__(cls, value: str, label: Any = "") -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member._label = label
        return member

    @property
    def label(self) -> str:
        return str(self._label)

    @classmethod
    def labels(cls) -> dict[str, Any]:
        """The label of each value, in the order of the class, to be translated when shown: for choices and pages."""
        return {member: member._label for member in cls}
