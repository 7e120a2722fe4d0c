"""Nominations in the office: the lists with their files, one of them, taken back, agreed on paper."""

from __future__ import annotations

from typing import Any

from flask import Response, g, url_for
from flask_login import current_user

from portal.accounts.reader import me
from portal.commendations import consenting, nominating, nomination_exports, nomination_queries
from portal.commendations.blueprint import blueprint
from portal.commendations.loading import own_day
from portal.commendations.models import CallState, CommendationCall, Nomination, NominationState
from portal.commendations.nomination_forms import ConsentForm, TakeBackForm
from portal.commendations.nomination_words import CONSENT_BY, DONE
from portal.commendations.nominees import (
    filter_form,
    load_nomination,
    load_opened,
    load_own_nomination,
    rooms_of,
    wanted,
)
from portal.commendations.queries import is_taking
from portal.core import downloads, web
from portal.core.access import reached, requires
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import _
from portal.core.paging import page_number, paginate
from portal.people.queries import get_person

PAGE = "commendations/nomination.html"


@blueprint.get("/office/<code>/commendations/nominations")
@requires(nominating.RIGHT)
def nominations(code: str) -> str:
    """What the association put forward, and what came in its own calls."""
    return _list(None)


@blueprint.get("/office/<code>/commendations/nominations/list.<any(xlsx, csv):form>")
@requires(nominating.RIGHT)
def nominations_file(code: str, form: str) -> Response:
    return downloads.send(form, _file(None), "commendations.nominations")


@blueprint.get("/office/<code>/commendations/calls/<public_id>/nominations")
@requires(nominating.RIGHT)
def call_nominations(code: str, public_id: str) -> str:
    """Those of one call: our own, or all where it is our call; with what may be put forward still."""
    return _list(load_opened(public_id))


@blueprint.get("/office/<code>/commendations/calls/<public_id>/nominations.<any(xlsx, csv):form>")
@requires(nominating.RIGHT)
def call_nominations_file(code: str, public_id: str, form: str) -> Response:
    return downloads.send(form, _file(load_opened(public_id)), "commendations.nominations")


@blueprint.get("/office/<code>/commendations/nominations/<public_id>")
@requires(nominating.RIGHT)
def nomination(code: str, public_id: str) -> str:
    """One with its evidence, its reason, who spoke for it, the consent, and what was done to it."""
    return web.page(PAGE, **_around(public_id), form=ConsentForm(formdata=None))


@blueprint.route("/office/<code>/commendations/nominations/<public_id>/take-back", methods=["GET", "POST"])
@requires(nominating.RIGHT, whole=True)
def take_back(code: str, public_id: str) -> Any:
    """It ends, with a reason, before anything is chosen."""
    found, form = load_own_nomination(public_id), TakeBackForm()
    template = "commendations/take_back.html"
    if not form.validate_on_submit():
        return web.form_page(template, form, nomination=found)
    try:
        nominating.withdraw(current_user, found, form.reason.data or "")
    except RuleError as error:
        return web.refused(template, form, error, nomination=load_own_nomination(public_id))
    db.session.commit()
    return web.go("commendations.nomination", _("The nomination is taken back."), public_id=public_id)


@blueprint.post("/office/<code>/commendations/nominations/<public_id>/consent")
@requires(nominating.RIGHT, whole=True)
def enter_consent(code: str, public_id: str) -> Any:
    """What was signed on paper, by the nominee or the guardian of a child."""
    found, form = load_own_nomination(public_id), ConsentForm()
    if not form.validate_on_submit():
        return web.invalid(PAGE, form, **_around(public_id))
    try:
        consenting.enter_consent(current_user, found, form.by.data or "")
    except RuleError as error:
        return _refused(public_id, form, error)
    db.session.commit()
    return web.go("commendations.nomination", _("The consent is entered."), public_id=public_id)


def _refused(public_id: str, form: Any, error: RuleError) -> Any:
    web.undo()
    form.refuse(error)
    return web.invalid(PAGE, form, **_around(public_id))


def _around(public_id: str) -> dict[str, Any]:
    found = load_nomination(public_id)
    is_own = found.association_id == g.association.id
    is_open = found.call.state in (CallState.OPEN, CallState.REVIEW) and found.state == NominationState.NOMINATED
    waits = bool(found.person_id and found.consented_at is None and found.refused_at is None)
    person = found.person
    return {
        "nomination": found,
        "is_own": is_own,
        "may_end": is_own and found.state == NominationState.NOMINATED,
        "may_consent": is_own and is_open and waits and found.person_id != current_user.person_id,
        "is_child": bool(person and consenting.is_child(person, today())),
        "person_page": _person_page(found) if is_own else None,
        "consents": CONSENT_BY,
        "history": nomination_queries.list_history(found),
        "done": DONE,
    }


def _person_page(found: Nomination) -> str | None:
    """The nominee's page in the register, where a number is seen with a reason; for who may open it."""
    if found.person is None:
        return None
    known = get_person(reached("members.read"), found.person.public_id, g.association)
    return url_for("people.person", public_id=known.public_id) if known else None


def _list(call: CommendationCall | None) -> str:
    form, day = filter_form(call), own_day()
    statement = nomination_queries.nominations_of(me(), g.association, wanted(form), call)
    shown: dict[str, Any] = {"call": call, "day": day, "is_filtered": any(wanted(form).__dict__.values())}
    if call is not None:
        shown |= {"rooms": rooms_of(call), "takes": is_taking(call, day)}
    return web.page("commendations/nominations.html", form=form, page=paginate(statement, page_number()), **shown)


def _file(call: CommendationCall | None) -> downloads.ListFile:
    statement = nomination_queries.nominations_of(me(), g.association, wanted(filter_form(call)), call)
    return nomination_exports.nominations(statement, g.association.time_zone)
