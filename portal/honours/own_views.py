"""One's own commendations: to be nominated is consented to or refused; what was given, and whether it is shown."""

from __future__ import annotations

from typing import Any

from flask import Response, abort

from portal.accounts.reader import me
from portal.commendations import consenting, nomination_queries
from portal.commendations.models import Nomination, NominationState
from portal.core import web
from portal.core.access import signed_in
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import _
from portal.honours import exports, queries, services
from portal.honours.blueprint import blueprint
from portal.honours.forms import PlainForm, ShowForm
from portal.honours.loading import live_certificate, pdf_of
from portal.honours.own import can_refuse, waits

PAGE = "honours/own.html"


@blueprint.get("/me/commendations")
@signed_in
def own() -> str:
    """Where I am nominated, and what I was given."""
    return web.page(PAGE, form=PlainForm(formdata=None), **_around())


def _around() -> dict[str, Any]:
    person_id = me().person_id
    nominations = nomination_queries.list_own(person_id)
    honours = queries.list_own(person_id)
    waiting = [one for one in nominations if waits(one)]
    person = nominations[0].person if nominations else None
    return {
        "waiting": waiting,
        "others": [one for one in nominations if not waits(one)],
        "honours": [(one, live_certificate(one), exports.state_of(one)) for one in honours],
        "is_child": person is not None and consenting.is_child(person, today()),
        "can_refuse": can_refuse,
        "states": NominationState.labels(),
    }


@blueprint.post("/me/commendations/<public_id>/consent")
@signed_in
def consent(public_id: str) -> Any:
    """I agree: the name may be shown, and I can be chosen."""
    form, nomination = PlainForm(), _nomination(public_id)
    try:
        if not form.validate_on_submit():
            raise RuleError("", _("The form could not be read. Send it once more."))
        consenting.consent(me(), nomination)
    except RuleError as error:
        web.undo()
        form.refuse(error)
        return web.invalid(PAGE, form, **_around())
    db.session.commit()
    return web.go(
        "honours.own", _("Thank you: your consent is recorded. Until it is decided you can take it back here.")
    )


@blueprint.route("/me/commendations/<public_id>/refuse", methods=["GET", "POST"])
@signed_in
def refuse(public_id: str) -> Any:
    """I do not want it, now or any more; asked once more, for it ends the nomination."""
    form, nomination = PlainForm(), _nomination(public_id)
    if not form.validate_on_submit():
        if not can_refuse(nomination) and not form.is_submitted():
            abort(404)
        return web.form_page("honours/refuse.html", form, nomination=nomination)
    try:
        consenting.refuse(me(), nomination)
    except RuleError as error:
        return web.refused("honours/refuse.html", form, error, nomination=nomination)
    db.session.commit()
    return web.go("honours.own", _("The nomination has ended. Nobody else was told why."))


@blueprint.route("/me/commendations/honours/<public_id>/show", methods=["GET", "POST"])
@signed_in
def show(public_id: str) -> Any:
    """Whether my name stands on the honour roll."""
    honour = queries.get_own(me().person_id, public_id) or abort(404)
    form = ShowForm(data={"is_public": "yes" if honour.is_public else "no"})
    if honour.revoked_at is not None:
        abort(404)
    if not form.validate_on_submit():
        return web.form_page("honours/show.html", form, honour=honour)
    services.show_in_public(me(), honour, is_public=form.is_public.data == "yes")
    db.session.commit()
    said = (
        _("Your name stands on the honour roll.") if honour.is_public else _("Your name is not on the honour roll.")
    )
    return web.go("honours.own", said)


@blueprint.get("/me/commendations/honours/<public_id>/certificate.pdf")
@signed_in
def own_pdf(public_id: str) -> Response:
    """My own certificate; 404 for anybody else's."""
    return pdf_of(queries.get_own(me().person_id, public_id) or abort(404))


def _nomination(public_id: str) -> Nomination:
    return nomination_queries.get_own(me().person_id, public_id) or abort(404)
