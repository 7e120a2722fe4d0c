"""Records of people: open one, enter and correct one, look at a number for a reason."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, g, request
from flask_login import current_user

from portal.associations.queries import list_groups
from portal.core import access, web
from portal.core.access import requires
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.feature import Entry, Feature
from portal.core.forms import choices
from portal.core.i18n import _, lazy, locale
from portal.people import queries, services
from portal.people.forms import NewPersonForm, PersonForm, RevealForm
from portal.people.models import AffiliationKind, ConsentPurpose, Person
from portal.people.parts import parts_of

blueprint = Blueprint("people", __name__)

feature = Feature(
    "people",
    blueprint,
    own=(Entry(lazy("My data"), "people.own_data", 10),),
)


@blueprint.get("/office/<code>/people/<public_id>")
@requires("members.read")
def person(code: str, public_id: str) -> str:
    """One record, numbers masked."""
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


@blueprint.route("/office/<code>/people/new", methods=["GET", "POST"])
@requires("members.write")
def new(code: str) -> Any:
    """Enter a person from a signed paper form."""
    form, groups = NewPersonForm(), list_groups(g.association)
    form.group.choices = choices([("", _("None")), *((group.public_id, group.name) for group in groups)])
    notice = queries.current_notice(locale())
    if not form.validate_on_submit():
        return _form_page("people/new.html", form, notice=notice)
    try:
        created = _enter(form, groups, notice.version if notice else 0)
    except RuleError as error:
        return web.refused("people/new.html", form, error, notice=notice)
    db.session.commit()
    return web.go("people.person", _("%(name)s is in the register.", name=created.name), public_id=created.public_id)


def _enter(form: NewPersonForm, groups: Any, version: int) -> Person:
    """One act of entering: the record, what it is held as, and the consent on paper."""
    values = form.values("identity_number", "sex", "birth_on", "phone", "email", "residence")
    created = services.create_person(current_user, str(form.name.data), **values)
    group = next((group for group in groups if group.public_id == form.group.data), None)
    for kind in form.kinds.data or ():
        services.affiliate(current_user, created, g.association, AffiliationKind(kind), today(), group)
    services.give_consent(current_user, created, ConsentPurpose.REGISTER, version, by="paper")
    return created


@blueprint.route("/office/<code>/people/<public_id>/edit", methods=["GET", "POST"])
@requires("members.write")
def edit(code: str, public_id: str) -> Any:
    """Correct a record; number and phone are kept unless something new is typed."""
    shown = _person(public_id, "members.write")
    form = PersonForm(obj=None if request.method == "POST" else _open(shown))
    if not form.validate_on_submit():
        return _form_page("people/edit.html", form, person=shown)
    kept = [name for name in ("identity_number", "phone") if not form[name].data]
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


def _form_page(template: str, form: Any, **context: Any) -> Any:
    return web.invalid(template, form, **context) if form.is_submitted() else web.page(template, form=form, **context)


def _open(shown: Person) -> Any:
    """The record without what is masked, for the form."""
    from types import SimpleNamespace

    names = ("name", "sex", "birth_on", "email", "residence")
    return SimpleNamespace(**{name: getattr(shown, name) for name in names})


from portal.people import own, privacy_views  # noqa: E402, F401 - their routes belong to this blueprint
