"""Signing in and out, the second step, confirming an idle session, a one-time code, a forgotten password."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, request, url_for
from flask_login import current_user

from portal.accounts import codes, entrance, kept, recovery, services, sessions
from portal.accounts.forms import ActivateForm, ConfirmForm, RecoverForm, SecondFactorForm, SignInForm
from portal.accounts.reader import me
from portal.core import mail, web
from portal.core.access import public, signed_in
from portal.core.database import db
from portal.core.drawn import public_page
from portal.core.errors import RuleError
from portal.core.feature import Entry, Feature
from portal.core.i18n import _, lazy

blueprint = Blueprint("accounts", __name__)

feature = Feature(
    "accounts",
    blueprint,
    own=(Entry(lazy("Sign-in and security"), "accounts.security", 90),),
    jobs=(recovery.send_code,),
)


@blueprint.get("/sign-in")
@public
def sign_in() -> Any:
    """The way in; who is in already goes on to where the way leads."""
    target = request.args.get("next")
    if current_user.is_authenticated:
        return entrance.go_on(current_user, None, target)
    return public_page(
        "accounts/sign_in.html", (), lambda: {"form": SignInForm(formdata=None, next=web.own_path(target))}
    )


@blueprint.post("/sign-in")
@public
def check_sign_in() -> Any:
    """Phone or e-mail and password; with a second factor, on to the second step."""
    form, carried = SignInForm(), kept.carried()
    if not form.validate_on_submit():
        return web.invalid("accounts/sign_in.html", form, kept=carried)
    try:
        account, token = entrance.let_in(entrance.check_login(**form.values("login", "password")))
    except RuleError as error:
        return entrance.refused("accounts/sign_in.html", form, error, kept=carried)
    db.session.commit()
    if token is None:
        return entrance.ask_second_factor(account, carried, form.next.data)
    return entrance.enter(account, token, carried, form.next.data)


@blueprint.get("/sign-in/code")
@public
def second_step() -> Any:
    """The code of the authenticator app, for five minutes after the right password."""
    if entrance.pending_account() is None:
        return web.go("accounts.sign_in", next=web.own_path(request.args.get("next")))
    form = SecondFactorForm(formdata=None, next=web.own_path(request.args.get("next")))
    return web.page("accounts/second_step.html", form=form)


@blueprint.post("/sign-in/code")
@public
def check_second_step() -> Any:
    account, form, carried = entrance.pending_account(), SecondFactorForm(), kept.carried()
    if account is None:
        return entrance.begin_again(carried, form.next.data)
    if not form.validate_on_submit():
        return web.invalid("accounts/second_step.html", form, kept=carried)
    try:
        entrance.check_second_factor(account, form.code.data or "")
    except RuleError as error:
        return entrance.refused("accounts/second_step.html", form, error, kept=carried)
    token = entrance.open_session(account)
    db.session.commit()
    return entrance.enter(account, token, carried, form.next.data)


@blueprint.post("/sign-out")
@public
def sign_out() -> Any:
    """End this session here and on the server. Signed out already, the cookie is cleared all the same."""
    if current_user.is_authenticated:
        services.end_session(me(), g.account_session)
        db.session.commit()
    response = sessions.clear_cookie(redirect(url_for("accounts.sign_in"), 303))  # type: ignore[type-var]
    flash(_("You are signed out."), "done")
    return response


@blueprint.get("/confirm")
@signed_in
def confirm() -> str:
    """The password again: an idle office, or something that matters."""
    form = ConfirmForm(formdata=None, next=web.own_path(request.args.get("next")))
    return web.page("accounts/confirm.html", form=form)


@blueprint.post("/confirm")
@signed_in
def check_confirm() -> Any:
    form, carried = ConfirmForm(), kept.carried()
    if not form.validate_on_submit():
        return web.invalid("accounts/confirm.html", form, kept=carried)
    try:
        checked = entrance.check_own(form.password.data or "")
    except RuleError as error:
        return entrance.refused("accounts/confirm.html", form, error, kept=carried)
    account = entrance.confirm(checked)
    db.session.commit()
    return sessions.set_cookie(entrance.go_on(account, carried, form.next.data), g.session_token)


@blueprint.get("/activate")
@blueprint.get("/activate/<slip_code>")
@public
def activate(slip_code: str = "") -> str:
    """The code of a slip or a mail and a new password. Opening the address of the QR does nothing yet."""
    code = codes.shown(slip_code)[:40]
    return web.page("accounts/activate.html", form=ActivateForm(formdata=None, code=code))


@blueprint.post("/activate")
@public
def use_code() -> Any:
    form = ActivateForm()
    if not form.validate_on_submit():
        return web.invalid("accounts/activate.html", form)
    try:
        new_hash = entrance.check_code(**form.values("code", "password"))
        used = codes.use(form.code.data or "", new_hash)
    except RuleError as error:
        return entrance.refused("accounts/activate.html", form, error)
    token = None if used.account.has_second_factor else entrance.open_session(used.account)
    db.session.commit()
    return entrance.welcome(used, token)


@blueprint.get("/recover")
@public
def recover() -> str:
    """A forgotten password: by mail where the portal sends mail, else at the association's office."""
    return web.page("accounts/recover.html", form=RecoverForm(formdata=None), has_mail=mail.is_set())


@blueprint.post("/recover")
@public
def send_recovery() -> Any:
    """The same answer after the same work, whoever was named: what follows is the background worker's."""
    form = RecoverForm()
    if not mail.is_set():
        return web.go("accounts.recover")
    if not form.validate_on_submit():
        return web.invalid("accounts/recover.html", form, has_mail=True)
    login = form.login.data or ""
    try:
        entrance.count_attempt(f"recover {entrance.login_key(login)}")
    except RuleError as error:
        return entrance.refused("accounts/recover.html", form, error, has_mail=True)
    recovery.request_code(login)
    return web.go("accounts.recovery_sent")


@blueprint.get("/recover/sent")
@public
def recovery_sent() -> str:
    return web.page("accounts/recovery_sent.html")


from portal.accounts import issuing, security  # noqa: E402, F401 - their views stand on the same blueprint
