"""Following a registration by its reference, without an account: how it stands, and the withdrawal."""

from __future__ import annotations

from typing import Any

from flask import Response

from portal.applications.following import Following
from portal.applications.interview import SendForm, private
from portal.applications.sent import decide_by
from portal.core import web
from portal.core.access import public
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import _, lazy
from portal.volunteers import mails, queries, registering, registration_queries
from portal.volunteers.blueprint import blueprint
from portal.volunteers.forms import FollowForm
from portal.volunteers.models import VolunteerRegistration

following = Following(
    name="volunteers",
    counted_as="registration",
    by_reference=registration_queries.sent.get_by_reference,
    form=FollowForm,
    missing=lazy("There is no registration with this reference. Compare it with your note."),
)


@blueprint.get("/volunteer/follow")
@public
def follow() -> Any:
    return web.page("volunteers/follow.html", form=FollowForm(formdata=None))


@blueprint.post("/volunteer/follow")
@public
def find() -> Any:
    return following.find()


@blueprint.get("/volunteer/<reference>")
@public
def stands(reference: str) -> Any:
    """How a registration stands, for whoever has the reference: no number, and the name masked."""
    return _page(following.load(reference), SendForm(formdata=None))


@blueprint.get("/volunteer/<reference>/sent")
@public
def sent(reference: str) -> Any:
    """The confirmation: the reference, what happens next and by when."""
    found = following.load(reference)
    return private(web.page("volunteers/sent.html", registration=found, until=decide_by(found), form=SendForm()))


@blueprint.get("/volunteer/<reference>/withdraw")
@public
def ask_withdrawal(reference: str) -> Any:
    return private(web.page("volunteers/withdraw.html", registration=following.load(reference)))


@blueprint.post("/volunteer/<reference>/withdraw")
@public
def withdraw(reference: str) -> Any:
    """Take the registration back."""
    found = following.load(reference)
    try:
        registering.withdraw(found)
    except RuleError as error:
        return _again(reference, error)
    db.session.commit()
    mails.tell(found)
    return web.go("volunteers.stands", _("Your registration was withdrawn."), reference=found.reference)


def _page(found: VolunteerRegistration, form: Any) -> Response:
    letter = queries.live_letter(found.volunteer_id) if found.volunteer_id else None
    shown = {"registration": found, "letter": letter}
    return private(web.form_page("volunteers/stands.html", form, until=decide_by(found), **shown))


def _again(reference: str, error: RuleError) -> Response:
    """The page as it is now, with what the rule says."""
    web.undo()
    form = SendForm(formdata=None)
    form.refuse(error)
    return _page(following.load(reference), form)
