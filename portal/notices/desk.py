"""Reading notices for the office: its list, one notice with its draft, and what a change must lock or count."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, case, cast, exists, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.associations.queries import in_subtree
from portal.core.audit import AuditEntry
from portal.core.database import db
from portal.core.paging import Page, paginate
from portal.notices.models import Notice, NoticeStatus, NoticeVersion
from portal.notices.queries import IS_SUPERSEDED, LIST_COLUMNS, NEWEST_FIRST, PLACES
from portal.notices.search import matching, titled
from portal.offices.access import visible
from portal.people.models import Person

_is_draft = and_(NoticeVersion.notice_id == Notice.id, NoticeVersion.published_at.is_(None))
STATES = ("draft", "submitted", "scheduled", "published", "withdrawn")
OF_DRAFTS: dict[str, tuple[ColumnElement[bool], ...]] = {
    "draft": (),
    "submitted": (NoticeVersion.submitted_at.is_not(None), NoticeVersion.reviewed_at.is_(None)),
    "scheduled": (NoticeVersion.publish_at.is_not(None),),
}
# What is written on a version, as the log calls it.
WRITING = ("notices.create", "notices.edit", "notices.attach", "notices.describe", "notices.detach")


def list_office(account: Account, association: Association, state: str, words: str, number: int) -> Page[Any]:
    """The office's list: drafts with their writer, published and withdrawn ones; last touched first."""
    return paginate(office_rows(account, association, state, words), number, scalars=False)


def office_rows(account: Account, association: Association, state: str, words: str) -> Any:
    """All rows of the office's list, as the page and the export show them."""
    touched = func.coalesce(NoticeVersion.written_at, Notice.updated_at)
    statement: Any = (
        select(
            *LIST_COLUMNS,
            IS_SUPERSEDED,
            Notice.index_number,
            Notice.is_pinned,
            Notice.updated_at,
            Notice.withdrawn_at,
            Notice.withdrawal_reason,
            NoticeVersion.written_at.label("draft_at"),
            NoticeVersion.submitted_at,
            NoticeVersion.reviewed_at,
            NoticeVersion.publish_at,
            Person.name.label("draft_by"),
        )
        .select_from(Notice)
        .join(Association, Association.id == Notice.association_id)
        .outerjoin(NoticeVersion, _is_draft)
        .outerjoin(Person, Person.id == NoticeVersion.written_by)
        .where(Notice.association_id == association.id, *_in_state(state), *_with_words(words))
        .order_by(touched.desc(), Notice.id.desc())
    )
    return visible(statement, account, "notices.read", Notice)


def count_states(account: Account, association: Association) -> dict[str, int]:
    """How many the office has of each state; a notice with a draft of a correction is in two of them."""
    statement: Any = select(*(func.count(case((and_(*_in_state(state)), 1))) for state in STATES), func.count())
    statement = statement.select_from(Notice).outerjoin(NoticeVersion, _is_draft)
    counted = visible(statement.where(Notice.association_id == association.id), account, "notices.read", Notice)
    return dict(zip((*STATES, "all"), db.session.execute(counted).one(), strict=True))


def get_notice(account: Account, association: Association, public_id: str) -> Notice | None:
    """A notice of the association for its office, with what it supersedes."""
    statement = (
        select(Notice)
        .options(joinedload(Notice.supersedes), joinedload(Notice.target))
        .where(Notice.public_id == public_id, Notice.association_id == association.id)
    )
    notice: Notice | None = db.session.scalar(visible(statement, account, "notices.read", Notice))
    return notice


def get_by_entry_key(entry_key: str) -> Notice | None:
    return db.session.scalar(
        select(Notice).options(joinedload(Notice.supersedes)).where(Notice.entry_key == entry_key)
    )


def get_draft(notice: Notice) -> NoticeVersion | None:
    """The draft as it is in the database now, with its writer."""
    statement = (
        select(NoticeVersion)
        .options(
            joinedload(NoticeVersion.author), joinedload(NoticeVersion.submitter), joinedload(NoticeVersion.reviewer)
        )
        .where(NoticeVersion.notice_id == notice.id, NoticeVersion.published_at.is_(None))
        .execution_options(populate_existing=True)
    )
    return db.session.scalar(statement)


def get_current(notice: Notice) -> NoticeVersion:
    """The version that the public reads, of a notice that was published."""
    statement = (
        select(NoticeVersion)
        .where(NoticeVersion.notice_id == notice.id, NoticeVersion.published_at.is_not(None))
        .order_by(NoticeVersion.number.desc())
    )
    return db.session.scalars(statement.limit(1)).one()


def get_record(notice: Notice) -> NoticeVersion:
    """The version that the public read last, with who wrote, submitted, read and released it."""
    people = (NoticeVersion.author, NoticeVersion.submitter, NoticeVersion.reviewer, NoticeVersion.publisher)
    statement = select(NoticeVersion).options(*map(joinedload, people)).order_by(NoticeVersion.number.desc())
    wanted = (NoticeVersion.notice_id == notice.id, NoticeVersion.published_at.is_not(None))
    return db.session.scalars(statement.where(*wanted).limit(1)).one()


def get_version(notice: Notice, number: int) -> NoticeVersion | None:
    """A published version."""
    return db.session.scalar(
        select(NoticeVersion).where(
            NoticeVersion.notice_id == notice.id,
            NoticeVersion.number == number,
            NoticeVersion.published_at.is_not(None),
        )
    )


