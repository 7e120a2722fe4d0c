"""Records of people: open one, enter and correct one, look at a number for a reason."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, g, redirect, request, url_for
from flask_login import current_user

from portal.core import access, web
from portal.core.access import requires
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.feature import Feature
from portal.core.i18n import _
from portal.people import queries, services
from portal.people.forms import PersonForm, RevealForm
from portal.people.models import ConsentPurpose, Person, Sex
from portal.people.parts import parts_of

blueprint = Blueprint("people", __name__)

feature = Feature(
    "people",
    blueprint,
)


@blueprint.app_template_filter("sex")
def sex_in_words(sex: str | None) -> str:
    return Sex(sex).label if sex else ""


@blueprint.get("/office/<code>/people/<public_id>")
@requires("members.read")
def person(code: str, public_id: str) -> Any:
    """One record, numbers masked. The address of one that was merged leads to the record that took its place."""
    kept = queries.get_successor(access.reached("members.read"), public_id, g.association)
    if kept is not None:
        return redirect(url_for("people.person", public_id=kept.public_id))
    return _person_page(_person(public_id), RevealForm())


def _person(public_id: str, right: str = "members.read") -> Person:
    """The record, if it is held here and the reader may see it; otherwise 404."""
    found = queries.get_person(access.reached(right), public_id, g.association)
    return found or abort(404)


def _person_page(shown: Person, form: RevealForm, **context: Any) -> str:
    context["parts"] = parts_of(shown, g.association)
    consents = queries.list_consents(shown)
    return web.page(
        "people/person.html", person=shown, form=form, consents=consents, purposes=list(ConsentPurpose), **context
    )


@blueprint.post("/office/<code>/people/<public_id>/reveal")
@requires("members.read_sensitive")
def reveal(code: str, public_id: str) -> Any:
    """A number or phone in clear, for a reason that is logged and that the person can read."""
    shown, form = _person(public_id, "members.read_sensitive"), RevealForm()
    if not form.validate_on_submit():
        g.form_failed = True
        return _person_page(shown, form), 422
    try:
        value = services.reveal(current_user, shown, str(form.field.data), str(form.reason.data), g.association)
    except RuleError as error:
        web.undo()
        form.refuse(error)
        g.form_failed = True
        return _person_page(_person(public_id), form), 422
    db.session.commit()
    return _person_page(shown, RevealForm(formdata=None), revealed={form.field.data: value})


@blueprint.route("/office/<code>/people/<public_id>/edit", methods=["GET", "POST"])
@requires("members.write")
def edit(code: str, public_id: str) -> Any:
    """Correct a record; number and phone are kept unless something new is typed."""
    shown = _person(public_id, "members.write")
    form = PersonForm(obj=None if request.method == "POST" else _open(shown))
    if not form.validate_on_submit():
        return web.form_page("people/edit.html", form, person=shown)
    kept = [name for name in ("identity_number", "phone", "guardian_phone") if not form[name].data]
    names = [name for name in form.data if name not in (*kept, "csrf_token")]
    try:
        services.correct_person(current_user, shown, **form.values(*names))
    except RuleError as error:
        return web.refused("people/edit.html", form, error, person=_person(public_id, "members.write"))
    db.session.commit()
    return web.go("people.person", _("The record was corrected."), public_id=public_id)


@blueprint.post("/office/<code>/people/<public_id>/consents/<purpose>")
@requires("members.write")
def paper_consent(code: str, public_id: str, purpose: str) -> Any:
    """Record a consent that the person gave on paper, or its withdrawal."""
    if purpose not in set(ConsentPurpose) - {ConsentPurpose.REGISTER}:
        abort(404)
    shown = _person(public_id, "members.write")
    given = services.toggle_consent(current_user, shown, ConsentPurpose(purpose), by="paper")
    db.session.commit()
    message = _("The consent on paper was recorded.") if given else _("The withdrawal was recorded.")
    return web.go("people.person", message, public_id=public_id)


def _open(shown: Person) -> Any:
    """The record without what is masked, for the form."""
    from types import SimpleNamespace

    names = ("name", "sex", "birth_on", "email", "residence", "guardian_name")
    return SimpleNamespace(**{name: getattr(shown, name) for name in names})


from portal.people import privacy_views  # noqa: E402, F401 - its routes belong to this blueprint
