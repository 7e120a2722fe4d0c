"""What was recorded stays: the audit log and published versions refuse every change, on both databases."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from portal.core.audit import record
from portal.core.calendar import now
from portal.core.database import db
from portal.notices.models import Notice, NoticeVersion

CHANGES = (
    "UPDATE audit_entry SET action = 'nothing happened'",
    "UPDATE audit_entry SET at = at WHERE id = (SELECT min(id) FROM audit_entry)",
    "DELETE FROM audit_entry",
    "DELETE FROM audit_entry WHERE id = (SELECT max(id) FROM audit_entry)",
    "UPDATE notice_version SET body = 'otherwise' WHERE published_at IS NOT NULL",
    "UPDATE notice_version SET published_at = NULL WHERE published_at IS NOT NULL",
    "UPDATE notice_version SET number = 7 WHERE published_at IS NOT NULL",
    "DELETE FROM notice_version WHERE published_at IS NOT NULL",
)
# Each engine has a way of its own of writing over what is there.
OWN = {
    "sqlite": (
        "INSERT OR REPLACE INTO audit_entry SELECT * FROM audit_entry",
        "REPLACE INTO notice_version SELECT * FROM notice_version WHERE published_at IS NOT NULL",
        "UPDATE OR REPLACE notice_version SET number = 1 WHERE published_at IS NULL",
        "UPDATE OR REPLACE audit_entry SET id = id + 1",
    ),
    "postgresql": (
        "TRUNCATE audit_entry",
        "TRUNCATE notice_version CASCADE",
        "TRUNCATE notice CASCADE",
        "WITH gone AS (DELETE FROM audit_entry RETURNING id) SELECT count(*) FROM gone",
        "INSERT INTO audit_entry SELECT * FROM audit_entry ON CONFLICT (id) DO UPDATE SET action = 'otherwise'",
        "MERGE INTO audit_entry USING (SELECT 1) AS one ON true WHEN MATCHED THEN DELETE",
    ),
}
REFUSED = r"append-only|is never"
TRIGGERS = {
    "sqlite": "SELECT 'DROP TRIGGER ' || name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT format('DROP TRIGGER %I ON %I', tgname, tgrelid::regclass) FROM pg_trigger"
    " WHERE NOT tgisinternal",
}


@pytest.fixture
def recorded(cast) -> None:
    """Two entries of the log, a published version and a draft."""
    notice = Notice(association_id=cast.community.id, title="通知", kind="notice")
    db.session.add(notice)
    db.session.flush()
    for number, published_at in ((1, now()), (2, None)):
        db.session.add(version(notice, number, published_at))
        record(cast.secretary, "notices.publish", notice)
    db.session.commit()


def version(notice: Notice, number: int, published_at: object) -> NoticeVersion:
    known = {
        "title": "通知",
        "kind": "notice",
        "body": "正文",
        "issuer": "望江社区协会",
        "signed_on": date(2026, 1, 1),
    }
    return NoticeVersion(notice_id=notice.id, number=number, published_at=published_at, **known)


def rows() -> list[object]:
    tables = ("audit_entry", "notice_version")
    return [tuple(row) for name in tables for row in db.session.execute(text(f"SELECT * FROM {name} ORDER BY id"))]


def test_every_change_is_refused(app, recorded, engine_kind):
    before = rows()
    for change in (*CHANGES, *OWN[engine_kind]):
        with pytest.raises(DBAPIError, match=REFUSED), db.session.begin_nested():
            db.session.execute(text(change))
        assert rows() == before, change


def test_adding_and_drafting_go_on(app, recorded):
    """The log grows; a draft is changed, published, or thrown away."""
    for change in (
        "UPDATE notice_version SET body = 'better' WHERE published_at IS NULL",
        "UPDATE notice_version SET published_at = '2026-01-01 00:00:00' WHERE published_at IS NULL",
    ):
        assert db.session.execute(text(change)).rowcount == 1


def test_a_draft_may_go(app, recorded):
    assert db.session.execute(text("DELETE FROM notice_version WHERE published_at IS NULL")).rowcount == 1


def test_control_without_the_triggers_it_passes(app, recorded, engine_kind):
    """Each of the changes works on a table without them, so it is they that refuse."""
    for statement in db.session.scalars(text(TRIGGERS[engine_kind])).all():
        db.session.execute(text(statement))
    db.session.execute(text("DELETE FROM notice_version WHERE published_at IS NULL"))
    for change in (*CHANGES, *OWN[engine_kind]):
        attempt = db.session.begin_nested()
        db.session.execute(text(change))
        attempt.rollback()
