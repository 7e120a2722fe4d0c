"""The federation's table of stars: its versions, and a new one from a day on."""

from __future__ import annotations

from typing import Any

from portal.accounts.reader import me
from portal.associations.models import Association
from portal.associations.topmost import topmost
from portal.certificates import queries, tables
from portal.certificates.blueprint import blueprint
from portal.certificates.forms import TableForm
from portal.core import web
from portal.core.access import requires
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import _


@blueprint.get("/office/<code>/star-tables")
@requires("associations.manage")
def star_tables(code: str) -> str:
    """The version in force and every other, each with how many stars were granted by it."""
    root = topmost()
    in_force = queries.table_on(root.id, today(root.time_zone))
    versions, counts = queries.list_tables(root.id), queries.count_granted_by_table(root.id)
    return web.page("certificates/tables.html", versions=versions, in_force=in_force, counts=counts)


@blueprint.route("/office/<code>/star-tables/new", methods=["GET", "POST"])
@requires("associations.manage")
def new_star_table(code: str) -> Any:
    """Another version from a day on, with its basis; it begins with the hours of the last."""
    root, form = topmost(), TableForm()
    if not form.is_submitted():
        form.effective_on.data = today(root.time_zone)
        form.hours.data = " ".join(str(level.minutes // 60) for level in _last_levels(root))
    if not form.validate_on_submit():
        return web.form_page("certificates/table_form.html", form)
    try:
        known = (form.effective_on.data or today(), form.basis.data or "", form.hours.numbers)
        made = tables.make_version(me(), root, *known)
    except RuleError as error:
        return web.refused("certificates/table_form.html", form, error)
    db.session.commit()
    return web.go(".star_tables", _("Version %(number)s of the table is made.", number=made.version))


def _last_levels(root: Association) -> list[Any]:
    versions = queries.list_tables(root.id)
    return list(versions[0].levels) if versions else []
