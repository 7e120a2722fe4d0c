"""Mails to those who signed up, where a server is set and an address is known; and the work that sends them."""

from __future__ import annotations

from flask import current_app
from flask_babel import force_locale

from portal.core import mail
from portal.core.calendar import now
from portal.core.database import db
from portal.core.formats import datetime_local
from portal.core.i18n import BABEL, _
from portal.core.jobs import queue
from portal.settings import Settings
from portal.signups import clashes, queries, telling
from portal.signups.models import SignUp
from portal.signups.offers import expire_offers
from portal.signups.telling import News

AT_ONCE = 200
MINUTES = 5


@queue.every(MINUTES)
def see_to() -> None:
    """Let offers lapse, and tell by mail what is to be told. Done again, it does nothing."""
    expire_offers(now())
    db.session.commit()
    if not mail.is_set():
        return
    waiting = telling.list_to_mail(AT_ONCE)
    db.session.commit()
    for public_id in waiting:
        queue.send(tell, public_id)


@queue.task
def tell(public_id: str) -> None:
    """One mail to one person. Told is who was written to: what the server did not take is tried again, and when the
    next round comes.
    """
    sign_up = queries.get_to_tell(public_id)
    news = telling.news_of(sign_up, sign_up.session, now()) if sign_up is not None else None
    if sign_up is None or news is None or sign_up.person is None or not sign_up.person.email:
        return
    mail.deliver(sign_up.person.email, *write(sign_up, news))
    sign_up.told_at = now()
    if news == News.REMINDER:
        sign_up.session.reminded_at = sign_up.session.reminded_at or now()


def write(sign_up: SignUp, news: News) -> tuple[str, str]:
    """Subject and text, in the portal's own language. No number of anybody's stands in it but the office's own."""
    settings: Settings = current_app.extensions["portal.settings"]
    session, zone = sign_up.session, sign_up.session.association.time_zone
    with force_locale(BABEL[settings.language]):
        title, start = session.activity.title, datetime_local(session.starts_at, zone)
        lines = [
            _said(sign_up, news),
            f"{title}\n{start}\n{session.place}",
            _choose(sign_up, news),
            _whom(session.contact_name, session.contact_phone),
            _("Read more, answer or withdraw here:") + f"\n{settings.base_url}/me/sign-ups",
        ]
        return f"{news.label} · {title}", "\n\n".join(filter(None, lines))


def _said(sign_up: SignUp, news: News) -> str:
    session, zone = sign_up.session, sign_up.session.association.time_zone
    return {
        News.CANCELLED: lambda: _("The session was cancelled: %(reason)s", reason=session.cancel_reason),
        News.OFFER: lambda: _(
            "A place has come free and is held for you until %(time)s.",
            time=datetime_local(sign_up.offered_until, zone),
        ),
        News.MOVED: lambda: _("Time or place of a session for which you signed up has changed. It is now:"),
        News.REMINDER: lambda: _("You signed up for this. Thank you for coming!"),
        News.GIVEN: lambda: _("A place has come free and was given to you: you are expected."),
        News.TAKEN_OUT: lambda: _("Your place or your wish for one was taken back: you need not come."),
    }[news]()


def _choose(sign_up: SignUp, news: News) -> str:
    """Of a session that was moved into the time of another: with what it clashes now."""
    clash = clashes.of(sign_up) if news == News.MOVED else ""
    return f"{clash} {_('Withdraw from one of the two.')}" if clash else ""


def _whom(name: str, phone: str) -> str:
    whom = " ".join(filter(None, (name, phone)))
    return _("Whom to ask: %(whom)s", whom=whom) if whom else ""
