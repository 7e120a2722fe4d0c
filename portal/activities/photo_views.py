"""Office pages about photos: kept while an entry is written, added to one, described, published, taken out."""

from __future__ import annotations

from flask import Response, abort, g
from flask_login import current_user

from portal.activities import services, suggestions, uploads
from portal.activities.blueprint import blueprint
from portal.activities.entry_views import Answer, load
from portal.activities.forms import EntryForm, PhotoForm
from portal.activities.models import ActivityLog, ActivityPhoto
from portal.activities.services import Publication
from portal.core import web
from portal.core.access import requires
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.files import store
from portal.core.i18n import _
from portal.core.stored import stored_file

WRITE = suggestions.RIGHT


@blueprint.post("/office/<code>/activities/photos")
@requires(WRITE)
def keep_photos(code: str) -> str:
    """Take photos in while the entry is still being written; answers with what the form then carries."""
    pending, faults = uploads.receive(g.association)
    return web.partial("activities/_pending.html", pending=pending, faults=faults)


@blueprint.get("/office/<code>/activities/pending/<token>")
@requires(WRITE)
def pending(code: str, token: str) -> Response:
    """The thumbnail of a photo that belongs to no entry yet, for who sent it."""
    found = uploads.read_token(token, [current_user.id, g.association.id])
    return photo_file(found.photo.thumb_key, "photo.jpg") if found else abort(404)


@blueprint.get("/office/<code>/activities/<public_id>/photos")
@requires(WRITE)
def more_photos(code: str, public_id: str) -> str:
    return web.page("activities/photos.html", form=EntryForm(formdata=None), log=load(public_id), pending=[])


@blueprint.post("/office/<code>/activities/<public_id>/photos")
@requires(WRITE)
def add_photos(code: str, public_id: str) -> Answer:
    pending, faults = uploads.receive(g.association)
    log, form = load(public_id), EntryForm()
    publication = Publication(bool(form.photos_agreed.data), bool(form.photos_absent.data))
    try:
        if faults or not pending:
            raise RuleError("photos", " ".join(faults) or _("Choose a photo."))
        services.add_photos(current_user, log, [one.photo for one in pending], publication)
    except RuleError as error:
        return web.refused("activities/photos.html", form, error, log=load(public_id), pending=pending)
    db.session.commit()
    return web.go(".entry", _("The photos are in the record."), public_id=public_id)


@blueprint.get("/office/<code>/activities/<public_id>/photos/<photo_id>")
@requires(WRITE)
def photo(code: str, public_id: str, photo_id: str) -> str:
    log = load(public_id)
    one = _find(log, photo_id)
    form = PhotoForm(data={"caption": one.caption, "photos_agreed": one.is_public})
    return web.page("activities/photo.html", form=form, log=log, photo=one)


@blueprint.post("/office/<code>/activities/<public_id>/photos/<photo_id>")
@requires(WRITE)
def change_photo(code: str, public_id: str, photo_id: str) -> Answer:
    log, form = load(public_id), PhotoForm()
    one = _find(log, photo_id)
    publication = Publication(form.photos_agreed.data, form.photos_absent.data)
    try:
        if not form.validate():
            return web.invalid("activities/photo.html", form, log=log, photo=one)
        services.change_photo(current_user, log, one, form.caption.data or "", publication)
    except RuleError as error:
        return web.refused("activities/photo.html", form, error, log=load(public_id), photo=one)
    db.session.commit()
    return web.go(".entry", _("The photo is saved."), public_id=public_id)


@blueprint.post("/office/<code>/activities/<public_id>/photos/<photo_id>/remove")
@requires(WRITE)
def remove_photo(code: str, public_id: str, photo_id: str) -> Response:
    log = load(public_id)
    keys = services.remove_photo(current_user, log, _find(log, photo_id))
    db.session.commit()
    store.discard(keys)
    return web.go(".entry", _("The photo is removed."), public_id=public_id)


def photo_file(key: str, name: str) -> Response:
    """A JPEG of our own making, shown in the page or by itself, with nothing it could do."""
    return stored_file(key, name, "image/jpeg")


def _find(log: ActivityLog, photo_id: str) -> ActivityPhoto:
    return next((one for one in log.photos if one.public_id == photo_id), None) or abort(404)
