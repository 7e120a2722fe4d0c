"""Somebody becomes a member: entered from a signed paper form, or known to the register already."""

from __future__ import annotations

from typing import Any

from flask import abort, g, request, url_for
from flask_login import current_user

from portal.associations.models import Association, Group
from portal.associations.queries import list_groups
from portal.core import access, web
from portal.core.access import requires
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.forms import choices
from portal.core.i18n import _, locale
from portal.core.web import go
from portal.members import queries, services
from portal.members.blueprint import blueprint
from portal.members.forms import JoinForm, MembershipFields
from portal.members.models import Membership
from portal.people import paper
from portal.people.models import Person
from portal.people.paper import PaperForm
from portal.people.queries import current_notice


class NewMemberForm(MembershipFields, PaperForm):
    """A person and the membership, as the paper has them."""


@blueprint.route("/office/<code>/members/new", methods=["GET", "POST"])
@requires("members.write")
def new(code: str) -> Any:
    """Enter a member from a signed paper form."""
    form, notice = NewMemberForm(), current_notice(locale())
    offer(form)
    context = {"notice": notice, "join_url": _join_url(form)}
    if not form.validate_on_submit():
        return web.form_page("members/new.html", form, **context)
    if asked := paper.known(form, "members.write"):
        paper.ask(form, asked)
        return web.invalid("members/new.html", form, asked=asked, **context)
    try:
        person = paper.enter(current_user, form, notice.version if notice else 0)
        membership = _join(form, person)
    except RuleError as error:
        return web.refused("members/new.html", form, error, **context)
    db.session.commit()
    return _entered(membership, person)


def _join_url(form: NewMemberForm) -> Any:
    """The page that makes one of the look-alikes a member, with what was chosen here."""
    chosen = {"kind": form.kind.data, "group": form.group.data, "organisation": form.organisation_name.data}
    joined_on = form.joined_on.data.isoformat() if form.joined_on.data else None

    def join_url(person: Person) -> str:
        filled = {name: value for name, value in chosen.items() if value}
        return url_for("members.join", public_id=person.public_id, joined_on=joined_on, **filled)

    return join_url


@blueprint.route("/office/<code>/people/<public_id>/join", methods=["GET", "POST"])
@requires("members.write")
def join(code: str, public_id: str) -> Any:
    """Make somebody a member who is in the register here, or was."""
    person = _joinable(public_id)
    form = JoinForm(data=_chosen()) if request.method == "GET" else JoinForm()
    offer(form)
    context = {"held": queries.list_of_person(person.id, at=g.association)}
    if not form.validate_on_submit():
        return web.form_page("members/join.html", form, person=person, **context)
    try:
        membership = _join(form, person)
    except RuleError as error:
        return web.refused("members/join.html", form, error, person=_joinable(public_id), **context)
    db.session.commit()
    return _entered(membership, person)


def _chosen() -> dict[str, Any]:
    """What the page before has asked already."""
    from portal.core.calendar import read_date

    names = {"kind": "kind", "group": "group", "organisation": "organisation_name"}
    found: dict[str, Any] = {field: request.args[name] for name, field in names.items() if name in request.args}
    return {**found, "joined_on": read_date(request.args.get("joined_on", "")) or today()}


def _joinable(public_id: str) -> Person:
    """Somebody whose record is held here, or who was a member here; otherwise 404."""
    former = access.visible(queries.memberships_below(g.association), "members.write", Membership)
    return queries.get_joinable(access.reached("members.write"), former, public_id, g.association) or abort(404)


def _join(form: Any, person: Person) -> Membership:
    kind = next(kind for kind in queries.list_kinds(g.association) if kind.public_id == form.kind.data)
    group = chosen_group(form, g.association)
    name = form.organisation_name.data or ""
    joined_on = form.joined_on.data
    return services.join(current_user, person, g.association, kind, joined_on, group, organisation_name=name)


def _entered(membership: Membership, person: Person) -> Any:
    message = _("%(name)s is a member under the number %(number)s.", name=person.name, number=membership.number)
    return go("members.membership", message, public_id=membership.public_id)


def offer(form: Any) -> None:
    """The kinds in use and the groups at work."""
    form.kind.choices = choices((kind.public_id, kind.name) for kind in queries.list_kinds(g.association))
    offer_groups(form, g.association)
    if not form.is_submitted() and form.joined_on.data is None:
        form.joined_on.data = today()
    if not form.is_submitted() and form.kind.data is None and form.kind.choices:
        form.kind.data = form.kind.choices[0].value


def offer_groups(form: Any, association: Association) -> None:
    groups = [(group.public_id, group.name) for group in list_groups(association)]
    form.group.choices = choices([("", _("None")), *groups])


def chosen_group(form: Any, association: Association) -> Group | None:
    return next((group for group in list_groups(association) if group.public_id == form.group.data), None)
