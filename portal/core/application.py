"""Setting up the Flask application: configuration, extensions, hooks, in the order in which they must run."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from flask_compress import Compress
from flask_login import LoginManager
from flask_wtf.csrf import CSRFProtect
from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket
from werkzeug.middleware.proxy_fix import ProxyFix

from portal.core import downloads, encryption, error_pages, formats, frame, jobs, web
from portal.core.database import db, engine_options
from portal.core.files import store
from portal.settings import Settings


def install(app: Flask, settings: Settings) -> None:
    """Everything but the access rule, the sign-in and the features, which create_app hands over."""
    app.config.update(_configuration(settings))
    app.session_interface = _FormSession()
    app.extensions["portal.settings"] = settings
    encryption.keyring.configure(settings.encryption_keys)
    store.root = settings.files_dir
    db.init_app(app)
    LoginManager(app)
    CSRFProtect(app)
    Compress(app)
    web.install(app)
    app.jinja_env.bytecode_cache = _Compiled(str(settings.data_dir / "compiled"))
    frame.install(app)
    downloads.install(app)
    formats.register(app)
    error_pages.install(app)
    jobs.queue.bind(app, settings)
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=settings.proxies
        )


class _Compiled(FileSystemBytecodeCache):
    """Compiled templates, kept in the data folder: what is first seen after a start needs no compiler. Where nothing
    can be read or written, it is compiled by each process for itself.
    """

    def load_bytecode(self, bucket: Bucket) -> None:
        try:
            super().load_bytecode(bucket)
        except (OSError, EOFError, ValueError, UnpicklingError):
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            Path(self.directory).mkdir(mode=0o700, parents=True, exist_ok=True)
            super().dump_bytecode(bucket)


class _FormSession(SecureCookieSessionInterface):
    """The cookie behind a form's token. Flask would build its signer twice for every request."""

    def get_signing_serializer(self, app: Flask) -> Any:
        if "portal.session_signer" not in app.extensions:
            app.extensions["portal.session_signer"] = super().get_signing_serializer(app)
        return app.extensions["portal.session_signer"]


def _configuration(settings: Settings) -> dict[str, object]:
    return {
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": engine_options(settings.database_url),
        "TRUSTED_HOSTS": list(settings.trusted_hosts),
        "TESTING": settings.mode == "test",
        "FIGURES_SECONDS": 0 if settings.mode == "test" else 30,  # what is drawn from them stays as long again
        "MAX_CONTENT_LENGTH": settings.upload_mb * 1024 * 1024,
        "IMPORT_ROWS": settings.import_rows,
        "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
        "SESSION_COOKIE_NAME": "__Host-form" if settings.is_https else "form",
        "SESSION_COOKIE_SECURE": settings.is_https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_PROTECTION": None,  # of Flask-Login's own sessions, which are not used: it would write into ours
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": False,
        "BABEL_DEFAULT_LOCALE": "zh_Hans",
        "TIME_ZONE": settings.time_zone,
        "COMPRESS_ALGORITHM": ["br", "gzip"],
        "COMPRESS_BR_LEVEL": 4,
        "COMPRESS_LEVEL": 5,
        "COMPRESS_MIN_SIZE": 1000,
        "COMPRESS_EVALUATE_CONDITIONAL_REQUEST": False,  # pages and files answer for themselves
    }
