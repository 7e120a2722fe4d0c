"""One's own sign-in: password, second factor, where one is signed in."""

from __future__ import annotations

from typing import Any

from flask import abort, current_app, flash, g, redirect, url_for

from portal.accounts import entrance, gate, queries, services, sessions
from portal.accounts.attempts import succeed
from portal.accounts.forms import ConfirmForm, NewPasswordForm, SecondFactorForm
from portal.accounts.reader import me
from portal.accounts.views import blueprint
from portal.core import web
from portal.core.access import signed_in
from portal.core.database import db
from portal.core.documents import qr_svg
from portal.core.errors import RuleError
from portal.core.i18n import _
from portal.core.paging import page_number, paginate


@blueprint.get("/me/security")
@signed_in
def security() -> str:
    """Password, second factor and the devices that are signed in."""
    page = paginate(queries.list_sessions(me()), page_number())
    return web.page("accounts/security.html", user_account=me(), page=page, here=g.account_session)


@blueprint.get("/me/security/password")
@signed_in
def password() -> str:
    return web.page("accounts/password.html", form=NewPasswordForm(formdata=None))


@blueprint.post("/me/security/password")
@signed_in
def change_password() -> Any:
    """The old one is asked; every session ends, and this browser gets a new one."""
    form, account = NewPasswordForm(), me()
    if not form.validate_on_submit():
        return web.invalid("accounts/password.html", form)
    try:
        checked, new_hash = entrance.check_change(account, **form.values("current", "password"))
    except RuleError as error:
        return entrance.refused("accounts/password.html", form, error)
    succeed(checked.attempt_id)
    services.set_password(account, account, new_hash)
    token = entrance.open_session(account)
    db.session.commit()
    response = entrance.enter(account, token, target=url_for("accounts.security"))
    flash(_("Your password is changed. Other devices are signed out."), "done")
    return response


@blueprint.post("/me/security/sessions/<public_id>/end")
@signed_in
def end_session(public_id: str) -> Any:
    """Sign out one device of one's own."""
    row = queries.get_own_session(me(), public_id) or abort(404)
    services.end_session(me(), row)
    db.session.commit()
    return web.go("accounts.security", _("The device is signed out."))


@blueprint.post("/me/security/sessions/end-all")
@signed_in
def end_all_sessions() -> Any:
    """Sign out everywhere, here too."""
    services.end_all_sessions(me(), me())
    db.session.commit()
    response = sessions.clear_cookie(redirect(url_for("accounts.sign_in"), 303))  # type: ignore[type-var]
    flash(_("You are signed out on every device."), "done")
    return response


@blueprint.get("/me/security/second-factor")
@signed_in
def second_factor() -> Any:
    """What a second factor is; once the set-up has begun, the QR code, for nobody who merely found a browser open."""
    if _is_begun() and not sessions.is_confirmed_lately():
        return gate.confirm_first("accounts.second_factor")
    return web.page("accounts/second_factor.html", form=SecondFactorForm(formdata=None), **_shown())


def _is_begun() -> bool:
    return me().totp_secret is not None and not me().has_second_factor


def _shown() -> dict[str, Any]:
    """The account, and its secret as a QR code and in letters while it is set up."""
    if not _is_begun():
        return {"user_account": me()}
    uri = services.provisioning_uri(me(), current_app.extensions["portal.site"]().name)
    secret = me().totp_secret or ""
    grouped = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    qr = qr_svg(uri, _("QR code for the authenticator app"))
    return {"user_account": me(), "uri": uri, "qr": qr, "secret": grouped}


@blueprint.post("/me/security/second-factor")
@signed_in
def begin_second_factor() -> Any:
    """A new secret; the password must have been given within the last half hour."""
    if not sessions.is_confirmed_lately():
        return gate.confirm_first("accounts.second_factor")
    try:
        services.begin_second_factor(me())
    except RuleError as error:
        return web.refused("accounts/second_factor.html", SecondFactorForm(formdata=None), error, **_shown())
    db.session.commit()
    return web.go("accounts.second_factor")


@blueprint.post("/me/security/second-factor/confirm")
@signed_in
def confirm_second_factor() -> Any:
    """The first code of the app proves that it holds the secret."""
    form = SecondFactorForm()
    if not sessions.is_confirmed_lately():
        return gate.confirm_first("accounts.second_factor")
    if not form.validate_on_submit():
        return web.invalid("accounts/second_factor.html", form, **_shown())
    try:
        services.confirm_second_factor(me(), form.code.data or "")
    except RuleError as error:
        return web.refused("accounts/second_factor.html", form, error, **_shown())
    db.session.commit()
    return web.go("accounts.security", _("The second factor is in use. From now on a code is asked at sign-in."))


@blueprint.get("/me/security/second-factor/remove")
@signed_in
def remove_second_factor() -> Any:
    if not me().has_second_factor:
        return web.go("accounts.second_factor")
    return web.page("accounts/remove_second_factor.html", form=ConfirmForm(formdata=None))


@blueprint.post("/me/security/second-factor/remove")
@signed_in
def do_remove_second_factor() -> Any:
    form, account = ConfirmForm(), me()
    if not form.validate_on_submit():
        return web.invalid("accounts/remove_second_factor.html", form)
    try:
        checked = entrance.check_own(form.password.data or "")
    except RuleError as error:
        return entrance.refused("accounts/remove_second_factor.html", form, error)
    succeed(checked.attempt_id)
    services.remove_second_factor(account, account)
    db.session.commit()
    return web.go("accounts.security", _("The second factor is removed. The password alone is enough again."))
