"""A volunteer's dossier in the office: the page, the sheet to print, the workbook, a new evaluation."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, g
from flask_login import current_user

from portal.core import web
from portal.core.access import requires
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.feature import Feature
from portal.core.forms import choices
from portal.core.i18n import _
from portal.core.spreadsheets import XLSX
from portal.dossiers import exports, figure_views, handing_over_views, own_views, queries, services, training_views
from portal.dossiers.blueprint import blueprint
from portal.dossiers.forms import EvaluationForm
from portal.dossiers.models import Grade
from portal.dossiers.words import context_of
from portal.volunteers import roster_tabs
from portal.volunteers.models import Volunteer
from portal.volunteers.queries import get_volunteer

__all__ = ["blueprint", "feature", "figure_views", "handing_over_views", "own_views", "roster_tabs", "training_views"]

feature = Feature("dossiers", blueprint)
FORM = "dossiers/evaluate.html"


@blueprint.get("/office/<code>/volunteers/<public_id>/dossier")
@requires(queries.RIGHT)
def dossier(code: str, public_id: str) -> str:
    """Data, service, training, awards and evaluations of one volunteer; numbers masked."""
    volunteer = load(public_id)
    return web.page("dossiers/dossier.html", volunteer=volunteer, **context_of(_dossier(volunteer)))


@blueprint.get("/office/<code>/volunteers/<public_id>/dossier/sheet")
@requires(queries.RIGHT)
def sheet(code: str, public_id: str) -> str:
    """The same on one sheet to print and file."""
    volunteer = load(public_id)
    return web.page("dossiers/sheet.html", volunteer=volunteer, **context_of(_dossier(volunteer)))


@blueprint.get("/office/<code>/volunteers/<public_id>/dossier.xlsx")
@requires(queries.RIGHT)
def download(code: str, public_id: str) -> Response:
    """The same as a workbook, in the order of the measures."""
    found = _dossier(load(public_id))
    name = f"{_('Volunteer dossier')}-{found.person.name}-{today(g.association.time_zone)}.xlsx"
    return web.download(exports.workbook(found), name, XLSX)


@blueprint.route("/office/<code>/volunteers/<public_id>/evaluations/new", methods=["GET", "POST"])
@requires("volunteers.write")
def evaluate(code: str, public_id: str) -> Any:
    """A new evaluation; the earlier ones stay beside it."""
    volunteer, form = load(public_id, "volunteers.write"), EvaluationForm()
    form.grade.choices = choices(Grade.labels())
    if not form.validate_on_submit():
        return web.form_page(FORM, form, volunteer=volunteer)
    try:
        made = services.evaluate(current_user, volunteer, **form.values())
    except RuleError as error:
        return web.refused(FORM, form, error, volunteer=volunteer)
    db.session.commit()
    is_late = services.is_late(made.end_on, today(g.association.time_zone))
    late = _("The evaluation is in the dossier. It was due within ten working days of the last day.")
    return web.go(".dossier", late if is_late else _("The evaluation is in the dossier."), public_id=public_id)


def _dossier(volunteer: Volunteer) -> queries.Dossier:
    return queries.dossier_of(current_user, volunteer)


def load(public_id: str, right: str = queries.RIGHT) -> Volunteer:
    """The volunteer, if the reader may see (or change) the roster that the volunteer stands on."""
    return get_volunteer(current_user, g.association, public_id, right) or abort(404)
