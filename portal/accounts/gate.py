"""Who is stopped before a page: the visitor who must sign in, the office left idle, the missing second factor."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Response, abort, current_app, g, make_response, redirect, request, url_for
from flask_login import current_user
from flask_wtf.csrf import CSRFError

from portal.accounts import kept, sessions
from portal.accounts.forms import ConfirmForm, SignInForm
from portal.core import access, error_pages, web
from portal.core.i18n import _

# htmx is to put the whole page in place of the part that it asked for.
AS_PAGE = {"HX-Retarget": "#main", "HX-Reselect": "#main", "HX-Reswap": "outerHTML"}


def to_sign_in() -> Any:
    """Where somebody goes who must sign in first. A POST of a session that has run out, or whose cookie is gone,
    keeps what was typed.
    """
    if request.method == "POST" and (g.get("has_lapsed") or _is_from_own_page()):
        return _page_between("accounts/sign_in.html", SignInForm(formdata=None))
    return _go("accounts.sign_in")


def keep_without_token(error: CSRFError) -> Any:
    """A form of a page of ours whose token went with the cookies (the browser was closed, signed out in another tab).

    Carried on only for a visitor, to a page behind the sign-in, and from our own address: what another site sends
    must not become "save what I typed" for whoever signs in next.
    """
    is_behind = access.declared() not in (None, "public")
    if is_behind and _is_from_own_page() and not current_user.is_authenticated:
        return _page_between("accounts/sign_in.html", SignInForm(formdata=None))
    return error_pages.answer(error)


def _is_from_own_page() -> bool:
    """Browsers name the site that a form stands on; no page of another site can say that it is ours."""
    return request.headers.get("Origin", "") == request.host_url.rstrip("/")


def guard_office() -> None:
    """An office left open on a shared computer asks for the password again, and where the installation wants it for a
    second factor; nothing typed is lost by either.
    """
    if sessions.is_idle():
        if request.method == "POST":
            abort(_page_between("accounts/confirm.html", ConfirmForm(formdata=None)))
        abort(_go("accounts.confirm"))
    if _lacks_second_factor():
        if request.method == "POST":
            abort(_page_between("accounts/second_factor_first.html"))
        abort(web.go("accounts.second_factor", _("Your office needs a second factor. Set it up first.")))


def _lacks_second_factor() -> bool:
    is_required = current_app.extensions["portal.settings"].require_second_factor
    return is_required and not current_user.has_second_factor and access.is_guarded(current_user)


def confirm_first(endpoint: str) -> Response:
    """The way to the page that asks for the password, and back."""
    return redirect(url_for("accounts.confirm", next=url_for(endpoint)), 303)  # type: ignore[return-value]


def confirm_keeping() -> Response:
    """The page that asks for the password in the midst of a POST, which goes on from there with what was typed."""
    return _page_between("accounts/confirm.html", ConfirmForm(formdata=None))


def _go(endpoint: str) -> Response:
    """Redirect, and come back to this page later; htmx is sent there as a whole page."""
    if web.htmx:
        target = url_for(endpoint, next=_path(request.headers.get("HX-Current-URL", "")))
        return Response(status=401, headers={"HX-Redirect": target})
    back = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for(endpoint, next=back), 303)  # type: ignore[return-value]


def _path(url: str) -> str | None:
    parts = urlsplit(url)
    return web.own_path(parts.path + (f"?{parts.query}" if parts.query else ""))


def _page_between(template: str, form: Any = None) -> Response:
    """The page that asks for something in the midst of a POST, carrying the fields that were sent."""
    response = make_response(web.page(template, form=form, kept=kept.stopped()), 200 if web.htmx else 401)
    if web.htmx:
        response.headers.update(AS_PAGE)
    return response
