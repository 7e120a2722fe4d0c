"""Serving: gunicorn with its workers, static files through WhiteNoise, and the one background worker."""

from __future__ import annotations

import gc
import logging
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from flask import Flask
from gunicorn.app.base import BaseApplication
from whitenoise import WhiteNoise
from whitenoise.compress import Compressor

from portal.core import web
from portal.core.front import Front
from portal.settings import STATIC, Settings, own_addresses
from portal.upkeep import Failure, migration, presence, proofs, setup

YEAR = 365 * 24 * 3600
PAUSE = 5.0  # seconds before a background worker that fell over is started again
TEXT = (".css", ".js", ".svg", ".webmanifest")


def apart(work: Callable[[], None]) -> None:
    """Do it in a process of its own, which says itself what went wrong. What the demonstration or a migration took
    of memory goes with it; the workers would each have carried a hundred MiB.
    """
    parent, child = os.getpid(), os.fork()
    if not child:
        presence.end_with(parent)
        work()
        sys.stdout.flush()
        os._exit(0)
    try:
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    except KeyboardInterrupt:  # it heard so too
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) or 130
    if status:
        sys.exit(status if status > 0 else 128 - status)


def prepare(settings: Settings, load_demo: Callable[[], None] | None) -> None:
    """Bring the database up to date: by itself outside production, by `portal db upgrade` in production."""
    if migration.is_pending():
        if settings.mode == "production":
            raise Failure("the database waits for a migration; run `portal backup FILE`, then `portal db upgrade`.")
        migration.upgrade()
    proofs.begin()
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


def listen(host: str, port: int) -> socket.socket:
    """The socket that the workers answer on, taken before anything else is started."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(1024)
    except OSError as error:
        raise Failure(f"{host}:{port} cannot be used ({error.strerror}); HOST and PORT choose another.") from None
    return listener


def run(app: Flask, settings: Settings, listener: socket.socket, *, with_worker: bool) -> None:
    """Serve until told to stop; the background worker stops with the web server."""
    from portal.core.database import db

    presence.hold(settings, presence.SERVING)
    db.session.remove()
    db.engine.dispose()  # a connection must not be shared with the processes to come
    static = with_static(app)
    background = Background() if with_worker and presence.is_free(settings, presence.WORKER) else None
    _announce(listener)
    _settle()
    _Gunicorn(static, settings, f"fd://{listener.detach()}", background.stop if background else None).run()


def _settle() -> None:
    """What was loaded since stays too: the workers share it, and their garbage collector need not go through it."""
    gc.collect()
    gc.freeze()


def _announce(listener: socket.socket) -> None:
    host, port = listener.getsockname()[:2]
    shown = own_addresses() if host in ("0.0.0.0", "::") else [host]  # noqa: S104 - compared, not bound
    places = " and ".join(f"http://{f'[{name}]' if ':' in name else name}:{port}" for name in shown)
    click.echo(f"The portal is at {places} (Ctrl-C stops it)")


def with_static(app: Flask) -> Any:
    """The application with its static files: compressed beforehand, cached for ever (addresses hold a digest)."""
    compress(STATIC)
    settings = app.extensions["portal.settings"]
    headers = web.security_headers(settings)

    def add_headers(found: Any, path: str, url: str) -> None:
        for name, value in headers.items():
            found[name] = value

    is_kept = bool(app.config["FIGURES_SECONDS"])
    return _Static(
        Front(app, settings.data_dir / "changes") if is_kept else app,
        root=str(STATIC),
        prefix="/static/",
        max_age=YEAR,
        allow_all_origins=False,
        add_headers_function=add_headers,
    )


def compress(folder: Path) -> None:
    """Lay a .gz and a .br beside each text file, anew when the file has changed."""
    compressor = Compressor(quiet=True)
    for path in folder.rglob("*"):
        if path.suffix in TEXT and not all(_is_fresh(path, ending) for ending in (".br", ".gz")):
            try:
                compressor.compress(str(path))
            except OSError:  # a folder that belongs to somebody else: the file goes out as it is
                continue


def _is_fresh(path: Path, ending: str) -> bool:
    """Whether a compressed copy is of this very file: it carries the file's own time."""
    copy = path.with_name(path.name + ending)
    return copy.exists() and abs(copy.stat().st_mtime - path.stat().st_mtime) < 0.001


class _Static(WhiteNoise):  # type: ignore[misc]
    """WhiteNoise that does not hand out a compressed copy of an older file."""

    def add_file_to_dictionary(self, url: str, path: str, stat_cache: Any = None) -> None:
        stale = [path + ending for ending in (".br", ".gz") if not _is_fresh(Path(path), ending)]
        known = {name: stat for name, stat in stat_cache.items() if name not in stale}
        if not self.is_compressed_variant(path, stat_cache):
            super().add_file_to_dictionary(url, path, known)


class Background:
    """The background worker beside a web server: a process of its own, started again when it falls over."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._process = self._start()
        threading.Thread(target=self._watch, daemon=True).start()

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "portal", "worker", "--beside", str(os.getpid())]
        return subprocess.Popen(command, start_new_session=True)  # noqa: S603 - our own code

    def _watch(self) -> None:
        while not self._stopping.wait(PAUSE):
            if self._process.poll() is not None:
                logging.getLogger(__name__).error("the background worker ended; starting it again")
                self._process = self._start()

    def stop(self, _server: object) -> None:
        self._stopping.set()
        self._process.terminate()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()


class _Gunicorn(BaseApplication):  # type: ignore[misc]
    """gunicorn, configured from our settings instead of a file."""

    def __init__(self, app: Any, settings: Settings, bind: str, on_exit: Callable[[object], None] | None) -> None:
        self.application = app
        self.portal_options = {
            "bind": bind,
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
            "control_socket_disable": True,
            "forwarded_allow_ips": "*" if settings.proxies else "127.0.0.1",
        }
        if on_exit:
            self.portal_options["on_exit"] = on_exit  # in the master only: workers leave the same way
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.portal_options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        return self.application
