"""The charter that an office address names."""

from __future__ import annotations

from flask import abort, g
from flask_login import current_user

from portal.charters import queries
from portal.charters.models import Charter


def load(public_id: str) -> Charter:
    """The charter, if it is this association's and the reader may see it; otherwise 404."""
    return queries.get_charter(current_user, g.association, public_id) or abort(404)
