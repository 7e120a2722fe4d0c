"""Serving: gunicorn with its workers, static files through WhiteNoise, and the one background worker."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from flask import Flask
from gunicorn.app.base import BaseApplication
from whitenoise import WhiteNoise
from whitenoise.compress import Compressor

from portal import setup
from portal.core.web import HEADERS
from portal.settings import STATIC, Settings

YEAR = 365 * 24 * 3600


def prepare(settings: Settings, load_demo: Callable[[], None] | None) -> None:
    """Bring the database up to date: by itself outside production, by `portal db upgrade` in production."""
    if setup.is_pending():
        if settings.mode == "production":
            from portal.cli import Failure

            raise Failure("the database waits for a migration; run `portal backup FILE`, then `portal db upgrade`.")
        setup.migrate()
    if setup.is_empty():
        if load_demo:
            load_demo()
        else:
            click.echo("The database is empty: stop and run `portal init` or `portal demo` first.")
    elif load_demo:
        _print_demo_accounts()


def _print_demo_accounts() -> None:
    from portal.demo.load import demo_accounts, is_demo

    if is_demo():
        click.echo("Accounts of the demonstration:")
        for role, login, password in demo_accounts():
            click.echo(f"  {login}  {password}  {role}")


def run(app: Flask, settings: Settings, host: str, port: int, *, with_worker: bool = True) -> None:
    """Serve until told to stop; the background worker, if it is started here, stops with the web server."""
    from portal.core.database import db

    db.session.remove()
    with app.app_context():
        db.engine.dispose()
    background = _start_background() if with_worker else None
    click.echo(f"The portal is at http://{host}:{port} (Ctrl-C stops it)")

    def stop_background(_server: object) -> None:
        if background:
            background.terminate()
            background.wait(timeout=10)

    _Gunicorn(with_static(app), settings, f"{host}:{port}", stop_background).run()


def with_static(app: Flask) -> Any:
    """The application with its static files: compressed beforehand, cached for ever (addresses hold a digest)."""
    compress(STATIC)
    return WhiteNoise(app, root=str(STATIC), prefix="/static/", max_age=YEAR, add_headers_function=_static_headers)


def compress(folder: Path) -> None:
    """Lay a .gz and a .br beside each text file, anew when the file is newer."""
    compressor = Compressor(quiet=True)
    for path in folder.rglob("*"):
        if path.suffix not in (".css", ".js", ".svg", ".webmanifest"):
            continue
        done = path.with_name(path.name + ".br")
        if (not done.exists() or done.stat().st_mtime < path.stat().st_mtime) and os.access(path.parent, os.W_OK):
            list(compressor.compress(str(path)))


def _static_headers(headers: Any, path: str, url: str) -> None:
    for name, value in HEADERS.items():
        headers[name] = value


def _start_background() -> subprocess.Popen[bytes]:
    """The one consumer, in a process of its own that ends when this one does."""
    code = "import os, sys; from portal.server import end_with_parent; end_with_parent(int(sys.argv[1])); "
    code += "sys.argv = ['portal', 'worker']; from portal.cli import main; main()"
    return subprocess.Popen(  # noqa: S603 - our own code
        [sys.executable, "-c", code, str(os.getpid())], start_new_session=True
    )


def end_with_parent(parent: int) -> None:
    """Stop this process when `parent` is gone, however it went."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()


class _Gunicorn(BaseApplication):  # type: ignore[misc]
    """gunicorn, configured from our settings instead of a file."""

    def __init__(self, app: Any, settings: Settings, bind: str, on_exit: Callable[[object], None]) -> None:
        self.application = app
        self.portal_options = {
            "bind": bind,
            "on_exit": on_exit,  # in the master only: workers leave through the same stack
            "workers": settings.workers,
            "threads": settings.threads,
            "worker_class": "gthread",
            "preload_app": True,
            "proc_name": "portal",
            "loglevel": "warning",
            "timeout": 60,
            "graceful_timeout": 20,
            "keepalive": 5,
            "max_requests": 50_000,
            "max_requests_jitter": 5_000,
            "forwarded_allow_ips": "*" if settings.proxies else "127.0.0.1",
        }
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.portal_options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        return self.application
