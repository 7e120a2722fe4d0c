"""The pages for what went wrong: what happened, what to do, and what was typed where it would be lost."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, g, render_template, request
from flask_login import AnonymousUserMixin
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import (
    HTTPException,
    InternalServerError,
    RequestEntityTooLarge,
    SecurityError,
    ServiceUnavailable,
)
from werkzeug.formparser import FormDataParser
from werkzeug.wsgi import get_input_stream

from portal.core import database
from portal.core.i18n import _
from portal.core.web import SAFE, is_secret_field, undo

CODES = (400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 503)
GIVES_BACK = (400, 409, 413, 500, 503)  # nothing was saved, and going back may not bring it up again
KEPT_HEADERS = ("Allow", "Retry-After")
NOT_SHOWN = ("code", "next", "entry_key", "revision", "pending", "listed", "confirmed")
DRAIN = 20  # times the size allowed: so much of an oversize request is read to the end before it is answered
TEXT_LIMIT = 2 * 1024 * 1024


def install(app: Flask) -> None:
    app.register_error_handler(HTTPException, answer)
    app.register_error_handler(DBAPIError, _database_error)
    app.register_error_handler(PoolTimeout, _database_away)
    app.register_error_handler(Exception, _unexpected)


def answer(error: HTTPException) -> Any:
    """The page of an error, or the answer that it brings along."""
    if error.response is not None:
        return error.response
    code = error.code if error.code in CODES else 500 if (error.code or 500) >= 500 else 400
    try:
        response = _page(code, error)
    except (DBAPIError, PoolTimeout) as away:  # the page names who is signed in, and the database is away
        return _database_away(away)
    response.headers.extend({k: v for k, v in error.get_headers() if k in KEPT_HEADERS})
    return response


def _database_error(error: DBAPIError) -> Any:
    """A database that cannot be reached or written is a 503; a statement that it refuses is our own fault."""
    if isinstance(error, (OperationalError, InterfaceError)) or error.connection_invalidated:
        return _database_away(error)
    return _unexpected(error)


def _database_away(error: Exception) -> Any:
    """Nothing was saved: say so, and give back what was typed."""
    current_app.logger.error("database unavailable: %s", error)
    return answer(ServiceUnavailable(retry_after=10))


def _unexpected(error: Exception) -> Any:
    if current_app.testing and not current_app.config.get("SHOW_ERROR_PAGES"):
        raise error
    current_app.logger.exception("unexpected error at %s %s", request.method, request.path)
    return answer(InternalServerError(original_exception=error))


def _page(code: int, error: HTTPException) -> Response:
    """The page of this code; one that asks nothing of the database where that may be what is broken."""
    is_alone = code >= 500 or isinstance(error, SecurityError)
    typed = _typed(error) if code in GIVES_BACK else []
    try:
        if is_alone:
            _stand_alone()
        else:
            undo()
            database.writing.set(False)  # the page only reads: it waits for nobody who writes
        html = render_template(f"errors/{code}.html", error=error, typed=typed)
    except (DBAPIError, PoolTimeout):
        raise
    except Exception:  # the page itself may need what is broken
        current_app.logger.exception("the error page for %s failed", code)
        _stand_alone()
        said = _("Something went wrong. Nothing was saved.")
        html = f"<!doctype html><title>{code}</title><p>{code} · {said}"
    return Response(html, status=code, mimetype="text/html")


def _stand_alone() -> None:
    """Nobody is signed in and the site has no name, as far as this page is concerned."""
    g._login_user = AnonymousUserMixin()
    g.site_is_away = True


def _typed(error: HTTPException) -> list[tuple[str, str]]:
    """What was typed into the form."""
    if request.method in SAFE:
        return []
    try:
        form = _oversize_form() if isinstance(error, RequestEntityTooLarge) else request.form
        return [(name, value) for name, value in form.items(multi=True) if _is_typed(name, value)]
    except (HTTPException, ValueError, OSError):  # what was sent cannot be read at all
        return []


def _is_typed(name: str, value: str) -> bool:
    """Not what the form itself sends, and not what nobody looking over the shoulder should read."""
    name = name.removeprefix("kept-field-")
    hidden = name in NOT_SHOWN or is_secret_field(name) or name.startswith("kept-")
    return not hidden and value.strip() not in ("", "y", "yes", "no", "on")


def _oversize_form() -> Any:
    """The text fields of a request that is too large. Reading it to its end also lets the browser hear the answer:
    a connection closed in the midst of sending shows nothing.
    """
    limit = (current_app.config["MAX_CONTENT_LENGTH"] or 0) * DRAIN
    if not 0 < (request.content_length or 0) <= limit:
        return request.form.__class__()
    parser = FormDataParser(_nowhere, max_form_memory_size=TEXT_LIMIT)
    stream = get_input_stream(request.environ)
    try:
        _, fields, files = parser.parse(stream, request.mimetype, request.content_length, request.mimetype_params)
    finally:
        while stream.read(1 << 16):
            pass
    for chosen in files.listvalues():
        for file in chosen:
            file.close()
    return fields


def _nowhere(*_sizes: Any, **_kinds: Any) -> Any:
    """Takes the content of files and keeps nothing."""
    return Path(os.devnull).open("r+b")
