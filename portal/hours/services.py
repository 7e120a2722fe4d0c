"""What may happen to time served: recorded, corrected, approved by somebody else, refused, struck out, brought back.

Minutes count once a revision of them is approved, by somebody who may approve there, who neither recorded them nor
served them. Source: Measures on volunteer service records and certificates, Ministry of Civil Affairs order 67:
time actually served, recorded within 10 working days; a correction follows a check and keeps the earlier value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from blinker import Signal
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from portal.accounts.models import Account
from portal.core import audit
from portal.core.calendar import now
from portal.core.database import change, db
from portal.core.errors import RuleError
from portal.core.i18n import _
from portal.hours import keeping, overlap, queries
from portal.hours.models import Category, HoursEntry, HoursRevision, MinutesOrigin, RevisionState, VoidReason
from portal.offices.access import group_ids
from portal.people.models import Person

RIGHT = "hours.approve"
DAY = 1440
FACTS = ("group_id", "held_on", "starts_at", "ends_at", "title", "place", "content", "in_charge")
PRINTED = ("held_on", "starts_at", "ends_at", "title", "place", "in_charge")  # on a certificate of service
SPAN = ("starts_at", "ends_at")
UNTOLD = ("starts_at", "ends_at", "content", "in_charge")  # left as they are where nothing is said of them
PLACE = ("association_id", "session_id", "log_id", "category")

# Sent with the entry when the minutes that count, or what is printed of them, are others than before.
changed = Signal()


@dataclass(frozen=True, kw_only=True)
class Served:
    """What somebody gave: the person, what and when, and how many minutes; of a session or of an entry of the log."""

    person: Person
    association_id: int
    held_on: date
    title: str
    minutes: int
    group_id: int | None = None
    session_id: int | None = None
    log_id: int | None = None
    category: str = Category.SERVICE
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    place: str = ""
    content: str = ""
    in_charge: str = ""


def record(actor: Account | None, served: Served, *, origin: str, reason: str = "") -> HoursEntry:
    """Record minutes; they wait for approval. The same again changes nothing, another number is a new revision
    (`reason` says why), and what was approved before counts until that is approved.
    """
    return record_all(actor, [served], origin=origin, reason=reason)[0]


def record_all(actor: Account | None, served: Sequence[Served], *, origin: str, reason: str = "") -> list[HoursEntry]:
    """The same for everybody of one session or one entry of the log, in the order given; once each, whoever else
    records them in the same moment.
    """
    for one in served:
        _check_minutes(one.minutes)
    known = {entry.person_id: entry for entry in _live_of(served)}
    for one in served:
        if one.person.id in known and known[one.person.id].category != one.category:
            void(actor, known.pop(one.person.id), VoidReason.OTHER_KIND)
    fresh = [one for one in served if one.person.id not in known]
    try:
        made = _begin_all(actor, fresh, origin, reason)
    except IntegrityError:  # somebody else recorded one of them first
        if not _live_of(fresh):
            raise
        return record_all(actor, served, origin=origin, reason=reason)
    for one in served:
        if one.person.id in known:
            restate(actor, known[one.person.id], one)
            _offer(actor, known[one.person.id], one.minutes, origin, reason)
    return [known.get(one.person.id) or made[one.person.id] for one in served]


def correct(actor: Account | None, entry: HoursEntry, minutes: int, reason: str) -> HoursRevision:
    """Put another number, with its reason. It waits for somebody else's approval; until then the earlier one counts.

    Raises RuleError("reason") without one, RuleError("minutes") for no number of minutes or the one that stands.
    """
    if not reason.strip():
        raise RuleError("reason", _("Say why the time is corrected."))
    _check_minutes(minutes)
    entry = keeping.hold(entry.id)
    _check_stands(entry)
    stands = entry.waiting or entry.approved
    if stands is not None and stands.minutes == minutes:
        raise RuleError("minutes", _("This is the number that stands already."))
    if entry.waiting is not None and entry.approved is not None and entry.approved.minutes == minutes:
        if _is_anothers_word(actor, entry):
            raise RuleError("", _("Somebody else corrected your time: it is decided first."))
        return keeping.withdraw(actor, entry, reason)
    return keeping.add(actor, entry, minutes, MinutesOrigin.CORRECTED, reason)


def approve(actor: Account, revision: HoursRevision, reason: str = "") -> HoursEntry:
    """Let the minutes count; an earlier approved number is replaced. Of two approvals at once one is made.

    Raises RuleError where the actor may not decide, or somebody did already; beside other time of the same hours
    without a `reason`, which is kept, and always where both would count more than has passed ("despite").
    """
    overlap.lock_people([revision.entry_id])
    entry, reason = keeping.hold(revision.entry_id), reason.strip()
    _check_decision(actor, entry, revision)
    overlap.check(entry, revision.minutes, reason)
    before = entry.approved.minutes if entry.approved else None
    with db.session.begin_nested():
        earlier = (HoursRevision.entry_id == entry.id, HoursRevision.state == RevisionState.APPROVED)
        change(update(HoursRevision).where(*earlier).values(state=RevisionState.SUPERSEDED))
        keeping.decide(actor, revision, RevisionState.APPROVED, reason)
    entry = keeping.hold(entry.id)
    told = {"minutes": [before, revision.minutes], "number": revision.number}
    audit.record(actor, "hours.approve", entry, {**told, **({"reason": reason} if reason else {})})
    if before != revision.minutes:
        changed.send(entry)
    return entry


def refuse(actor: Account, revision: HoursRevision, reason: str) -> HoursEntry:
    """Not approved, for a reason; an earlier approved number goes on counting."""
    if not reason.strip():
        raise RuleError("reason", _("Say why the time is not approved."))
    entry = keeping.hold(revision.entry_id)
    _check_decision(actor, entry, revision)
    keeping.decide(actor, revision, RevisionState.REFUSED, reason.strip())
    changes = {"minutes": revision.minutes, "number": revision.number, "reason": reason.strip()}
    audit.record(actor, "hours.refuse", entry, changes)
    return keeping.hold(entry.id)


def void(actor: Account | None, entry: HoursEntry, reason: str) -> bool:
    """The person was not there, or the activity is struck out: it counts no longer and stays in the record.

    Whether anything changed: a second time it is void already.
    """
    if not reason.strip():
        raise RuleError("reason", _("Say why the entry is struck out."))
    entry = keeping.hold(entry.id)
    if entry.voided_at is not None:
        return False
    entry.voided_at, entry.void_reason = now(), reason.strip()
    db.session.flush()
    audit.record(actor, "hours.void", entry, {"reason": entry.void_reason, "minutes": entry.minutes})
    if entry.approved is not None:
        changed.send(entry)
    return True


def revive(actor: Account | None, entry: HoursEntry) -> bool:
    """Undo a void, with what was approved before; whether anything changed. Not beside another entry of the same.

    Whoever brings back their own time lets it wait, and so does time that overlaps what counts by now and no longer
    fits: somebody else approves it anew.
    """
    overlap.lock_people([entry.id])
    entry = keeping.hold(entry.id)
    if entry.voided_at is None or queries.find_live(entry.person_id, entry.session_id, entry.log_id) is not None:
        return False
    entry.voided_at, entry.void_reason = None, ""
    if _is_own(actor, entry) or not overlap.still_fits(entry):
        keeping.reopen(actor, entry)
    db.session.flush()
    audit.record(actor, "hours.revive", entry, {"minutes": entry.minutes})
    if entry.approved is not None:
        changed.send(entry)
    return True


def restate(actor: Account | None, entry: HoursEntry, served: Served) -> None:
    """What the activity is called, when and where it was, as it is known now. The minutes stay what they are; those
    that were approved wait again where they no longer fit in the hours.
    """
    known = [name for name in FACTS if name not in UNTOLD or getattr(served, name)]
    after = {name: getattr(served, name) for name in known}
    differing = audit.changed({name: getattr(entry, name) for name in known}, after)
    if not differing:
        return
    for name in differing:
        setattr(entry, name, after[name])
    for revision in entry.revisions:
        revision.group_id = entry.group_id
    told = {name: [str(value) if value is not None else None for value in pair] for name, pair in differing.items()}
    audit.record(actor, "hours.restate", entry, told)
    if entry.approved is not None and any(name in PRINTED for name in differing):
        if not differing.keys().isdisjoint(SPAN):
            _keep_what_fits(actor, entry)
        changed.send(entry)


def _keep_what_fits(actor: Account | None, entry: HoursEntry) -> None:
    """Whoever lets other time of the person count in this moment is waited for."""
    db.session.flush()
    overlap.lock_people([entry.id])
    if not overlap.still_fits(entry):
        keeping.reopen(actor, entry)


def restate_all(actor: Account | None, served: Sequence[Served]) -> None:
    """The same for everybody of one session or one entry of the log who has an entry."""
    known = {entry.person_id: entry for entry in _live_of(served)}
    for one in served:
        if one.person.id in known:
            restate(actor, known[one.person.id], one)


def why_not(actor: Account, entry: HoursEntry, revision: HoursRevision, came_by: int | None = None) -> str:
    """Why the account may not decide this revision, in words; empty when it may. `entry.association` is loaded;
    `came_by` noted when the person came: half of the number is theirs.
    """
    limited_to = group_ids(actor, RIGHT, entry.association)
    if limited_to is not None and entry.group_id not in limited_to:
        return _("You do not approve hours here.")
    if entry.person_id == actor.person_id:
        return _("Nobody approves their own hours.")
    if actor.person_id in (revision.recorded_by_id, came_by):
        return _("You recorded it: somebody else approves.")
    return ""


def _is_own(actor: Account | None, entry: HoursEntry) -> bool:
    return actor is not None and actor.person_id == entry.person_id


def _is_anothers_word(actor: Account | None, entry: HoursEntry) -> bool:
    """Whether what waits is somebody else's correction of the actor's own time: nobody takes that back alone."""
    waits = entry.waiting
    return _is_own(actor, entry) and waits is not None and waits.recorded_by_id != entry.person_id


def _check_minutes(minutes: int) -> None:
    if not 0 <= minutes <= DAY:
        raise RuleError("minutes", _("Write the minutes as a whole number from 0 to 1440."))


def _check_stands(entry: HoursEntry) -> None:
    if entry.voided_at is not None:
        raise RuleError("", _("This entry is struck out: it counts no longer."))


def _check_decision(actor: Account, entry: HoursEntry, revision: HoursRevision) -> None:
    _check_stands(entry)
    if bar := why_not(actor, entry, revision, queries.came_by([revision]).get(entry.id)):
        raise RuleError("", bar)


def _live_of(served: Sequence[Served]) -> list[HoursEntry]:
    """The entries that there are of these people for this session or log entry, held until the transaction ends."""
    if not served:
        return []
    source = (HoursEntry.session_id == served[0].session_id, HoursEntry.log_id == served[0].log_id)
    asked = source[0] if served[0].session_id is not None else source[1]
    return keeping.held(
        asked, HoursEntry.person_id.in_([one.person.id for one in served]), HoursEntry.voided_at.is_(None)
    )


def _begin_all(actor: Account | None, served: Sequence[Served], origin: str, reason: str) -> dict[int, HoursEntry]:
    """New entries by person, in an order in which two who do the same at once do not wait for one another."""
    made: dict[int, HoursEntry] = {}
    moment = now()
    with db.session.begin_nested():
        for one in sorted(served, key=lambda one: one.person.id):
            facts = {name: getattr(one, name) for name in (*FACTS, *PLACE)}
            facts["person_id"] = one.person.id
            made[one.person.id] = keeping.begin(actor, facts, one.minutes, origin, reason.strip(), moment)
        db.session.flush()
    for entry in made.values():
        told = {"minutes": entry.revisions[0].minutes, "origin": str(origin)}
        audit.record(actor, "hours.record", entry, told)
    return made


def _offer(actor: Account | None, entry: HoursEntry, minutes: int, origin: str, reason: str) -> None:
    """Another number for an entry that is held, unless it is the one that stands or was last refused."""
    if entry.waiting is not None:
        if entry.waiting.minutes == minutes:
            return
        if entry.approved is not None and entry.approved.minutes == minutes:
            if not _is_anothers_word(actor, entry):
                keeping.withdraw(actor, entry, reason)
            return
    elif minutes == entry.revisions[-1].minutes or (entry.approved and entry.approved.minutes == minutes):
        return
    keeping.add(actor, entry, minutes, origin, reason)
