"""A draft is read by another officer before everybody reads it. Never commits."""

from __future__ import annotations

from portal.accounts.models import Account
from portal.core import audit, text
from portal.core.calendar import now, today
from portal.core.database import hold
from portal.core.errors import RuleError
from portal.core.i18n import _
from portal.notices import desk
from portal.notices.drafts import check_publishable, check_seen
from portal.notices.models import Notice, NoticeVersion, Way, way_of

NOTE = 500


def submit(actor: Account, notice: Notice, *, number: int, revision: str | None = None) -> NoticeVersion:
    """Hand version `number` to another officer, once nothing is missing. Asked twice, the answer is the same."""
    draft = _draft(notice, number)
    check_seen(notice, draft, revision)
    if way_of(draft) not in (Way.WRITING, Way.SENT_BACK):
        return draft
    check_publishable(notice, draft, today(desk.get_association_of(notice).time_zone))
    draft.submitted_at, draft.submitted_by = now(), actor.person_id
    draft.reviewed_at = draft.reviewed_by = None
    draft.review_note = ""
    audit.record(actor, "notices.submit", notice, {"version": number})
    return draft


def take_back(actor: Account, notice: Notice) -> None:
    """It is not to be read yet; nothing of it is lost."""
    hold(notice)
    draft = desk.get_draft(notice)
    if draft is None or way_of(draft) is not Way.SUBMITTED:
        return
    draft.begin_again()
    audit.record(actor, "notices.take_back", notice, {"version": draft.number})


def approve(
    actor: Account, notice: Notice, *, number: int, revision: str | None = None, note: str = ""
) -> NoticeVersion:
    """It may be published as `revision` showed it. Asked twice, the answer is the same."""
    draft = _draft(notice, number)
    check_seen(notice, draft, revision)
    if way_of(draft) in (Way.REVIEWED, Way.SCHEDULED):
        return draft
    _review(actor, notice, draft, note)
    audit.record(actor, "notices.approve", notice, {"version": number})
    return draft


def send_back(
    actor: Account, notice: Notice, *, number: int, revision: str | None = None, note: str = ""
) -> NoticeVersion:
    """Whoever wrote it goes on writing, and reads why. Asked twice, the answer is the same."""
    draft = _draft(notice, number)
    check_seen(notice, draft, revision)
    if way_of(draft) is Way.SENT_BACK:
        return draft
    if text.is_blank(note):
        raise RuleError("note", _("Write what is to be changed."))
    _review(actor, notice, draft, note)
    draft.submitted_at = None
    audit.record(actor, "notices.send_back", notice, {"version": number, "note": draft.review_note})
    return draft


def may_review(account: Account, notice: Notice, draft: NoticeVersion) -> bool:
    """Nobody reviews what they wrote, or a part of it, or submitted."""
    mine = account.person_id in (draft.written_by, draft.submitted_by)
    return not mine and not desk.has_written(account, notice, draft)


def _review(actor: Account, notice: Notice, draft: NoticeVersion, note: str) -> None:
    if way_of(draft) is not Way.SUBMITTED:
        raise RuleError("", _("This draft does not wait for a review."))
    if not may_review(actor, notice, draft):
        raise RuleError("", _("You wrote or submitted it yourself: another officer reads it."))
    if len(note.strip()) > NOTE:
        raise RuleError("note", _("At most %(count)s characters", count=NOTE))
    draft.reviewed_at, draft.reviewed_by, draft.review_note = now(), actor.person_id, note.strip()


def _draft(notice: Notice, number: int) -> NoticeVersion:
    hold(notice)
    draft = desk.get_draft(notice)
    if draft is None or draft.number != number:
        raise RuleError("", _("There is no draft any more."))
    return draft
