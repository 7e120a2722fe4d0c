"""The `portal` command. Every error is one clear line and a non-zero status."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import FlaskGroup, with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from portal.settings import Settings, SettingsError


class Failure(click.ClickException):
    """A command cannot do what was asked; the message says why and what to do."""


def _create_app() -> Flask:
    from portal import create_app

    return create_app()


@click.group(cls=FlaskGroup, create_app=_create_app, add_default_commands=False, add_version_option=False)
def cli() -> None:
    """The association portal: serve it, fill it, keep it safe."""


def main() -> None:
    """Entry point of the console command."""
    try:
        cli(standalone_mode=False)
    except (Failure, SettingsError, click.ClickException) as error:
        _fail(error.format_message() if isinstance(error, click.ClickException) else str(error))
    except SQLAlchemyError as error:
        _fail(f"the database did not answer: {str(error).splitlines()[0]}")
    except (click.Abort, KeyboardInterrupt):
        _fail("stopped; nothing was changed after the last message", 130)


def _fail(message: str, status: int = 1) -> None:
    click.echo(f"portal: {message}", err=True)
    sys.exit(status)


def _settings() -> Settings:
    settings: Settings = current_app.extensions["portal.settings"]
    return settings


@cli.command()
@click.option("--host", envvar="HOST", default="127.0.0.1", show_default=True)
@click.option("--port", envvar="PORT", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--demo-if-empty", is_flag=True, help="Load the demonstration federation into an empty database.")
@click.option("--without-worker", is_flag=True, help="Leave background work to a `portal worker` of its own.")
@with_appcontext
def serve(host: str, port: int, demo_if_empty: bool, without_worker: bool) -> None:
    """Serve the portal: web workers and the one background worker, until Ctrl-C."""
    from portal import server

    server.prepare(_settings(), _load_demo if demo_if_empty else None)
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    server.run(app, _settings(), host, port, with_worker=not without_worker)


@cli.command()
@with_appcontext
def worker() -> None:
    """Run the background worker alone (`portal serve` starts one by itself)."""
    from portal.core.jobs import queue, run_consumer

    run_consumer(queue)


@cli.command()
@click.option("--association", prompt="Name of the association or federation", help="Name of the first association.")
@click.option("--code", default="home", show_default=True, help="Its short code in addresses.")
@click.option("--name", prompt="Name of the first administrator")
@click.option("--phone", prompt="The administrator's phone number")
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True, help="Asked for when left out.")
@with_appcontext
def init(association: str, code: str, name: str, phone: str, password: str) -> None:
    """Make an empty database with one association and its first administrator."""
    from portal import setup
    from portal.core.errors import RuleError

    setup.migrate()
    try:
        setup.first_administrator(association, code, name, phone, password)
    except RuleError as error:
        raise Failure(str(error)) from None
    click.echo(f"{association} is ready. {name} signs in with {phone} at {_settings().base_url}/sign-in")


@cli.command()
@with_appcontext
def demo() -> None:
    """Load the demonstration federation into an empty database."""
    from portal import setup

    setup.migrate()
    if not setup.is_empty():
        raise Failure("the database already holds an association; the demonstration needs an empty one.")
    _load_demo()


def _load_demo() -> None:
    from portal.core.database import db
    from portal.demo.load import demo_accounts, load

    click.echo("Loading the demonstration federation ...")
    summary = load(db.session)
    db.session.commit()
    click.echo(str(summary))
    click.echo("Accounts of the demonstration:")
    for role, login, password in demo_accounts():
        click.echo(f"  {login}  {password}  {role}")


@cli.command()
@with_appcontext
def check() -> None:
    """Check settings, database, files and keys; name everything that is wrong."""
    from portal import setup

    faults = setup.faults(_settings())
    for fault in faults:
        click.echo(f"- {fault}", err=True)
    if faults:
        raise Failure(f"{len(faults)} thing{'s' if len(faults) > 1 else ''} to mend.")
    click.echo("All is well.")


@cli.command()
@click.argument("file", type=click.Path(path_type=Path))
@with_appcontext
def backup(file: Path) -> None:
    """Write database, files and keys into FILE while the portal runs, and verify it."""
    from portal import backup as archive

    click.echo(archive.write(_settings(), file))


@cli.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--replace", is_flag=True, help="Overwrite what the portal holds now.")
@with_appcontext
def restore(file: Path, replace: bool) -> None:
    """Put back database, files and keys from FILE; stop the portal first."""
    from portal import backup as archive

    click.echo(archive.restore(_settings(), file, replace))


@cli.command()
def key() -> None:
    """Print a new random key for PORTAL_SECRET_KEY or PORTAL_ENCRYPTION_KEYS."""
    import secrets

    click.echo(secrets.token_urlsafe(48))


@cli.command("rotate-keys")
@with_appcontext
def rotate_keys() -> None:
    """Encrypt every value anew with the first of PORTAL_ENCRYPTION_KEYS; then the others can go."""
    from portal import setup

    click.echo(f"{setup.rotate_keys()} records encrypted with the first key.")
