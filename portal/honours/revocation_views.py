"""One honour's steps in the office: a certificate anew, and the honour taken back as it was given."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, g

from portal.accounts.reader import me
from portal.core import web
from portal.core.access import requires
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import _
from portal.honours import queries, revoking, services
from portal.honours.blueprint import blueprint
from portal.honours.forms import KeepForm, PlainForm, ReissueForm, RevokeForm
from portal.honours.loading import live_certificate, load, load_given, pdf_of
from portal.honours.models import Honour, Layout, Revocation


@blueprint.get("/office/<code>/honours/<public_id>/certificate.pdf")
@requires(queries.READ)
def certificate_pdf(code: str, public_id: str) -> Response:
    """The certificate in force, for the printer."""
    return pdf_of(load(public_id))


@blueprint.route("/office/<code>/honours/<public_id>/reissue", methods=["GET", "POST"])
@requires(services.RIGHT, whole=True)
def reissue(code: str, public_id: str) -> Any:
    """The name as it should be, or another layout: typed, looked at once more, issued."""
    honour = load_given(public_id, standing=True)
    live = live_certificate(honour) or abort(404)
    form = ReissueForm(data={"name": live.snapshot["name"], "layout": live.layout})
    shown: dict[str, Any] = {"honour": honour, "live": live}
    if not form.validate_on_submit():
        return web.form_page("honours/reissue.html", form, **shown)
    if not form.is_sure.data:
        return _look_once_more(form, **shown)
    try:
        made = services.reissue(me(), honour, name=form.name.data or "", layout=form.layout.data)
    except RuleError as error:
        return web.refused("honours/reissue.html", form, error, **shown)
    db.session.commit()
    told = _("Certificate %(number)s is in force.", number=made.number)
    return web.go("honours.office_page", told, public_id=public_id)


def _look_once_more(form: ReissueForm, *, honour: Any, live: Any) -> str:
    is_same = (form.name.data, form.layout.data) == (live.snapshot["name"], live.layout)
    shown = {"honour": honour, "live": live, "is_same": is_same, "layouts": Layout.labels()}
    return web.page("honours/reissue_check.html", form=form, **shown)


@blueprint.route("/office/<code>/honours/<public_id>/revoke", methods=["GET", "POST"])
@requires(services.RIGHT, whole=True)
def revoke(code: str, public_id: str) -> Any:
    """Show that it is to be taken back, with the reason; decided after the notice period."""
    honour, form = load_given(public_id, standing=True), RevokeForm(data={"contact": g.association.contact})
    if not form.validate_on_submit():
        return web.form_page("honours/revoke.html", form, honour=honour)
    try:
        revoking.propose(me(), honour, form.reason.data or "", form.contact.data or "")
    except RuleError as error:
        return web.refused("honours/revoke.html", form, error, honour=load_given(public_id))
    db.session.commit()
    return web.go("honours.office_page", _("It stands on public notice from today on."), public_id=public_id)


@blueprint.route("/office/<code>/honours/<public_id>/revoke/decide", methods=["GET", "POST"])
@requires(services.RIGHT, whole=True)
def decide_revocation(code: str, public_id: str) -> Any:
    """After the notice period and every answer: the honour is taken back."""
    honour, form = load_given(public_id, standing=True), PlainForm()
    revocation = _open(honour)
    waits = revoking.why_not(revocation)
    return _decided("decide_revocation.html", form, honour, lambda: revoking.decide(me(), revocation), waits=waits)


@blueprint.route("/office/<code>/honours/<public_id>/revoke/keep", methods=["GET", "POST"])
@requires(services.RIGHT, whole=True)
def keep(code: str, public_id: str) -> Any:
    """The honour stays, for a reason that everybody reads."""
    honour, form = load_given(public_id, standing=True), KeepForm()
    revocation = _open(honour)
    return _decided("keep.html", form, honour, lambda: revoking.keep(me(), revocation, form.reason.data or ""))


def _decided(template: str, form: Any, honour: Honour, act: Any, **shown: Any) -> Any:
    page, public_id = f"honours/{template}", honour.public_id
    shown |= {"honour": honour, "revocation": _open(honour)}
    if not form.validate_on_submit():
        return web.form_page(page, form, **shown)
    try:
        act()
    except RuleError as error:
        return web.refused(page, form, error, **shown)
    db.session.commit()
    return web.go("honours.office_page", _("It is decided."), public_id=public_id)


def _open(honour: Honour) -> Revocation:
    """The proposal that waits; its period is loaded beside it."""
    found = next((one for one in queries.list_revocations(honour.id) if one.state == "shown"), None)
    return found or abort(404)
