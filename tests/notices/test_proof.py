"""What is published enters the chain in the same transaction, with all that a reader sees."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import joinedload

from portal.core.database import db
from portal.core.errors import RuleError
from portal.notices import desk, proof, services
from portal.notices.models import NoticeVersion
from portal.notices.signals import published as was_published
from portal.notices.signals import withdrawn as was_withdrawn
from portal.transparency.chain import digest_of
from portal.transparency.kinds import content_of, publications
from portal.transparency.models import ChainEntry
from tests.harness.cases import either_engine
from tests.notices.rows import acting, corrected, draft, published

HIDDEN = {  # what no reader sees, or what the page says in other words
    "id", "notice_id", "subject_id", "written_by", "written_at", "submitted_at", "submitted_by", "reviewed_at",
    "reviewed_by", "review_note", "publish_at", "published_by",
}  # fmt: skip


def entries() -> list[ChainEntry]:
    return list(
        db.session.scalars(select(ChainEntry).options(joinedload(ChainEntry.association)).order_by(ChainEntry.number))
    )


def test_each_publication_and_withdrawal_is_an_entry(cast, db_session):
    old = published(cast.secretary, cast.community, title="旧的", subject="财务公开", signed_on=date(2026, 1, 2))
    notice = published(cast.secretary, cast.community, supersedes=old.public_id)
    corrected(cast.secretary, notice, body="第二版")
    services.withdraw(acting(cast.secretary), notice, "发错了")
    services.withdraw(acting(cast.secretary), notice, "再来一次")
    db_session.flush()
    found = [(entry.kind, entry.document, entry.version) for entry in entries()]
    assert found == [
        ("notice", old.public_id, 1),
        ("notice", notice.public_id, 1),
        ("notice", notice.public_id, 2),
        ("notice_withdrawn", notice.public_id, 1),
    ]
    for entry in entries():
        content = content_of(entry.kind, entry.document, entry.version)
        assert content is not None
        assert digest_of(content) == entry.digest
        assert entry.association_id == cast.community.id
    named = {(kind, one.document, one.version, one.published_at) for kind, one in publications() if "notice" in kind}
    assert named >= {(entry.kind, entry.document, entry.version, entry.published_at) for entry in entries()}
    assert content_of("notice", notice.public_id, 1)["supersedes"] == old.public_id
    for nothing in (("notice", notice.public_id, 3), ("notice", "zzz", 1), ("notice_withdrawn", old.public_id, 1)):
        assert content_of(*nothing) is None


@either_engine
def test_every_column_that_a_reader_sees_is_in_it():
    assert set(proof.SEEN) == {column.key for column in NoticeVersion.__mapper__.column_attrs} - HIDDEN


def test_altered_behind_the_portals_back_the_digest_is_another(cast, db_session):
    notice = published(cast.secretary, cast.community)
    drop = {
        "sqlite": "DROP TRIGGER notice_version_no_update",
        "postgresql": "DROP TRIGGER notice_version_no_change ON notice_version",
    }
    db_session.execute(text(drop[db.engine.dialect.name]))
    db_session.execute(text("UPDATE notice_version SET contact = 'x'"))
    db_session.expire_all()
    (entry,) = entries()
    assert digest_of(content_of("notice", notice.public_id, 1)) != entry.digest


@either_engine
def test_what_is_not_published_is_no_entry(cast, db_session):
    notice = draft(cast.secretary, cast.community, body="")
    with pytest.raises(RuleError):
        services.publish(cast.secretary, notice, number=1)
    services.discard_draft(cast.secretary, notice)
    assert entries() == []
    assert content_of("notice", notice.public_id, 1) is None


@either_engine
def test_others_hear_of_it_in_the_same_transaction(cast, db_session):
    heard: list[object] = []

    def hear(sender: object, **_more: object) -> None:
        heard.append(sender)

    with was_published.connected_to(hear), was_withdrawn.connected_to(hear):
        notice = published(cast.secretary, cast.community)
        services.publish(cast.secretary, notice, number=1)
        services.withdraw(acting(cast.secretary), notice, "发错了")
    assert heard == [desk.get_version(notice, 1), notice]
