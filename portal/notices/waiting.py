"""What of the notices waits for an officer: counted for the work list."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.notices.models import Notice, NoticeVersion
from portal.offices.access import can

_draft = NoticeVersion
_SENT_BACK = and_(_draft.submitted_at.is_(None), _draft.reviewed_at.is_not(None))


def questions(account: Account, association: Association) -> dict[str, Select[Any]]:
    """Who writes: own drafts that were sent back, all others. Who publishes: what others submitted, what is approved,
    and the next moment that is set.
    """
    asked: dict[str, Select[Any]] = {}
    mine = or_(_draft.written_by == account.person_id, _draft.submitted_by == account.person_id)
    if can(account, "notices.write", association):
        begun = and_(_draft.submitted_at.is_(None), _draft.publish_at.is_(None))
        asked["drafts"] = _counting(association, begun, ~and_(_SENT_BACK, mine))
        asked["sent_back"] = _counting(association, _SENT_BACK, mine)
    if can(account, "notices.publish", association):
        submitted = _draft.submitted_at.is_not(None)
        others = and_(_draft.written_by.is_distinct_from(account.person_id), _draft.submitted_by != account.person_id)
        asked["to_review"] = _counting(association, submitted, _draft.reviewed_at.is_(None), others)
        approved = (submitted, _draft.reviewed_at.is_not(None), _draft.publish_at.is_(None))
        asked["approved"] = _counting(association, *approved)
        asked["scheduled"] = _counting(association, _draft.publish_at.is_not(None))
        next_one = select(func.min(_draft.publish_at)).join(_draft.notice)
        asked["scheduled_for"] = next_one.where(*_here(association))
    return asked


def _counting(association: Association, *conditions: ColumnElement[bool]) -> Select[Any]:
    return select(func.count()).select_from(_draft).join(_draft.notice).where(*_here(association), *conditions)


def _here(association: Association) -> tuple[ColumnElement[bool], ...]:
    return Notice.association_id == association.id, _draft.published_at.is_(None)
