"""Mail to the applicant, where a server is set and an address was given. No number of anybody stands in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import current_app
from flask_babel import force_locale

from portal.applications.models import ApplicationState, MembershipApplication
from portal.core import mail
from portal.core.i18n import BABEL, _
from portal.settings import Settings


def tell(application: MembershipApplication) -> None:
    """Say how the application stands. Call it after the commit."""
    write(application, lambda: _news(application), f"/join/{application.reference}")


def write(sent: Any, news: Callable[[], tuple[str, str]], path: str) -> None:
    """Subject and news, with the page where more is said: in the language of the pages that the form was sent from,
    of a paper form in the portal's own.
    """
    if not sent.email or not mail.is_set():
        return
    settings: Settings = current_app.extensions["portal.settings"]
    with force_locale(BABEL.get(sent.language) or BABEL[settings.language]):
        subject, said = news()
        body = _(
            "%(news)s\n\nRead more here:\n%(url)s\n\nYou need no account for it. Whoever has this address can read"
            " the page: keep it to yourself.",
            news=said,
            url=f"{settings.base_url}{path}",
        )
        mail.send(sent.email, subject, str(body))


def _news(application: MembershipApplication) -> tuple[str, str]:
    name = application.association.name
    decided = (_("Your application was decided"), _("%(name)s has decided about your application.", name=name))
    news = {
        ApplicationState.SUBMITTED: (
            _("Your application was received"),
            _("%(name)s has received your application.", name=name),
        ),
        ApplicationState.ASKED: (
            _("A question about your application"),
            _("%(name)s has a question about your application.", name=name),
        ),
        ApplicationState.ACCEPTED: decided,
        ApplicationState.DECLINED: decided,
        ApplicationState.WITHDRAWN: (
            _("Your application was withdrawn"),
            _("Your application to %(name)s was withdrawn.", name=name),
        ),
    }
    subject, text = news[ApplicationState(application.state)]
    return str(subject), str(text)
