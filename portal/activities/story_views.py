"""Office pages about an entry as a story: its title picture."""

from __future__ import annotations

from flask import Response, abort, flash
from flask_login import current_user

from portal.activities import story_services, suggestions
from portal.activities.blueprint import blueprint
from portal.activities.entry_views import load
from portal.core import web
from portal.core.access import requires
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import _


@blueprint.post("/office/<code>/activities/<public_id>/photos/<photo_id>/title")
@requires(suggestions.RIGHT)
def choose_title(code: str, public_id: str, photo_id: str) -> Response:
    """Refused, it says so on the entry's page."""
    log = load(public_id)
    photo = next((one for one in log.photos if one.public_id == photo_id), None) or abort(404)
    try:
        story_services.choose_title(current_user, log, photo)
    except RuleError as error:
        web.undo()
        flash(error.message, "error")
        return web.go(".entry", public_id=public_id)
    db.session.commit()
    return web.go(".entry", _("The story begins with this picture."), public_id=public_id)
