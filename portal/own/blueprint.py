"""The blueprint of one's own pages, and what they add to the navigations."""

from __future__ import annotations

from flask import Blueprint

from portal.core.feature import Entry, Feature
from portal.core.i18n import lazy

blueprint = Blueprint("own", __name__)

feature = Feature(
    "own",
    blueprint,
    own=(
        Entry(lazy("My data"), "own.data", 10, also=("own.consents", "own.copy", "own.delete")),
        Entry(lazy("Who can see me"), "own.sight", 20),
    ),
)
