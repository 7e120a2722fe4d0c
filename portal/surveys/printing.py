"""Codes on paper: twelve to a page of A4, with lines to cut along; each with its QR code and address."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from flask import current_app
from flask_babel import force_locale

from portal.associations.models import Association
from portal.cards.printing import qr_rows
from portal.core.documents import render_pdf
from portal.core.formats import date_long
from portal.core.i18n import _, babel_locale, pgettext
from portal.settings import Settings
from portal.surveys import codes
from portal.surveys.models import Survey


def print_codes(survey: Survey, place: Association, drawn: Sequence[str]) -> bytes:
    """A PDF in the installation's language, whoever prints."""
    settings: Settings = current_app.extensions["portal.settings"]
    language = settings.language
    address = f"{settings.base_url}/appraisals/{survey.public_id}"
    with force_locale(babel_locale(language)):
        until = _("until %(day)s", day=date_long(survey.closes_on, language))
    data = {
        "title": survey.title,
        "association": place.name,
        "until": until,
        "url": address.partition("://")[2],
        "labels": _labels(language),
        "lang": "en" if language == "en" else "zh",
        "codes": [{"code": codes.shown(one), "qr": qr_rows(f"{address}?code={one}")} for one in drawn],
    }
    return render_pdf("appraisal-codes", data)


@cache
def _labels(language: str) -> dict[str, str]:
    """The words on a slip."""
    with force_locale(babel_locale(language)):
        return {
            "code": pgettext("appraisal", "Code"),
            "scan": _("Scan, or type the code at"),
            "once": _("Counts once. Nobody can see which answer is yours."),
        }
