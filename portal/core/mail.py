"""Mail, when a server is set: plain text, sent by the background worker."""

from __future__ import annotations

import smtplib
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from flask import current_app

from portal.core.jobs import queue
from portal.settings import Settings


def is_set(settings: Settings | None = None) -> bool:
    return bool((settings or current_app.extensions["portal.settings"]).mail_url)


def send(to: str, subject: str, body: str) -> None:
    """Queue a message. Call it after the commit; without a mail server it does nothing."""
    if is_set():
        queue.send(deliver, to, subject, body)


@queue.task
def deliver(to: str, subject: str, body: str) -> None:
    """Hand one message to the server named by PORTAL_MAIL_URL (smtp://, smtps://; user:password@ if needed).

    A subject is one line: a header with a line break in it is refused, and nobody would be told.
    """
    settings: Settings = current_app.extensions["portal.settings"]
    address = urlsplit(settings.mail_url)
    message = EmailMessage()
    message["From"], message["To"] = settings.mail_from, to
    message["Subject"] = " ".join(subject.split())
    message.set_content(body)
    kind = smtplib.SMTP_SSL if address.scheme == "smtps" else smtplib.SMTP
    with kind(address.hostname or "localhost", address.port or 0, timeout=20) as server:
        if address.scheme == "smtp" and address.username:
            server.starttls()
        if address.username:
            server.login(unquote(address.username), unquote(address.password or ""))
        server.send_message(message)
