"""Following a letter by its reference, without an account: its steps, the answer, what the writer may still do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response
from flask_login import current_user

from portal.accounts.models import Account
from portal.accounts.reader import me
from portal.applications.following import Following
from portal.applications.interview import SendForm, private
from portal.core import web
from portal.core.access import public
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import _, lazy
from portal.letters import deadlines, queries, sight, writing
from portal.letters.blueprint import blueprint
from portal.letters.forms import AddForm, FollowForm, RateForm, ReopenForm
from portal.letters.models import Letter, Satisfaction, StepKind
from portal.letters.moves import may

following = Following(
    name="letters",
    counted_as="letter",
    by_reference=queries.get_by_reference,
    form=FollowForm,
    missing=lazy("There is no letter with this reference. Compare it with your note."),
)
FORMS: dict[str, Any] = {"add": AddForm, "rate": RateForm, "reopen": ReopenForm}


@blueprint.get("/letters/follow")
@public
def follow() -> Any:
    return web.page("letters/follow.html", form=FollowForm(formdata=None))


@blueprint.post("/letters/follow")
@public
def find() -> Any:
    return following.find()


@blueprint.get("/letters/<reference>")
@public
def stands(reference: str) -> Any:
    """How a letter stands, for whoever has the reference: no name, no number, nothing of what was written."""
    return _page(following.load(reference))


@blueprint.get("/letters/<reference>/sent")
@public
def sent(reference: str) -> Any:
    """The confirmation: the reference, what happens next and by when."""
    letter = following.load(reference)
    return private(web.page("letters/sent.html", letter=letter, form=SendForm()))


@blueprint.post("/letters/<reference>/add")
@public
def add(reference: str) -> Any:
    """Add something, or answer what was asked back."""

    def act(letter: Letter, form: Any) -> None:
        steps = queries.list_steps(letter, shown=True)
        writing.add(letter, form.more.data, sum(row[0].kind == StepKind.ADDED for row in steps))

    return _do(reference, "add", act, _("It was added to your letter."))


@blueprint.post("/letters/<reference>/rate")
@public
def rate(reference: str) -> Any:
    """Say how satisfied one is, once; the office, which may know the reference too, is refused."""

    def act(letter: Letter, form: Any) -> None:
        writing.rate(letter, form.rating.data, form.note.data or "", _reader())

    return _do(reference, "rate", act, _("Thank you. Your rating was kept."))


@blueprint.post("/letters/<reference>/reopen")
@public
def reopen(reference: str) -> Any:
    """Ask to look at it again, once."""
    done = _("Your letter is open again.")
    return _do(reference, "reopen", lambda letter, form: writing.reopen(letter, form.why.data), done)


def _do(reference: str, name: str, act: Callable[[Letter, Any], None], done: str) -> Any:
    letter, form = following.load(reference), FORMS[name]()
    if not form.validate_on_submit():
        return _page(letter, **{name: form})
    try:
        act(letter, form)
    except RuleError as error:
        web.undo()
        form.refuse(error)
        return _page(following.load(reference), **{name: form})
    db.session.commit()
    return web.go("letters.stands", done, reference=letter.reference)


def _reader() -> Account | None:
    """Who is signed in; following a letter asks for no account."""
    return me() if current_user.is_authenticated else None


def _page(letter: Letter, **refused: Any) -> Response:
    """The page as it is now; a form that was refused stands among the others as it was sent."""
    forms = {name: refused.get(name) or form(formdata=None) for name, form in FORMS.items()}
    steps, reader = queries.list_steps(letter, shown=True), _reader()
    shown = {
        "letter": letter,
        "forms": forms,
        "steps": steps,
        "may_add": may(letter, StepKind.ADDED),
        "may_rate": may(letter, StepKind.RATED) and letter.rating is None,
        "no_rating": writing.NOT_BY_THE_OFFICE if reader and sight.is_office(reader, letter) else "",
        "reopen_by": deadlines.reopen_by(letter) if deadlines.may_reopen(letter) else None,
        "is_asked": _is_asked(steps),
        "ratings": Satisfaction.labels(),
    }
    form = next(iter(refused.values()), None)
    return private(web.form_page("letters/stands.html", form, **shown) if form else web.page(
        "letters/stands.html", form=forms["add"], **shown))  # fmt: skip


def _is_asked(steps: Any) -> bool:
    """Whether the last word was a question of the association."""
    said = [row[0].kind for row in steps if row[0].kind in (StepKind.ASKED, StepKind.ADDED, StepKind.ANSWERED)]
    return bool(said) and said[-1] == StepKind.ASKED
