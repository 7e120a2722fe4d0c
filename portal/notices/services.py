"""What may happen to a notice: drafted, published, corrected as a new version, withdrawn, discarded while a draft."""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy import delete

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core import audit, text
from portal.core.calendar import now
from portal.core.database import add_once, db, hold
from portal.core.errors import RuleError
from portal.core.i18n import _
from portal.notices import attachments, desk
from portal.notices.drafts import ChangedMeanwhileError, Content, Placing, check_pins, check_shape, revision_of
from portal.notices.models import Notice, NoticeStatus, NoticeVersion
from portal.notices.proof import WITHDRAWN, proof_of_withdrawal
from portal.notices.publishing import publish, schedule, show, unschedule
from portal.notices.reviewing import approve, send_back, submit, take_back
from portal.notices.signals import discarded, published, weighed, withdrawn
from portal.notices.subject_queries import list_subjects
from portal.transparency.models import ChainKind
from portal.transparency.services import enter

__all__ = [
    "ChangedMeanwhileError", "approve", "begin_correction", "discard_draft", "discarded", "publish", "published",
    "save_draft", "schedule", "send_back", "set_pinned", "submit", "take_back", "unschedule", "weighed", "withdraw",
    "withdrawn",
]  # fmt: skip
REASON = 500


def save_draft(
    actor: Account,
    association: Association,
    content: Content,
    placing: Placing | None = None,
    *,
    notice: Notice | None = None,
    entry_key: str | None = None,
    revision: str | None = None,
) -> Notice:
    """Keep a draft: a new notice, once for each `entry_key`, or the draft of `notice` as `revision` showed it.

    A draft needs a title only; what else is missing is asked for when it is published. Raises RuleError by the
    field at fault, ChangedMeanwhileError when somebody else saved it first.
    """
    check_shape(content)
    if notice is None:
        return _begin(actor, association, content, placing or Placing(), entry_key)
    hold(notice)
    draft = desk.get_draft(notice)
    if draft is None:
        raise RuleError("", _("This draft was published meanwhile. Copy what you typed, and begin a correction."))
    if revision is not None and revision != revision_of(notice, draft):
        raise ChangedMeanwhileError(notice, _changed_by(draft))
    weighed.send(notice, content=content, before=Content.of(draft))
    before = asdict(Content.of(draft))
    _write(actor, notice, draft, content, placing)
    changes = audit.changed(before, asdict(content))
    audit.record(actor, "notices.edit", notice, {"version": draft.number, "fields": sorted(changes)})
    return notice


def begin_correction(actor: Account, notice: Notice) -> NoticeVersion:
    """A draft of the next version, the same as the current one; the draft that is there if somebody began it."""
    hold(notice)
    if notice.status != NoticeStatus.PUBLISHED:
        raise RuleError("", _("Only a published notice can be corrected."))
    draft = desk.get_draft(notice)
    if draft is not None:
        return draft
    current = desk.get_current(notice)
    content = asdict(Content.of(current)) | {"correction_note": ""}
    about = {"subject_id": current.subject_id, "written_by": actor.person_id}
    draft = NoticeVersion(notice_id=notice.id, number=current.number + 1, **about, **content)
    db.session.add(draft)
    db.session.flush()
    attachments.copy(current, draft)
    audit.record(actor, "notices.correct", notice, {"version": draft.number})
    return draft


def withdraw(actor: Account, notice: Notice, reason: str) -> list[str]:
    """Take a published notice out of force and its text out of sight; title, reason and date stay in the record.

    A correction in the making is discarded with it; returns the keys of its files, as discard_draft does.
    """
    hold(notice)
    if notice.status == NoticeStatus.WITHDRAWN:
        return []
    if notice.status != NoticeStatus.PUBLISHED:
        raise RuleError("", _("Only a published notice can be withdrawn."))
    reason = _why(reason)
    draft = desk.get_draft(notice)
    unused = _delete(draft) if draft is not None else []
    notice.status, notice.withdrawal_reason, notice.is_pinned = NoticeStatus.WITHDRAWN, reason, False
    notice.withdrawn_at = notice.updated_at = now()
    db.session.flush()
    withdrawn.send(notice)
    audit.record(actor, "notices.withdraw", notice, {"reason": reason, "draft_discarded": draft is not None})
    about = (notice.association_id, notice.public_id, WITHDRAWN, proof_of_withdrawal(notice))
    enter(ChainKind.NOTICE_WITHDRAWN, *about, at=notice.withdrawn_at)
    return unused


def _why(reason: str) -> str:
    """What everybody will read of a withdrawal."""
    if text.is_blank(reason):
        raise RuleError("reason", _("Write why it is withdrawn; everybody will read it."))
    if len(reason.strip()) > REASON:
        raise RuleError("reason", _("At most %(count)s characters", count=REASON))
    return reason.strip()


