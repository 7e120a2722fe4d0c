"""The office's side of requests: what waits, what each would change, accepted or refused by somebody else."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, current_app, g, request
from flask_login import current_user
from sqlalchemy import select

from portal.accounts.reader import me
from portal.core import access, downloads, web
from portal.core.access import requires
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import _
from portal.core.paging import page_number, paginate
from portal.offices.queries import name_of
from portal.own import deletion, queries, request_file, services
from portal.own.blueprint import blueprint
from portal.own.forms import AcceptForm, RefuseForm
from portal.own.models import PersonalRequest, RequestKind, RequestState
from portal.people.queries import get_person

WRITE = "members.write"


def _reach() -> Any:
    return access.visible(select(PersonalRequest), WRITE, PersonalRequest)


@blueprint.get("/office/<code>/requests")
@requires(WRITE)
def requests(code: str) -> str:
    """Requests of people about their own data: those that wait, or those that were decided."""
    page = paginate(_listed(), page_number())
    return web.page("own/requests.html", page=page, is_past="past" in request.args)


@blueprint.get("/office/<code>/requests/list.<any(xlsx, csv):form>")
@requires(WRITE)
def requests_file(code: str, form: str) -> Response:
    """The same requests as a file; who may see them is asked again."""
    return downloads.send(form, request_file.requests(_listed()), "own.requests")


def _listed() -> Any:
    """What the address asks for: the requests that wait, or those that were decided."""
    state = None if "past" in request.args else RequestState.OPEN
    return queries.requests_below(_reach(), g.association, state)


@blueprint.get("/office/<code>/requests/<public_id>")
@requires(WRITE)
def request_page(code: str, public_id: str) -> str:
    """What stands in the record, what should, and the two ways to decide."""
    return web.page("own/request.html", form=None, **_shown(_request(public_id)))


def _request(public_id: str) -> PersonalRequest:
    return queries.get_request(_reach(), g.association, public_id) or abort(404)


def _shown(asked: PersonalRequest, **forms: Any) -> dict[str, Any]:
    """The request with its values, and the forms; those not handed in are empty."""
    is_deletion = asked.kind == RequestKind.DELETION and asked.is_open
    return {
        "asked": asked,
        "wanted": services.wanted_values(asked),
        "standing": deletion.hindrances(asked.person) if is_deletion else [],
        "is_own": asked.person_id == current_user.person_id,
        "decided_by": name_of(asked.decided_by_id),
        "may_open": get_person(access.reached("members.read"), asked.person.public_id, g.association) is not None,
        "accept_form": AcceptForm(formdata=None),
        "refuse_form": RefuseForm(formdata=None),
        **forms,
    }


@blueprint.post("/office/<code>/requests/<public_id>/accept")
@requires(WRITE)
def accept(code: str, public_id: str) -> Any:
    """Put the record right as was asked, or delete it: the second is asked twice."""
    asked, form = _request(public_id), AcceptForm()
    if asked.kind == RequestKind.DELETION and not form.validate_on_submit():
        return _refused(public_id, form)
    try:
        _accept(asked)
    except RuleError as error:
        form.refuse(error)
        return _refused(public_id, form)
    db.session.commit()
    is_deletion = asked.kind == RequestKind.DELETION
    return web.go("own.requests", _("The record is deleted.") if is_deletion else _("The record was corrected."))


def _accept(asked: PersonalRequest) -> None:
    if asked.kind == RequestKind.DELETION:
        language = current_app.extensions["portal.settings"].language
        services.accept_deletion(me(), asked, asked.person, language)
    else:
        services.accept_correction(me(), asked, asked.person)


def _refused(public_id: str, form: Any) -> Any:
    """The page again, read anew, with what stands against it."""
    web.undo()
    name = "accept_form" if isinstance(form, AcceptForm) else "refuse_form"
    return web.invalid("own/request.html", form, **_shown(_request(public_id), **{name: form}))


@blueprint.post("/office/<code>/requests/<public_id>/refuse")
@requires(WRITE)
def refuse(code: str, public_id: str) -> Any:
    """Refused for a reason that the person reads."""
    asked, form = _request(public_id), RefuseForm()
    if not form.validate_on_submit():
        return _refused(public_id, form)
    try:
        services.refuse(me(), asked, str(form.reason.data))
    except RuleError as error:
        form.refuse(error)
        return _refused(public_id, form)
    db.session.commit()
    return web.go("own.requests", _("The request was refused; the person reads your reason."))
