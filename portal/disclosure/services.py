"""What an association owes is fulfilled by a notice: written for it, or linked; and undone. Never commits."""

from __future__ import annotations

from datetime import date

from sqlalchemy import delete

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core.audit import Actor
from portal.core.audit import record as audit
from portal.core.calendar import now, today
from portal.core.database import add_single, db
from portal.core.errors import RuleError
from portal.core.i18n import lazy
from portal.disclosure import queries
from portal.disclosure.models import Disclosure, DisclosureDuty
from portal.disclosure.periods import Asked
from portal.notices import services as notices
from portal.notices.drafts import LIMITS, Content
from portal.notices.models import Notice, NoticeStatus

TITLE = LIMITS["title"]


def record(
    actor: Actor | None, association: Association, duty: DisclosureDuty, period_on: date, notice: Notice
) -> Disclosure:
    """A notice of the association fulfils a duty for the period that begins on `period_on`: once it is published.

    A draft can be recorded beforehand and fulfils nothing until then. What is withdrawn, or was to be kept up to date
    and has expired, makes room for another; the same again changes nothing. Raises RuleError("notice") for a notice
    of somebody else's, one that is withdrawn, and where another notice fulfils it already.
    """
    if notice.association_id != association.id or notice.status == NoticeStatus.WITHDRAWN:
        raise RuleError("notice", lazy("Choose a published notice of your own association."))
    asked = Asked(duty, period_on, period_on, period_on)
    known = queries.get_disclosure(association, asked, hold=True)
    if known is None:
        return _add(actor, association, asked, notice)
    if known.notice_id != notice.id:
        if queries.is_met_by(known.notice, duty, today(association.time_zone)):
            raise RuleError("notice", lazy("Another notice is linked already. Undo that first."))
        known.notice_id, known.notice = notice.id, notice
        known.recorded_at, known.recorded_by_id = now(), _person_id(actor)
        _note(actor, "disclosure.record", association, asked, notice)
    return known


def begin_notice(actor: Account, association: Association, due: queries.Due) -> Notice:
    """The draft that is to fulfil a duty, its kind, subject and title filled in; or the one that is there."""
    if due.notice is not None and (due.is_met or due.notice.status == NoticeStatus.DRAFT):
        return due.notice
    title = association.name + _joined(due.name, due.duty.title)
    subject = due.duty.subject if due.duty.subject and due.duty.subject.ended_on is None else None
    content = Content(
        title=title[:TITLE], kind=due.duty.kind, subject=subject.name if subject else "",
        issuer=association.name, signed_on=due.day, contact=association.contact,
    )  # fmt: skip
    notice = notices.save_draft(actor, association, content)
    db.session.flush()
    record(actor, association, due.duty, due.period_on, notice)
    return notice


def _joined(period: str, title: str) -> str:
    """2025年 and 年度收支情况 are 2025年度收支情况."""
    return period.removesuffix(title[:1]) + title


def undo(actor: Actor, association: Association, due: Asked) -> None:
    """The notice fulfils the duty no longer: it was linked by mistake. The notice itself stays as it is."""
    known = queries.get_disclosure(association, due)
    if known is None:
        raise RuleError("", lazy("Nothing is linked here."))
    _note(actor, "disclosure.undo", association, due, known.notice)
    db.session.delete(known)
    db.session.flush()


@notices.discarded.connect
def forget(notice: Notice, **_details: object) -> None:
    """A draft is discarded: what was to be fulfilled by it is owed as before."""
    db.session.execute(delete(Disclosure).where(Disclosure.notice_id == notice.id))


def _add(actor: Actor | None, association: Association, asked: Asked, notice: Notice) -> Disclosure:
    made = Disclosure(
        duty_id=asked.duty.id, association_id=association.id, period_on=asked.period_on, notice_id=notice.id,
        recorded_by_id=_person_id(actor),
    )  # fmt: skip
    if not add_single(made):  # two officers at once: the other one was first
        raise RuleError("notice", lazy("Another notice is linked already. Undo that first."))
    made.notice = notice
    _note(actor, "disclosure.record", association, asked, notice)
    return made


def _note(actor: Actor | None, action: str, association: Association, asked: Asked, notice: Notice) -> None:
    changes = {"duty": asked.duty.title, "period": asked.period_on.isoformat()}
    audit(actor, action, notice, changes, association_id=association.id)


def _person_id(actor: Actor | None) -> int | None:
    return actor.person_id if isinstance(actor, Account) else None
