"""The commands that check what was published: `verify-chain` with a file alone, `check-chain` with the database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from portal.upkeep import Failure

_kept = (
    click.option("--head", "kept_hash", metavar="HASH", help="A head of the chain that was kept: its hash."),
    click.option("--kept", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="The same as a file."),
)


def _read_head(kept_hash: str | None, kept: Path | None) -> Any:
    """The head that was kept, by its hash or as a file; None where none is named."""
    from portal.transparency.offline import read_head

    said = kept.read_text("utf-8", "replace") if kept else kept_hash
    return read_head(said) if said is not None else None


@click.command("verify-chain")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@_kept[0]
@_kept[1]
def verify_chain(file: Path, kept_hash: str | None, kept: Path | None) -> None:
    """Check the chain of publications in FILE, as /transparency hands it out; needs neither portal nor database."""
    from portal.transparency import offline

    try:
        head = _read_head(kept_hash, kept)
        with file.open("rb") as lines:
            walked = offline.verify(offline.entries_of(lines), head)
    except offline.BrokenError as error:
        raise Failure(str(error)) from None
    click.echo(f"{walked}{' The kept head lies in it.' if head else ''}")


@click.command("check-chain")
@_kept[0]
@_kept[1]
@with_appcontext
def check_chain(kept_hash: str | None, kept: Path | None) -> None:
    """Check everything published against the chain; name each document that was altered behind the portal's back."""
    from portal.core.database import reading
    from portal.transparency.offline import BrokenError
    from portal.upkeep import proofs

    with reading():
        faults, walked = [], None
        try:
            walked = proofs.check(_read_head(kept_hash, kept))
        except BrokenError as error:
            faults.append(str(error))
        faults += proofs.list_faults()
    for fault in faults:
        click.echo(f"- {fault}", err=True)
    if faults:
        raise Failure(f"{len(faults)} thing{'s do' if len(faults) > 1 else ' does'} not agree with the chain.")
    click.echo(f"{walked} Every document is what was entered." if walked else "Nothing was published yet.")


COMMANDS = (verify_chain, check_chain)
