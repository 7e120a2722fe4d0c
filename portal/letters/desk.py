"""The pages of letters in the office: the list as its address asks for it, one letter with all that can be done."""

from __future__ import annotations

from typing import Any

from flask import abort, g, request
from flask_login import current_user

from portal.accounts.reader import me
from portal.associations.models import Association
from portal.core import web
from portal.core.calendar import read_date, today
from portal.core.database import db
from portal.core.forms import choices
from portal.core.i18n import _
from portal.core.paging import page_number, paginate
from portal.core.text import printable
from portal.letters import conflicts, deadlines, office_forms, queries, sight
from portal.letters.models import Letter, LetterChannel, LetterKind, LetterState
from portal.letters.moves import MOVES, OPEN, may
from portal.letters.queries import Asked
from portal.offices.models import Appointment

FORMS: dict[str, Any] = {
    "sort": office_forms.SortForm, "assign": office_forms.AssignForm, "note": office_forms.NoteForm,
    "ask": office_forms.AskForm, "put_off": office_forms.PutOffForm, "answer": office_forms.AnswerForm,
    "conflict": office_forms.ConflictForm,
}  # fmt: skip


def asked() -> Asked:
    """What the address asks for; a word that it does not know asks for nothing."""

    def word(name: str, known: Any) -> str:
        given = request.args.get(name, "")
        return given if given in known else ""

    return Asked(
        state=word("state", set(LetterState)),
        kind=word("kind", set(LetterKind)),
        channel=word("channel", set(LetterChannel)),
        assigned=word("assigned", ("me", "nobody")),
        start=read_date(request.args.get("start", "")),
        end=read_date(request.args.get("end", "")),
        words=" ".join(printable(request.args.get("q", ""))[:60].split()),
    )


def list_page() -> str:
    account, question = me(), asked()
    page = paginate(queries.list_of(account, g.association, question), page_number())
    counts = queries.count_by_state(account, g.association, question)
    return web.page(
        "letters/list.html",
        page=page,
        asked=question,
        counts=counts,
        waiting=sum(counts.get(state, 0) for state in OPEN),
        below=any(row.association_id != g.association.id for row in page.rows),
        states=LetterState,
        kinds=LetterKind.labels(),
        channels=LetterChannel.labels(),
        today=today(),
        acknowledge_by=deadlines.acknowledge_by,
        day_of=deadlines.day_of,
    )


def load(public_id: str) -> Letter:
    """The letter, if it can be seen in this office; to whomever it is about it is not there."""
    return queries.get(current_user, g.association, public_id) or abort(404)


def letter_page(letter: Letter, form: Any = None, **refused: Any) -> Any:
    """Everything about one letter; a form that was refused stands among the others as it was sent."""
    is_open, put_off = letter.state in OPEN, queries.was_put_off(letter)
    forms = {name: refused.get(name) or form_of(name, letter) for name in _wanted(is_open, put_off) | refused.keys()}
    shown = {
        "letter": letter,
        "forms": forms,
        "steps": queries.list_steps(letter),
        "about": conflicts.list_about(letter),
        "deals": sight.deals(current_user, letter),
        "may": {step.value: may(letter, step) for step in MOVES},
        "put_off": put_off,
        "put_off_until": deadlines.put_off_until(letter),
        "acknowledge_by": deadlines.acknowledge_by(letter),
        "today": today(),
        "is_open": is_open,
    }
    failed = form or next(iter(refused.values()), None)
    if failed is None:
        return web.page("letters/letter.html", form=None, **shown)
    return web.invalid("letters/letter.html", failed, **shown)


def _wanted(is_open: bool, put_off: bool) -> set[str]:
    """The forms that the page shows: of one that is answered, only what is said to the office."""
    if not is_open:
        return {"note", "conflict"}
    return FORMS.keys() - {"put_off"} if put_off else set(FORMS)


def form_of(name: str, letter: Letter, *, is_sent: bool = False) -> Any:
    """One of the forms of the page, empty or with what was sent, with its choices."""
    form = FORMS[name]() if is_sent else FORMS[name](formdata=None)
    if name == "sort" and not is_sent:
        form.kind.data = letter.kind
    if name == "assign":
        form.person.choices = choices(_named(one) for one in queries.list_assignable(letter))
    if name == "conflict":
        form.person.choices = choices(_named(one) for one in officers(letter))
    return form


def officers(letter: Letter) -> list[Appointment]:
    """Officers whom the letter may be about: of where it was written to, of where it is, and of all between."""
    here = db.session.get_one(Association, letter.association_id)
    places = {letter.received_by_association_id, *here.path_ids}
    known = conflicts.about_ids(letter)
    found = {one.person_id: one for one in queries.list_officers_at(sorted(places)) if one.person_id not in known}
    return list(found.values())


def _named(held: Appointment) -> tuple[str, str]:
    own = _(" (you)") if held.person_id == current_user.person_id else ""
    place = held.association.display_name
    return held.person.public_id, f"{held.person.name}{own} · {held.position_label} · {place}"
