"""What may happen to the log book: log, correct, strike out, restore, publish; photos and whom they show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import update

from portal.accounts.models import Account
from portal.activities import queries, serving
from portal.activities.details import Details, check
from portal.activities.models import (
    ActivityLog,
    ActivityMaterial,
    ActivityParticipant,
    ActivityPhoto,
    ActivityRevision,
)
from portal.activities.pictured import without_photo_consent
from portal.associations.models import Association
from portal.core import audit
from portal.core.calendar import now
from portal.core.database import add_single, change, db
from portal.core.errors import RuleError
from portal.core.i18n import _, lazy, pgettext
from portal.plans.kinds import ActivityKind

IN_THE_BOOK = lazy("This session stands in the log book already.")


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
    check(actor, association, details)
    log = ActivityLog(association_id=association.id, entry_key=entry_key, recorded_by=actor.person_id)
    _take_from_plan(log, details)
    _apply(log, details)
    _attach(log, photos, publication)
    if not add_single(log):
        known = queries.find_by_key(entry_key)
        if known is None:
            raise RuleError("", IN_THE_BOOK)  # somebody else logged the session first
        return _own(known, association, actor)
    audit.record(actor, "activities.log", log, {"held_on": str(log.held_on), "photos": len(photos)})
    serving.follow(actor, log, {})
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
    check(actor, log.association, details, kept=log)
    before, earlier = log.snapshot(), serving.credits_of(log)
    if log.removed_at is not None:
        raise RuleError("", _("This entry is struck out. Undo that before you correct it."))
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
    log.reviewed_at = log.reviewed_by_id = None
    serving.follow(actor, log, earlier, reason)


def strike_out(actor: Account, log: ActivityLog, reason: str) -> None:
    """Take an entry that should not be there out of lists, counts and public view. It stays in the record."""
    if not reason:
        raise RuleError("reason", _("Say why the entry is struck out."))
    if log.removed_at is None:
        log.removed_at = now()
        audit.record(actor, "activities.strike_out", log, {"reason": reason})
        serving.strike(actor, log)


def restore(actor: Account, log: ActivityLog) -> None:
    """Undo a strike-out; not beside another entry of the same session."""
    if log.removed_at is not None:
        if log.session_id is not None and serving.standing_entry(log.session_id) is not None:
            raise RuleError("", IN_THE_BOOK)
        log.removed_at = None
        audit.record(actor, "activities.restore", log)
        serving.restore(actor, log)


def review(actor: Account, log: ActivityLog) -> None:
    """Somebody else looked through a complete entry and found it right; a correction takes that back."""
    if log.removed_at is not None or not log.is_complete:
        raise RuleError("", _("Only a complete entry is reviewed."))
    if actor.person_id in queries.list_writers(log):
        raise RuleError("", _("You wrote in this entry: somebody else reviews it."))
    if log.reviewed_at is None:
        log.reviewed_at, log.reviewed_by_id = now(), actor.person_id
        audit.record(actor, "activities.review", log, {"revision": log.revision})


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


def _take_from_plan(log: ActivityLog, details: Details) -> None:
    """The session whose attendance feeds the entry, or the activity that had none; each session is logged once."""
    session, activity = details.session, details.activity
    if session is not None:
        if serving.standing_entry(session.id) is not None:
            raise RuleError("", IN_THE_BOOK)
        log.session_id, log.activity_id = session.id, session.activity_id
    elif activity is not None:
        log.activity_id = activity.id


def _own(log: ActivityLog, association: Association, actor: Account) -> ActivityLog:
    """The entry, if this person made it here; a key that somebody else used is no key."""
    if (log.association_id, log.recorded_by) != (association.id, actor.person_id):
        raise RuleError("", _("This form was used already. Open a new one."))
    return log


def _take_revision(log: ActivityLog, revision: int) -> None:
    """One conditional update: of two corrections of the same version the second changes no row, at any isolation."""
    statement = update(ActivityLog).where(ActivityLog.id == log.id, ActivityLog.revision == revision)
    statement = statement.values(revision=revision + 1)
    if change(statement) != 1:
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
        missing = without_photo_consent([row.person_id for row in participants])
    if missing and not publication.absent:
        names = pgettext("between names", ", ").join(person.name for person in missing)
        message = _("Without consent to photos in public: %(names)s. Tick if they are in none.", names=names)
        raise RuleError("photos_absent", message)
    for row in participants:
        row.not_pictured = row.not_pictured or row.person in missing
