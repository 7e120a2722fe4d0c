"""What everybody may see of the log book: the list, an entry's story without anybody's name, its public photos."""

from __future__ import annotations

from flask import Response, abort, request
from flask_login import current_user

from portal.activities import gallery, queries
from portal.activities.blueprint import blueprint
from portal.activities.figures import figures_of
from portal.activities.photo_views import photo_file
from portal.associations.queries import get_association
from portal.core import web
from portal.core.access import public
from portal.core.paging import page_number, paginate
from portal.core.shared import shared
from portal.plans.kinds import ActivityKind

# A photo that is withdrawn has left every browser's store within a day.
PUBLIC_CACHE = "public, max-age=86400"
PRIVATE_CACHE = "private, no-store"
FEW = 100  # associations to choose from in one list; of more, the directory is searched


@blueprint.get("/activities")
@public
@shared
def public_list() -> str:
    """Activities that associations show, newest first."""
    kind, code = request.args.get("kind", ""), request.args.get("association", "")
    of = get_association(code) if code else None
    statement = queries.list_public(of.path if of else "", kind if kind in set(ActivityKind) else "")
    page = paginate(statement, page_number(), 20)
    places = queries.list_showing(FEW + 1)
    context = {"page": page, "figures": figures_of(page.rows), "kind": kind, "of": of}
    context |= {"kinds": ActivityKind.labels(), "places": places if len(places) <= FEW else []}
    return web.page("activities/public_list.html", **context)


@blueprint.get("/activities/<public_id>")
@public
@shared
def story(public_id: str) -> str:
    """One activity as everybody may read it: how many took part, and not who."""
    log = queries.get_public(public_id) or abort(404)
    photos = gallery.list_open_photos(log)
    return web.page("activities/story.html", log=log, figures=figures_of([log])[log.id], photos=photos)


@blueprint.get("/activities/photos/<public_id>/<any(full, thumb):size>.jpg")
@public
def photo_jpg(public_id: str, size: str) -> Response:
    """A photo: for everybody while it is public, else for who may read its entry; to all others it is not there."""
    found = gallery.get_photo(public_id) or abort(404)
    photo, is_open = found
    if not is_open and not (current_user.is_authenticated and gallery.may_see(current_user, photo.log)):
        abort(404)
    response = photo_file(photo.key if size == "full" else photo.thumb_key, f"{photo.log.held_on}-{size}.jpg")
    response.headers["Cache-Control"] = PUBLIC_CACHE if is_open else PRIVATE_CACHE
    return response
