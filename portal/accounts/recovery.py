"""A forgotten password, by mail: the background worker looks who it is, so that asking tells nothing."""

from __future__ import annotations

from flask import current_app
from flask_babel import force_locale

from portal.accounts import codes, queries
from portal.accounts.models import Account
from portal.core import mail
from portal.core.database import db
from portal.core.encryption import decrypt, encrypt
from portal.core.i18n import BABEL, _, locale
from portal.core.jobs import queue
from portal.settings import Settings


def request_code(login: str) -> None:
    """Leave it to the worker. The login waits encrypted; the code itself is never in the queue."""
    queue.send(send_code, encrypt(login), locale())


@queue.task
def send_code(login: str, language: str) -> None:
    """Mail a one-time code to the account of this login, if it has an e-mail and may sign in."""
    account = queries.get_by_login(decrypt(login))
    if account is None or account.email is None or not account.is_active:
        return
    code = codes.mail_code(account)
    db.session.commit()  # a mail server may take its time: no lock is held meanwhile
    if code is not None:
        with force_locale(BABEL[language]):
            mail.deliver(account.email, *_letter(account, code))


def _letter(account: Account, code: str) -> tuple[str, str]:
    """Subject and text. The address comes from the settings, never from the request."""
    settings: Settings = current_app.extensions["portal.settings"]
    body = _(
        "%(name)s,\n\nsomebody asked for a new password for your account. If it was you, open this page and choose"
        " one within 72 hours:\n\n%(url)s\n\nIf it was not you, do nothing: your password stays as it is.",
        name=account.name,
        url=f"{settings.base_url}/activate/{codes.shown(code)}",
    )
    return str(_("Choose a new password")), str(body)
