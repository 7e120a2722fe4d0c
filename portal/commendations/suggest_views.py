"""Speaking for somebody on a phone, without an account: whose association, one short form, check, sent, followed."""

from __future__ import annotations

import secrets
from typing import Any

from flask import abort, request
from flask_login import current_user

from portal.accounts.models import Account
from portal.accounts.reader import me
from portal.applications import limits
from portal.applications.following import Following
from portal.applications.interview import private
from portal.associations.models import Association
from portal.associations.queries import get_association
from portal.commendations import choosing, nomination_queries, queries, suggesting
from portal.commendations.blueprint import blueprint
from portal.commendations.models import CallCategory, CommendationCall, Source, Suggestion
from portal.commendations.nomination_forms import FollowForm, MemberWordsForm, PublicWordsForm
from portal.commendations.suggesting import Said
from portal.core import web
from portal.core.access import public, signed_in
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.forms import choices
from portal.core.i18n import lazy
from portal.people.queries import version_in_force

MOST = 20  # from one address in an hour
MANY = lazy("Many suggestions came from this connection within an hour. Please wait an hour, or come to the office.")
FORM, CHECK = "commendations/nominate.html", "commendations/check.html"

following = Following[Suggestion](
    name="commendations",
    counted_as="suggestion",
    by_reference=nomination_queries.get_by_reference,
    form=FollowForm,
    missing=lazy("There is no suggestion with this reference. Compare it with your note."),
)


@blueprint.get("/commendations/calls/<public_id>/nominate")
@public
def nominate(public_id: str) -> Any:
    """Whose association first, where there are several; then the form."""
    call, source = _call(public_id)
    association = choosing.chosen(call, _account())
    if association is None:
        return private(web.page("commendations/choose_association.html", call=call, **choosing.choice(call)))
    return private(web.page(FORM, form=_form(call, source), **_around(call, source, association)))


@blueprint.post("/commendations/calls/<public_id>/nominate")
@public
def check(public_id: str) -> Any:
    """Everything that was said, before it is sent; or the form again, to change something."""
    call, source = _call(public_id)
    association, form = _association(call), _form(call, source)
    shown = _around(call, source, association)
    if not form.validate():
        return private(web.invalid(FORM, form, **shown))
    return private(web.page(FORM if "change" in request.form else CHECK, form=form, **shown))


@blueprint.post("/commendations/calls/<public_id>/nominate/send")
@public
def send(public_id: str) -> Any:
    """Send it. Sent twice, it is one suggestion under one reference."""
    call, source = _call(public_id)
    association, form = _association(call), _form(call, source)
    known = nomination_queries.get_by_key(form.key.data) if form.key.data else None
    if known is not None and known.category.call_id == call.id:
        return web.go("commendations.sent", reference=known.reference)
    if not form.validate():
        return private(web.invalid(FORM, form, **_around(call, source, association)))
    try:
        limits.count("suggestion", request.remote_addr, MOST, MANY)
        made = suggesting.suggest(_account(), _category(call, form.category.data), association, _said(form, source))
    except RuleError as error:
        web.undo()
        return private(web.refused(FORM, form, error, **_around(_call(public_id)[0], source, association)))
    db.session.commit()
    return web.go("commendations.sent", reference=made.reference)


@blueprint.get("/commendations/suggestions")
@public
def follow() -> Any:
    return web.page("commendations/follow.html", form=FollowForm(formdata=None))


@blueprint.post("/commendations/suggestions")
@public
def find() -> Any:
    return following.find()


@blueprint.get("/commendations/suggestions/<reference>")
@public
def stands(reference: str) -> Any:
    """How it stands, for whoever has the reference: the name masked, the answer, who looked at the name."""
    found = following.load(reference)
    looks = [one for one in nomination_queries.list_history(found) if one.action == "commendations.reveal"]
    return private(web.page("commendations/stands.html", suggestion=found, looks=looks))


@blueprint.get("/commendations/suggestions/<reference>/sent")
@public
def sent(reference: str) -> Any:
    """The confirmation: the reference, and what happens next."""
    return private(web.page("commendations/sent.html", suggestion=following.load(reference)))


@blueprint.get("/me/nominating")
@signed_in
def own_suggestions() -> str:
    """Calls in which the reader may speak for somebody, and what was said before."""
    account = _account()
    taking = [one for one in queries.open_calls(today()) if suggesting.source_for(account, one)]
    said = nomination_queries.suggestions_by(current_user.person_id)
    return web.page("commendations/own_suggestions.html", calls=taking, said=said, day=today())


def _call(public_id: str) -> tuple[CommendationCall, str]:
    """A call in which the reader may speak today; who could, signed in, signs in first."""
    call = queries.get_opened(public_id) or abort(404)
    if not queries.is_taking(call, today(call.association.time_zone)):
        abort(web.go("commendations.public_page", public_id=public_id))
    source = suggesting.source_for(_account(), call)
    if source is None:
        could = call.by_members and not current_user.is_authenticated
        abort(web.go("accounts.sign_in", next=request.path) if could else 404)
    return call, source


def _association(call: CommendationCall) -> Association:
    found = get_association(request.args.get("at", ""))
    return found if found is not None and choosing.is_within(found, call) else abort(404)


def _form(call: CommendationCall, source: str) -> Any:
    form = MemberWordsForm() if source == Source.MEMBER else PublicWordsForm()
    form.category.choices = choices([(one.public_id, one.kind.name) for one in call.categories])
    if not form.is_submitted():
        form.key.data = secrets.token_urlsafe(16)
        form.category.data = call.categories[0].public_id if len(call.categories) == 1 else None
        if "name" in form and current_user.is_authenticated:
            form["name"].data = current_user.name
    return form


def _said(form: Any, source: str) -> Said:
    name = form["name"].data or "" if "name" in form else ""
    return Said(
        nominee=form.nominee.data or "", reason=form.reason.data or "", source=source, name=name,
        phone=form.phone.data or None, key=(form.key.data or "")[:64] or None,
    )  # fmt: skip


def _category(call: CommendationCall, asked: str | None) -> CallCategory:
    return next((one for one in call.categories if one.public_id == asked), None) or abort(404)


def _around(call: CommendationCall, source: str, association: Association) -> dict[str, Any]:
    kinds = {one.public_id: one.kind.name for one in call.categories}
    shown = {"call": call, "at": association, "is_member": source == Source.MEMBER, "kinds": kinds}
    return {**shown, "version": version_in_force()}


def _account() -> Account | None:
    found: Account | None = me() if current_user.is_authenticated else None
    return found
