"""What may happen to the log book: log, correct, strike out, restore, publish; photos and whom they show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from sqlalchemy import CursorResult, update
from sqlalchemy.exc import IntegrityError

from portal.accounts.models import Account
from portal.activities import queries
from portal.activities.models import (
    ActivityLog,
    ActivityMaterial,
    ActivityParticipant,
    ActivityPhoto,
    ActivityRevision,
)
from portal.associations.models import Association, Group
from portal.core import audit
from portal.core.calendar import now, today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import _, pgettext
from portal.offices.access import group_ids
from portal.people.models import Person
from portal.plans.kinds import ActivityKind

YEARS_BACK = 3
DAY = 1440
LIMITS = {"title": 80, "place": 80, "summary": 2000}
MOST_OTHERS = 100_000
MOST_HANDED_OUT = 1_000_000


@dataclass(frozen=True)
class Participation:
    """Somebody who took part; a volunteer with the minutes served, travel not counted."""

    person: Person
    is_volunteer: bool = False
    minutes: int = 0


@dataclass(frozen=True, kw_only=True)
class Details:
    """What an entry says. Without a title it is named for its kind and date."""

    kind: str
    held_on: date
    title: str = ""
    place: str = ""
    minutes: int = 0
    group: Group | None = None
    others_count: int = 0
    summary: str = ""
    is_public: bool = True
    participants: Sequence[Participation] = ()
    materials: Sequence[tuple[str, int]] = ()


@dataclass(frozen=True)
class NewPhoto:
    """A photo in the store."""

    key: str
    thumb_key: str
    width: int
    height: int
    caption: str = ""


@dataclass(frozen=True)
class Publication:
    """What the officer states: whoever can be recognised agreed (`agreed`), those without consent are in none."""

    agreed: bool = False
    absent: bool = False


OFFICE_ONLY = Publication()


class ChangedMeanwhileError(RuleError):
    """Somebody else saved the entry after this form was opened."""


def log_activity(
    actor: Account,
    association: Association,
    details: Details,
    *,
    entry_key: str,
    photos: Sequence[NewPhoto] = (),
    publication: Publication = OFFICE_ONLY,
) -> ActivityLog:
    """Enter an activity in the log book, once for each `entry_key` however often the form is sent.

    Service is recorded within 10 working days (order 67); later entries are taken, up to three years back.
    """
    known = queries.find_by_key(entry_key)
    if known is not None:
        return _own(known, association, actor)
    _check(actor, association, details)
    log = ActivityLog(association_id=association.id, entry_key=entry_key, recorded_by=actor.person_id)
    _apply(log, details)
    _attach(log, photos, publication)
    try:
        with db.session.begin_nested():
            db.session.add(log)
    except IntegrityError:  # the same form, sent twice at once: the other one was first
        known = queries.find_by_key(entry_key)
        if known is None:
            raise
        return _own(known, association, actor)
    audit.record(actor, "activities.log", log, {"held_on": str(log.held_on), "photos": len(photos)})
    return log


def correct_activity(
    actor: Account,
    log: ActivityLog,
    details: Details,
    *,
    revision: int,
    reason: str = "",
    photos: Sequence[NewPhoto] = (),
    publication: Publication = OFFICE_ONLY,
) -> None:
    """Change an entry and keep it as it stood, with who changed it and why.

    `revision` is the one the officer saw; ChangedMeanwhileError when it is no longer the present one. A complete
    entry is corrected with a reason only (order 67: corrections follow a check and keep the earlier value).
    """
    _check(actor, log.association, details, kept=log)
    before = log.snapshot()
    if log.is_complete and not reason:
        raise RuleError("reason", _("Say why the entry is corrected: it was complete."))
    _take_revision(log, revision)
    newcomers = _apply(log, details)
    if any(photo.is_public for photo in log.photos):
        _clear_for_publication(newcomers, publication)
    _attach(log, photos, publication)
    after = log.snapshot()
    if before == after:
        raise RuleError("", _("Nothing was changed."))
    kept = {"number": revision, "snapshot": before, "reason": reason, "replaced_by": actor.person_id}
    db.session.add(ActivityRevision(log_id=log.id, **kept))
    names = [name for name in after if before[name] != after[name]]
    audit.record(actor, "activities.correct", log, {"revision": log.revision, "fields": names, "reason": reason})


def strike_out(actor: Account, log: ActivityLog, reason: str) -> None:
    """Take an entry that should not be there out of lists, counts and public view. It stays in the record."""
    if not reason:
        raise RuleError("reason", _("Say why the entry is struck out."))
    if log.removed_at is None:
        log.removed_at = now()
        audit.record(actor, "activities.strike_out", log, {"reason": reason})


def restore(actor: Account, log: ActivityLog) -> None:
    """Undo a strike-out."""
    if log.removed_at is not None:
        log.removed_at = None
        audit.record(actor, "activities.restore", log)


def set_public(actor: Account, log: ActivityLog, is_public: bool) -> None:
    """Show the entry to everybody, without the names of those who took part, or to the office only."""
    if log.is_public != is_public:
        log.is_public = is_public
        audit.record(actor, "activities.set_public", log, {"is_public": is_public})


def add_photos(
    actor: Account, log: ActivityLog, photos: Sequence[NewPhoto], publication: Publication = OFFICE_ONLY
) -> None:
    _attach(log, photos, publication)
    audit.record(actor, "activities.add_photos", log, {"photos": len(photos), "public": publication.agreed})


def change_photo(
    actor: Account, log: ActivityLog, photo: ActivityPhoto, caption: str, publication: Publication
) -> None:
    """Describe a photo, and show it to everybody or to the office only."""
    if publication.agreed:
        _clear_for_publication(log.participants, publication)
    photo.caption, photo.is_public = caption, publication.agreed
    audit.record(actor, "activities.change_photo", log, {"photo": photo.public_id, "public": photo.is_public})


def remove_photo(actor: Account, log: ActivityLog, photo: ActivityPhoto) -> list[str]:
    """Take a photo out for good, as somebody in it may ask; the keys of the files to remove after the commit."""
    audit.record(actor, "activities.remove_photo", log, {"photo": photo.public_id})
    log.photos.remove(photo)
    return [photo.key, photo.thumb_key]


def preview(details: Details, photos: int) -> dict[str, Any]:
    """An entry's snapshot as it would be with these details; nothing is entered."""
    log = ActivityLog()
    _apply(log, details)
    return {**log.snapshot(), "photos": photos}


