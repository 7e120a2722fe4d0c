"""The form of a session: what it begins with, the preview of a pattern, what it says for the service."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import request
from flask_login import current_user

from portal.associations.models import Association
from portal.core.calendar import now
from portal.core.errors import RuleError
from portal.core.formats import local
from portal.core.i18n import _
from portal.plans import pattern, queries, restdays, series
from portal.plans.forms import offer_scope
from portal.plans.models import Activity, ActivitySession
from portal.plans.services import SessionDetails
from portal.plans.session_forms import SessionForm
from portal.volunteers.models import Skill

TAKEN_OVER = ("place", "conditions", "risks", "safeguards", "contact_name", "contact_phone", "own_only")
AGES = ("min_people", "min_age", "max_age")
EVENING = time(18, 0)
NIGHT = timedelta(hours=12)  # the most that an end before the beginning is taken for one on the next day


class SessionDraft:
    """A session in the making, new or being changed."""

    def __init__(self, association: Association, activity: Activity, session: ActivitySession | None = None) -> None:
        self.association, self.activity, self.session = association, activity, session
        self.last = None if session else queries.last_session(current_user, activity)
        self.skills: dict[str, Skill] = {one.public_id: one for one in queries.list_skills(association)}
        for need in session.needs if session else ():
            if need.skill is not None:
                self.skills.setdefault(need.skill.public_id, need.skill)
        self.form = SessionForm(data=self._of(session) if session else self._first())
        if session is not None:
            del self.form.every, self.form.until, self.form.on, self.form.pattern
        offer_scope(self.form, len(queries.list_later(session)) if session else 0)
        self.form.offer([(key, one.name) for key, one in self.skills.items()])

    @property
    def is_detour(self) -> bool:
        """Another row of needs was asked for: the same page comes back with everything kept."""
        return "add_row" in request.form

    @property
    def days(self) -> list[date]:
        """The days of the pattern."""
        form = self.form
        if not (form.repeats and form.day.data and form.until.data):
            return []
        return pattern.dates(form.day.data, pattern.Every(form.every.data), form.until.data)

    @property
    def is_previewed(self) -> bool:
        """Whether the days of this very pattern were shown, to be ticked."""
        return not self.form.repeats or self.form.pattern.data == self.form.said

    def preview(self) -> list[tuple[date, restdays.DayNote, bool]]:
        """The days with what the calendar makes of them, and whether they are ticked: holidays are not at first."""
        notes = [(day, restdays.note_of(day)) for day in self.days]
        ticked = (
            set(self.form.on.data) if self.is_previewed else {str(day) for day, note in notes if not note.holiday}
        )
        return [(day, note, day.isoformat() in ticked) for day, note in notes]

    def chosen(self) -> list[date]:
        day = self.form.day.data
        return self.form.chosen(self.days) if self.form.repeats or day is None else [day]

    def details(self) -> SessionDetails:
        """What it says. Raises RuleError where somebody else changed the session since the form was shown; sent once
        more it is saved.
        """
        self._check_seen()
        form, zone = self.form, ZoneInfo(self.association.time_zone)
        day, starts, ends = form.day.data, form.starts.data, form.ends.data
        assert day is not None
        assert starts is not None
        assert ends is not None
        words = form.values("place", "content", "conditions", "risks", "safeguards", "contact_name", "contact_phone")
        return SessionDetails(
            **{name: value or "" for name, value in words.items()},
            starts_at=datetime.combine(day, starts, zone),
            ends_at=_end(datetime.combine(day, starts, zone), ends),
            deadline_at=self._deadline(day, starts),
            min_people=form.min_people.data or 0,
            min_age=form.min_age.data,
            max_age=form.max_age.data,
            own_only=bool(form.own_only.data),
            needs=[(self.skills.get(key), count) for key, count in form.needs.pairs],
        )

    def _check_seen(self) -> None:
        if self.session is None or self.form.seen.data == (mark := _mark(self.session)):
            return
        self.form.seen.data = mark
        message = _("Somebody else changed this session while you had it open. Compare before you save it once more.")
        raise RuleError("", message)

    def _deadline(self, day: date, starts: time) -> datetime:
        """As typed; else the evening before, or the beginning when that evening has passed."""
        zone, at = ZoneInfo(self.association.time_zone), self.form.deadline_time.data or EVENING
        if self.form.deadline_day.data:
            return datetime.combine(self.form.deadline_day.data, at, zone)
        evening = datetime.combine(day - timedelta(days=1), at, zone)
        return evening if evening > now() else datetime.combine(day, starts, zone)

    def context(self) -> dict[str, Any]:
        """What the template shows beside the form; nothing in it asks the database again."""
        days: Sequence[Any] = self.preview() if self.session is None else ()
        return {"activity": self.activity, "session": self.session, "last": self.last, "days": days}

    def _first(self) -> dict[str, Any]:
        """An empty form for the planned day, with the texts of the last session: they are much the same each time."""
        known = {name: getattr(self.last, name) for name in (*TAKEN_OVER, *AGES)} if self.last else {}
        hours = _hours(self.last, self.association.time_zone) if self.last else {}
        return {
            "contact_name": self.association.display_name,
            "contact_phone": self.association.phone,
            **known,
            **hours,
            "day": self.activity.planned_on,
            "place": self.activity.place or known.get("place", ""),
            "needs": _needs(self.last) if self.last else [],
        }

    def _of(self, session: ActivitySession) -> dict[str, Any]:
        zone = self.association.time_zone
        deadline = local(session.deadline_at, zone)
        return {name: getattr(session, name) for name in (*TAKEN_OVER, *AGES, "content")} | {
            **_hours(session, zone),
            "day": local(session.starts_at, zone).date(),
            "deadline_day": deadline.date(),
            "deadline_time": deadline.time(),
            "needs": _needs(session),
            "seen": _mark(session),
        }


def _end(start: datetime, ends: time) -> datetime:
    """When it ends: after midnight where the clock says so of a night."""
    end = datetime.combine(start.date(), ends, start.tzinfo)
    after_midnight = end + timedelta(days=1)
    return after_midnight if end < start and after_midnight - start <= NIGHT else end


def _mark(session: ActivitySession) -> str:
    """What the session states, as a mark by which a change is seen."""
    stated = series.details_of(session)
    needs = sorted((skill.public_id if skill else "", count) for skill, count in stated.needs)
    return hashlib.sha256(repr((replace(stated, needs=[]), needs)).encode()).hexdigest()[:16]


def _hours(session: ActivitySession, zone: str) -> dict[str, Any]:
    return {"starts": local(session.starts_at, zone).time(), "ends": local(session.ends_at, zone).time()}


def _needs(session: ActivitySession) -> list[tuple[str, str]]:
    return [(need.skill.public_id if need.skill else "", str(need.wanted)) for need in session.needs]
