"""The blueprint of the bank's files and lines; its views lie in several modules."""

from __future__ import annotations

from flask import Blueprint, abort, g
from flask_login import current_user

from portal.bank import services

blueprint = Blueprint("bank", __name__)


@blueprint.before_request
def _for_the_whole_association() -> None:
    """Whoever records dues of a group only has nothing to do with the bank."""
    if not services.may(current_user, g.association):
        abort(403)
