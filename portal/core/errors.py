"""RuleError: a rule of the association says no."""

from __future__ import annotations

from typing import Any


class RuleError(Exception):
    """A rule of the association says no. `field` names the form field it belongs to ("" for the whole form)."""

    def __init__(self, field: str, message: Any) -> None:
        super().__init__(message)
        self.field = field
        self.message = message

    def __str__(self) -> str:
        return str(self.message)
