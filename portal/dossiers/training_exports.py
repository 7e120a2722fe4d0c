"""Training as files: courses, associations, people, one course."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from portal.core.database import db
from portal.core.downloads import ListFile, each
from portal.core.i18n import _, pgettext
from portal.dossiers.course import Course
from portal.dossiers.training import WANTED, Reach, by_association, by_person, counts_of
from portal.dossiers.training import courses as courses_of

HOUR = 60


def courses(reach: Reach) -> ListFile:
    """All courses of the year; a few hundred at most, so they are read at once."""
    rows = db.session.execute(courses_of(reach)).all()
    counts = counts_of(reach, [row.course for row in rows])
    headings = [
        _("Course"), _("Date"), _("Association"), _("In the log book"), pgettext("training", "Attended"),
        _("Study hours"),
    ]  # fmt: skip
    return ListFile(pgettext("volunteers", "Training"), headings, [_course(row, counts) for row in rows])


def _course(row: Any, counts: dict[int, tuple[int, int]]) -> list[object]:
    people, minutes = counts.get(row.course, (0, 0))
    return [row.title, row.day, row.association, row.logged, people, minutes / HOUR]


def places(reach: Reach) -> ListFile:
    headings = [
        _("Association"), _("Courses held"), pgettext("training", "Wanted"), pgettext("training", "Attended"),
        _("Study hours"),
    ]  # fmt: skip
    line = each(lambda row: [row.name, row.held, WANTED, row.people, int(row.minutes) / HOUR])
    return ListFile(_("Training by association"), headings, by_association(reach), line)


def people(reach: Reach) -> ListFile:
    headings = [_("Name"), _("Courses attended"), _("Sessions attended"), _("Study hours")]
    line = each(lambda row: [row.name, row.courses, row.sessions, int(row.minutes) / HOUR])
    return ListFile(_("Training by person"), headings, by_person(reach), line)


def attendance(course: Course, statement: Any) -> ListFile:
    headings = [_("Name"), _("Sessions attended"), _("Sessions held"), _("Study hours")]
    held = len(course.sessions)

    def lines(rows: Iterable[Any]) -> list[list[object]]:
        return [[row.name, row.sessions, held, int(row.minutes) / HOUR] for row in rows]

    return ListFile(course.title, headings, statement, lambda found, _session: lines(found))
