"""What may go wrong and how it is said: RuleError for rules, pages for HTTP errors."""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app, request
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, InternalServerError, ServiceUnavailable

CODES = (400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 503)


class RuleError(Exception):
    """A rule of the association says no. `field` names the form field it belongs to ("" for the whole form)."""

    def __init__(self, field: str, message: Any) -> None:
        super().__init__(message)
        self.field = field
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


def install(app: Flask) -> None:
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(OperationalError, _database_away)
    app.register_error_handler(PoolTimeout, _database_away)
    app.register_error_handler(Exception, _unexpected)


def _http_error(error: HTTPException) -> Any:
    from portal.core.web import error_page, undo

    if error.response is not None:
        return error.response
    undo()
    code = error.code if error.code in CODES else 500 if (error.code or 500) >= 500 else 400
    response = error_page(code, error)
    response.headers.extend({k: v for k, v in error.get_headers() if k in ("Allow", "Retry-After")})
    return response


def _database_away(error: Exception) -> Any:
    """Nothing was saved: say so, and give back what was typed."""
    current_app.logger.error("database unavailable: %s", error)
    return _http_error(ServiceUnavailable(retry_after=10))


def _unexpected(error: Exception) -> Any:
    if current_app.testing and not current_app.config.get("SHOW_ERROR_PAGES"):
        raise error
    current_app.logger.exception("unexpected error at %s %s", request.method, request.path)
    return _http_error(InternalServerError(original_exception=error))
