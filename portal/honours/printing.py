"""Certificates of honours on paper: the words that the printer is given, from the snapshot alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any

from flask import current_app
from flask_babel import force_locale
from sqlalchemy import select

from portal.cards.printing import qr_rows
from portal.certificates.printing import seal_text
from portal.commendations.models import Scope
from portal.core.database import db
from portal.core.documents import render_pdf
from portal.core.formats import chinese_date, date_long
from portal.core.i18n import _, babel_locale, lazy, lazy_pgettext, locale, pgettext
from portal.honours.models import Honour, HonourCertificate
from portal.settings import Settings
from portal.verification import codes

TEMPLATE = "honour-certificate"
KIND = "\n"  # where the kind stands in a sentence: the template sets it apart
LABELS = {
    "title": lazy("Certificate of honour"),
    "number": lazy_pgettext("certificate", "No."),
    "closing": lazy("This certificate is awarded in recognition."),
    "scan": lazy("Scan to verify, or type the code at"),
    "qr": lazy("QR code to verify the certificate"),
    "in_charge": lazy_pgettext("certificate", "Person in charge"),
    "basis": lazy("Basis: "),
    "printed": lazy("The seal is printed, not an electronic signature"),
    "stamp": lazy("(seal)"),
}
SENTENCES = {
    Scope.INDIVIDUAL: lazy("For outstanding service to the association in %(period)s, named %(kind)s."),
    Scope.CHAIR: lazy("For diligent leadership of the association in %(period)s, named %(kind)s."),
    Scope.COLLECTIVE: lazy("For outstanding work together in %(period)s, awarded the title %(kind)s."),
    Scope.ASSOCIATION: lazy("For exemplary work as an association in %(period)s, awarded the title %(kind)s."),
}
PEOPLE = (Scope.INDIVIDUAL, Scope.CHAIR)
WHOLE_YEAR = ((1, 1), (12, 31))


def print_certificate(certificate: HonourCertificate) -> bytes:
    """The PDF of one certificate (load `code`), the same at any time: see print_certificates."""
    return print_certificates([certificate])


def print_certificates(certificates: Sequence[HonourCertificate]) -> bytes:
    """One PDF (load `code`), a page each, each in its layout: Chinese, with English beneath for who reads English.

    The same snapshots give the same bytes. The file keeps PDF/A-2a, for the archive, and PDF/UA-1, so that it can be
    read aloud. Raises DocumentError where there is none to print.
    """
    settings: Settings = current_app.extensions["portal.settings"]
    chinese = settings.language if settings.language != "en" else "zh-Hans"
    english = locale() == "en"
    revoked = _revoked(certificates)
    zh = _labels(chinese)
    data = {
        "title": _title(zh["title"], certificates),
        "federation": certificates[0].snapshot["federation"] if certificates else "",
        "site": f"{settings.base_url.partition('://')[2]}/verify",
        "lang": "zh",
        "zh": zh,
        "en": _labels("en") if english else None,
        "rows": [_row(one, settings.base_url, chinese, revoked, english=english) for one in certificates],
    }
    latest = max((one.issued_at for one in certificates), default=None)
    return render_pdf(TEMPLATE, data, at=latest, standards=("a-2a", "ua-1"))


def _row(
    certificate: HonourCertificate, base: str, chinese: str, revoked: set[int], *, english: bool
) -> dict[str, Any]:
    printed = certificate.snapshot
    decided_on = date.fromisoformat(printed["decided_on"])
    return {
        **{name: printed[name] for name in ("name", "of", "unit", "in_charge", "basis")},
        "layout": certificate.layout,
        "number": certificate.number,
        "after": _after(printed, chinese),
        "kind": printed["kind"],
        "quotes": _quotes(chinese),
        "sentence": _sentence(printed, chinese),
        "date": chinese_date(decided_on),
        "qr": qr_rows(f"{base}/verify/{certificate.code.code}"),
        "code": codes.shown(certificate.code.code),
        "seal": seal_text(printed["unit"], printed.get("seal", "")),
        "void": _void(certificate, revoked, chinese),
        "en": _english(printed, decided_on) if english else None,
    }


def _english(printed: dict[str, Any], decided_on: date) -> dict[str, Any]:
    kind = printed["english"] or printed["kind"]
    return {"kind": kind, "sentence": _sentence(printed, "en"), "date": date_long(decided_on, "en")}


def _sentence(printed: dict[str, Any], language: str) -> list[str]:
    """What stands before the kind and what stands after it."""
    with force_locale(babel_locale(language)):
        said = str(SENTENCES[Scope(printed["scope"])]) % {"period": _period(printed, language), "kind": KIND}
    before, after = said.split(KIND)
    return [before, after]


def _period(printed: dict[str, Any], language: str) -> str:
    """2026年度, or from day to day."""
    start, end = (date.fromisoformat(printed[name]) for name in ("start", "end"))
    if start.year == end.year and ((start.month, start.day), (end.month, end.day)) == WHOLE_YEAR:
        return pgettext("period of an honour", "%(year)s", year=start.year)
    return _("the time from %(start)s to %(end)s", start=date_long(start, language), end=date_long(end, language))


def _after(printed: dict[str, Any], language: str) -> str:
    """A person is addressed as comrade, but not one whose name is written in letters."""
    is_person = Scope(printed["scope"]) in PEOPLE and not printed["name"].isascii()
    with force_locale(babel_locale(language)):
        return pgettext("certificate", " (Comrade):") if is_person else pgettext("certificate", ":")


def _quotes(language: str) -> list[str]:
    with force_locale(babel_locale(language)):
        return pgettext("certificate", "“%(kind)s”", kind=KIND).split(KIND)


def _void(certificate: HonourCertificate, revoked: set[int], language: str) -> str:
    """Across one that is not in force, so that nobody takes it for valid."""
    with force_locale(babel_locale(language)):
        if certificate.honour_id in revoked:
            return pgettext("certificate", "Revoked")
        return _("No longer valid") if certificate.superseded_at is not None else ""


def _revoked(certificates: Sequence[HonourCertificate]) -> set[int]:
    asked = Honour.id.in_({one.honour_id for one in certificates})
    return set(db.session.scalars(select(Honour.id).where(asked, Honour.revoked_at.is_not(None))))


def _title(title: str, certificates: Sequence[HonourCertificate]) -> str:
    numbers = [one.number for one in certificates]
    return f"{title} {' – '.join(dict.fromkeys(numbers[:1] + numbers[-1:]))}"


@cache
def _labels(language: str) -> dict[str, str]:
    with force_locale(babel_locale(language)):
        return {name: str(word) for name, word in LABELS.items()}
