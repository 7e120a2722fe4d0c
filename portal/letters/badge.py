"""The number in the office's navigation: the association's own letters that are not answered."""

from __future__ import annotations

from flask import g
from flask_login import current_user

from portal.letters import queries


def waiting() -> int | None:
    """Asked once for a page, though it may be drawn twice."""
    if "association" not in g:
        return None
    if "letters_waiting" not in g:
        g.letters_waiting = queries.count_waiting(current_user, g.association)
    return int(g.letters_waiting)


def keep(count: int | None) -> None:
    """A page that has counted them with all else need not ask again."""
    if count is not None:
        g.letters_waiting = count
