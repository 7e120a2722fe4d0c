"""Reading the list of subjects that a federation keeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import func, select

from portal.core.database import db
from portal.notices.models import Notice, NoticeSubject


def list_subjects(root_id: int) -> Sequence[NoticeSubject]:
    """Those in use, in their order."""
    statement = select(NoticeSubject).where(NoticeSubject.association_id == root_id, NoticeSubject.ended_on.is_(None))
    return db.session.scalars(statement.order_by(NoticeSubject.position, NoticeSubject.id)).all()


def list_ended_subjects(root_id: int) -> Sequence[NoticeSubject]:
    statement = select(NoticeSubject).where(
        NoticeSubject.association_id == root_id, NoticeSubject.ended_on.is_not(None)
    )
    return db.session.scalars(statement.order_by(NoticeSubject.ended_on.desc(), NoticeSubject.id)).all()


def get_subject(root_id: int, public_id: str) -> NoticeSubject | None:
    """One of the federation's list, ended or not."""
    return db.session.scalar(
        select(NoticeSubject).where(NoticeSubject.association_id == root_id, NoticeSubject.public_id == public_id)
    )


def count_by_subject(root_id: int) -> Mapping[int, int]:
    """How many notices are filed under each, by its id."""
    statement = (
        select(NoticeSubject.id, func.count(Notice.id))
        .join(Notice, Notice.subject_id == NoticeSubject.id)
        .where(NoticeSubject.association_id == root_id)
        .group_by(NoticeSubject.id)
    )
    return dict(db.session.execute(statement).all())
