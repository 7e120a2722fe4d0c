"""From a draft to what everybody reads: at once, or at a moment that was set. Published once, it is never edited."""

from __future__ import annotations

from datetime import datetime, timedelta

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core import audit, text
from portal.core.calendar import now, today
from portal.core.database import db, hold
from portal.core.errors import RuleError
from portal.core.formats import local
from portal.core.i18n import _
from portal.notices import desk, index_numbers
from portal.notices.drafts import check_publishable, check_seen
from portal.notices.models import Notice, NoticeStatus, NoticeSubject, NoticeVersion
from portal.notices.proof import proof
from portal.notices.signals import published
from portal.transparency.models import ChainKind
from portal.transparency.services import enter

LONGEST_WAIT = timedelta(days=366)


def publish(actor: Account, notice: Notice, *, number: int, revision: str | None = None) -> NoticeVersion:
    """Publish version `number` as `revision` showed it.

    The first publication gives the index number. Asked twice, the answer is the same. Raises RuleError for what
    is missing, a review among it where the federation wants one.
    """
    hold(notice)
    draft = desk.get_draft(notice)
    if draft is None or draft.number != number:
        return _published_before(notice, number)
    check_seen(notice, draft, revision)
    association = desk.get_association_of(notice)
    check_publishable(notice, draft, today(association.time_zone))
    _check_reviewed(association, draft)
    draft.publish_at, draft.published_by = None, actor.person_id
    _release(notice, draft, association, now())
    audit.record(actor, "notices.publish", notice, {"version": number, "index_number": notice.index_number})
    return draft


def schedule(
    actor: Account, notice: Notice, at: datetime, *, number: int, revision: str | None = None
) -> NoticeVersion:
    """Let version `number`, as `revision` showed it, be published at a moment to come; another moment replaces it."""
    hold(notice)
    draft = desk.get_draft(notice)
    if draft is None or draft.number != number:
        raise RuleError("", _("There is no draft any more."))
    check_seen(notice, draft, revision)
    association = desk.get_association_of(notice)
    if not now() < at <= now() + LONGEST_WAIT:
        raise RuleError("day", _("Choose a moment to come, within a year."))
    check_publishable(notice, draft, local(at, association.time_zone).date())
    _check_reviewed(association, draft)
    draft.publish_at, draft.published_by = at, actor.person_id
    audit.record(actor, "notices.schedule", notice, {"version": number, "at": at.isoformat()})
    return draft


def unschedule(actor: Account, notice: Notice) -> None:
    """It is published at no moment by itself any more; what was approved stays so."""
    hold(notice)
    draft = desk.get_draft(notice)
    if draft is None or draft.publish_at is None:
        return
    draft.publish_at = draft.published_by = None
    audit.record(actor, "notices.unschedule", notice, {"version": draft.number})


def publish_due(notice_id: int, moment: datetime) -> bool:
    """Publish a draft whose moment has come, if nobody has meanwhile; whether it was done now.

    What stands in the way by now sends it back to whoever wrote it, with the reason.
    """
    notice = db.session.get(Notice, notice_id)
    if notice is None:
        return False
    hold(notice)
    draft = desk.get_draft(notice)
    if draft is None or draft.publish_at is None or draft.publish_at > moment:
        return False
    association = desk.get_association_of(notice)
    try:
        _check_still(notice, draft, association)
    except RuleError as error:
        _put_back(notice, draft, moment, str(error))
        return False
    _release(notice, draft, association, moment)
    changes = {"version": draft.number, "index_number": notice.index_number, "scheduled": True}
    audit.record(None, "notices.publish", notice, changes, person_id=draft.published_by)
    return True


def show(notice: Notice, version: NoticeVersion) -> None:
    """Lists read these fields from the notice."""
    notice.title, notice.kind, notice.expires_on = version.title, version.kind, version.expires_on
    notice.subject_id = version.subject_id


def _check_still(notice: Notice, draft: NoticeVersion, association: Association) -> None:
    if association.is_archived:
        raise RuleError("", _("This association is archived: it can be read, not changed."))
    check_publishable(notice, draft, today(association.time_zone))
    _check_reviewed(association, draft)


def _put_back(notice: Notice, draft: NoticeVersion, moment: datetime, reason: str) -> None:
    draft.begin_again()
    draft.reviewed_at, draft.review_note = moment, reason
    audit.record(None, "notices.not_published", notice, {"version": draft.number, "reason": reason})


def _check_reviewed(association: Association, draft: NoticeVersion) -> None:
    is_approved = draft.submitted_at is not None and draft.reviewed_at is not None  # sent back it is not submitted
    if not is_approved and desk.is_reviewed(association):
        raise RuleError("", _("Another officer reads it first: submit it for review."))


def _release(notice: Notice, draft: NoticeVersion, association: Association, moment: datetime) -> None:
    """The one act of publication: the version is frozen, numbered, told of, and enters the chain last of all."""
    subject = db.session.get(NoticeSubject, draft.subject_id) if draft.subject_id else None
    if subject is not None:
        draft.subject = subject.name
    draft.html, draft.published_at = text.render(draft.body), moment
    if notice.published_at is None:
        desk.lock_association(association.id)
        notice.published_at, notice.index_number = moment, index_numbers.next_number(association)
    notice.status, notice.updated_at = NoticeStatus.PUBLISHED, moment
    show(notice, draft)
    db.session.flush()
    published.send(draft)
    content = proof(draft, notice)
    enter(ChainKind.NOTICE, notice.association_id, notice.public_id, draft.number, content, at=moment)


def _published_before(notice: Notice, number: int) -> NoticeVersion:
    version = desk.get_version(notice, number)
    if version is None:
        raise RuleError("", _("There is nothing to publish."))
    return version
