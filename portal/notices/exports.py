"""The office's list of notices as rows of a sheet."""

from __future__ import annotations

from typing import Any

from portal.core.calendar import today
from portal.core.downloads import ListFile, each, words
from portal.core.formats import local
from portal.core.i18n import _, pgettext
from portal.notices.models import NoticeKind, NoticeStatus, Validity, validity


def notices(statement: Any, zone: str) -> ListFile:
    """The rows that the list shows, moments in the association's zone."""
    day, labels = today(zone), words(NoticeKind.labels() | NoticeStatus.labels())
    holds = {one: one.label for one in Validity}

    def line(row: Any) -> list[object]:
        is_draft = row.status == NoticeStatus.DRAFT
        return [
            row.index_number or "",
            row.title,
            labels[row.kind],
            labels[row.status],
            "" if is_draft else holds[validity(row, day)],
            _moment(row.published_at, zone),
            _moment(row.updated_at, zone),
            row.expires_on,
            _moment(row.withdrawn_at, zone),
            row.withdrawal_reason,
            row.draft_by or "",
        ]

    return ListFile(_("Notices"), _headings(), statement, each(line))


def _headings() -> list[str]:
    return [
        _("Index number"),
        _("Title"),
        _("Kind"),
        _("State"),
        _("Validity"),
        pgettext("date", "Published"),
        _("Last change"),
        _("In force until"),
        pgettext("date", "Withdrawn"),
        _("Reason"),
        _("Draft of"),
    ]


def _moment(moment: Any, zone: str) -> object:
    return local(moment, zone).replace(tzinfo=None) if moment else None
