"""What an office does with one letter; afterwards it stands on its page, or is no longer to be seen here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import g
from flask_login import current_user

from portal.accounts.models import Account
from portal.accounts.reader import me
from portal.core import web
from portal.core.access import requires
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import _
from portal.letters import conflicts, desk, mails, queries, services
from portal.letters.blueprint import blueprint
from portal.letters.models import Letter, StepKind
from portal.letters.office_forms import ActForm
from portal.letters.sight import RIGHT
from portal.people.models import Person

Act = Callable[[Account, Letter, Any], Any]


@blueprint.post("/office/<code>/letters/<public_id>/acknowledge")
@requires(RIGHT)
def acknowledge(code: str, public_id: str) -> Any:
    """Say that it was received and is in hand."""
    done = _("The writer is told that the letter is in hand.")
    return _do(public_id, "", lambda actor, one, _form: services.acknowledge(actor, one), done, StepKind.ACKNOWLEDGED)


@blueprint.post("/office/<code>/letters/<public_id>/sort")
@requires(RIGHT)
def sort(code: str, public_id: str) -> Any:
    return _do(public_id, "sort", lambda actor, one, form: services.sort(actor, one, form.kind.data), _("Sorted."))


@blueprint.post("/office/<code>/letters/<public_id>/assign")
@requires(RIGHT)
def assign(code: str, public_id: str) -> Any:
    """Give it to somebody of the branch who may answer letters."""

    def act(actor: Account, letter: Letter, form: Any) -> None:
        held = {one.person.public_id: one.person for one in queries.list_assignable(letter)}
        services.assign(actor, letter, held.get(form.person.data))

    return _do(public_id, "assign", act, _("Assigned."))


@blueprint.post("/office/<code>/letters/<public_id>/note")
@requires(RIGHT)
def note(code: str, public_id: str) -> Any:
    return _do(public_id, "note", lambda actor, one, form: services.note(actor, one, form.note.data), _("Noted."))


@blueprint.post("/office/<code>/letters/<public_id>/ask")
@requires(RIGHT)
def ask(code: str, public_id: str) -> Any:
    """Ask the writer for more."""
    done = _("The question stands on the writer's page.")
    act: Act = lambda actor, one, form: services.ask(actor, one, form.question.data)  # noqa: E731
    return _do(public_id, "ask", act, done, StepKind.ASKED)


@blueprint.post("/office/<code>/letters/<public_id>/put-off")
@requires(RIGHT)
def put_off(code: str, public_id: str) -> Any:
    """Put the due date off, once."""
    done = _("The writer reads the new day and the reason.")
    act: Act = lambda actor, one, form: services.put_off(actor, one, form.until.data, form.reason.data)  # noqa: E731
    return _do(public_id, "put_off", act, done, StepKind.PUT_OFF)


@blueprint.post("/office/<code>/letters/<public_id>/answer")
@requires(RIGHT)
def answer(code: str, public_id: str) -> Any:
    """Answer it."""
    done = _("The answer stands on the writer's page.")
    act: Act = lambda actor, one, form: services.answer(actor, one, form.answer.data)  # noqa: E731
    return _do(public_id, "answer", act, done, StepKind.ANSWERED)


@blueprint.post("/office/<code>/letters/<public_id>/close")
@requires(RIGHT)
def close(code: str, public_id: str) -> Any:
    return _do(public_id, "", lambda actor, one, _form: services.close(actor, one), _("The letter is closed."))


@blueprint.post("/office/<code>/letters/<public_id>/conflict")
@requires(RIGHT)
def conflict(code: str, public_id: str) -> Any:
    """Say whom it is about; they do not see it any more."""

    def act(actor: Account, letter: Letter, form: Any) -> None:
        found: list[Person] = [one.person for one in desk.officers(letter)]
        conflicts.name_people(actor, letter, [one for one in found if one.public_id in form.person.data])

    return _do(public_id, "conflict", act, _("Whoever the letter is about does not see it any more."))


def _do(public_id: str, name: str, act: Act, done: str, news: StepKind | None = None) -> Any:
    """Load → form → service → commit → answer; whoever takes part in it alone learns that it was gone on with."""
    letter = desk.load(public_id)
    form = desk.form_of(name, letter, is_sent=True) if name else ActForm()
    if not form.validate_on_submit():
        return desk.letter_page(letter, form, **({name: form} if name else {}))
    try:
        act(me(), letter, form)
    except RuleError as error:
        web.undo()
        form.refuse(error)
        return desk.letter_page(desk.load(public_id), form, **({name: form} if name else {}))
    db.session.commit()
    if news is not None:
        mails.tell(letter, news)
    return gone_on(public_id, done)


def gone_on(public_id: str, done: str) -> Any:
    """Back to the letter, or to the list where the reader does not see it any more."""
    if queries.get(current_user, g.association, public_id) is None:
        return web.go("letters.office_list", done)
    return web.go("letters.show", done, public_id=public_id)
