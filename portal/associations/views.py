"""Pages of associations: the public directory, and in the office what an association says of itself."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, g, request
from flask_login import current_user

from portal.associations import directory_queries, queries, services
from portal.associations.forms import DetailsForm
from portal.associations.models import Association, Level
from portal.core import web
from portal.core.access import public, requires
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.feature import Entry, Feature
from portal.core.i18n import _, lazy, lazy_pgettext
from portal.core.paging import page_number, paginate
from portal.core.shared import shared

blueprint = Blueprint("associations", __name__)

feature = Feature(
    "associations",
    blueprint,
    public=(Entry(lazy("Associations"), "associations.directory", 30, also=("associations.directory",)),),
    office=(
        Entry(
            lazy_pgettext("office", "Association"),
            "associations.settings",
            80,
            "associations.manage",
            lazy("Settings"),
            also=("associations.branches",),
        ),
    ),
)

UPPER_PAGE, LIST_PAGE = 10, 50


@blueprint.get("/associations")
@public
@shared
def directory() -> str:
    """The tree by street and town, or the associations whose name holds what was typed."""
    text = request.args.get("q", "").strip()[:60]
    under = _asked_for("under") if "under" in request.args else queries.get_root()
    number = page_number()
    if text or under is None:
        page = paginate(directory_queries.find(text), number, LIST_PAGE, scalars=False)
        rows = directory_queries.fill(page.rows, with_below=False)
    else:
        size = UPPER_PAGE if under.level == Level.FEDERATION else LIST_PAGE
        page = paginate(directory_queries.listed_below(under), number, size, scalars=False)
        rows = directory_queries.fill(page.rows)
    return web.page("associations/directory.html", page=page, rows=rows, text=text, under=under)


def _asked_for(name: str) -> Association:
    """The association that the address asks for; an archived one is listed nowhere."""
    association = queries.get_association(request.args[name])
    return association if association is not None and not association.is_archived else abort(404)


@blueprint.route("/office/<code>/settings", methods=["GET", "POST"])
@requires("associations.manage")
def settings(code: str) -> Any:
    """Names, introduction, contact and hours, as the public page shows them."""
    form = DetailsForm(obj=g.association)
    if g.association.level != Level.GRASSROOTS:
        del form.formation
    if g.association.parent_id is not None:
        del form.reviews_notices  # the federation's to settle
    if not form.validate_on_submit():
        return web.form_page("associations/settings.html", form)
    try:
        services.update_association(current_user, g.association, **form.values())
    except RuleError as error:
        return web.refused("associations/settings.html", form, error)
    db.session.commit()
    return web.go("associations.settings", _("Saved. The public page shows it from now on."))


from portal.associations import branch_views, group_views  # noqa: E402, F401 - their routes belong to this blueprint