def list_due(moment: datetime) -> Sequence[int]:
    """The notices with a draft whose moment to be published has come, the earliest first."""
    statement = select(NoticeVersion.notice_id).where(
        NoticeVersion.published_at.is_(None), NoticeVersion.publish_at <= moment
    )
    return db.session.scalars(statement.order_by(NoticeVersion.publish_at, NoticeVersion.id)).all()


def is_reviewed(association: Association) -> bool:
    """Whether the federation wants another officer to read what is published."""
    root = select(Association.reviews_notices).where(Association.id == association.path_ids[0])
    return bool(db.session.scalar(root))


def has_written(account: Account, notice: Notice, draft: NoticeVersion) -> bool:
    """Whether the account has written on this version, by itself or among others."""
    statement = select(AuditEntry.changes).where(
        AuditEntry.target_type == Notice.__name__,
        AuditEntry.target_id == notice.public_id,
        AuditEntry.actor_id == account.id,
        AuditEntry.action.in_(WRITING),
    )
    return any(changes.get("version", 1) == draft.number for changes in db.session.scalars(statement))


def list_targets(association: Association) -> Sequence[Association]:
    """The association and those below it, in the order of the tree."""
    statement = select(Association).where(in_subtree(association.path), Association.archived_on.is_(None))
    return db.session.scalars(statement.order_by(Association.path).limit(PLACES)).all()


def get_target(association: Association, code: str) -> Association | None:
    """The association itself or one below it, by its code."""
    statement = select(Association).where(
        in_subtree(association.path), Association.archived_on.is_(None), Association.code == code
    )
    return db.session.scalar(statement)


def get_association_of(notice: Notice) -> Association:
    return db.session.get_one(Association, notice.association_id)


def list_supersedable(association: Association, notice: Notice | None = None) -> Sequence[Any]:
    """The association's own published notices that nothing has superseded yet, newest first."""
    statement = select(Notice.public_id, Notice.title, Notice.index_number).where(
        Notice.association_id == association.id, Notice.status == NoticeStatus.PUBLISHED, ~_is_taken()
    )
    if notice is not None:
        statement = statement.where(Notice.id != notice.id)
    return db.session.execute(statement.order_by(*NEWEST_FIRST).limit(PLACES)).all()


def get_supersedable(association_id: int, public_id: str) -> Notice | None:
    """The association's own published notice with this id."""
    return db.session.scalar(
        select(Notice).where(
            Notice.public_id == public_id,
            Notice.association_id == association_id,
            Notice.status == NoticeStatus.PUBLISHED,
        )
    )


def is_taken(notice: Notice) -> bool:
    """Whether another published notice supersedes already what this one is to supersede."""
    statement = select(Notice.id).where(
        Notice.supersedes_id == notice.supersedes_id,
        Notice.status == NoticeStatus.PUBLISHED,
        Notice.id != notice.id,
    )
    return notice.supersedes_id is not None and db.session.scalar(statement.limit(1)) is not None


def count_pinned(association_id: int, apart_from: Notice | None = None) -> int:
    """How many published notices of the association are pinned."""
    statement = select(func.count()).where(
        Notice.association_id == association_id, Notice.status == NoticeStatus.PUBLISHED, Notice.is_pinned
    )
    if apart_from is not None and apart_from.id:
        statement = statement.where(Notice.id != apart_from.id)
    return db.session.scalar(statement) or 0


def last_serial(association_id: int, before: str, after: str) -> int:
    """The highest number given so far between these two; 0 if none was. What else stands there is no number of it."""
    number, around = Notice.index_number, len(before) + len(after)
    middle = func.substr(number, len(before) + 1, func.length(number) - around)
    is_number = (func.length(number).between(around + 1, around + 9), func.rtrim(middle, "0123456789") == "")
    whose = (Notice.association_id == association_id, number.startswith(before, autoescape=True))
    found = select(func.max(cast(middle, Integer))).where(*whose, number.endswith(after, autoescape=True), *is_number)
    return db.session.scalar(found) or 0


def lock_association(association_id: int) -> None:
    """Let others who number notices of this association wait until the transaction ends."""
    db.session.execute(select(Association.id).where(Association.id == association_id).with_for_update(key_share=True))


def was_discarded(association: Association, public_id: str) -> bool:
    """Whether a draft with this id was discarded here, so that whoever still has it open learns of it."""
    statement = select(AuditEntry.id).where(
        AuditEntry.target_type == Notice.__name__,
        AuditEntry.target_id == public_id,
        AuditEntry.association_id == association.id,
        AuditEntry.action == "notices.discard",
    )
    return db.session.scalar(statement.limit(1)) is not None


def _is_taken() -> ColumnElement[bool]:
    """Whether a published notice says already that it supersedes this one."""
    newer = aliased(Notice)
    return exists().where(newer.supersedes_id == Notice.id, newer.status == NoticeStatus.PUBLISHED)


def _with_words(words: str) -> list[ColumnElement[bool]]:
    """Every word stands in the title, or in what is published."""
    return [or_(titled(words), *matching(words))] if words else []


def _in_state(state: str) -> list[ColumnElement[bool]]:
    if state in OF_DRAFTS:
        return [NoticeVersion.id.is_not(None), *OF_DRAFTS[state]]
    return [Notice.status == state] if state in STATES else []