def _own(log: ActivityLog, association: Association, actor: Account) -> ActivityLog:
    """The entry, if this person made it here; a key that somebody else used is no key."""
    if (log.association_id, log.recorded_by) != (association.id, actor.person_id):
        raise RuleError("", _("This form was used already. Open a new one."))
    return log


def _check(actor: Account, association: Association, details: Details, kept: ActivityLog | None = None) -> None:
    if details.kind not in set(ActivityKind):
        raise RuleError("kind", _("Choose what kind of activity it was."))
    for name, limit in LIMITS.items():
        if len(getattr(details, name)) > limit:
            raise RuleError(name, _("At most %(count)s characters", count=limit))
    if kept is None or kept.held_on != details.held_on:
        check_date(details.held_on, today(association.time_zone))
    if kept is None or kept.group_id != (details.group.id if details.group else None):
        _check_group(details.group, association, group_ids(actor, "activities.write", association))
    _check_counts(details)


def _check_counts(details: Details) -> None:
    if not 0 <= details.minutes <= DAY:
        raise RuleError("minutes", _("An activity lasts at most 24 hours; log several days one by one."))
    if any(not 0 <= one.minutes <= DAY for one in details.participants):
        raise RuleError("person", _("Nobody serves more than 24 hours in one activity."))
    if not 0 <= details.others_count <= MOST_OTHERS:
        raise RuleError("others_count", _("This number is too large."))
    if any(not name or len(name) > 40 or not 0 < count <= MOST_HANDED_OUT for name, count in details.materials):
        raise RuleError("materials", _("Write what was handed out in a few words, and how many."))


def check_date(held_on: date, day: date) -> None:
    """An activity was held by `day`, and less than three years before it. Raises RuleError("held_on")."""
    if held_on > day:
        raise RuleError("held_on", _("The date of an activity cannot lie after today."))
    if (held_on.year + YEARS_BACK, held_on.month, held_on.day) <= (day.year, day.month, day.day):
        raise RuleError("held_on", _("An activity of three years ago or more is no longer logged here."))


def _check_group(group: Group | None, association: Association, limited_to: list[int] | None) -> None:
    if group is not None and (group.association_id != association.id or group.ended_on is not None):
        raise RuleError("group", _("Choose a group of this association."))
    if limited_to is not None and (group is None or group.id not in limited_to):
        raise RuleError("group", _("Choose a group that you lead."))


def _take_revision(log: ActivityLog, revision: int) -> None:
    """One conditional update: of two corrections of the same version the second changes no row, at any isolation."""
    statement = update(ActivityLog).where(ActivityLog.id == log.id, ActivityLog.revision == revision)
    statement = statement.values(revision=revision + 1).execution_options(synchronize_session=False)
    if cast("CursorResult[Any]", db.session.execute(statement)).rowcount != 1:
        raise ChangedMeanwhileError("", _("Somebody else saved this entry while you had it open. Nothing is lost."))
    log.revision = revision + 1


def _apply(log: ActivityLog, details: Details) -> list[ActivityParticipant]:
    """Write the details into the entry; those who were not in it before."""
    log.kind, log.held_on, log.place = details.kind, details.held_on, details.place
    log.title = details.title or ActivityKind(details.kind).title_on(details.held_on)
    log.minutes, log.others_count, log.summary = details.minutes, details.others_count, details.summary
    log.group, log.is_public = details.group, details.is_public
    present = {row.person.id: row for row in log.participants}
    wanted = {one.person.id: one for one in details.participants}
    rows = [present.get(key) or ActivityParticipant(person=one.person, person_id=key) for key, one in wanted.items()]
    for row, one in zip(rows, wanted.values(), strict=True):
        row.is_volunteer, row.minutes = one.is_volunteer, one.minutes if one.is_volunteer else 0
    log.participants = rows
    if [(row.name, row.count) for row in log.materials] != list(details.materials):
        log.materials = [ActivityMaterial(name=name, count=count) for name, count in details.materials]
    log.is_complete = not log.missing
    return [row for row in rows if row.person_id not in present]


def _attach(log: ActivityLog, photos: Sequence[NewPhoto], publication: Publication) -> None:
    if photos and publication.agreed:
        _clear_for_publication(log.participants, publication)
    log.photos += [ActivityPhoto(**vars(photo), is_public=publication.agreed) for photo in photos]


def _clear_for_publication(participants: Sequence[ActivityParticipant], publication: Publication) -> None:
    """Nobody named is shown in public without consent: name them, unless the officer states they are in no photo."""
    with db.session.no_autoflush:
        missing = queries.without_photo_consent([row.person_id for row in participants])
    if missing and not publication.absent:
        names = pgettext("between names", ", ").join(person.name for person in missing)
        message = _("Without consent to photos in public: %(names)s. Tick if they are in none.", names=names)
        raise RuleError("photos_absent", message)
    for row in participants:
        row.not_pictured = row.not_pictured or row.person in missing
