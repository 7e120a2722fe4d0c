"""Answering a request: pages and partials, redirects, paging, downloads, the reader's preferences, headers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any
from urllib.parse import quote, quote_plus, unquote, urlencode, urlsplit

import flask
import jinja2
from flask import (
    Flask,
    Response,
    current_app,
    flash,
    g,
    has_request_context,
    redirect,
    render_template,
    request,
    request_started,
    session,
    url_for,
)
from flask_babel import Babel, Locale
from flask_htmx import HTMX
from flask_login import current_user
from werkzeug.datastructures import ImmutableMultiDict, LanguageAccept
from werkzeug.exceptions import HTTPException
from werkzeug.http import parse_accept_header
from werkzeug.routing import RequestRedirect

from portal.core import addresses, database, i18n
from portal.core.errors import RuleError
from portal.settings import STATIC, Settings

htmx = HTMX()
babel = Babel()
SAFE = ("GET", "HEAD", "OPTIONS")
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'; "
        "manifest-src 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
VARY = ("HX-Request", "Cookie", "Accept-Language")


class Sent(ImmutableMultiDict[str, Any]):
    """What an address or a form sends, without the NULs that nobody types and PostgreSQL refuses to look for."""

    def __init__(self, pairs: Iterable[tuple[str, Any]] = ()) -> None:
        super().__init__((name, v.replace("\0", "") if isinstance(v, str) else v) for name, v in pairs)


class Request(flask.Request):
    parameter_storage_class = Sent


class Template(jinja2.Template):
    """Ours see nothing but the environment's globals, so that one module of a file's macros serves every page; Jinja
    would compare all the globals at each import.
    """

    def _get_default_module(self, ctx: Any = None) -> Any:
        return super()._get_default_module()


def install(app: Flask) -> None:
    app.request_class = Request
    htmx.init_app(app)
    babel.init_app(app, locale_selector=_choose_locale)
    i18n.install(app)
    app.jinja_env.template_class = Template
    app.jinja_env.cache = {}  # a worker keeps every template that it has compiled; Jinja's 400 are fewer than we have
    request_started.connect(_prepare, app)
    app.after_request(_finish)
    addresses.install(app)
    app.jinja_env.globals.update(asset=asset, prefs_url=prefs_url, address=address_with)


def page(template: str, /, **context: Any) -> str:
    """A whole page."""
    return render_template(template, **context)


def partial(template: str, /, **context: Any) -> str:
    """A part of a page for htmx: a file of its own, given the same context as the page around it."""
    return render_template(template, **context)


def invalid(template: str, /, form: Any, **context: Any) -> tuple[str, int]:
    """The form again with its errors and all that was typed: 422."""
    g.form_failed = True
    return render_template(template, form=form, **context), 422


def form_page(template: str, /, form: Any, **context: Any) -> Any:
    """The form as it is opened, or again with what was typed and what is wrong with it."""
    return invalid(template, form, **context) if form.is_submitted() else page(template, form=form, **context)


def refused(template: str, /, form: Any, error: RuleError, **context: Any) -> tuple[str, int]:
    """The form again with a rule's message by its field; nothing of the attempt stays in the database."""
    undo()
    form.refuse(error)
    return invalid(template, form, **context)


def undo() -> None:
    """Roll back; what was loaded stays as it is for the page that follows, and belongs to no session any more.

    The reader is loaded anew: an earlier rollback (before a password is checked) may have emptied the account.
    """
    database.db.session.expunge_all()
    database.db.session.rollback()
    g.pop("_login_user", None)


def go(endpoint: str, /, message: Any = None, **values: Any) -> Response:
    """Redirect after a POST, with an optional message on the next page; htmx is told in its own way."""
    if message:
        flash(str(message), "done")
    target = url_for(endpoint, **values)
    if htmx:
        return Response(status=204, headers={"HX-Redirect": target})
    return redirect(target, 303)  # type: ignore[return-value]


def own_path(path: str | None, method: str = "GET") -> str | None:
    """The path, if our own router would answer it (to a GET); anything else (other hosts, tricks) is None."""
    if not path or not path.startswith("/") or path.startswith("//") or any(c in path for c in "\\\r\n\t\0"):
        return None
    try:
        parts = urlsplit(path)
        if ".." in unquote(parts.path).split("/"):
            return None
        current_app.url_map.bind("localhost").match(unquote(parts.path), method=method)
    except (HTTPException, RequestRedirect, ValueError):
        return None
    if parts.scheme or parts.netloc:
        return None
    return parts.path + (f"?{parts.query}" if parts.query else "")


