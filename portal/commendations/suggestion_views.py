"""Suggestions in the office: those to answer, taken up or declined; a group leader's own."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Response, abort, g, request
from flask_login import current_user

from portal.accounts.reader import me
from portal.associations.models import Group
from portal.associations.queries import get_group, list_groups
from portal.commendations import nominating, nomination_exports, nomination_queries, queries, suggesting
from portal.commendations.blueprint import blueprint
from portal.commendations.loading import own_day
from portal.commendations.models import CallCategory, CommendationCall, Source, SuggestionState
from portal.commendations.nomination_forms import AnswerForm, GroupWordsForm, RevealForm
from portal.commendations.nominees import load_suggestion
from portal.commendations.suggesting import Said
from portal.core import downloads, web
from portal.core.access import requires
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.forms import choices
from portal.core.i18n import _
from portal.core.paging import page_number, paginate

PAGE, GROUP = "commendations/suggestion.html", "commendations/group_words.html"
LEADS = "activities.write"


@blueprint.get("/office/<code>/commendations/suggestions")
@requires(nominating.RIGHT)
def suggestions(code: str) -> str:
    """What was said to the association: what waits first."""
    state = _state()
    page = paginate(nomination_queries.suggestions_of(me(), g.association, state), page_number())
    counts = nomination_queries.count_suggestions(me(), g.association)
    shown = {"state": state, "states": SuggestionState.labels(), "counts": counts, "total": sum(counts.values())}
    return web.page("commendations/suggestions.html", page=page, **shown)


@blueprint.get("/office/<code>/commendations/suggestions/list.<any(xlsx, csv):form>")
@requires(nominating.RIGHT)
def suggestions_file(code: str, form: str) -> Response:
    statement = nomination_queries.suggestions_of(me(), g.association, _state())
    file = nomination_exports.suggestions(statement, g.association.time_zone)
    return downloads.send(form, file, "commendations.suggestions")


@blueprint.get("/office/<code>/commendations/suggestions/<public_id>")
@requires(nominating.RIGHT)
def suggestion(code: str, public_id: str) -> str:
    """What was said, of whom, in which call; the way to take it up, or to decline."""
    return web.page(PAGE, **_around(public_id))


@blueprint.post("/office/<code>/commendations/suggestions/<public_id>/decline")
@requires(nominating.RIGHT, whole=True)
def decline(code: str, public_id: str) -> Any:
    """With an answer that whoever spoke reads."""
    found, form = load_suggestion(public_id), AnswerForm()
    if not form.validate_on_submit():
        return web.invalid(PAGE, form, **_around(public_id, answering=form))
    try:
        nominating.decline(current_user, found, form.answer.data or "")
    except RuleError as error:
        web.undo()
        form.refuse(error)
        return web.invalid(PAGE, form, **_around(public_id, answering=form))
    db.session.commit()
    return web.go("commendations.suggestions", _("The answer is given."))


@blueprint.post("/office/<code>/commendations/suggestions/<public_id>/name")
@requires(nominating.RIGHT, whole=True)
def reveal_speaker(code: str, public_id: str) -> Any:
    """Name and phone of who spoke, for a reason that is kept."""
    form = RevealForm()
    if not form.validate_on_submit():
        return web.invalid(PAGE, form, **_around(public_id, revealing=form))
    try:
        known = suggesting.reveal(current_user, load_suggestion(public_id), form.reason.data or "")
    except RuleError as error:
        web.undo()
        form.refuse(error)
        return web.invalid(PAGE, form, **_around(public_id, revealing=form))
    db.session.commit()
    return web.page(PAGE, known=known, **_around(public_id))


@blueprint.route("/office/<code>/commendations/for-a-group", methods=["GET", "POST"])
@requires(LEADS)
def for_a_group(code: str) -> Any:
    """A leader speaks for somebody of the own group, in words; what was said before stands beneath."""
    groups, open_calls = _groups(), _calls_for_groups()
    form = _group_form(groups, open_calls)
    if not form.validate_on_submit():
        return web.form_page(GROUP, form, **_said_by(groups, open_calls))
    group = get_group(g.association, form.group.data or "")
    said = Said(
        nominee=form.nominee.data or "", reason=form.reason.data or "", source=Source.GROUP, group=group,
        key=(form.key.data or "")[:64] or None,
    )  # fmt: skip
    try:
        suggesting.suggest(me(), _category(open_calls, form.category.data), g.association, said)
    except RuleError as error:
        return web.refused(GROUP, form, error, **_said_by(_groups(), _calls_for_groups()))
    db.session.commit()
    return web.go("commendations.for_a_group", _("It was received. The association answers here."))


def _group_form(groups: list[Group], open_calls: list[CommendationCall]) -> GroupWordsForm:
    form = GroupWordsForm(data={"key": secrets.token_urlsafe(16)})
    named = [(one.public_id, f"{call.title} · {one.kind.name}") for call in open_calls for one in call.categories]
    form.category.choices = choices(named)
    form.group.choices = choices([(one.public_id, one.name) for one in groups])
    return form


def _groups() -> list[Group]:
    """The groups that the reader leads here."""
    led = suggesting.led_groups(me(), g.association)
    return [one for one in list_groups(g.association) if one.id in led]


def _calls_for_groups() -> list[CommendationCall]:
    """Those of the association and above it in which leaders may speak today."""
    day = own_day()
    return [one for one in queries.calls_of(g.association) if one.by_groups and queries.is_taking(one, day)]


def _category(open_calls: list[CommendationCall], asked: str | None) -> CallCategory:
    found = (one for call in open_calls for one in call.categories if one.public_id == asked)
    return next(found, None) or abort(404)


def _said_by(groups: list[Group], open_calls: list[CommendationCall]) -> dict[str, Any]:
    said = nomination_queries.suggestions_by(current_user.person_id, [one.id for one in groups])
    return {"groups": groups, "calls": open_calls, "said": said}


def _state() -> str:
    asked = request.args.get("state", "")
    return asked if asked in set(SuggestionState) else ""


def _around(public_id: str, **refused: Any) -> dict[str, Any]:
    found = load_suggestion(public_id)
    takes = queries.is_taking(found.category.call, own_day())
    forms = {"answering": AnswerForm(formdata=None), "revealing": RevealForm(formdata=None), **refused}
    is_meant = nominating.is_meant(me(), found)
    return {"suggestion": found, "takes": takes, "is_meant": is_meant, **forms}
