"""Following an application by its reference, without an account: how it stands, the answer, the withdrawal."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from flask import Response

from portal.applications import mails, queries, services
from portal.applications.blueprint import blueprint
from portal.applications.following import Following
from portal.applications.forms import AnswerForm, FollowForm
from portal.applications.interview import SendForm, private
from portal.applications.models import MembershipApplication
from portal.applications.questions import PURPOSES
from portal.applications.sent import decide_by
from portal.core import web
from portal.core.access import public
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import _, lazy
from portal.people.models import ConsentPurpose

following = Following(
    name="applications",
    counted_as="application",
    by_reference=queries.sent.get_by_reference,
    form=FollowForm,
    missing=lazy("There is no application with this reference. Compare it with your note."),
)


@blueprint.app_template_filter("spelled")
def spelled(reference: str) -> str:
    """A reference as it is read aloud: 7K2M-9QX4-B0TD."""
    return "-".join(reference[start : start + 4] for start in range(0, len(reference), 4)).upper()


@blueprint.app_template_filter("agreed")
def agreed(consents: Mapping[str, bool] | Collection[str] | None) -> str:
    """What was agreed to, in words: of a form that was sent, or of what is ticked so far."""
    ticked = [name for name in consents or () if not isinstance(consents, Mapping) or consents[name]]
    return str(_(", ")).join(ConsentPurpose(name).label for name in PURPOSES if name in ticked)


@blueprint.get("/join/follow")
@public
def follow() -> Any:
    return web.page("applications/follow.html", form=FollowForm(formdata=None))


@blueprint.post("/join/follow")
@public
def find() -> Any:
    return following.find()


@blueprint.get("/join/<reference>")
@public
def stands(reference: str) -> Any:
    """How an application stands, for whoever has the reference: no number, and the name masked."""
    return _page(following.load(reference), AnswerForm(formdata=None))


@blueprint.get("/join/<reference>/sent")
@public
def sent(reference: str) -> Any:
    """The confirmation: the reference, what happens next and by when."""
    application = following.load(reference)
    until = decide_by(application)
    return private(web.page("applications/sent.html", application=application, until=until, form=SendForm()))


@blueprint.post("/join/<reference>/answer")
@public
def answer(reference: str) -> Any:
    """Answer what the association asked."""
    application, form = following.load(reference), AnswerForm()
    if not form.validate_on_submit():
        return _page(application, form)
    try:
        services.answer(application, form.answer.data or "")
    except RuleError as error:
        return _again(reference, form, error)
    db.session.commit()
    return web.go(
        "applications.stands", _("Your answer was sent to the association."), reference=application.reference
    )


@blueprint.get("/join/<reference>/withdraw")
@public
def ask_withdrawal(reference: str) -> Any:
    return private(web.page("applications/withdraw.html", application=following.load(reference)))


@blueprint.post("/join/<reference>/withdraw")
@public
def withdraw(reference: str) -> Any:
    """Take the application back."""
    application = following.load(reference)
    try:
        services.withdraw(application)
    except RuleError as error:
        return _again(reference, AnswerForm(formdata=None), error)
    db.session.commit()
    mails.tell(application)
    return web.go("applications.stands", _("Your application was withdrawn."), reference=application.reference)


def _page(application: MembershipApplication, form: Any) -> Response:
    shown = {
        "application": application,
        "messages": queries.list_messages(application),
        "until": decide_by(application),
    }
    return private(web.form_page("applications/stands.html", form, **shown))


def _again(reference: str, form: Any, error: RuleError) -> Response:
    """The page as it is now, with what the rule says."""
    web.undo()
    form.refuse(error)
    return _page(following.load(reference), form)
