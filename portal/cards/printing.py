"""Cards on paper: what the printer is given, one card a page or ten on a sheet of A4 to cut."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Any

from flask import current_app
from flask_babel import force_locale

from portal.associations.models import Association
from portal.cards.models import MemberCard
from portal.core.documents import render_pdf
from portal.core.formats import date_long
from portal.core.i18n import _, babel_locale, pgettext
from portal.settings import Settings
from portal.verification import codes

SINGLE, SHEET = "card", "card-sheet"


def print_cards(cards: Iterable[MemberCard], root: Association, template: str = SINGLE) -> bytes:
    """A PDF of cards (load `code`), in the installation's language whoever prints."""
    settings: Settings = current_app.extensions["portal.settings"]
    faces = [_face(card, settings) for card in cards]
    shared = {"federation": root.name, "labels": _labels(settings.language), "lang": _lang(settings.language)}
    return render_pdf(template, {**shared, "site": _site(settings.base_url), "cards": faces})


def verify_url(card: MemberCard) -> str:
    """Where the QR code leads; from the settings, never from a request."""
    settings: Settings = current_app.extensions["portal.settings"]
    return _url(settings.base_url, card.code.code)


def _url(base: str, code: str) -> str:
    return f"{base}/verify/{code}"


def _site(base_url: str) -> str:
    """The address to type, without what every browser adds."""
    return f"{base_url.partition('://')[2]}/verify"


def _face(card: MemberCard, settings: Settings) -> dict[str, Any]:
    printed, language = card.snapshot, settings.language
    return {
        **{name: printed[name] for name in ("name", "number", "kind", "association")},
        "joined_on": date_long(date.fromisoformat(printed["joined_on"]), language),
        "issued_on": date_long(card.issued_on, language),
        "code": codes.shown(card.code.code),
        "qr": qr_rows(_url(settings.base_url, card.code.code)),
    }


def qr_rows(text: str) -> str:
    """A QR code as an SVG of one path, a stroke for each run of dark modules; without the white border.

    With a fixed mask: to weigh all eight takes ten times as long, and any of them is read (ISO/IEC 18004, 7.8).
    """
    import segno

    matrix = segno.make(text, error="m", micro=False, mask=MASK).matrix
    size, path = len(matrix), []
    for y, row in enumerate(matrix):
        x = 0
        while x < size:
            start = x
            while x < size and row[x]:
                x += 1
            if x > start:
                path.append(f"M{start} {y}h{x - start}v1h-{x - start}z")
            x += 1
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}"><path d="{"".join(path)}"/></svg>'


MASK = 2


def _lang(language: str) -> str:
    return "en" if language == "en" else "zh"


@cache
def _labels(language: str) -> dict[str, str]:
    """The words on a card."""
    with force_locale(babel_locale(language)):
        return {
            "title": _("Member card"),
            "number": _("Member number"),
            "kind": pgettext("membership", "Kind"),
            "joined_on": _("Joined on"),
            "issued_on": pgettext("card", "Issued on"),
            "code": pgettext("verification", "Code"),
            "scan": _("Scan to verify"),
            "type": _("Or type the code at"),
            "rules": _(
                "For the holder only. If it is lost, tell your association at once: a new one takes its place."
            ),
            "found": _("Whoever finds this card is asked to hand it to the association."),
        }
