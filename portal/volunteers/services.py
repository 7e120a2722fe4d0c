"""What may happen to a volunteer: enrolled, renewed, moved to a group, ended. Raises RuleError; never commits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from blinker import Signal
from sqlalchemy import update

from portal.accounts.models import Account
from portal.associations.models import Association, Group
from portal.core.audit import record
from portal.core.calendar import today
from portal.core.database import db, hold
from portal.core.errors import RuleError
from portal.core.i18n import lazy
from portal.core.text import printable
from portal.members.places import check_group, lock_person
from portal.members.queries import root_id
from portal.people import services as people
from portal.people.models import AffiliationKind, Person
from portal.people.queries import get_affiliation
from portal.volunteers import letters, queries
from portal.volunteers.letters import VoidReason
from portal.volunteers.models import (
    AppointmentLetter,
    DayPart,
    LeaveReason,
    Skill,
    Volunteer,
    VolunteerAbility,
    VolunteerTime,
)

Times = Iterable[tuple[int, str]]  # weekday (0 is Monday) and part of the day

LONGEST_TERM = timedelta(days=5 * 366)
LONGEST_NOTE = 500
DAY = timedelta(days=1)
CHANGING = ("group_id", "term_end_on", "ended_on", "end_reason")
# Why the letter is void when service ends so; for every other reason it is simply over.
VOID = {LeaveReason.IN_ERROR: VoidReason.IN_ERROR, LeaveReason.DELETED: VoidReason.REMOVED}

# Sent with the volunteer, after the service at the association ended.
ended = Signal("Somebody is no longer a volunteer of an association.")


def default_term_end(day: date) -> date:
    """The last day of the next year, unless the office writes another. The portal's own default."""
    return date(day.year + 1, 12, 31)


def enrol(
    actor: Account | None,
    association: Association,
    person: Person,
    *,
    term_end_on: date,
    started_on: date | None = None,
    group: Group | None = None,
    skills: Sequence[Skill] = (),
    times: Times = (),
    note: str = "",
) -> Volunteer:
    """Somebody comes on the association's roster and gets a letter of appointment for the term.

    The association holds the record from then on. Where the fonts cannot print the name there is no letter yet; it
    keeps nobody from serving. Raises RuleError for an archived association, a group of another, a day to come, a
    term that is over or too long, or somebody who is on the roster there already.
    """
    lock_person(person)
    started_on = started_on or today()
    _check_enrolling(association, person, started_on, term_end_on)
    check_group(association, group)
    volunteer = Volunteer(
        person_id=person.id,
        association_id=association.id,
        group_id=group.id if group else None,
        sort_key=person.sort_key,
        started_on=started_on,
        term_end_on=term_end_on,
        note=printable(note).strip()[:LONGEST_NOTE],
        abilities=[],
        times=[],
    )
    db.session.add(volunteer)
    _write_abilities(volunteer, association, skills)
    _write_times(volunteer, times)
    db.session.flush()
    _hold(actor, volunteer, person, association, group)
    record(actor, "volunteers.enrol", volunteer, {"until": term_end_on.isoformat()})
    if not letters.unprintable(person, association):
        letters.issue(actor, volunteer, person, association, started_on)
    return volunteer


def renew(
    actor: Account, volunteer: Volunteer, person: Person, association: Association, term_end_on: date
) -> AppointmentLetter:
    """Another term with a letter of its own; the letter of before is void.

    It begins today, or the day after the term of before where that is over, so that service has no gap. Raises
    RuleError for somebody who left, and for a term that does not go on from the one of before.
    """
    lock(volunteer)
    check_serving(volunteer)
    check_term(term_end_on)
    if term_end_on <= volunteer.term_end_on:
        raise RuleError("term_end_on", lazy("The new term has to end later than the present one."))
    start_on = min(today(), volunteer.term_end_on + DAY)
    before, volunteer.term_end_on = volunteer.term_end_on, term_end_on
    db.session.flush()
    record(actor, "volunteers.renew", volunteer, {"until": [before.isoformat(), term_end_on.isoformat()]})
    return letters.issue(actor, volunteer, person, association, start_on, replaces=VoidReason.RENEWED)


def print_anew(actor: Account, volunteer: Volunteer, person: Person, association: Association) -> AppointmentLetter:
    """A letter for the present term where there is none, or one with the name as it is now."""
    lock(volunteer)
    check_serving(volunteer)
    earlier = queries.live_letter(volunteer.id)
    if earlier is not None and earlier.snapshot == letters.snapshot_of(person, association):
        raise RuleError("", lazy("The letter says what the register says: no other is needed."))
    start_on = earlier.start_on if earlier else volunteer.started_on
    return letters.issue(actor, volunteer, person, association, start_on)


