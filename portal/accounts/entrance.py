"""Checking a password, and what follows when it is right.

A hash takes tenths of a second, and with SQLite a POST holds the only write lock from its first query on: nobody
could save anything meanwhile. So what is needed is read first and let go, the attempt is counted in a transaction
of its own (it must stand even when the password is wrong), the hash is compared with no transaction open, and only
then is written what follows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Response, flash, g, make_response, redirect, request, session, url_for
from flask_login import current_user

from portal.accounts import attempts, codes, queries, services, sessions
from portal.accounts.devices import device_name
from portal.accounts.forms import SecondFactorForm, SignInForm
from portal.accounts.kept import Kept
from portal.accounts.models import Account, login_name
from portal.accounts.reader import me
from portal.core import access, web
from portal.core.calendar import now
from portal.core.database import db, reading
from portal.core.errors import RuleError
from portal.core.i18n import _, lazy
from portal.core.passwords import check_password, hasher

PENDING = "second-step"
PENDING_LASTS = timedelta(minutes=5)


@dataclass(frozen=True)
class Checked:
    """A right password: whose, the hash it fitted, a new one where its parameters are outdated, the attempt."""

    account_id: int
    kept_hash: str | None
    new_hash: str | None
    attempt_id: int


def check_login(login: str, password: str) -> Checked:
    """Raises RuleError when login and password do not fit: the same one after the same work for every login."""
    return _check(login_key(login), password, lambda: queries.get_by_login(login), _wrong_login())


def _wrong_login() -> RuleError:
    return RuleError("", lazy("The phone number, the e-mail or the password is not right."))


def check_own(password: str, field: str = "password") -> Checked:
    """Whoever is signed in gives the password again. Raises RuleError(field)."""
    account_id, key = current_user.id, f"account {current_user.public_id}"
    wrong = RuleError(field, lazy("The password is not right."))
    return _check(key, password, lambda: queries.get_account(account_id), wrong)


def check_change(account: Account, current: str, password: str) -> tuple[Checked, str]:
    """The present password is right, the new one not quickly guessed: returns the hash of the new one."""
    about = about_person(account)
    if current == password:
        raise RuleError("password", lazy("This is the password you have. Choose another."))
    check_password(password, **about)
    checked = check_own(current, "current")
    return checked, hasher.hash(password)


def login_key(login: str) -> str:
    return f"login {login_name(login)}"


def _check(key: str, password: str, find: Callable[[], Account | None], wrong: RuleError) -> Checked:
    db.session.rollback()
    with reading():
        account = find()
        known = (account.id, account.password_hash) if account is not None and account.is_active else (0, None)
        db.session.rollback()
    attempt_id = count_attempt(key)
    if not hasher.matches(known[1], password):
        raise wrong
    new_hash = hasher.hash(password) if known[1] and hasher.is_outdated(known[1]) else None
    return Checked(known[0], known[1], new_hash, attempt_id)


def count_attempt(key: str) -> int:
    """Count an attempt under a key and for this address, for good. Raises TooSoon."""
    attempt_id = attempts.begin(key, request.remote_addr)
    db.session.commit()
    return attempt_id


def check_code(code: str, password: str) -> str:
    """The hash of the password that the owner of a one-time code chose. Raises RuleError("code" or "password")."""
    db.session.rollback()
    with reading():
        row = queries.get_live_code(codes.hashes(code))
        about = about_person(row.account) if row is not None else {}
        db.session.rollback()
    attempt_id = count_attempt(f"code {request.remote_addr}")
    if row is None:
        raise codes.not_valid()
    attempts.succeed(attempt_id)
    db.session.commit()
    check_password(password, **about)
    return hasher.hash(password)


def about_person(account: Account) -> dict[str, Any]:
    """What a password must not hold, as plain values that outlive the transaction."""
    return {"name": account.person.name, "sort_key": account.person.sort_key, "phone": account.person.phone}


def let_in(checked: Checked) -> tuple[Account, str | None]:
    """Open a session after the right password; no token yet where a second factor is in use.

    Raises RuleError when the password was changed, or the account blocked, while it was being checked.
    """
    account = queries.get_account(checked.account_id)
    if account is None or not account.is_active or account.password_hash != checked.kept_hash:
        raise _wrong_login()
    attempts.succeed(checked.attempt_id)
    services.rehash(account, checked.new_hash)
    return account, None if account.has_second_factor else open_session(account)


def confirm(checked: Checked) -> Account:
    """After the right password in a session that is open already."""
    account: Account = me()
    attempts.succeed(checked.attempt_id)
    services.rehash(account, checked.new_hash)
    services.confirm(account, g.account_session)
    return account


def ask_second_factor(account: Account, kept: Kept | None, target: str | None) -> Response:
    """Remember for five minutes that the password was right. It opens nothing: a session comes after the code."""
    session[PENDING] = [account.public_id, (now() + PENDING_LASTS).timestamp(), _stamp(account)]
    if kept is None:
        return redirect(url_for("accounts.second_step", next=web.own_path(target)), 303)  # type: ignore[return-value]
    return make_response(web.page("accounts/second_step.html", form=SecondFactorForm(formdata=None), kept=kept))


def check_second_factor(account: Account, code: str) -> None:
    """The code of the app; each counts once. Raises RuleError("code")."""
    attempt_id = count_attempt(f"second factor {account.public_id}")
    if not services.use_second_factor(account, code):
        raise RuleError("code", lazy("The code is not right. Use the one that the app shows now; each counts once."))
    attempts.succeed(attempt_id)


def begin_again(kept: Kept | None, target: str | None) -> Any:
    """The five minutes of the second step are over: the password again, and nothing else is lost."""
    form = SignInForm(formdata=None, next=web.own_path(target))
    form.refuse(RuleError("", lazy("It took more than five minutes. Sign in again.")))
    return web.invalid("accounts/sign_in.html", form, kept=kept)


def pending_account() -> Account | None:
    """Who has given the right password a moment ago, and has not changed it since."""
    public_id, until, stamp = session.get(PENDING) or ("", 0, 0)
    account = queries.get_by_public_id(public_id) if now().timestamp() < until else None
    is_same = account is not None and account.is_active and account.has_second_factor and _stamp(account) == stamp
    return account if is_same else None


def _stamp(account: Account) -> float:
    return account.password_changed_at.timestamp() if account.password_changed_at else 0.0


def open_session(account: Account) -> str:
    """Sign in: a new token, and the session that this browser had before ends."""
    device = device_name(request.user_agent.string)
    if current_user.is_authenticated:
        services.end_session(me(), g.account_session)
    services.sign_in(account, device)
    return sessions.open_session(account, device, request.remote_addr or "")


def enter(account: Account, token: str, kept: Kept | None = None, target: str | None = None) -> Response:
    """After the commit: the cookie, another form token, and on to where somebody wanted to go."""
    sessions.rotate_form_session()
    g._login_user, g.own_person = account, account.person
    return sessions.set_cookie(go_on(account, kept, target), token)


def go_on(account: Account, kept: Kept | None, target: str | None) -> Response:
    """The POST that was stopped, the page that was asked for, the first office, or one's own page."""
    if kept is not None:
        return make_response(web.page("accounts/continue.html", kept=kept))
    return redirect(web.own_path(target) or _home(account), 303)  # type: ignore[return-value]


def _home(account: Account) -> str:
    code = access.first_office(account)
    return url_for("home.office", code=code) if code else url_for("home.own")


def welcome(used: codes.Used, token: str | None) -> Response:
    """After a one-time code: in at once, or with a second factor by the usual way."""
    if token is None:
        return web.go("accounts.sign_in", _("Your password is set. Sign in with it."))
    response = enter(used.account, token)
    flash(_("Your password is set. From now on sign in with %(login)s.", login=used.account.login_shown), "done")
    if used.has_removed_factor:
        flash(_("The second factor was removed with it. Set it up again under “Sign-in and security”."), "warning")
    return response


def refused(template: str, form: Any, error: RuleError, **context: Any) -> Any:
    """The form again; whoever must wait is told so in the manner of HTTP, too."""
    answer = web.refused(template, form, error, **context)
    if isinstance(error, attempts.TooSoon):
        return answer[0], 429, {"Retry-After": str(error.seconds)}
    return answer
