"""A session's list as its leader sees it: who stands where, and what can be done at this moment."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from portal.attendance import queries, rules
from portal.attendance.queries import Figures
from portal.core.calendar import now
from portal.core.formats import datetime_local, local, time_local
from portal.core.i18n import _, pgettext
from portal.plans.models import ActivitySession
from portal.signups.models import Origin, SignUp, SignUpState

TONES = {"arrived": "green", "completed": "blue", "no_show": "red", "offered": "amber"}


@dataclass(frozen=True)
class Row:
    """Somebody on the list."""

    sign_up: SignUp
    zone: str

    @property
    def key(self) -> str:
        return self.sign_up.public_id

    @property
    def name(self) -> str:
        return self.sign_up.person.name if self.sign_up.person else self.sign_up.guest_name

    @property
    def note(self) -> str:
        """What tells namesakes apart, and what somebody has come for."""
        skill = self.sign_up.need.skill
        guest = _("Guest") if self.sign_up.person is None else ""
        return " · ".join(part for part in (guest, skill.name if skill else "") if part)

    @property
    def tone(self) -> str:
        return "amber" if rules.review_of(self.sign_up) else TONES.get(self.sign_up.state, "grey")

    @property
    def label(self) -> str:
        review = rules.review_of(self.sign_up)
        if review:
            return review.label
        is_expected = self.sign_up.state == SignUpState.CONFIRMED
        return pgettext("attendance", "Not here yet") if is_expected else self.sign_up.state_label

    @property
    def times(self) -> str:
        """09:02–11:05, as far as it is known."""
        if self.sign_up.in_at is None:
            return ""
        left = time_local(self.sign_up.out_at, self.zone) if self.sign_up.out_at else ""
        return f"{time_local(self.sign_up.in_at, self.zone)}–{left}"

    @property
    def minutes(self) -> int | None:
        return rules.minutes_of(self.sign_up) if self.sign_up.person_id is not None else None

    @property
    def how(self) -> str:
        """Scanned, by the leader, from paper; both ways where they differ."""
        ways = [one for one in (self.sign_up.in_origin, self.sign_up.out_origin) if one]
        return " / ".join(dict.fromkeys(Origin(one).label for one in ways))


class Listing:
    """The list of a session at this moment."""

    def __init__(self, session: ActivitySession) -> None:
        self.session, self.moment, self.zone = session, now(), session.association.time_zone

    @cached_property
    def sign_ups(self) -> list[SignUp]:
        return list(queries.list_of(self.session))

    @cached_property
    def rows(self) -> list[Row]:
        return [Row(one, self.zone) for one in self.sign_ups]

    @cached_property
    def figures(self) -> Figures:
        return queries.figures_of_rows(self.sign_ups)

    @cached_property
    def mark(self) -> str:
        """Another one once anything on the list or any button is another."""
        rows = [(one.public_id, one.state, one.in_at, one.out_at, one.review) for one in self.sign_ups]
        told = (rows, self.may_come, self.may_leave, self.may_close)
        return sha256(repr(told).encode()).hexdigest()[:12]

    @property
    def may_come(self) -> bool:
        return rules.opens_at(self.session) <= self.moment < self.session.ends_at

    @property
    def may_leave(self) -> bool:
        return rules.opens_at(self.session) <= self.moment <= rules.shuts_at(self.session)

    @property
    def may_close(self) -> bool:
        """Over, and somebody is still expected or has not been looked at."""
        waiting = (SignUpState.CONFIRMED, SignUpState.ARRIVED)
        return self.session.ends_at <= self.moment and any(
            one.state in waiting and not one.review for one in self.sign_ups
        )

    @property
    def standing(self) -> str:
        """What the clock says, in words."""
        ends, shuts = (time_local(one, self.zone) for one in (self.session.ends_at, rules.shuts_at(self.session)))
        if self.moment < rules.opens_at(self.session):
            return _("Check-in opens on %(time)s.", time=datetime_local(rules.opens_at(self.session), self.zone))
        if self.may_come:
            return _("Check-in is open until %(ends)s, check-out until %(shuts)s.", ends=ends, shuts=shuts)
        if self.may_leave:
            return _("The session is over. Check-out is possible until %(shuts)s.", shuts=shuts)
        return _("Check-in and check-out are over. What is missing is entered from the paper list.")

    @property
    def is_today(self) -> bool:
        return local(self.session.starts_at, self.zone).date() == local(self.moment, self.zone).date()