def is_secret_field(name: str) -> bool:
    """Whether what was typed into a field of this name is never written into another page."""
    return name in ("csrf_token", "current") or "password" in name


def download(content: bytes | Iterable[bytes], filename: str, mimetype: str) -> Response:
    """A file to keep; its name may be Chinese (RFC 5987)."""
    response = Response(content, mimetype=mimetype)
    ascii_name = "".join(c if c.isascii() and c.isprintable() and c not in '"\\' else "_" for c in filename)
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(filename)}"
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def address_with(**changes: Any) -> str:
    """This page's address with some query arguments changed (None removes one)."""
    arguments: dict[str, list[str]] = request.args.to_dict(flat=False)
    for name, value in changes.items():
        arguments.pop(name, None)
        if value is not None:
            arguments[name] = [str(item) for item in value] if isinstance(value, (list, tuple)) else [str(value)]
    query = urlencode(arguments, doseq=True)
    return request.path + (f"?{query}" if query else "")


def prefs_url(**change: str) -> str:
    """The link that keeps a preference (language, size, contrast, scheme) in a cookie and comes back here."""
    return prefs_link(way_back(), **change)


def prefs_link(back: str, **change: str) -> str:
    """The same with another way back; the preferences are words of ours and need no quoting."""
    return f"/preferences?back={back}&" + "&".join(f"{name}={value}" for name, value in change.items())


def way_back() -> str:
    """This page's address, quoted for another; after a POST the front page's."""
    kept: str | None = g.get("way_back")
    if kept is None:
        kept = g.way_back = quote_plus(address_with() if request.method in SAFE else "/")
    return kept


@cache
def asset(name: str) -> str:
    """The address of a static file, with a digest of its content so that it may be cached for ever."""
    digest = hashlib.blake2b((STATIC / name).read_bytes(), digest_size=6).hexdigest()
    return f"/static/{name}?v={digest}"


def preference(name: str) -> str | None:
    """One of the reader's preferences: `language`, `size`, `contrast`, `scheme`."""
    return preferences().get(name)


def preferences() -> dict[str, str]:
    """What the reader's cookie says of them; of most readers nothing."""
    kept: dict[str, str] | None = g.get("preferences")
    if kept is None:
        raw = request.cookies.get(prefs_cookie(), "")
        kept = g.preferences = dict(part.split(":", 1) for part in raw.split(".") if ":" in part)
    return kept


def prefs_cookie() -> str:
    """The name of the cookie that holds them."""
    return "__Host-prefs" if current_app.extensions["portal.settings"].is_https else "prefs"


def _choose_locale() -> Locale:
    settings = current_app.extensions["portal.settings"]
    if not has_request_context():  # a command, or background work
        return i18n.babel_locale(settings.language)
    accepted = _accepted(request.headers.get("Accept-Language", "")[:200])
    return i18n.babel_locale(i18n.choose(preference("language"), accepted, settings.language))


@lru_cache(maxsize=256)
def _accepted(header: str) -> tuple[str, ...]:
    """The languages of a browser, best first; most browsers say one of a few things."""
    return tuple(parse_accept_header(header, LanguageAccept).values())


def _prepare(_app: Flask, **_details: Any) -> None:
    """Before anything else, a blueprint's own preprocessors too: whoever asks the database first begins the
    transaction, and one that began for reading cannot write.
    """
    database.writing.set(request.method not in SAFE)


def security_headers(settings: Settings) -> dict[str, str]:
    """What every response carries, errors and static files too."""
    return {**HEADERS, "Strict-Transport-Security": "max-age=31536000"} if settings.is_https else HEADERS


def _finish(response: Response) -> Response:
    """Security headers; and no page that was made for somebody, or for this one moment, is kept anywhere."""
    given = {name.lower() for name in response.headers.keys()}  # noqa: SIM118 - iterating gives pairs
    headers = security_headers(current_app.extensions["portal.settings"])
    response.headers.extend([pair for pair in headers.items() if pair[0].lower() not in given])
    if request.endpoint == "static" and response.status_code < 400:
        return response
    response.vary.update(VARY)
    is_private = request.method not in SAFE or response.status_code >= 400 or "Set-Cookie" in response.headers
    if is_private or session.modified or current_user.is_authenticated:
        response.headers["Cache-Control"] = "no-store"
        response.headers.pop("ETag", None)
    response.headers.setdefault("Cache-Control", "private, no-cache")  # what is for everybody says so: core/shared.py
    return response
