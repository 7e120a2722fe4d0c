"""Lists of attendance as files: a session's list, and what waits to be looked at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portal.attendance import rules
from portal.attendance.rules import Review
from portal.core.downloads import ListFile, each, words
from portal.core.formats import local, time_local
from portal.core.i18n import _, pgettext
from portal.plans.models import ActivitySession
from portal.signups.models import Origin, SignUp, SignUpState


def one_list(session: ActivitySession, statement: Any) -> ListFile:
    """Everybody on the session's list, guests too."""
    labels = words(SignUpState.labels() | Origin.labels() | Review.labels())
    zone, guest = session.association.time_zone, _("Guest")
    title = _("Attendance: %(title)s", title=session.activity.title)

    def line(one: SignUp) -> list[Any]:
        name = [one.person.name, ""] if one.person else [one.guest_name, guest]
        skill = one.need.skill.name if one.need.skill else ""
        ways = [labels.get(way or "", "") for way in (one.in_origin, one.out_origin)]
        return [*name, skill, labels[one.state], *_times(one, zone), *ways, rules.minutes_of(one), _odd(one, labels)]

    return ListFile(title, _headings(), statement, each(line))


def odd(statement: Any, zone: str) -> ListFile:
    """Those for whom no time is recorded before somebody has looked."""
    labels = words(Review.labels())

    def line(one: SignUp) -> list[Any]:
        name, session = one.person.name if one.person else "", one.session
        day = local(session.starts_at, zone).date()
        return [name, session.activity.title, day, *_times(one, zone), _odd(one, labels)]

    times = [pgettext("attendance", "In"), pgettext("attendance", "Out")]
    headings = [_("Name"), _("Activity"), _("Date"), *times, _("Why")]
    return ListFile(_("Attendance to be looked at"), headings, statement, each(line))


def _headings() -> list[str]:
    return [
        _("Name"),
        _("Guest"),
        _("Skill"),
        _("State"),
        pgettext("attendance", "In"),
        pgettext("attendance", "Out"),
        _("How they checked in"),
        _("How they checked out"),
        _("Minutes"),
        _("To be looked at"),
    ]


def _times(one: SignUp, zone: str) -> list[str]:
    return [time_local(moment, zone) if moment else "" for moment in (one.in_at, one.out_at)]


def _odd(one: SignUp, labels: Mapping[str, str]) -> str:
    review = rules.review_of(one)
    return labels[review] if review else ""
