"""The dossier as a workbook, in the order of the national measures: data, service, training, awards, evaluations."""

from __future__ import annotations

from portal.certificates.exports import stars_shown
from portal.core.formats import local
from portal.core.i18n import _, pgettext
from portal.core.workbooks import Sheet, write_sheets
from portal.dossiers.models import Evaluation, Grade
from portal.dossiers.queries import Dossier, Record
from portal.dossiers.words import basic_data

HOUR = 60


def workbook(dossier: Dossier) -> bytes:
    """One sheet for each part of the record; time in hours, as the measures have it."""
    return write_sheets(
        [_data(dossier), _service(dossier), _training(dossier), _awards(dossier), _evaluations(dossier)]
    )


def _data(dossier: Dossier) -> Sheet:
    names, values = zip(*basic_data(dossier), strict=True)
    return _("Basic data"), names, [values]


def _service(dossier: Dossier) -> Sheet:
    lines = [_line(one) for one in dossier.service]
    if dossier.elsewhere:
        lines.append([_("Recorded elsewhere"), None, "", "", dossier.elsewhere / HOUR, "", ""])
    return _("Service records"), _headings(), lines


def _training(dossier: Dossier) -> Sheet:
    return pgettext("volunteers", "Training"), _headings(), [_line(one) for one in dossier.training]


def _headings() -> list[str]:
    return [
        _("Name of the activity"), _("Date"), _("Place"), _("Content"), _("Hours"), _("Organising unit"),
        _("Person in charge"),
    ]  # fmt: skip


def _line(record: Record) -> list[object]:
    entry = record.entry
    unit = entry.association.name
    return [entry.title, entry.held_on, entry.place, entry.content, record.minutes / HOUR, unit, entry.in_charge]


def _awards(dossier: Dossier) -> Sheet:
    headings = [_("Award"), _("Hours"), _("Granted by"), pgettext("award", "Granted on")]
    lines = [
        [
            stars_shown(one.stars),
            one.minutes / HOUR,
            one.association.name,
            local(one.decided_at).date() if one.decided_at else None,
        ]
        for one in dossier.awards
    ]
    lines += [[one.title, None, one.giver, one.given_on] for one in dossier.honours]
    return _("Awards"), headings, lines


def _evaluations(dossier: Dossier) -> Sheet:
    headings = [
        _("From"), _("Until"), pgettext("evaluation", "Grade"), _("Remarks"), _("Association"), _("Evaluated by"),
        _("Recorded on"),
    ]  # fmt: skip
    return _("Evaluations"), headings, [_said(one) for one in dossier.evaluations]


def _said(one: Evaluation) -> list[object]:
    return [
        one.start_on,
        one.end_on,
        Grade(one.grade).label,
        one.remarks,
        one.volunteer.association.name,
        one.evaluator.name if one.evaluator else "",
        local(one.evaluated_at).date(),
    ]
