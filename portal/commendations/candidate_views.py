"""Proposals by evidence: whose record shows what a category asks for; several put forward at once."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Response, abort, g, request
from flask_login import current_user

from portal.commendations import nominating, nomination_exports, nomination_queries, proposing
from portal.commendations.blueprint import blueprint
from portal.commendations.loading import own_day
from portal.commendations.models import CommendationCall
from portal.commendations.nominating import Terms
from portal.commendations.nomination_forms import SeveralForm
from portal.commendations.nominees import Room, load_opened, of_people, room_of
from portal.commendations.queries import is_taking
from portal.core import downloads, web
from portal.core.access import requires
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import ngettext
from portal.core.paging import Page, page_number
from portal.people.models import Person

SIZE, MOST_AT_ONCE = 25, 25
SEVERAL = "commendations/put_forward_several.html"


@blueprint.get("/office/<code>/commendations/calls/<public_id>/candidates")
@requires(nominating.RIGHT, whole=True)
def candidates(code: str, public_id: str) -> str:
    """By category: those whose record shows all that is asked, beneath them who falls short by one thing."""
    call = load_opened(public_id)
    shown: dict[str, Any] = {"call": call, "categories": of_people(call), "takes": is_taking(call, own_day())}
    room = _room(call)
    if room is not None:
        meeting, near = proposing.proposals(room.category, call, g.association)
        shown |= {"page": _page(meeting, room), "most_near": proposing.MOST_NEAR, "count_near": len(near)}
        shown["near"] = proposing.load(near[: proposing.MOST_NEAR], room.category)
    return web.page("commendations/candidates.html", room=room, **shown)


@blueprint.get("/office/<code>/commendations/calls/<public_id>/candidates.<any(xlsx, csv):form>")
@requires(nominating.RIGHT, whole=True)
def candidates_file(code: str, public_id: str, form: str) -> Response:
    """All whose record shows what one category asks for, and the same few beneath them."""
    call = load_opened(public_id)
    room = _room(call) or abort(404)
    meeting, near = proposing.proposals(room.category, call, g.association)
    found = [proposing.load(rows, room.category) for rows in (meeting, near[: proposing.MOST_NEAR])]
    return downloads.send(form, nomination_exports.candidates(room.category, *found))


@blueprint.route("/office/<code>/commendations/calls/<public_id>/candidates/put-forward", methods=["GET", "POST"])
@requires(nominating.RIGHT, whole=True)
def put_forward_several(code: str, public_id: str) -> Any:
    """Those who were ticked, each with a reason of their own; all of them or, where one is refused, none."""
    call, form = load_opened(public_id), SeveralForm()
    shown = _chosen(call)
    reasons = {one.public_id: request.form.get(f"reason-{one.public_id}", "") for one in shown["people"]}
    if not form.validate_on_submit():
        form.key.data = form.key.data or secrets.token_urlsafe(16)
        return web.form_page(SEVERAL, form, reasons=reasons, faults={}, **shown)
    faults, general = _put_forward(shown["room"], shown["people"], reasons, (form.key.data or "")[:32])
    if faults or general:
        web.undo()
        form.form_errors.extend(general)
        return web.invalid(SEVERAL, form, reasons=reasons, faults=faults, **_chosen(load_opened(public_id)))
    db.session.commit()
    said = ngettext("%(num)d person is put forward.", "%(num)d people are put forward.", len(reasons))
    return web.go("commendations.call_nominations", said, public_id=public_id)


def _put_forward(
    room: Room, people: list[Person], reasons: dict[str, str], key: str
) -> tuple[dict[str, str], list[str]]:
    """What was refused: by person where it is about the reason, else in general, once."""
    faults: dict[str, str] = {}
    general: list[str] = []
    for one in people:
        terms = Terms(name=one.name, reason=reasons[one.public_id], person=one, key=f"{key}-{one.public_id}")
        try:
            nominating.nominate(current_user, room.category, g.association, terms)
        except RuleError as error:
            if error.field == "reason":
                faults[one.public_id] = str(error)
            else:
                said = str(error) if not error.field else f"{one.name}: {error}"
                general += [said] if said not in general else []
    return faults, general


def _chosen(call: CommendationCall) -> dict[str, Any]:
    """The people whom the address names, as far as they can be put forward in the category."""
    room = room_of(call, request.args.get("category", ""))
    named = list(dict.fromkeys(request.args.getlist("person")))[:MOST_AT_ONCE]
    found = [nomination_queries.get_nominee(room.category, call, g.association, one) for one in named]
    people = [one for one in found if one is not None]
    return {"call": call, "room": room, "people": people, "takes": is_taking(call, own_day())}


def _room(call: CommendationCall) -> Room | None:
    """The category that the address names, or the first of those in which people are commended."""
    known = of_people(call)
    asked = request.args.get("category", "")
    if asked and asked not in {one.public_id for one in known}:
        abort(404)
    return room_of(call, asked or known[0].public_id) if known else None


def _page(meeting: list[proposing.Found], room: Room) -> Page[Any]:
    total = len(meeting)
    number = min(max(1, page_number()), max(1, -(-total // SIZE)))
    rows = proposing.load(meeting[(number - 1) * SIZE : number * SIZE], room.category)
    return Page(rows, number, SIZE, total)
