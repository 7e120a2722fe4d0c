"""What the topmost association settles for all: elsewhere there is no such page."""

from __future__ import annotations

from flask import abort, g

from portal.associations.models import Association


def topmost() -> Association:
    """The association of the address, if none stands above it; otherwise 404."""
    association: Association = g.association
    return association if association.parent_id is None else abort(404)
