"""Whom a membership covers, who pays for it, and who is the contact of an organisation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import abort, request
from flask_login import current_user

from portal.core import access, web
from portal.core.access import requires
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import _, locale
from portal.members import queries, services
from portal.members.blueprint import blueprint
from portal.members.change_views import PAGE, WRITE, refused
from portal.members.forms import ChoosePersonForm
from portal.members.models import Holder, Membership
from portal.members.views import load
from portal.people import paper
from portal.people.models import Person
from portal.people.paper import PaperForm
from portal.people.queries import current_notice, people_by_public_ids, search_people

FOUND = 20


@blueprint.route("/office/<code>/memberships/<public_id>/cover", methods=["GET", "POST"])
@requires(WRITE)
def cover(code: str, public_id: str) -> Any:
    """Somebody of the register is covered from today."""
    held, form = _shared(public_id), ChoosePersonForm()
    if not form.validate_on_submit():
        return web.form_page("members/cover.html", form, membership=held, **_search(held))
    try:
        person = _chosen(form, held)
        services.cover(current_user, held, held.kind, held.association, held.group, person, today())
    except RuleError as error:
        return web.refused("members/cover.html", form, error, membership=_shared(public_id), **_search(held))
    db.session.commit()
    return web.go(PAGE, _("%(name)s is covered from today.", name=person.name), public_id=public_id)


@blueprint.route("/office/<code>/memberships/<public_id>/cover/new", methods=["GET", "POST"])
@requires(WRITE)
def cover_new(code: str, public_id: str) -> Any:
    """Somebody who is not in the register yet is entered from a signed paper form, and covered."""
    held, form, notice = _shared(public_id), PaperForm(), current_notice(locale())
    if not form.validate_on_submit():
        return web.form_page("members/cover_new.html", form, membership=held, notice=notice)
    asked = paper.known(form, WRITE)
    if asked:
        paper.ask(form, asked)
        return web.invalid("members/cover_new.html", form, membership=held, notice=notice, asked=asked)
    try:
        person = paper.enter(current_user, form, notice.version if notice else 0)
        services.cover(current_user, held, held.kind, held.association, held.group, person, today())
    except RuleError as error:
        return web.refused("members/cover_new.html", form, error, membership=_shared(public_id), notice=notice)
    db.session.commit()
    return web.go(PAGE, _("%(name)s is covered from today.", name=person.name), public_id=public_id)


@blueprint.post("/office/<code>/memberships/<public_id>/covers/<cover_id>/end")
@requires(WRITE)
def uncover(code: str, public_id: str, cover_id: str) -> Any:
    """Somebody is covered no longer; covering the person again puts it right."""
    held = load(public_id, WRITE)
    row = next(iter(queries.list_covers_by_ids(held, [cover_id])), None) or abort(404)
    try:
        services.uncover(current_user, row, held, today())
    except RuleError as error:
        return refused(error, public_id)
    db.session.commit()
    return web.go(PAGE, _("Covered no longer. If that was a mistake, cover the person again."), public_id=public_id)


@blueprint.route("/office/<code>/memberships/<public_id>/payer", methods=["GET", "POST"])
@requires(WRITE)
def payer(code: str, public_id: str) -> Any:
    """Who pays, if it is not the member."""
    held, form = load(public_id, WRITE), ChoosePersonForm()
    if not form.validate_on_submit():
        return web.form_page("members/payer.html", form, membership=held, **_search(held))
    try:
        is_member = form.person.data == held.person.public_id
        services.set_payer(current_user, held, None if is_member else _chosen(form, held))
    except RuleError as error:
        return web.refused("members/payer.html", form, error, membership=load(public_id, WRITE), **_search(held))
    db.session.commit()
    return web.go(PAGE, _("Who pays was changed."), public_id=public_id)


@blueprint.route("/office/<code>/memberships/<public_id>/contact", methods=["GET", "POST"])
@requires(WRITE)
def contact(code: str, public_id: str) -> Any:
    """Another person speaks for the organisation."""
    held, form = load(public_id, WRITE), ChoosePersonForm()
    if not held.organisation_name:
        abort(404)
    if not form.validate_on_submit():
        return web.form_page("members/contact.html", form, membership=held, **_search(held))
    try:
        services.set_contact(current_user, held, held.association, _chosen(form, held))
    except RuleError as error:
        return web.refused("members/contact.html", form, error, membership=load(public_id, WRITE), **_search(held))
    db.session.commit()
    return web.go(PAGE, _("The contact was changed."), public_id=public_id)


def _shared(public_id: str) -> Membership:
    """A membership that may cover others."""
    held = load(public_id, WRITE)
    return held if held.kind.holder != Holder.PERSON else abort(404)


def _search(held: Membership) -> dict[str, Any]:
    """The people of the membership's own association whom the search names."""
    text = request.args.get("q", "").strip()[:60]
    found: Sequence[Person] = []
    if text:
        found = search_people(access.reached(WRITE), text, held.association, FOUND)
    return {"text": text, "found": found, "limit": FOUND}


def _chosen(form: ChoosePersonForm, held: Membership) -> Person:
    """Somebody whose record the membership's association holds; anybody else is not to be chosen."""
    found = people_by_public_ids(access.reached(WRITE), [str(form.person.data)], held.association)
    if not found:
        raise RuleError("person", _("Choose one of the people found."))
    return found[0]
