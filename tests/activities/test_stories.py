"""Stories: what of the log book everybody reads, reviewed first where it is wished, with a title picture."""

from __future__ import annotations

import pytest

from portal.activities import queries, services
from portal.activities.figures import figures_of
from portal.core.audit import AuditEntry
from portal.core.calendar import now
from portal.core.database import db
from portal.core.errors import RuleError
from tests.activities.rows import make_log, make_photo
from tests.harness.cases import either_engine

OFFICE = "/office/wangjiang/activities"


@pytest.fixture
def log(cast):
    return make_log(cast.community, title="河边清洁日", recorded_by=cast.secretary.person_id)


def is_read(client, log):
    """On its own page, in the list, on the association's page, and first of all."""
    found = {
        client.get(f"/activities/{log.public_id}").status_code == 200,
        "河边清洁日" in client.page("/activities").get_text(),
        "河边清洁日" in client.page("/associations/wangjiang").get_text(),
        log.public_id in {row.public_id for row in queries.latest_public()},
    }
    assert len(found) == 1
    return found.pop()


def wish(cast, it=True):
    cast.community.reviews_stories = it
    db.session.commit()


def test_a_complete_public_entry_is_a_story(cast, client, log):
    assert is_read(client, log)


def test_an_incomplete_one_is_none(cast, client):
    assert not is_read(client, make_log(cast.community, title="河边清洁日", is_complete=False))


def test_reviewed_first_where_the_association_wishes(cast, client, sign_in, log):
    photo = make_photo(log)
    wish(cast)
    assert not is_read(client, log)
    assert client.get(f"/activities/photos/{photo.public_id}/full.jpg").status_code == 404
    assert (
        sign_in(cast.chair).submit(f"{OFFICE}/{log.public_id}/review", page=f"{OFFICE}/{log.public_id}").status_code
        == 303
    )
    assert is_read(client, log)
    assert client.get(f"/activities/photos/{photo.public_id}/full.jpg").status_code == 200


def test_a_correction_takes_it_back(cast, client, log):
    log.reviewed_at = now()
    wish(cast)
    assert is_read(client, log)
    log.reviewed_at = None
    db.session.commit()
    assert not is_read(client, log)
    with pytest.raises(RuleError):
        services.review(cast.secretary, log)  # who recorded it does not review it


@either_engine
def test_another_association_s_wish_is_its_own(cast, client, log):
    cast.sibling_community.reviews_stories = True
    db.session.commit()
    assert is_read(client, log)


@either_engine
def test_the_wish_is_said_in_the_settings(cast, sign_in):
    secretary = sign_in(cast.secretary)
    assert secretary.submit("/office/wangjiang/settings", {"reviews_stories": "y"}).status_code == 303
    db.session.refresh(cast.community)
    assert cast.community.reviews_stories
    assert secretary.submit("/office/wangjiang/settings", {"reviews_stories": None}).status_code == 303
    db.session.refresh(cast.community)
    assert not cast.community.reviews_stories


# The title picture


def title_url(log, photo, code="wangjiang"):
    return f"/office/{code}/activities/{log.public_id}/photos/{photo.public_id}/title"


def test_the_title_picture_comes_first(cast, client, sign_in, log):
    first, second = make_photo(log), make_photo(log, caption="合影")
    page = f"{OFFICE}/{log.public_id}/photos/{second.public_id}"
    assert sign_in(cast.secretary).submit(title_url(log, second), page=page).status_code == 303
    assert figures_of([log])[log.id].cover == second.public_id
    shown = client.page(f"/activities/{log.public_id}")
    assert second.public_id in shown.select_one(".story figure img")["src"]
    assert first.public_id in shown.select_one(".gallery img")["src"]


def test_there_is_one_and_chosen_twice_it_stays(cast, sign_in, log):
    photos = [make_photo(log) for _ in range(2)]
    secretary = sign_in(cast.secretary)
    for photo in (photos[0], photos[1], photos[1]):
        assert secretary.force(title_url(log, photo)).status_code == 303
    db.session.expire_all()
    assert [photo.is_title for photo in photos] == [False, True]
    assert db.session.query(AuditEntry).filter_by(action="activities.choose_title").count() == 2


@either_engine
def test_one_that_the_office_alone_sees_is_refused(cast, sign_in, log):
    photo = make_photo(log, is_public=False)
    sign_in(cast.secretary).force(title_url(log, photo))
    db.session.refresh(photo)
    assert not photo.is_title


@either_engine
def test_who_may_choose_it(cast, sign_in, client, log):
    photo = make_photo(log)
    open_to = {"treasurer": 403, "publisher": 403, "leader": 404, "sibling": 404, "ended": 404, "member": 404}
    assert {
        role: sign_in(getattr(cast, role)).force(title_url(log, photo)).status_code for role in open_to
    } == open_to
    assert sign_in(cast.sibling).force(title_url(log, photo, "tingyu")).status_code == 404
    other = make_photo(make_log(cast.community))
    assert sign_in(cast.secretary).force(title_url(log, other)).status_code == 404
    assert client.force(title_url(log, photo)).location.startswith("/sign-in")
    assert sign_in(cast.secretary).get(title_url(log, photo)).status_code == 405
    db.session.refresh(photo)
    assert not photo.is_title
