"""The `portal` command. Every error is one clear line and a non-zero status."""

from __future__ import annotations

import gc
import os
import sys
import traceback
from functools import partial
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import ScriptInfo, with_appcontext
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from portal.settings import Settings, SettingsError, examine
from portal.upkeep import Failure, proof_commands


def _create_app(settings: Settings | None = None) -> Flask:
    """The application. What it loads stays: neither a collection of garbage nor the end looks through it again."""
    from portal import create_app

    gc.disable()
    app = create_app(settings)
    gc.freeze()
    gc.enable()
    return app


def _create_app_to_migrate() -> Flask:
    from portal.upkeep import migration

    app = _create_app()
    migration.enable(app)
    return app


class _Commands(click.Group):
    """The commands of this file, and Flask-Migrate's `db`, which is imported only when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*self.commands, "db"]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name != "db":
            return super().get_command(ctx, cmd_name)
        from flask_migrate.cli import db

        ctx.ensure_object(ScriptInfo).create_app = _create_app_to_migrate
        command: click.Command = db
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
def cli() -> None:
    """The association portal: serve it, fill it, keep it safe."""


def main() -> None:
    """Entry point of the console command."""
    try:
        cli(standalone_mode=False, obj=ScriptInfo(create_app=_create_app))
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        sys.exit(2)
    except click.ClickException as error:
        _fail(error.format_message(), error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        _fail("stopped.", 130)
    except Exception as error:
        if os.environ.get("PORTAL_TRACEBACK"):
            raise
        _fail(_explain(error))


def _explain(error: Exception) -> str:
    """What went wrong, in one line."""
    if isinstance(error, (Failure, SettingsError)):
        return str(error)
    if isinstance(error, SQLAlchemyError):
        reason = str(error.orig if isinstance(error, DBAPIError) else error).strip()
        return f"the database did not answer: {reason.splitlines()[0]}"
    if isinstance(error, OSError):
        return f"{error.strerror or error}" + (f": {error.filename}" if error.filename else "")
    place = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(place.filename).name} line {place.lineno}"
    return f"unexpected {type(error).__name__} in {where}: {str(error).strip().split(chr(10))[0]}"


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
@click.pass_context
def serve(ctx: click.Context, host: str, port: int, demo_if_empty: bool, without_worker: bool) -> None:
    """Serve the portal: web workers and the one background worker, until Ctrl-C."""
    from portal import server

    os.environ.update(HOST=host, PORT=str(port))  # the settings build their default address from them
    app = ctx.ensure_object(ScriptInfo).load_app()
    socket = server.listen(host, port)
    with app.app_context():
        server.apart(partial(server.prepare, _settings(), _load_demo if demo_if_empty else None))
        server.run(app, _settings(), socket, with_worker=not without_worker)


@cli.command()
@click.option("--beside", type=int, hidden=True, help="The process with which it ends.")
@with_appcontext
def worker(beside: int | None) -> None:
    """Run the background worker alone (`portal serve` starts one by itself)."""
    from portal.core.jobs import queue, run_consumer
    from portal.upkeep import presence, proofs

    if beside:
        presence.end_with(beside)
    if not presence.hold(_settings(), presence.WORKER, alone=True):
        raise Failure("a background worker is already running; there must be one only.")
    presence.hold(_settings(), presence.SERVING)
    proofs.begin()
    run_consumer(queue)


@cli.command()
@click.option("--association", prompt="Name of the association or federation", help="Name of the first association.")
@click.option("--code", default="home", show_default=True, help="Its short code in addresses.")
@click.option("--name", prompt="Name of the first administrator", help="Who administers it.")
@click.option("--phone", prompt="The administrator's mobile phone number", help="The administrator signs in with it.")
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True, help="Asked for when left out.")
@with_appcontext
def init(association: str, code: str, name: str, phone: str, password: str) -> None:
    """Make an empty database with one association and its first administrator."""
    from flask_babel import force_locale

    from portal.core.errors import RuleError
    from portal.upkeep import setup

    setup.make_database()
    with force_locale("en"):  # the command speaks English throughout
        try:
            setup.first_administrator(association, code, name, phone, password)
        except RuleError as error:
            raise Failure(str(error)) from None
    click.echo(f"{association} is ready. {name} signs in with {phone} at {_settings().base_url}/sign-in")


@cli.command()
@click.argument("login")
@with_appcontext
def code(login: str) -> None:
    """Print a one-time code for the account that signs in with LOGIN, a phone or e-mail: the way back for a chair."""
    from portal.accounts import codes
    from portal.core.database import db

    issued = codes.issue_from_console(login)
    if issued is None:
        raise Failure(f"no account that may sign in has the phone or e-mail {login!r}.")
    db.session.commit()
    click.echo(f"{issued[0]} opens {_settings().base_url}/activate/{codes.shown(issued[1])} within 72 hours, once.")


@cli.command()
@with_appcontext
def demo() -> None:
    """Load the demonstration federation into an empty database."""
    from portal.upkeep import setup

    setup.make_database()
    _load_demo()


def _load_demo() -> None:
    from portal.core.database import db
    from portal.core.statistics import refresh_statistics
    from portal.demo.load import demo_accounts, load

    click.echo("Loading the demonstration federation ...")
    summary = load(db.session())
    db.session.commit()
    refresh_statistics()
    click.echo(str(summary))
    click.echo("Accounts of the demonstration:")
    for role, login, password in demo_accounts():
        click.echo(f"  {login}  {password}  {role}")


@cli.command()
def check() -> None:
    """Check settings, database, files and keys; name everything that is wrong."""
    from portal.upkeep.check import list_faults

    settings, faults = examine()
    with _create_app(settings).app_context():
        faults += list_faults(settings)
    for fault in faults:
        click.echo(f"- {fault}", err=True)
    if faults:
        raise Failure(f"{len(faults)} thing{'s' if len(faults) > 1 else ''} to mend.")
    click.echo("All is well.")


@cli.command("check-ledger")
@click.option("--heads", is_flag=True, help="Print the last seal of every association, to keep elsewhere.")
@with_appcontext
def check_ledger(heads: bool) -> None:
    """Check the books of dues: the seals over locked lines and every sum; name each line that is wrong."""
    from portal.core.database import reading
    from portal.upkeep import ledger

    with reading():
        faults = ledger.list_faults()
        for fault in faults:
            click.echo(f"- {fault.association}: {fault.where}: {fault.what}", err=True)
        if faults:
            raise Failure(f"{len(faults)} thing{'s do' if len(faults) > 1 else ' does'} not agree in the books.")
        click.echo(ledger.summary())
        for code, value in ledger.heads() if heads else ():
            click.echo(f"{code} {value}")


@cli.command()
@click.argument("file", type=click.Path(path_type=Path))
@with_appcontext
def backup(file: Path) -> None:
    """Write database, files and keys into FILE while the portal runs, and verify it."""
    from portal.upkeep import backup as archive

    click.echo(archive.write(_settings(), file))


@cli.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--replace", is_flag=True, help="Put it in the place of what the portal holds now.")
@with_appcontext
def restore(file: Path, replace: bool) -> None:
    """Put back database, files and keys from FILE; stop the portal first."""
    from portal.upkeep import restore as archive

    click.echo(archive.restore(_settings(), file, replace))


@cli.command()
def key() -> None:
    """Print a new random key for PORTAL_SECRET_KEY or PORTAL_ENCRYPTION_KEYS."""
    import secrets

    click.echo(secrets.token_urlsafe(48))


@cli.command("rotate-keys")
@with_appcontext
def rotate() -> None:
    """Encrypt every value anew with the first of PORTAL_ENCRYPTION_KEYS; then the others can go."""
    from portal.upkeep import keys

    click.echo(f"{keys.rotate_keys()} records encrypted with the first key; the other keys can go.")
    for line in keys.list_leftovers():
        click.echo(line)


@cli.command("change-signing-key")
@click.argument("code")
@with_appcontext
def change_signing_key(code: str) -> None:
    """A new key for the badges that association CODE signs; what the one before signed still verifies."""
    from portal.associations.queries import get_association
    from portal.core.database import db
    from portal.honours import keys

    association = get_association(code)
    if association is None:
        raise Failure(f"there is no association {code!r}.")
    made = keys.change(None, association)
    db.session.commit()
    click.echo(f"{association.name} signs with key {made.number} from now on: {made.public}")


for _command in proof_commands.COMMANDS:
    cli.add_command(_command)
