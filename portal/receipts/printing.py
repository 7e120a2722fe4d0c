"""Receipts on paper: the words and figures that the printer is given, from the snapshot alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any

from flask import current_app
from flask_babel import force_locale

from portal.cards.printing import qr_rows
from portal.certificates.printing import seal_text
from portal.core.documents import missing_glyphs, render_pdf
from portal.core.formats import amount_in_capitals, date_long, money
from portal.core.i18n import _, babel_locale, lazy, lazy_pgettext, locale, ngettext
from portal.payments.models import Method
from portal.receipts import numbers
from portal.receipts.models import Receipt
from portal.settings import Settings
from portal.verification import codes

TEMPLATE = "receipt"
ALONE, IN_PAIRS = "a5", "a4"  # one on a page, or two on a sheet of A4 to cut
# So many charges stand in lines of their own; more are told together, by their period.
MOST_LINES, MOST_NAMED = 4, 12
LABELS = {
    "title": lazy_pgettext("receipt", "Receipt"),
    "number": lazy_pgettext("receipt", "No."),
    "payer": lazy("Received from"),
    "purpose": lazy_pgettext("receipt", "For"),
    "sum": lazy_pgettext("receipt", "Amount in words"),
    "method": lazy_pgettext("receipt", "Paid by"),
    "unit": lazy("Receiving unit"),
    "received_by": lazy_pgettext("receipt", "Received by"),
    "scan": lazy("Scan to verify, or type the code at"),
    "code": lazy("Verification code"),
    "qr": lazy("QR code to verify the receipt"),
    "note": lazy(
        "An internal receipt for dues; it does not take the place of a fiscal bill. The seal is printed: what "
        "counts is the answer to the code."
    ),
}


def print_receipts(receipts: Sequence[Receipt], layout: str = ALONE) -> bytes:
    """A PDF of receipts (load `code` and `association`): Chinese, with English beneath for who reads English.

    The same receipts give the same bytes at any time. The file keeps PDF/A-2a, for the archive, and PDF/UA-1.
    """
    settings: Settings = current_app.extensions["portal.settings"]
    chinese = settings.language if settings.language != "en" else "zh-Hans"
    data = {
        "layout": layout,
        "lang": "zh",
        "site": f"{settings.base_url.partition('://')[2]}/verify",
        "federation": receipts[0].snapshot["federation"],
        "zh": _labels(chinese),
        "en": _labels("en") if locale() == "en" else None,
        "receipts": [_face(one, chinese, settings.base_url) for one in receipts],
    }
    latest = max(one.created_at for one in receipts)
    return render_pdf(TEMPLATE, data, at=latest, standards=("a-2a", "ua-1"))


def verify_url(receipt: Receipt) -> str:
    """Where the QR code leads; from the settings, never from a request."""
    settings: Settings = current_app.extensions["portal.settings"]
    return f"{settings.base_url}/verify/{receipt.code.code}"


def unprintable(receipt: Receipt) -> list[str]:
    """The characters on a receipt that the fonts lack, each with its code point; no gap is printed in their place."""
    printed = receipt.snapshot
    names = "".join(line[0] + line[1] for line in printed["lines"])
    told = (printed["payer"], printed["through"], printed["association"], printed["federation"])
    missing = missing_glyphs("".join((*told, printed["received_by"], printed["bank_reference"], names)))
    return [f"{character} (U+{ord(character):04X})" for character in missing]


def _face(receipt: Receipt, language: str, base_url: str) -> dict[str, Any]:
    """One receipt as it was issued; of a void one, that it is."""
    printed = receipt.snapshot
    with force_locale(babel_locale(language)):
        return {
            **{name: printed[name] for name in ("federation", "association", "payer", "through", "received_by")},
            "number": numbers.shown(receipt.association, receipt.year, receipt.number),
            "issued": date_long(receipt.issued_on, language),
            "amount": f"¥{money(printed['amount_fen'])}",
            "capitals": amount_in_capitals(printed["amount_fen"]),
            "lines": _lines(printed),
            "method": _method(receipt, language),
            "code": codes.shown(receipt.code.code),
            "qr": qr_rows(f"{base_url}/verify/{receipt.code.code}"),
            "seal": seal_text(printed["association"]),
            "mark": _mark(receipt),
        }


def _lines(printed: dict[str, Any]) -> list[list[str]]:
    """What it is for and how much of it: each charge, or each period where there are too many to name."""
    rest = [[_("To the credit of the payer"), money(printed["credit_fen"])]] if printed["credit_fen"] else []
    if len(printed["lines"]) + len(rest) <= MOST_LINES:
        return [[f"{_dues(period)} · {name}", money(fen)] for period, name, fen, _member in printed["lines"]] + rest
    periods: dict[str, list[Any]] = {}
    for line in printed["lines"]:
        periods.setdefault(line[0], []).append(line)
    told = [[f"{_dues(period)} · {_names(found)}", _sum(found)] for period, found in periods.items()]
    if len(told) + len(rest) <= MOST_LINES:
        return told + rest
    first, *_between, last = periods
    span = _("Dues of %(first)s to %(last)s", first=first, last=last)
    return [[f"{span} · {_names(printed['lines'])}", _sum(printed["lines"])], *rest]


def _names(lines: list[Any]) -> str:
    """Whose dues: their names, as far as there is room, and how many they are."""
    known = list(dict.fromkeys(name for _period, name, *_rest in lines))
    if len(known) == 1:
        return str(known[0])
    count = ngettext("%(num)d person", "%(num)d people", len(known))
    shown = _(", ").join(known[:MOST_NAMED])
    return f"{shown}{'…' if len(known) > MOST_NAMED else ''} ({count})"


def _sum(lines: list[Any]) -> str:
    return money(sum(fen for _period, _name, fen, *_rest in lines))


def _dues(period: str) -> str:
    return _("Dues %(period)s", period=period)


def _method(receipt: Receipt, language: str) -> str:
    """How the money came, when where the receipt is of another day, and the bank's line."""
    printed = receipt.snapshot
    told = [Method(printed["method"]).label, printed["bank_reference"]]
    if printed["received_on"] != receipt.issued_on.isoformat():
        told.append(_("on %(day)s", day=date_long(date.fromisoformat(printed["received_on"]), language)))
    return " · ".join(filter(None, told))


def _mark(receipt: Receipt) -> str:
    """Across one that nobody shall take for valid."""
    if receipt.voided_at is not None:
        return _("Void")
    return _("Demonstration") if receipt.snapshot["is_demo"] else ""


@cache
def _labels(language: str) -> dict[str, str]:
    with force_locale(babel_locale(language)):
        return {name: str(word) for name, word in LABELS.items()}
