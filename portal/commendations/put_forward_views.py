"""Putting somebody forward: first who (found in the register), then the name, the reason, what the record says."""

from __future__ import annotations

import secrets
from typing import Any

from flask import abort, g, request
from flask_login import current_user

from portal.associations.models import Group
from portal.associations.queries import get_group
from portal.commendations import evidence, nominating, nomination_queries
from portal.commendations.blueprint import blueprint
from portal.commendations.evidence import Facts, TeamFacts
from portal.commendations.loading import own_day
from portal.commendations.models import CommendationCall, Scope
from portal.commendations.nominating import Terms
from portal.commendations.nomination_forms import NominationForm
from portal.commendations.nominees import Room, groups_to_offer, load_opened, room_of, suggestion_asked
from portal.commendations.queries import is_taking
from portal.core import web
from portal.core.access import requires
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import _
from portal.people.models import Person
from portal.verification import codes

FOUND = 20
FORM, FIND = "commendations/put_forward.html", "commendations/find_nominee.html"


@blueprint.route("/office/<code>/commendations/calls/<public_id>/put-forward/<category>", methods=["GET", "POST"])
@requires(nominating.RIGHT, whole=True)
def put_forward(code: str, public_id: str, category: str) -> Any:
    """Of people: found first. What the record says stands beside the form; too little of it warns, and no more."""
    shown = _around(public_id, category)
    if shown["person"] is None and shown["room"].category.kind.scope in evidence.OF_PEOPLE:
        return _find(shown)
    form = _form(shown)
    if not form.validate_on_submit():
        return web.form_page(FORM, form, **shown)
    try:
        terms = _terms(form, shown["person"])
        made = nominating.nominate(current_user, shown["room"].category, g.association, terms, shown["suggestion"])
    except RuleError as error:
        return web.refused(FORM, form, error, **_around(public_id, category))
    db.session.commit()
    reference = codes.shown(made.public_id)
    said = _("%(name)s is put forward. Reference: %(reference)s", name=made.name, reference=reference)
    return web.go("commendations.nomination", said, public_id=made.public_id)


def _around(public_id: str, category: str) -> dict[str, Any]:
    """The call, the category with what is left in it, whom the address names, the suggestion that is taken up."""
    call = load_opened(public_id)
    room = room_of(call, category)
    person = _person(call, room)
    return {
        "call": call,
        "room": room,
        "person": person,
        "suggestion": suggestion_asked(room.category),
        "facts": _facts(call, room, person),
        "takes": is_taking(call, own_day()),
    }


def _person(call: CommendationCall, room: Room) -> Person | None:
    asked = request.args.get("person", "")
    if not asked or room.category.kind.scope not in evidence.OF_PEOPLE:
        return None
    return nomination_queries.get_nominee(room.category, call, g.association, asked) or abort(404)


def _facts(call: CommendationCall, room: Room, person: Person | None) -> Facts | TeamFacts | None:
    """What the record says today; of a group once it is chosen, by its nomination."""
    if person is not None:
        return evidence.facts_of(person, call)
    is_itself = room.category.kind.scope == Scope.ASSOCIATION
    return evidence.team_facts(call, g.association) if is_itself else None


def _find(shown: dict[str, Any]) -> Any:
    """Whom the association can put forward, by what was typed; the few chairs without typing."""
    if request.method == "POST":
        abort(404)
    text, category = request.args.get("q", "").strip()[:60], shown["room"].category
    if not text and shown["suggestion"] is not None:
        text = shown["suggestion"].nominee
    asks = bool(text) or category.kind.scope == Scope.CHAIR
    call = shown["call"]
    found = nomination_queries.find_people(category, call, g.association, text, FOUND) if asks else []
    template = "commendations/_nominees.html" if web.htmx else FIND
    return web.page(template, text=text, found=found, asks=asks, limit=FOUND, **shown)


def _form(shown: dict[str, Any]) -> NominationForm:
    suggestion, person = shown["suggestion"], shown["person"]
    name = person.name if person else "" if _is_of_group(shown) else g.association.name
    known = {"key": secrets.token_urlsafe(16), "name": name}
    if suggestion is not None:
        known |= {"reason": suggestion.reason, "name": name or suggestion.nominee}
    form = NominationForm(data=known)
    form.group.choices = groups_to_offer(g.association)
    if not _is_of_group(shown):
        del form.group
    return form


def _is_of_group(shown: dict[str, Any]) -> bool:
    return bool(shown["room"].category.kind.scope == Scope.COLLECTIVE)


def _terms(form: NominationForm, person: Person | None) -> Terms:
    group: Group | None = None
    if "group" in form:
        group = get_group(g.association, form.group.data or "")
    said = {"name": form.name.data or "", "reason": form.reason.data or ""}
    return Terms(**said, person=person, group=group, key=(form.key.data or "")[:64] or None)
