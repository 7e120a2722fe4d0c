"""Office pages of stars: who asks with the evidence, granted or refused; who has how many."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request
from flask_login import current_user

from portal.accounts.reader import me
from portal.certificates import exports, queries, stars
from portal.certificates.blueprint import blueprint
from portal.certificates.evidence import Evidence, evidence_of, list_evidence
from portal.certificates.forms import RefuseForm, StarredForm, StateForm
from portal.certificates.loading import load_request
from portal.certificates.models import StarGrant, StarState
from portal.certificates.tables import MOST_STARS
from portal.core import access, downloads, web
from portal.core.access import requires
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.forms import choices
from portal.core.i18n import _
from portal.core.paging import page_number, paginate
from portal.people.queries import get_person

ONE = "certificates/star.html"


@blueprint.get("/office/<code>/stars", endpoint="stars")
@requires("volunteers.read")
def office_list(code: str) -> str:
    """Requests in a state; at first those that wait, each with the hours behind it."""
    form = _state_form()
    page = paginate(queries.requests(me(), g.association, form.state.data), page_number())
    return web.page("certificates/stars.html", form=form, page=page, evidence=list_evidence(page.rows))


def _state_form() -> StateForm:
    form = StateForm(formdata=request.args)
    if form.state.data not in set(StarState):
        form.state.data = StarState.ASKED
    return form


@blueprint.get("/office/<code>/stars/list.<any(xlsx, csv):form>")
@requires("volunteers.read")
def stars_file(code: str, form: str) -> Response:
    """The same rows as a file; who may see them is asked again."""
    statement = queries.requests(me(), g.association, _state_form().state.data)
    return downloads.send(form, exports.requests(statement), "certificates.stars")


@blueprint.get("/office/<code>/stars/held")
@requires("volunteers.read")
def starred(code: str) -> str:
    """Everybody who has stars, most first."""
    form = _starred_form()
    page = paginate(queries.starred(me(), g.association, int(form.stars.data or 0)), page_number())
    return web.page("certificates/starred.html", form=form, page=page)


def _starred_form() -> StarredForm:
    form = StarredForm(formdata=request.args)
    each = [(str(number), exports.stars_shown(number)) for number in range(1, MOST_STARS + 1)]
    form.stars.choices = choices([("", _("All")), *each])
    if form.stars.data not in {value for value, _label in each}:
        form.stars.data = ""
    return form


@blueprint.get("/office/<code>/stars/held/list.<any(xlsx, csv):form>")
@requires("volunteers.read")
def starred_file(code: str, form: str) -> Response:
    statement = queries.starred(me(), g.association, int(_starred_form().stars.data or 0))
    return downloads.send(form, exports.starred(statement), "certificates.starred")


@blueprint.get("/office/<code>/stars/<public_id>")
@requires("volunteers.read")
def star(code: str, public_id: str) -> Any:
    """One request: what was approved then and now, the entries behind it, and the decision."""
    return _page(load_request(public_id), RefuseForm(formdata=None))


def _page(grant: StarGrant, form: RefuseForm) -> Any:
    shown: Evidence = evidence_of(me(), grant, g.association)
    bar = _("Nobody decides about their own star: somebody else does.") if _is_own(grant) else ""
    opens = get_person(access.reached("members.read"), grant.person.public_id, g.association) is not None
    return web.form_page(ONE, form, grant=grant, evidence=shown, bar=bar, opens=opens)


def _is_own(grant: StarGrant) -> bool:
    return bool(grant.person_id == current_user.person_id)


@blueprint.post("/office/<code>/stars/<public_id>/grant")
@requires("volunteers.write")
def grant_star(code: str, public_id: str) -> Any:
    grant, form = load_request(public_id, "volunteers.write"), RefuseForm(formdata=None)
    try:
        stars.grant_star(me(), grant)
    except RuleError as error:
        return _refused(public_id, form, error)
    db.session.commit()
    told = _("%(name)s has %(stars)s now.", name=grant.person.name, stars=exports.stars_shown(grant.stars))
    return web.go(".stars", told)


@blueprint.post("/office/<code>/stars/<public_id>/refuse")
@requires("volunteers.write")
def refuse_star(code: str, public_id: str) -> Any:
    """With a reason, which the volunteer reads."""
    grant, form = load_request(public_id, "volunteers.write"), RefuseForm()
    if not form.validate_on_submit():
        return _page(grant, form)
    try:
        stars.refuse_star(me(), grant, form.reason.data or "")
    except RuleError as error:
        return _refused(public_id, form, error)
    db.session.commit()
    return web.go(".stars", _("The star is not granted; the volunteer reads the reason."))


def _refused(public_id: str, form: RefuseForm, error: RuleError) -> Any:
    web.undo()
    form.refuse(error)
    return _page(load_request(public_id), form)
