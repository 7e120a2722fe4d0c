"""Scheduling: published by itself when its moment has come, once, as it was approved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select

from portal.core import calendar
from portal.core.audit import AuditEntry
from portal.core.calendar import now
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.formats import local
from portal.core.jobs import queue
from portal.notices import clock, desk, publishing, services
from portal.notices.drafts import Content, revision_of
from portal.notices.models import Notice, NoticeVersion, Way, way_of
from portal.transparency.models import ChainEntry
from tests.harness.cases import each, either_engine
from tests.harness.together import told
from tests.notices.rows import OFFICE, TITLE, WHO_MAY_NOT, draft, published

SOON = timedelta(hours=1)


@pytest.fixture
def notice(cast):
    return draft(cast.secretary, cast.community)


@pytest.fixture
def url(notice) -> str:
    return f"{OFFICE}/{notice.public_id}"


def scheduled(actor, notice, within: timedelta = SOON) -> datetime:
    at = now() + within
    services.schedule(actor, notice, at, number=1)
    db.session.flush()
    return at


def moment(at: datetime) -> dict[str, str]:
    here = local(at)
    return {"number": "1", "day": here.date().isoformat(), "at": f"{here:%H:%M}"}


def test_from_the_form_to_the_reader(cast, sign_in, client, db_session, notice, url):
    secretary = sign_in(cast.secretary)
    at = (now() + timedelta(days=2)).replace(second=0, microsecond=0)
    response = secretary.submit(f"{url}/schedule", moment(at), page=f"{url}/check")
    assert response.headers["Location"] == f"{url}/check"
    assert desk.get_draft(notice).publish_at == at
    clock.publish_due()
    assert client.get(f"/notices/{notice.public_id}").status_code == 404
    with calendar.at(at + timedelta(seconds=30)):
        clock.publish_due()
        clock.publish_due()
    assert client.page(f"/notices/{notice.public_id}").h1.get_text() == TITLE
    version = desk.get_current(notice)
    assert (version.published_at, version.published_by) == (at + timedelta(seconds=30), cast.secretary.person_id)
    assert notice.index_number.endswith("-0001")
    entries = db_session.scalars(select(AuditEntry).where(AuditEntry.action == "notices.publish")).all()
    assert [(entry.actor_name, entry.changes["scheduled"]) for entry in entries] == [("", True)]
    assert db_session.scalar(select(func.count()).select_from(ChainEntry)) == 1


def test_taken_off_and_set_anew(cast, sign_in, db_session, notice, url):
    scheduled(cast.secretary, notice)
    later = scheduled(cast.publisher, notice, 2 * SOON)
    assert (desk.get_draft(notice).publish_at, desk.get_draft(notice).published_by) == (
        later, cast.publisher.person_id,
    )  # fmt: skip
    secretary = sign_in(cast.secretary)
    for _ in range(2):
        assert secretary.force(f"{url}/unschedule").headers["Location"] == f"{url}/check"
        assert way_of(desk.get_draft(notice)) is Way.WRITING
    with calendar.at(later + SOON):
        clock.publish_due()
    assert notice.status == "draft"


@either_engine
@each(
    "wrong",
    [
        {"day": "", "at": "9:00"},
        {"day": "2026-13-01", "at": "9:00"},
        {"day": "2020-01-01", "at": "9:00"},
        {"day": "2190-01-01", "at": "9:00"},
        {"at": ""},
        {"at": "25:00"},
        {"number": "2"},
    ],
)
def test_bad_input(cast, sign_in, db_session, notice, url, wrong):
    form = moment(now() + timedelta(days=1)) | {"revision": revision_of(notice, desk.get_draft(notice))}
    assert sign_in(cast.secretary).force(f"{url}/schedule", form | wrong).status_code == 422
    assert desk.get_draft(notice).publish_at is None


@either_engine
@each(("who", "status"), WHO_MAY_NOT)
def test_who_may_not(cast, sign_in, db_session, notice, url, who, status):
    at = scheduled(cast.secretary, notice)
    somebody = sign_in(getattr(cast, who))
    assert somebody.force(f"{url}/schedule", moment(at + SOON)).status_code == status
    assert somebody.force(f"{url}/unschedule").status_code == status
    assert desk.get_draft(notice).publish_at == at


@either_engine
def test_not_signed_in_by_get_and_another_associations(cast, client, sign_in, db_session, notice, url):
    foreign = draft(cast.sibling, cast.sibling_community)
    for step in ("schedule", "unschedule"):
        assert client.force(f"{url}/{step}").headers["Location"].startswith("/sign-in")
        assert sign_in(cast.secretary).get(f"{url}/{step}").status_code == 405
        there = f"{OFFICE}/{foreign.public_id}/{step}"
        assert sign_in(cast.secretary).force(there, moment(now() + SOON)).status_code == 404
    assert desk.get_draft(foreign).publish_at is None


@either_engine
def test_an_edit_takes_it_off(cast, db_session, notice):
    at = scheduled(cast.secretary, notice)
    content = Content(title=TITLE, body="没有人看过的正文", issuer="望江社区协会")
    services.save_draft(cast.publisher, cast.community, content, notice=notice)
    with calendar.at(at + SOON):
        clock.publish_due()
    assert (notice.status, desk.get_draft(notice).publish_at) == ("draft", None)


@either_engine
def test_it_is_dated_the_day_on_which_it_comes_out(cast, db_session):
    day = calendar.today() + timedelta(days=3)
    dated = draft(cast.secretary, cast.community, signed_on=day)
    with pytest.raises(RuleError):
        services.schedule(cast.secretary, dated, now() + SOON, number=1)
    services.schedule(cast.secretary, dated, now() + timedelta(days=4), number=1)


def test_what_stands_in_the_way_by_then_sends_it_back_and_keeps_no_other_from_it(cast, sign_in, db_session):
    old = published(cast.secretary, cast.community, title="旧办法")
    first, second, third = (draft(cast.publisher, cast.community, title=f"第{n}份") for n in range(3))
    for one in (first, second):
        one.supersedes_id = old.id
    at = [scheduled(cast.secretary, one, n * SOON) for n, one in enumerate((first, second, third), 1)][-1]
    with calendar.at(at + SOON):
        clock.publish_due()
    assert [one.status for one in (first, second, third)] == ["published", "draft", "published"]
    back = desk.get_draft(second)
    assert (way_of(back), back.reviewed_by) == (Way.SENT_BACK, None)
    page = sign_in(cast.publisher).page(f"{OFFICE}/{second.public_id}/check")
    assert back.review_note in page.select_one(".notice.red").get_text()


@either_engine
def test_switched_on_meanwhile_a_review_is_wanted_for_it(cast, db_session, notice):
    at = scheduled(cast.secretary, notice)
    cast.federation.reviews_notices = True
    with calendar.at(at + SOON):
        clock.publish_due()
    assert way_of(desk.get_draft(notice)) is Way.SENT_BACK


@either_engine
def test_what_was_sent_back_is_not_approved_by_setting_its_moment(cast, db_session, notice):
    """Set while no review was wanted: the note that sent it back is no approval when one is wanted again."""
    cast.federation.reviews_notices = True
    services.submit(cast.secretary, notice, number=1)
    services.send_back(cast.publisher, notice, number=1, note="日期不对，请改正。")
    cast.federation.reviews_notices = False
    at = scheduled(cast.secretary, notice)
    cast.federation.reviews_notices = True
    with calendar.at(at + SOON):
        clock.publish_due()
    assert way_of(desk.get_draft(notice)) is Way.SENT_BACK


def test_a_scheduled_correction_replaces_the_text_then(cast, client, db_session):
    notice = published(cast.secretary, cast.community)
    version = services.begin_correction(cast.secretary, notice)
    version.body, version.correction_note = "新的正文", "改"
    db_session.flush()
    services.schedule(cast.secretary, notice, now() + SOON, number=2)
    assert "新的正文" not in client.get(f"/notices/{notice.public_id}").text
    with calendar.at(now() + 2 * SOON):
        clock.publish_due()
    assert "新的正文" in client.get(f"/notices/{notice.public_id}").text


def test_the_consumer_looks_each_minute():
    assert queue.regular["portal.notices.clock.publish_due"] == 1


def look() -> None:
    """As each of the consumers does."""
    queue.run("portal.notices.clock.publish_due")


def made_due(cast) -> int:
    notice = draft(cast.secretary, cast.community)
    at = scheduled(cast.secretary, notice)
    db.session.commit()
    with calendar.at(at - 2 * SOON):
        desk.get_draft(notice).publish_at = now()
        db.session.commit()
    return notice.id


def test_two_consumers_publish_it_once(live_app, cast):
    notice_id = made_due(cast)
    assert told(live_app, [look] * 4) == ["done"] * 4
    notice = db.session.get_one(Notice, notice_id)
    assert notice.index_number.endswith("-0001")
    assert db.session.scalar(select(func.count()).where(AuditEntry.action == "notices.publish")) == 1
    assert db.session.scalar(select(func.count()).select_from(ChainEntry)) == 1


# On SQLite a transaction that writes takes the only write lock with its first statement: there is no race to show.
@pytest.mark.engines("postgresql")
def test_control_without_the_lock_two_would(live_app, cast, monkeypatch):
    """Both see it unpublished; the database itself then refuses the second."""
    made_due(cast)
    both_have_seen, get_draft = Barrier(2), desk.get_draft

    def see_together(notice: Notice) -> NoticeVersion | None:
        found = get_draft(notice)
        both_have_seen.wait(timeout=20)
        return found

    monkeypatch.setattr(publishing, "hold", lambda _notice: None)
    monkeypatch.setattr(desk, "get_draft", see_together)
    assert sorted(told(live_app, [look] * 2)) == ["broken", "done"]


@either_engine
def test_nothing_is_due_of_what_is_gone(cast, db_session, notice):
    at = scheduled(cast.secretary, notice)
    services.discard_draft(cast.secretary, notice)
    assert not publishing.publish_due(notice.id, at + SOON)
    assert desk.list_due(datetime.max.replace(tzinfo=UTC, year=2999)) == []
