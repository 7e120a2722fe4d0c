"""When an appointment may be granted or ended. Raises RuleError by the field at fault; changes nothing.

Nobody grants or ends rights they lack, over the whole reach; nobody takes away the last who may grant. With no
actor (the command line, the demonstration) only what is impossible is refused.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from portal.accounts.models import Account
from portal.associations.models import Association, Group, Level
from portal.core.calendar import today
from portal.core.errors import RuleError
from portal.core.formats import date_long
from portal.core.i18n import _, lazy
from portal.offices import access, candidates, queries
from portal.offices.models import Appointment, Term
from portal.offices.rights import GRANTERS, RIGHTS, Position
from portal.people.models import Person

AHEAD = timedelta(days=366)  # how early an appointment may be prepared
LONGEST = timedelta(days=366 * 10)
EARLIEST = date(1980, 1, 1)
DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """An appointment that somebody asks for; `is_identified` when the person was named by a number in full."""

    person: Person
    association: Association
    position: Position
    start_on: date
    end_on: date | None = None
    group: Group | None = None
    term: Term | None = None
    covers_subtree: bool = False
    is_public: bool = False
    is_identified: bool = False


def check_grant(actor: Account | None, wanted: Wanted) -> None:
    """Everything that an appointment is refused for; asked before it is confirmed and again when it is made."""
    check_possible(wanted)
    check_allowed(actor, wanted)


def check_possible(wanted: Wanted) -> None:
    """Whether it makes sense, whoever asks for it."""
    refuse_archived(wanted.association)
    _check_person(wanted)
    _check_place(wanted)
    _check_dates(wanted)
    _check_duplicate(wanted)


def check_allowed(actor: Account | None, wanted: Wanted) -> None:
    """Nobody grants rights they lack."""
    if actor is not None:
        oneself = actor.person_id == wanted.person.id
        _check_rights(actor, wanted.position, wanted.association, below=wanted.covers_subtree, oneself=oneself)


def check_end(actor: Account | None, appointment: Appointment, association: Association, on: date) -> None:
    """An end only moves nearer. Before the first day it is the day before today: then the office never was."""
    refuse_archived(association)
    if appointment.has_ended_by(today()):
        raise RuleError("", lazy("This appointment has ended already."))
    if on < appointment.start_on and on != today() - DAY:
        first = date_long(appointment.start_on)
        raise RuleError("end_on", lazy("The last day lies before the first, %(date)s.", date=first))
    if appointment.end_on is not None and on >= appointment.end_on:
        last = date_long(appointment.end_on)
        raise RuleError("end_on", lazy("It ends on %(date)s anyway. To go on, grant it anew.", date=last))
    if actor is not None and actor.person_id != appointment.person_id:
        _check_rights(actor, appointment.position, association, below=appointment.covers_subtree, ending=True)


def refuse_archived(association: Association) -> None:
    if association.is_archived:
        raise RuleError("", lazy("This association is archived: it can be read, not changed."))


def _check_person(wanted: Wanted) -> None:
    if wanted.person.removed_at is not None:
        raise RuleError("person", lazy("This record was removed at the person's own wish."))
    if not wanted.is_identified and not candidates.is_within_reach(wanted.person, wanted.association):
        message = lazy("Neither this association nor one below it holds this person's record: search by number.")
        raise RuleError("person", message)


def _check_place(wanted: Wanted) -> None:
    """A group leader leads a living group of this association; other offices have none."""
    group, term = wanted.group, wanted.term
    if wanted.position == Position.GROUP_LEADER and group is None:
        raise RuleError("group", lazy("Choose the group."))
    if wanted.position != Position.GROUP_LEADER and group is not None:
        raise RuleError("group", lazy("Only a group leader is appointed for a group."))
    if group is not None and (group.association_id != wanted.association.id or group.ended_on is not None):
        raise RuleError("group", lazy("This group does not belong to the association, or has ended."))
    if term is not None and term.association_id != wanted.association.id:
        raise RuleError("term", lazy("This term belongs to another association."))
    if wanted.covers_subtree and (group is not None or wanted.association.level == Level.GRASSROOTS):
        raise RuleError("covers_subtree", lazy("There is nothing below that it could reach."))


def _check_dates(wanted: Wanted) -> None:
    start, end, term = wanted.start_on, wanted.end_on, wanted.term
    if start < EARLIEST or start > today() + AHEAD:
        raise RuleError("start_on", lazy("The first day lies too far away; write it as year-month-day."))
    if end is not None and end < start:
        raise RuleError("end_on", lazy("The last day lies before the first."))
    if end is not None and end < today():
        raise RuleError("end_on", lazy("The last day lies in the past, so nothing would be granted."))
    if end is not None and end - start > LONGEST:
        raise RuleError("end_on", lazy("An appointment lasts ten years at most; then it is granted anew."))
    if term is not None and (start < term.start_on or (term.end_on and start > term.end_on)):
        raise RuleError("start_on", lazy("The first day lies outside the term “%(name)s”.", name=term.name))
    if term is not None and term.end_on and (end is None or end > term.end_on):
        raise RuleError("end_on", lazy("The term “%(name)s” ends before that.", name=term.name))


def _check_duplicate(wanted: Wanted) -> None:
    """The same office twice at the same time gives nothing, and one of the two would be forgotten."""
    group_id = wanted.group.id if wanted.group else None
    for held in queries.list_held_beside(wanted.person.id, wanted.association.id):
        is_same = held.position == wanted.position and held.group_id == group_id
        ends_before = held.end_on is not None and held.end_on < wanted.start_on
        begins_after = wanted.end_on is not None and held.start_on > wanted.end_on
        if is_same and not ends_before and not begins_after:
            raise RuleError("position", lazy("%(name)s holds this office then already.", name=wanted.person.name))


def _check_rights(
    actor: Account,
    position: str,
    association: Association,
    *,
    below: bool,
    oneself: bool = False,
    ending: bool = False,
) -> None:
    """Nobody grants or ends rights they lack; the message names them."""
    lacking = access.lacking(actor, position, association, below=below, oneself=oneself)
    if not lacking:
        return
    rights = _(", ").join(str(RIGHTS[right]) for right in lacking)
    if ending:
        message = lazy(
            "You cannot end this office, for you do not hold all its rights here: %(rights)s.", rights=rights
        )
        raise RuleError("", message)
    if below and not access.lacking(actor, position, association, oneself=oneself):
        message = lazy("Your own rights do not reach below, so you cannot grant that.")
        raise RuleError("covers_subtree", message)
    message = lazy("You cannot grant rights that you do not hold here yourself: %(rights)s.", rights=rights)
    raise RuleError("position", message)


def keep_somebody_who_grants(
    actor: Account | None, ended: Collection[Appointment], association: Association, day: date
) -> None:
    """Somebody who can sign in must be able to grant here, as far down as before, on the day after."""
    granting = [held for held in ended if held.position in GRANTERS and held.group_id is None]
    if actor is None or not granting:
        return
    left = queries.list_granters(association, max(day, today()), [held.id for held in ended])
    if any(held.covers_subtree for held in granting):
        left = [held for held in left if held.covers_subtree]
    if not left:
        message = lazy(
            "Nobody with an account could grant appointments here any more. First appoint a successor who has one."
        )
        raise RuleError("", message)
