"""Photos on their way in: resized before the entry is saved, kept while the form goes back and forth, tidied away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from threading import BoundedSemaphore
from typing import Any

from flask import current_app, request
from flask_login import current_user
from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from portal.activities.blueprint import blueprint
from portal.activities.forms import plain
from portal.activities.models import ActivityPhoto
from portal.activities.services import NewPhoto
from portal.associations.models import Association
from portal.core import web
from portal.core.calendar import now
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.files import resize_photo, store
from portal.core.i18n import _
from portal.core.jobs import queue

MOST_PHOTOS = 20
ROOM = 5
WITH_PHOTOS = {f"activities.{name}" for name in ("create", "correct", "add_photos", "keep_photos")}
GOOD_FOR = timedelta(hours=24)
STALE = timedelta(hours=48)
LOOK_BACK = timedelta(days=30)
PHOTO, THUMB = ".photo.jpg", ".thumb.jpg"
# A photo of 60 megapixels takes 200 MB while it is resized: two at a time in each process.
_gate = BoundedSemaphore(2)


@dataclass(frozen=True)
class Pending:
    """A photo in the store that belongs to no entry yet; the form carries its signed token."""

    token: str
    photo: NewPhoto


@blueprint.url_value_preprocessor
def _make_room(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Somebody signed in may send several photos at once: five times the size of other forms.

    Where scripts run they are made smaller first. Without, two photos of today's phones are more than 10 MB, and
    a form that is too large cannot come back with what was typed.
    """
    if endpoint in WITH_PHOTOS and request.method == "POST" and current_user.is_authenticated:
        request.max_content_length = ROOM * current_app.config["MAX_CONTENT_LENGTH"]


def receive(association: Association) -> tuple[list[Pending], list[str]]:
    """The photos of this form: those kept from before and those just sent, and what is wrong with the others."""
    owner = [current_user.id, association.id]
    dropped = set(request.form.getlist("drop"))
    pending = [one for token in request.form.getlist("pending") if (one := read_token(token, owner))]
    kept = [one for one in pending if one.photo.key not in dropped]
    files = [file for file in request.files.getlist("photos") if file.filename]
    faults = []
    if files:
        # The access check has begun a transaction, and on SQLite a POST's is a writing one from its first query
        # (BEGIN IMMEDIATE). Nothing is written yet: end it, so that nobody waits while photos are resized.
        web.undo()
    for file in files:
        try:
            if len(kept) >= MOST_PHOTOS:
                raise RuleError("photos", _("At most %(count)s photos.", count=MOST_PHOTOS))
            kept.append(_take(file, owner))
        except RuleError as error:
            faults.append(f"{file.filename}: {error}")
    return kept, faults


def _take(file: FileStorage, owner: list[int]) -> Pending:
    with _gate:
        photo, thumb, width, height = resize_photo(file.read())
    kept = NewPhoto(store.keep(photo, PHOTO), store.keep(thumb, THUMB), width, height)
    return Pending(_signer().dumps([owner, kept.key, kept.thumb_key, width, height]), kept)


def read_token(token: str, owner: list[int]) -> Pending | None:
    """The photo that a token stands for, if this account kept it for this association within a day."""
    try:
        whose, key, thumb_key, width, height = _signer().loads(token, max_age=int(GOOD_FOR.total_seconds()))
    except BadData:
        return None
    if whose != owner or not store.path(key).exists():
        return None
    caption = plain(request.form.get(f"caption-{key}", ""))[:120]
    return Pending(token, NewPhoto(key, thumb_key, width, height, caption))


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="portal.activities.photos")


def tidy() -> None:
    """After a save: once a day, have what nobody saved cleared away."""
    stamp = store.root / ".photos-tidied"
    if stamp.exists() and now().timestamp() - stamp.stat().st_mtime < GOOD_FOR.total_seconds():
        return
    store.root.mkdir(parents=True, exist_ok=True)
    stamp.touch()
    queue.send(clear_stale)


@queue.task
def clear_stale() -> None:
    """Remove photos that two days after they were sent belong to no entry: forms that were left, photos taken out."""
    oldest, newest = ((now() - age).timestamp() for age in (LOOK_BACK, STALE))
    files = (path for suffix in (PHOTO, THUMB) for path in store.root.glob(f"??/*{suffix}"))
    stale = (path.name for path in files if oldest < path.stat().st_mtime < newest)
    while chunk := set(islice(stale, 200)):
        _remove_unused(chunk)


def _remove_unused(keys: set[str]) -> None:
    for column in (ActivityPhoto.key, ActivityPhoto.thumb_key):
        keys -= set(db.session.scalars(select(column).where(column.in_(keys))))
    for key in keys:
        store.remove(key)
