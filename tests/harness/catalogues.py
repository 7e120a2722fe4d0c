"""Translations for a run that make did not start: catalogues are compiled where they are missing or old."""

from __future__ import annotations

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from tests.harness.source import ROOT


def compile_stale() -> None:
    for source in ROOT.glob("portal/translations/*/LC_MESSAGES/messages.po"):
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
            with source.open("rb") as text:
                catalogue = read_po(text, locale=source.parts[-3])
            with compiled.open("wb") as file:
                write_mo(file, catalogue)
