"""Who may sign up for what: what is asked of the session, of the volunteer, and of the two together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from portal.associations.models import Association
from portal.core.errors import RuleError
from portal.core.formats import datetime_local, local
from portal.core.i18n import _
from portal.lending.queries import is_lent_to
from portal.people.models import Person
from portal.plans.models import ActivitySession, SessionNeed
from portal.signups import queries
from portal.signups.models import SignUp


@dataclass(frozen=True)
class Helper:
    """Somebody as a volunteer: on whose rosters, with which skills (ids)."""

    person: Person
    places: Sequence[Association]
    skills: frozenset[int]

    @cached_property
    def roots(self) -> set[int]:
        return {place.path_ids[0] for place in self.places}

    def has(self, need: SessionNeed) -> bool:
        """Whether a need is one for this volunteer; one without a skill is for all."""
        return need.skill_id is None or need.skill_id in self.skills


def helper_of(person: Person) -> Helper:
    return Helper(person, queries.list_rosters(person.id), frozenset(queries.list_skill_ids(person.id)))


def check_open(session: ActivitySession, moment: datetime, *, by_office: bool) -> None:
    """A volunteer signs up before the deadline; a leader adds somebody for as long as nothing is in the log book."""
    activity = session.activity
    if session.association.is_archived:
        raise RuleError("", _("This association is archived: it can be read, not changed."))
    if session.cancelled_at is not None or activity.cancelled_at is not None:
        raise RuleError("", _("This session is cancelled."))
    if activity.opened_at is None:
        raise RuleError("", _("This activity is not open for sign-up yet."))
    if by_office:
        if activity.logged_at is not None:
            raise RuleError("", _("This activity is in the log book already."))
    elif min(session.deadline_at, session.starts_at) <= moment:
        raise RuleError("", _("Sign-up is closed. Ask whoever is in charge whether you can still come."))


def check_helper(session: ActivitySession, helper: Helper) -> None:
    """The person is on a roster: of the session's federation, or, where it is kept to its own, there or below, or
    lent there on the day. Ages are those of the day of the session.
    """
    if session.association.path_ids[0] not in helper.roots:
        raise RuleError("", _("Only registered volunteers can sign up."))
    if session.own_only and not is_own(session, helper):
        raise RuleError("", _("Only volunteers of %(name)s can sign up.", name=session.association.name))
    check_age(session, helper.person)


def is_own(session: ActivitySession, helper: Helper) -> bool:
    """Whether the volunteer is the association's own, or lent to it by a sister for the day."""
    if any(session.association.contains(place) for place in helper.places):
        return True
    return is_lent_to(helper.person.id, session.association, day_of(session))


def day_of(session: ActivitySession) -> date:
    return local(session.starts_at, session.association.time_zone).date()


def check_age(session: ActivitySession, person: Person) -> None:
    if session.min_age is None and session.max_age is None:
        return
    age = person.age_on(day_of(session))
    if age is None:
        raise RuleError("", _("There is an age limit, and the register holds no date of birth."))
    if session.min_age is not None and age < session.min_age:
        raise RuleError("", _("From the age of %(age)s only.", age=session.min_age))
    if session.max_age is not None and age > session.max_age:
        raise RuleError("", _("Up to the age of %(age)s only.", age=session.max_age))


def check_need(session: ActivitySession, helper: Helper, need: SessionNeed) -> None:
    if need.session_id != session.id:
        raise RuleError("need", _("Choose one of the places of this session."))
    if not helper.has(need):
        skill = need.skill.name if need.skill else ""
        raise RuleError("need", _("This place is for volunteers who can do this: %(skill)s.", skill=skill))


def check_clash(session: ActivitySession, person: Person) -> None:
    """Nobody is in two places at once. Half open: one that begins when the other ends is none."""
    other = next(iter(queries.list_clashing(session, person.id)), None)
    if other is not None:
        raise RuleError("override_reason", clash_words(other))


def clash_words(other: SignUp) -> str:
    """What it clashes with; the session of `other` is loaded with its activity and association."""
    start = datetime_local(other.session.starts_at, other.session.association.time_zone)
    return _("It clashes with “%(title)s”, %(start)s.", title=other.session.activity.title, start=start)