def discard_draft(actor: Account, notice: Notice) -> list[str]:
    """Throw a draft away: of a notice that was never published all of it, else the correction in the making.

    Returns the keys of its files, to be removed from the store once that is certain.
    """
    hold(notice)
    draft = desk.get_draft(notice)
    if draft is None:
        raise RuleError("", _("There is no draft to discard."))
    audit.record(actor, "notices.discard", notice, {"title": draft.title, "version": draft.number})
    unused = _delete(draft)
    if notice.status == NoticeStatus.DRAFT:
        discarded.send(notice)
        db.session.execute(delete(Notice).where(Notice.id == notice.id))
    return unused


def set_pinned(actor: Account, notice: Notice, is_pinned: bool) -> None:
    """Let a published notice stand first in the list of its association, or no longer."""
    hold(notice)
    if notice.status != NoticeStatus.PUBLISHED:
        raise RuleError("", _("Only a published notice can be pinned."))
    if notice.is_pinned == is_pinned:
        return
    check_pins(notice.association_id, is_pinned, notice)
    notice.is_pinned = is_pinned
    audit.record(actor, "notices.pin", notice, {"is_pinned": is_pinned})


def _begin(
    actor: Account, association: Association, content: Content, placing: Placing, entry_key: str | None
) -> Notice:
    known = desk.get_by_entry_key(entry_key) if entry_key else None
    if known is not None:
        return _sent_before(actor, association, known, content)
    draft = NoticeVersion(number=1)
    notice = Notice(association_id=association.id, created_by=actor.person_id, entry_key=entry_key, versions=[draft])
    _write(actor, notice, draft, content, placing)
    known = add_once(notice, lambda: desk.get_by_entry_key(entry_key or ""))
    if known is not notice:
        return _sent_before(actor, association, known, content)
    audit.record(actor, "notices.create", notice, {"title": content.title})
    return notice


def _sent_before(actor: Account, association: Association, known: Notice, content: Content) -> Notice:
    """The notice that this form made when it was sent before; another text than then is not silently dropped."""
    if (known.association_id, known.created_by) != (association.id, actor.person_id):
        raise RuleError("", _("This form was used already. Open a new one."))
    draft = desk.get_draft(known)
    if draft is None:
        raise RuleError("", _("This draft was published meanwhile. Copy what you typed, and begin a correction."))
    if Content.of(draft) != content:
        raise ChangedMeanwhileError(known, _changed_by(draft))
    return known


def _write(actor: Account, notice: Notice, draft: NoticeVersion, content: Content, placing: Placing | None) -> None:
    association = desk.get_association_of(notice)
    _file_under(association, draft, content.subject)
    for name, value in asdict(content).items():
        setattr(draft, name, value)
    draft.written_by, draft.written_at = actor.person_id, now()
    draft.begin_again()
    if notice.published_at is None:
        show(notice, draft)
        _place(notice, association, placing or Placing())


def _file_under(association: Association, draft: NoticeVersion, name: str) -> None:
    """A subject of the federation's list, or the one that it has, though that was renamed or ended since."""
    if name == (draft.subject or ""):
        return
    found = {one.name: one.id for one in list_subjects(association.path_ids[0])}
    if name and name not in found:
        raise RuleError("subject", _("Choose a subject of the list."))
    draft.subject_id = found.get(name)


def _place(notice: Notice, association: Association, placing: Placing) -> None:
    """Supersede only what is the association's own and published, pin only a few, stand on no page above."""
    older = None
    if placing.supersedes:
        older = desk.get_supersedable(notice.association_id, placing.supersedes)
        if older is None:
            raise RuleError("supersedes", _("Choose a published notice of your own association."))
    notice.supersedes_id = older.id if older else None
    check_pins(notice.association_id, placing.is_pinned, notice)
    notice.is_pinned = placing.is_pinned
    notice.target = desk.get_target(association, placing.target) if placing.target else None
    notice.target_id = notice.target.id if notice.target else None
    if placing.target and notice.target is None:
        raise RuleError("target", _("Choose your own association or one below it."))


def _delete(draft: NoticeVersion) -> list[str]:
    """Throw a draft away; returns the keys of files that nothing else keeps, to be removed once that is certain."""
    unused = attachments.drop_all(draft)
    db.session.execute(delete(NoticeVersion).where(NoticeVersion.id == draft.id))
    return unused


def _changed_by(draft: NoticeVersion) -> str:
    name = draft.author.name if draft.author else ""
    message = _(
        "%(name)s saved this draft after you opened it. Nothing you typed is lost: it stands below. "
        "Compare the two; saving again replaces the other text with yours.",
        name=name,
    )
    return str(message)
