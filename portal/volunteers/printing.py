"""Volunteers on paper: letters of appointment to hand over, and the blank registration form."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time
from typing import Any

from flask import current_app
from flask_babel import force_locale

from portal.associations.models import Association
from portal.cards.printing import qr_rows
from portal.core.documents import printable_part, render_pdf
from portal.core.formats import date_long
from portal.core.i18n import _, babel_locale, pgettext
from portal.people.models import PrivacyNotice
from portal.settings import Settings
from portal.verification import codes
from portal.volunteers.models import AppointmentLetter, DayPart, Skill, SkillKind
from portal.volunteers.roster_words import WEEKDAYS

WHOLE = "\n"  # stands in no text of a letter


def print_letters(found: Sequence[AppointmentLetter], root: Association) -> bytes:
    """A PDF of letters (load `code`), a page each, in the installation's language whoever prints.

    The same letters give the same bytes. The file keeps PDF/A-2a, for the archive, and PDF/UA-1, to be read aloud.
    """
    settings: Settings = current_app.extensions["portal.settings"]
    with force_locale(babel_locale(settings.language)):
        data = {
            "lang": "en" if settings.language == "en" else "zh",
            "federation": root.name,
            "site": f"{settings.base_url.partition('://')[2]}/verify",
            "labels": {
                "title": _("Letter of appointment"),
                "after_name": pgettext("letter", ":"),
                "number": pgettext("letter", "No."),
                "scan": _("Scan to verify"),
                "qr": _("QR code to verify the certificate"),
                "type": _("Or type the code at"),
                "seal": _("(seal)"),
            },
            "letters": [_letter(one, settings) for one in found],
        }
        latest = max((one.issued_on for one in found), default=None)
        moment = datetime.combine(latest, time(12), UTC) if latest else None
        return render_pdf("appointment-letter", data, at=moment, standards=("a-2a", "ua-1"))


def _letter(one: AppointmentLetter, settings: Settings) -> dict[str, Any]:
    name, association = str(one.snapshot["name"]), str(one.snapshot["association"])
    # A date stays on one line: the template keeps every second part whole.
    start, end = (f"{WHOLE}{date_long(day, settings.language)}{WHOLE}" for day in (one.start_on, one.end_on))
    return {
        "name": name,
        "association": association,
        "sentences": [str(sentence).split(WHOLE) for sentence in (
            _("You are appointed a volunteer of %(association)s from %(start)s to %(end)s.",
              association=association, start=start, end=end),
            _("Thank you for giving your time and your skill to your neighbours."),
        )],
        "number": one.number,
        "issued_on": date_long(one.issued_on, settings.language),
        "code": codes.shown(one.code.code),
        "qr": qr_rows(f"{settings.base_url}/verify/{one.code.code}"),
    }  # fmt: skip


def print_form(at: Association | None, skills: Sequence[Skill], notice: PrivacyNotice | None, language: str) -> bytes:
    """The blank form in the reader's language: the questions of the web, and the association's address."""
    place = [at.address, at.office_hours, at.phone] if at else []
    data = {
        "lang": "en" if language == "en" else "zh",
        "title": _("Registration form of volunteers"),
        "association": printable_part(at.name) if at else _("To the association: ____________________"),
        "place": printable_part(" · ".join(filter(None, place))),
        "labels": _form_labels(),
        "rows": _form_rows(),
        "skills": [printable_part(skill.name) for skill in skills if skill.kind == SkillKind.SKILL],
        "interests": [printable_part(skill.name) for skill in skills if skill.kind == SkillKind.INTEREST],
        "days": [str(day) for day in WEEKDAYS],
        "parts": [part.label for part in DayPart],
        "consents": _form_consents(notice),
    }
    return render_pdf("registration-form", data)


def _form_rows() -> list[dict[str, str]]:
    rows = (
        (_("Name"), ""),
        (_("Identity number"), _("may be left out")),
        (_("Sex and date of birth"), _("without an identity number")),
        (_("Phone"), ""),
        (_("E-mail"), _("if you have one")),
        (_("Area of residence"), _("community or lane")),
        (_("Guardian: name and phone"), _("only under 14")),
    )
    return [{"label": str(label), "hint": str(hint)} for label, hint in rows]


def _form_labels() -> dict[str, str]:
    words = {
        "skills": _("Skills"),
        "interests": _("Kinds of service"),
        "times": _("Free time"),
        "several": _("tick several, or none"),
        "note": _("What else we should know"),
        "consents": _("Consents"),
        "true": _("I help of my own free will, and what I wrote is true."),
        "date": _("Date:"),
        "signature": _("Signature (under 14: of the guardian):"),
        "office": _("Hand the form in at the association's office. It decides within ten working days."),
    }
    return {key: str(word) for key, word in words.items()}


def _form_consents(notice: PrivacyNotice | None) -> list[str]:
    needed = _("I have read the privacy notice and agree that the association keeps my record")
    version = _("(version %(version)s)", version=notice.version) if notice else ""
    choice = (
        _("Photos of me may be shown in public"),
        _("My name may be shown in public"),
        _("I may be named in a public roster"),
    )
    return [f"{needed}{version} · {_('needed')}", *(f"{each} · {_('of your choice')}" for each in choice)]
