"""Certificates of service on paper: the words and figures that the printer is given, from the snapshot alone."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

from flask import current_app
from flask_babel import force_locale

from portal.cards.printing import qr_rows
from portal.certificates.models import ServiceCertificate
from portal.core.documents import render_pdf
from portal.core.formats import date_long, minutes
from portal.core.i18n import _, babel_locale, lazy, lazy_pgettext, locale
from portal.settings import Settings
from portal.verification import codes

TEMPLATE = "service-certificate"
SEAL_ENDS = ("", "印", "之印")
FULL_SEALS = (4, 6, 9, 12, 16, 20)  # so many characters fill a seal of as many rows as columns, or one more
# Every fixed word on the paper.
LABELS = {
    "title": lazy("Certificate of volunteer service"),
    "number": lazy_pgettext("certificate", "No."),
    "proves": lazy("This is to certify that"),
    "identity": lazy("Identity document number (last four digits)"),
    "day": lazy_pgettext("certificate", "Date"),
    "activity": lazy_pgettext("certificate", "Service"),
    "place": lazy("Place"),
    "time": lazy_pgettext("certificate", "Time served"),
    "organised": lazy("Organising unit"),
    "charge": lazy_pgettext("certificate", "In charge"),
    "year": lazy_pgettext("certificate", "Year"),
    "count": lazy_pgettext("certificate", "Times"),
    "following": lazy("Each service stands in the list on the following pages."),
    "details": lazy("List of services"),
    "sum": lazy_pgettext("certificate", "Total"),
    "scan": lazy("Scan to verify, or type the code at"),
    "code": lazy("Verification code"),
    "qr": lazy("QR code to verify the certificate"),
    "unit": lazy("Recording unit"),
    "in_charge": lazy_pgettext("certificate", "Person in charge"),
    "handler": lazy("Handled by"),
    "contact": lazy_pgettext("certificate", "Contact"),
    "issued_on": lazy_pgettext("certificate", "Issued on"),
    "note": lazy(
        "Issued free of charge (Ministry of Civil Affairs, order 67). The seal is printed, not an electronic "
        "signature; what counts is the answer to the code."
    ),
}


def print_certificate(certificate: ServiceCertificate) -> bytes:
    """The PDF of a certificate (load `code`): Chinese, with English beneath for who reads English.

    The same snapshot gives the same bytes at any time. The file keeps PDF/A-2a, for the archive, and PDF/UA-1, so
    that it can be read aloud.
    """
    settings: Settings = current_app.extensions["portal.settings"]
    chinese = settings.language if settings.language != "en" else "zh-Hans"
    printed = certificate.snapshot
    data = {
        **{name: printed[name] for name in ("federation", "name", "unit", "in_charge", "contact")},
        "number": certificate.number,
        "identity": f"**************{printed['identity_last4']}" if printed["identity_last4"] else "",
        "handler": printed["handler"],
        "how": _how(printed, chinese),
        "code": codes.shown(certificate.code.code),
        "site": f"{settings.base_url.partition('://')[2]}/verify",
        "qr": qr_rows(verify_url(certificate)),
        "seal": seal_text(printed["unit"], printed.get("seal", "")),
        "rows": _rows(printed, chinese),
        "years": _years(printed, chinese),
        "void": _void(certificate, chinese),
        "lang": "zh",
        "zh": words(certificate, chinese),
        "en": words(certificate, "en") if locale() == "en" else None,
    }
    return render_pdf(TEMPLATE, data, at=certificate.issued_at, standards=("a-2a", "ua-1"))


def verify_url(certificate: ServiceCertificate) -> str:
    """Where the QR code leads; from the settings, never from a request."""
    settings: Settings = current_app.extensions["portal.settings"]
    return f"{settings.base_url}/verify/{certificate.code.code}"


def words(certificate: ServiceCertificate, language: str) -> dict[str, str]:
    """Every word on the paper in a language, with what this certificate says in them."""
    printed = certificate.snapshot
    days = {name: date_long(date.fromisoformat(printed[name]), language) for name in ("start", "end")}
    with force_locale(babel_locale(language)):
        count, total = len(printed["entries"]), minutes(printed["minutes"])
        span = _("served as a volunteer from %(start)s to %(end)s, %(count)s times, for", count=count, **days)
        return {
            **_labels(language),
            "span": span,
            "total": total,
            "issued": date_long(certificate.issued_at, language),
        }


def seal_text(unit: str, said: str = "") -> str:
    """What the association set; else its name, with the word for a seal after it where that fills the square."""
    if said:
        return "".join(character for character in said if character.isalnum())
    plain = "".join(character for character in unit if character.isalnum())
    fitting = [plain + end for end in SEAL_ENDS if len(plain + end) in FULL_SEALS]
    return (fitting or [plain])[0]


def _void(certificate: ServiceCertificate, language: str) -> str:
    """Across one that is superseded, so that nobody takes it for valid."""
    with force_locale(babel_locale(language)):
        return _("No longer valid") if certificate.superseded_at is not None else ""


def _how(printed: dict[str, Any], language: str) -> str:
    """Of a certificate that the holder fetched: who keeps the records is named, and that nobody else handled it."""
    with force_locale(babel_locale(language)):
        return _("fetched online by the holder") if printed["by_oneself"] else ""


def _rows(printed: dict[str, Any], language: str) -> list[dict[str, str]]:
    with force_locale(babel_locale(language)):
        return [
            {
                **{name: line[name] for name in ("title", "place", "unit", "in_charge")},
                "day": line["on"],
                "times": "–".join(line["times"]),
                "time": minutes(line["minutes"]),
            }
            for line in printed["entries"]
        ]


def _years(printed: dict[str, Any], language: str) -> list[list[str]]:
    """Year, how many times, how long: for the face, where the entries do not find room on it."""
    sums: dict[str, list[int]] = {}
    for line in printed["entries"]:
        sums.setdefault(line["on"][:4], []).append(line["minutes"])
    with force_locale(babel_locale(language)):
        return [[year, _times(len(each)), minutes(sum(each))] for year, each in sums.items()]


def _times(count: int) -> str:
    return _("%(count)d times", count=count)


@cache
def _labels(language: str) -> dict[str, str]:
    with force_locale(babel_locale(language)):
        return {name: str(word) for name, word in LABELS.items()}
