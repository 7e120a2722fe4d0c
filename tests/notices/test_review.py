"""Review: where the federation wants it, another officer reads a notice before everybody does."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.core.audit import AuditEntry
from portal.core.errors import RuleError
from portal.duplicates import services as duplicates
from portal.notices import desk, reviewing, services
from portal.notices.drafts import Content, revision_of
from portal.notices.models import Way, way_of
from tests.duplicates.rows import make_pair
from tests.harness.cases import each, either_engine
from tests.notices.rows import OFFICE, TITLE, WHO_MAY_NOT, draft, published

TAIL = {"number": "1"}
NOTE = "第二段的日期与标题不一致，请统一。"


@pytest.fixture
def notice(cast, db_session):
    """Of the publisher; the secretary may review it."""
    cast.federation.reviews_notices = True
    return draft(cast.publisher, cast.community)


@pytest.fixture
def url(notice) -> str:
    return f"{OFFICE}/{notice.public_id}"


def way(notice) -> Way:
    return way_of(desk.get_draft(notice))


def submitted(cast, notice, who: str = "publisher"):
    services.submit(getattr(cast, who), notice, number=1)
    return notice


def test_from_the_button_to_the_reader(cast, sign_in, client, db_session, notice, url):
    publisher = sign_in(cast.publisher)
    page = publisher.page(f"{url}/check")
    assert not page.select("form[action$='/publish'], form[action$='/schedule'], form[action$='/review']")
    assert publisher.submit(f"{url}/submit", page=f"{url}/check").headers["Location"] == f"{url}/check"
    assert not publisher.page(f"{url}/check").select("form[action$='/review'], form[action$='/publish']")
    secretary = sign_in(cast.secretary)
    response = secretary.submit(f"{url}/review", {"decision": "approve"}, page=f"{url}/check")
    assert response.headers["Location"] == f"{url}/check"
    assert client.get(f"/notices/{notice.public_id}").status_code == 404
    banners = secretary.page(f"{url}/check").select(".notice.green")
    assert cast.secretary.name in banners[-1].get_text()
    assert sign_in(cast.publisher).submit(f"{url}/publish", page=f"{url}/check").status_code == 303
    assert client.page(f"/notices/{notice.public_id}").h1.get_text() == TITLE
    version = desk.get_current(notice)
    assert (version.submitted_by, version.reviewed_by) == (cast.publisher.person_id, cast.secretary.person_id)
    actions = db_session.scalars(select(AuditEntry.action).where(AuditEntry.target_id == notice.public_id)).all()
    assert actions[1:] == ["notices.submit", "notices.approve", "notices.publish"]


def test_sent_back_with_a_note_which_stays_until_it_is_submitted_again(cast, sign_in, db_session, notice, url):
    submitted(cast, notice)
    secretary = sign_in(cast.secretary)
    empty = secretary.submit(f"{url}/review", {"decision": "send_back"}, page=f"{url}/check")
    assert (empty.status_code, way(notice)) == (422, Way.SUBMITTED)
    assert 'id="note-error"' in empty.text
    said = {"decision": "send_back", "note": NOTE}
    assert secretary.submit(f"{url}/review", said, page=f"{url}/check").status_code == 303
    assert way(notice) is Way.SENT_BACK
    publisher = sign_in(cast.publisher)
    assert NOTE in publisher.page(f"{url}/check").select_one(".notice.red").get_text()
    publisher.submit(f"{url}/edit", {"body": "改过的正文"})
    assert (way(notice), desk.get_draft(notice).review_note) == (Way.SENT_BACK, NOTE)
    publisher.submit(f"{url}/submit", page=f"{url}/check")
    assert (way(notice), desk.get_draft(notice).review_note) == (Way.SUBMITTED, "")


@either_engine
def test_nobody_reviews_what_they_wrote_or_submitted(cast, db_session, notice):
    """Whoever wrote a part of it neither, though somebody else saved it last and a third submitted it."""
    content = Content(title=TITLE, body="正文", issuer="望江社区协会")
    services.save_draft(cast.secretary, cast.community, content, notice=notice)
    submitted(cast, notice, "chair")
    for who in ("chair", "secretary", "publisher"):
        for decide in (services.approve, services.send_back):
            with pytest.raises(RuleError):
                decide(getattr(cast, who), notice, number=1, note=NOTE)
    assert way(notice) is Way.SUBMITTED


@either_engine
def test_control_without_the_rule_they_would(cast, db_session, notice, monkeypatch):
    submitted(cast, notice)
    monkeypatch.setattr(reviewing, "may_review", lambda *_: True)
    services.approve(cast.publisher, notice, number=1)
    assert way(notice) is Way.REVIEWED


@either_engine
@each("who", ["publisher", "secretary", "chair"])
def test_without_a_review_nothing_is_published_or_scheduled(cast, sign_in, db_session, notice, url, who):
    somebody = sign_in(getattr(cast, who))
    for stage in ("written", "submitted"):
        if stage == "submitted":
            submitted(cast, notice)
        assert somebody.force(f"{url}/publish", TAIL | {"revision": seen(notice)}).status_code == 422
        moment = {"day": "2027-01-01", "at": "9:00"}
        assert somebody.force(f"{url}/schedule", TAIL | moment | {"revision": seen(notice)}).status_code == 422
    assert (notice.status, desk.get_draft(notice).publish_at) == ("draft", None)


def seen(notice) -> str:
    return revision_of(notice, desk.get_draft(notice))


@either_engine
@each("stage", [Way.SUBMITTED, Way.REVIEWED])
def test_an_edit_takes_it_back_to_the_beginning(cast, db_session, notice, stage):
    submitted(cast, notice)
    if stage is Way.REVIEWED:
        services.approve(cast.secretary, notice, number=1, note="好")
    assert way(notice) is stage
    content = Content(title=TITLE, body="没有人看过的正文", issuer="望江社区协会")
    services.save_draft(cast.publisher, cast.community, content, notice=notice)
    version = desk.get_draft(notice)
    assert (way_of(version), version.reviewed_by, version.review_note) == (Way.WRITING, None, "")
    with pytest.raises(RuleError):
        services.publish(cast.publisher, notice, number=1)


def test_changed_after_it_was_opened_is_read_again(cast, sign_in, db_session, notice, url):
    submitted(cast, notice)
    old = seen(notice)
    content = Content(title=TITLE, body="没有人看过的正文", issuer="望江社区协会")
    services.save_draft(cast.publisher, cast.community, content, notice=notice)
    submitted(cast, notice)
    response = sign_in(cast.secretary).force(f"{url}/review", TAIL | {"decision": "approve", "revision": old})
    assert response.status_code == 422
    assert "没有人看过的正文" in response.text
    assert way(notice) is Way.SUBMITTED


@either_engine
def test_twice_is_the_same_answer(cast, db_session, notice):
    first = services.submit(cast.publisher, notice, number=1).submitted_at
    assert services.submit(cast.secretary, notice, number=1).submitted_at == first
    first = services.approve(cast.secretary, notice, number=1).reviewed_at
    assert services.approve(cast.chair, notice, number=1).reviewed_at == first
    with pytest.raises(RuleError):
        services.send_back(cast.chair, notice, number=1, note=NOTE)
    assert desk.get_draft(notice).reviewed_by == cast.secretary.person_id


def test_taken_back(cast, sign_in, db_session, notice, url):
    submitted(cast, notice)
    publisher = sign_in(cast.publisher)
    for _ in range(2):
        assert publisher.force(f"{url}/take-back", TAIL).headers["Location"] == f"{url}/check"
        assert way(notice) is Way.WRITING
    with pytest.raises(RuleError):
        services.approve(cast.secretary, notice, number=1)


@either_engine
def test_bad_input(cast, sign_in, db_session, notice, url):
    lacking = draft(cast.publisher, cast.community, body="")
    assert sign_in(cast.publisher).force(f"{OFFICE}/{lacking.public_id}/submit", TAIL).status_code == 422
    submitted(cast, notice)
    secretary = sign_in(cast.secretary)
    wrong = ({"decision": "perhaps"}, {}, {"decision": "send_back", "note": "长" * 501}, {"decision": "send_back"})
    for said in wrong:
        assert secretary.force(f"{url}/review", TAIL | {"revision": seen(notice)} | said).status_code == 422
    for number in ("2", "x", ""):
        assert secretary.force(f"{url}/review", {"decision": "approve", "number": number}).status_code == 422
    assert way(notice) is Way.SUBMITTED


@either_engine
@each(("who", "status"), WHO_MAY_NOT)
def test_who_may_not(cast, sign_in, db_session, notice, url, who, status):
    submitted(cast, notice)
    somebody = sign_in(getattr(cast, who))
    for step in ("submit", "take-back", "review"):
        assert somebody.force(f"{url}/{step}", TAIL | {"decision": "approve"}).status_code == status
    assert way(notice) is Way.SUBMITTED


@either_engine
def test_not_signed_in_by_get_and_another_associations(cast, client, sign_in, db_session, notice, url):
    foreign = draft(cast.sibling, cast.sibling_community)
    for step in ("submit", "take-back", "review"):
        assert client.force(f"{url}/{step}", TAIL).headers["Location"].startswith("/sign-in")
        assert sign_in(cast.secretary).get(f"{url}/{step}").status_code == 405
        there = f"{OFFICE}/{foreign.public_id}/{step}"
        assert sign_in(cast.secretary).force(there, TAIL | {"decision": "approve"}).status_code == 404
    assert way(notice) is way(foreign) is Way.WRITING


def test_a_correction_is_reviewed_too_and_shows_what_it_changes(cast, sign_in, db_session, notice, url):
    submitted(cast, notice)
    services.approve(cast.secretary, notice, number=1)
    services.publish(cast.publisher, notice, number=1)
    version = services.begin_correction(cast.publisher, notice)
    version.body, version.correction_note = version.body.replace("12.00", "24.00"), "标准有误"
    db_session.flush()
    with pytest.raises(RuleError):
        services.publish(cast.publisher, notice, number=2)
    services.submit(cast.publisher, notice, number=2)
    page = sign_in(cast.secretary).page(f"{url}/check")
    assert (
        page.select_one(".changes del").get_text()[-7:-2],
        page.select_one(".changes ins").find(string="24.00"),
    ) == (
        "12.00",
        "24.00",
    )
    services.approve(cast.secretary, notice, number=2)
    assert services.publish(cast.publisher, notice, number=2).html


def test_the_federation_says_whether_it_is_wanted(cast, sign_in, db_session):
    chair = sign_in(cast.administrator)
    page = "/office/qinghe/settings"
    assert chair.submit(page, {"reviews_notices": "y"}).status_code == 303
    assert cast.federation.reviews_notices
    assert not sign_in(cast.chair).page("/office/liuan/settings").select("#reviews_notices")
    sign_in(cast.chair).submit("/office/liuan/settings", {"reviews_notices": "y"})
    assert not cast.street.reviews_notices
    assert chair.submit(page, {"reviews_notices": None}).status_code == 303
    assert published(cast.publisher, cast.community).status == "published"


def test_two_records_of_a_reviewer_become_one_and_the_version_stays(cast, db_session):
    kept, gone = make_pair(cast.community)
    notice = draft(cast.secretary, cast.community)
    version = desk.get_draft(notice)
    version.written_by = version.submitted_by = version.reviewed_by = gone.id
    services.publish(cast.secretary, notice, number=1)
    duplicates.merge(cast.secretary, cast.community, kept, gone, duplicates.Choice())
    db_session.flush()
    assert desk.get_current(notice).reviewed_by == gone.id
