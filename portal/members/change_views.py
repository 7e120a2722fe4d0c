"""What an officer does with a membership: end it and take the end back, suspend, resume, change its group."""

from __future__ import annotations

from typing import Any

from flask_login import current_user

from portal.core import web
from portal.core.access import requires
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.forms import BaseForm, choices
from portal.core.i18n import _
from portal.members import queries, services
from portal.members.blueprint import blueprint
from portal.members.entry_views import chosen_group, offer_groups
from portal.members.forms import EndForm, GroupForm, NoteForm, ReasonForm
from portal.members.models import EndReason, Holder, Membership
from portal.members.views import load

WRITE = "members.write"
PAGE = "members.membership"


@blueprint.route("/office/<code>/memberships/<public_id>/end", methods=["GET", "POST"])
@requires(WRITE)
def end(code: str, public_id: str) -> Any:
    """The reason and the last day, on a page that says what follows."""
    held, form = load(public_id, WRITE), EndForm()
    _offer_reasons(form, held)
    context = {"covers": queries.list_covers(held), "waiting": queries.open_transfer(held)}
    if not form.validate_on_submit():
        return web.form_page("members/end.html", form, membership=held, **context)
    assert form.ended_on.data
    try:
        reason = EndReason(form.end_reason.data)
        services.end_membership(current_user, held, form.ended_on.data, reason, form.note.data or "")
    except RuleError as error:
        return web.refused("members/end.html", form, error, membership=load(public_id, WRITE), **context)
    db.session.commit()
    message = _("The membership has ended. Until midnight the end can be taken back here.")
    return web.go(PAGE, message, public_id=public_id)


def _offer_reasons(form: EndForm, held: Membership) -> None:
    """An organisation is dissolved, a person is not; the last day is today unless another is typed."""
    is_organisation = held.kind.holder == Holder.ORGANISATION
    left_out = {EndReason.DELETED, EndReason.DECEASED if is_organisation else EndReason.DISSOLVED}
    form.end_reason.choices = choices((one, one.label) for one in EndReason if one not in left_out)
    if not form.is_submitted():
        form.ended_on.data = today()


@blueprint.post("/office/<code>/memberships/<public_id>/reinstate")
@requires(WRITE)
def reinstate(code: str, public_id: str) -> Any:
    """An end entered by mistake today is taken back."""
    held = load(public_id, WRITE)
    try:
        services.reinstate(current_user, held, held.association)
    except RuleError as error:
        return refused(error, public_id)
    db.session.commit()
    return web.go(PAGE, _("The end was taken back: the membership goes on as before."), public_id=public_id)


@blueprint.route("/office/<code>/memberships/<public_id>/suspend", methods=["GET", "POST"])
@requires(WRITE)
def suspend(code: str, public_id: str) -> Any:
    """Rights rest, for a reason."""
    held, form = load(public_id, WRITE), ReasonForm()
    if not form.validate_on_submit():
        return web.form_page("members/suspend.html", form, membership=held)
    try:
        services.suspend(current_user, held, form.reason.data or "")
    except RuleError as error:
        return web.refused("members/suspend.html", form, error, membership=load(public_id, WRITE))
    db.session.commit()
    return web.go(PAGE, _("The membership is suspended from today."), public_id=public_id)


@blueprint.route("/office/<code>/memberships/<public_id>/resume", methods=["GET", "POST"])
@requires(WRITE)
def resume(code: str, public_id: str) -> Any:
    """In force again from today."""
    held, form = load(public_id, WRITE), NoteForm()
    if not form.validate_on_submit():
        return web.form_page("members/resume.html", form, membership=held)
    try:
        services.resume(current_user, held, form.note.data or "")
    except RuleError as error:
        return web.refused("members/resume.html", form, error, membership=load(public_id, WRITE))
    db.session.commit()
    return web.go(PAGE, _("The membership is in force again."), public_id=public_id)


@blueprint.route("/office/<code>/memberships/<public_id>/group", methods=["GET", "POST"])
@requires(WRITE)
def group(code: str, public_id: str) -> Any:
    """To another group of its association, or to none, from today."""
    held, form = load(public_id, WRITE), GroupForm()
    offer_groups(form, held.association)
    if not form.is_submitted():
        form.group.data = held.group.public_id if held.group else ""
    if not form.validate_on_submit():
        return web.form_page("members/group.html", form, membership=held)
    try:
        services.change_group(current_user, held, held.association, chosen_group(form, held.association))
    except RuleError as error:
        return web.refused("members/group.html", form, error, membership=load(public_id, WRITE))
    db.session.commit()
    return web.go(PAGE, _("The group was changed."), public_id=public_id)


def refused(error: RuleError, public_id: str) -> Any:
    """The membership's page with a rule's message above it, for an act that has no form of its own."""
    web.undo()
    form = BaseForm(formdata=None)
    form.refuse(RuleError("", error.message))
    return web.invalid("members/refused.html", form, membership=load(public_id, WRITE))
