"""One request: the sister agrees or declines, volunteers' answers are entered, the borrower sees who comes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import abort, g, request
from flask_login import current_user

from portal.core import web
from portal.core.access import requires
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.forms import BaseForm, choices
from portal.core.i18n import _
from portal.lending import queries, services, sisters
from portal.lending.blueprint import blueprint
from portal.lending.forms import AnswerForm, DeclineForm, NameForm, RevealForm
from portal.lending.models import LendingRequest, LendingState, LentVolunteer
from portal.lending.queries import RIGHT
from portal.volunteers.models import Volunteer
from portal.volunteers.roster_words import Times


@blueprint.get("/office/<code>/lending/<public_id>")
@requires(RIGHT)
def show(code: str, public_id: str) -> str:
    """One request, with what this side may do about it."""
    return _page(_request(public_id))


def _page(found: LendingRequest, failed: Any = None, **shown: Any) -> str:
    """The page of either side; the borrower's holds no name before the volunteer's yes."""
    lends = found.lender_id == g.association.id
    offered = sisters.candidates(current_user, found) if lends and _is_open(found) else ()
    naming = failed if isinstance(failed, NameForm) else NameForm(formdata=None)
    naming.volunteers.choices = choices([(one.public_id, one.person.name) for one in offered])
    people = [one.person_id for one in offered] + [one.volunteer.person_id for one in found.lent if lends]
    context = {
        "lends": lends, "is_open": _is_open(found), "offered": offered, "naming": naming, "times": Times(),
        "clashes": queries.list_clashes(people, found), "said": queries.list_said(found.lent) if lends else {},
        "declining": failed if isinstance(failed, DeclineForm) else DeclineForm(formdata=None),
        "answering": failed if isinstance(failed, AnswerForm) else AnswerForm(formdata=None),
        "revealing": failed if isinstance(failed, RevealForm) else RevealForm(formdata=None),
        "form": failed or BaseForm(formdata=None), "is_shown": services.is_shown, "phones": {},
    }  # fmt: skip
    return web.page("lending/request.html", asked=found, **{**context, **shown})


def _is_open(found: LendingRequest) -> bool:
    """Whether volunteers can be named for it."""
    return found.state in queries.STANDING and found.end_on >= today()


def _request(public_id: str) -> LendingRequest:
    """A request in which this association is one of the two sides; otherwise 404."""
    return queries.get_request(current_user, g.association, public_id) or abort(404)


def _asked(public_id: str) -> LendingRequest:
    """One that was asked of this association."""
    found = _request(public_id)
    return found if found.lender_id == g.association.id else abort(403)


def _own(public_id: str) -> LendingRequest:
    """One that this association asked."""
    found = _request(public_id)
    return found if found.association_id == g.association.id else abort(403)


def _named(found: LendingRequest, lent_id: str) -> LentVolunteer:
    return next((lent for lent in found.lent if lent.public_id == lent_id), None) or abort(404)


def _do(public_id: str, act: Callable[[], None], message: str, form: Any) -> Any:
    """What a rule refuses is said on the page as it is by now."""
    try:
        act()
    except RuleError as error:
        return _refused(public_id, form, error)
    db.session.commit()
    return web.go("lending.show", message, public_id=public_id)


def _refused(public_id: str, form: Any, error: RuleError) -> Any:
    web.undo()
    form.refuse(error)
    return _again(public_id, form)


def _again(public_id: str, form: Any) -> Any:
    """The page with the form as it was sent. One about a volunteer stands there once for each."""
    g.form_failed = True
    answered = (request.view_args or {}).get("lent_id", "")
    for field in form if answered else ():
        field.id = f"{field.id}-{answered}"
    return _page(_request(public_id), form, answered=answered), 422


@blueprint.post("/office/<code>/lending/<public_id>/agree")
@requires(RIGHT)
def agree(code: str, public_id: str) -> Any:
    """Name volunteers: by that the request is agreed; later others can be named beside them."""
    found, form = _asked(public_id), NameForm()
    offered = sisters.candidates(current_user, found)
    form.volunteers.choices = choices([(one.public_id, one.person.name) for one in offered])
    if not form.validate_on_submit():
        return _again(public_id, form)
    chosen: list[Volunteer] = [one for one in offered if one.public_id in (form.volunteers.data or ())]
    act = services.name_more if found.state == LendingState.AGREED else services.agree
    return _do(public_id, lambda: act(current_user, found, chosen), _("Named. Each of them is asked now."), form)


@blueprint.post("/office/<code>/lending/<public_id>/decline")
@requires(RIGHT)
def decline(code: str, public_id: str) -> Any:
    """Say no, and why."""
    found, form = _asked(public_id), DeclineForm()
    if not form.validate_on_submit():
        return _again(public_id, form)
    reason = str(form.reason.data)
    message = _("Declined. The other association reads why.")
    return _do(public_id, lambda: services.decline(current_user, found, reason), message, form)


@blueprint.post("/office/<code>/lending/<public_id>/withdraw")
@requires(RIGHT)
def withdraw(code: str, public_id: str) -> Any:
    """The borrower takes it back."""
    found = _own(public_id)
    return _do(public_id, lambda: services.withdraw(current_user, found), _("Withdrawn."), BaseForm())


@blueprint.post("/office/<code>/lending/<public_id>/volunteers/<lent_id>/answer")
@requires(RIGHT)
def enter_answer(code: str, public_id: str, lent_id: str) -> Any:
    """What a volunteer said on the phone, say; by whom it was told is kept."""
    lent, form = _named(_asked(public_id), lent_id), AnswerForm()
    if not form.validate_on_submit():
        return _again(public_id, form)
    state, said = LendingState(form.answer.data), str(form.said.data)
    return _do(public_id, lambda: services.answer(current_user, lent, state, said), _("The answer is kept."), form)


@blueprint.post("/office/<code>/lending/<public_id>/volunteers/<lent_id>/take-back")
@requires(RIGHT)
def take_back(code: str, public_id: str, lent_id: str) -> Any:
    """No longer lend somebody who was named."""
    lent = _named(_asked(public_id), lent_id)
    return _do(public_id, lambda: services.take_back(current_user, lent), _("Taken back."), BaseForm())


@blueprint.post("/office/<code>/lending/<public_id>/volunteers/<lent_id>/reveal")
@requires("members.read_sensitive")
def reveal(code: str, public_id: str, lent_id: str) -> Any:
    """The phone of somebody who comes, for a reason that is logged and that the person can read."""
    found, form = _own(public_id), RevealForm()
    lent = _named(found, lent_id)
    if not services.is_shown(lent, found):
        abort(404)
    if not form.validate_on_submit():
        return _again(public_id, form)
    try:
        phone = services.reveal_phone(current_user, lent, str(form.reason.data), g.association)
    except RuleError as error:
        return _refused(public_id, form, error)
    db.session.commit()
    return _page(_request(public_id), phones={lent_id: phone})