def end(actor: Account | None, volunteer: Volunteer, last_day: date, reason: LeaveReason) -> None:
    """Service at the association ends with a last day and a reason; the letter is void, the hours stay.

    Raises RuleError for somebody who left already, a day before the first, or a day to come.
    """
    lock(volunteer)
    check_serving(volunteer)
    if last_day < volunteer.started_on:
        raise RuleError("ended_on", lazy("The last day cannot be before the first."))
    if last_day > today():
        raise RuleError("ended_on", lazy("The last day cannot lie in the future."))
    volunteer.ended_on, volunteer.end_reason = last_day, reason
    db.session.flush()
    letter = queries.live_letter(volunteer.id)
    if letter is not None:
        letters.void(actor, letter, VOID.get(reason, VoidReason.ENDED), volunteer.person_id)
    held = get_affiliation(volunteer.person_id, volunteer.association_id, AffiliationKind.VOLUNTEER)
    if held is not None:
        people.release(actor, held, last_day)
    record(actor, "volunteers.end", volunteer, {"until": last_day.isoformat(), "reason": reason})
    ended.send(volunteer)


def change_group(actor: Account, volunteer: Volunteer, association: Association, group: Group | None) -> None:
    """Move a volunteer to another group of the association, or to none."""
    lock(volunteer)
    check_serving(volunteer)
    check_group(association, group)
    group_id = group.id if group else None
    if volunteer.group_id == group_id:
        return
    volunteer.group_id = group_id
    held = get_affiliation(volunteer.person_id, association.id, AffiliationKind.VOLUNTEER)
    if held is not None:
        held.group_id = group_id
    db.session.flush()
    record(actor, "volunteers.change_group", volunteer, {"group": group.name if group else None})


def set_abilities(actor: Account, volunteer: Volunteer, association: Association, skills: Sequence[Skill]) -> None:
    """What the volunteer can do and would like to do, as a whole. Load `abilities`.

    What the federation's list has ended meanwhile may be kept, and not be taken anew.
    """
    lock(volunteer)
    check_serving(volunteer)
    if _write_abilities(volunteer, association, skills):
        db.session.flush()
        record(actor, "volunteers.set_abilities", volunteer, {"skills": [skill.name for skill in skills]})


def set_times(actor: Account, volunteer: Volunteer, times: Times) -> None:
    """When the volunteer has time, as a whole. Load `times`."""
    lock(volunteer)
    check_serving(volunteer)
    if _write_times(volunteer, times):
        db.session.flush()
        kept = sorted([row.weekday, row.part] for row in volunteer.times)
        record(actor, "volunteers.set_times", volunteer, {"times": kept})


def lock(volunteer: Volunteer) -> None:
    """One change of a volunteer at a time, made to what it is by then."""
    hold(volunteer, *CHANGING)


def check_serving(volunteer: Volunteer) -> None:
    if volunteer.ended_on is not None:
        raise RuleError("", lazy("This person is no longer a volunteer of the association."))


def check_term(term_end_on: date) -> None:
    if term_end_on < today():
        raise RuleError("term_end_on", lazy("The term cannot be over before it begins."))
    if term_end_on > today() + LONGEST_TERM:
        raise RuleError("term_end_on", lazy("A term lasts five years at most; it can be renewed."))


def _check_enrolling(association: Association, person: Person, started_on: date, term_end_on: date) -> None:
    if association.is_archived:
        raise RuleError("", lazy("This association is archived: it can be read, not changed."))
    if started_on > today():
        raise RuleError("started_on", lazy("The first day cannot lie in the future."))
    check_term(term_end_on)
    if queries.get_live(person.id, association.id) is not None:
        raise RuleError("", lazy("This person is a volunteer of the association already."))


def _hold(
    actor: Account | None, volunteer: Volunteer, person: Person, association: Association, group: Group | None
) -> None:
    """The association holds the record as a volunteer's; where it does already, the group follows."""
    held = get_affiliation(person.id, association.id, AffiliationKind.VOLUNTEER)
    if held is None:
        people.affiliate(actor, person, association, AffiliationKind.VOLUNTEER, volunteer.started_on, group)
        return
    held.group_id, held.start_on = volunteer.group_id, min(held.start_on, volunteer.started_on)


def _write_abilities(volunteer: Volunteer, association: Association, skills: Sequence[Skill]) -> bool:
    """Whether anything changed."""
    had, wanted = {row.skill_id: row for row in volunteer.abilities}, {skill.id: skill for skill in skills}
    root = root_id(association)
    for skill in wanted.values():
        if skill.association_id != root or (skill.ended_on is not None and skill.id not in had):
            raise RuleError("skills", lazy("Choose from the list."))
    volunteer.abilities = [row for row in volunteer.abilities if row.skill_id in wanted] + [
        VolunteerAbility(skill_id=skill_id) for skill_id in wanted if skill_id not in had
    ]
    return had.keys() != wanted.keys()


def _write_times(volunteer: Volunteer, times: Times) -> bool:
    """Whether anything changed."""
    had, wanted = {(row.weekday, row.part): row for row in volunteer.times}, dict.fromkeys(times)
    if any(not 0 <= weekday <= 6 or part not in set(DayPart) for weekday, part in wanted):
        raise RuleError("times", lazy("Choose from the list."))
    volunteer.times = [row for key, row in had.items() if key in wanted] + [
        VolunteerTime(weekday=weekday, part=part) for weekday, part in wanted if (weekday, part) not in had
    ]
    return had.keys() != wanted.keys()


@people.renamed.connect
def _follow_name(person: Person, **_details: Any) -> None:
    """Rosters stay in the order of names."""
    rows = update(Volunteer).where(Volunteer.person_id == person.id)
    db.session.execute(rows.values(sort_key=person.sort_key))
