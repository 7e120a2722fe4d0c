"""A name stands in what was on notice as long as its bearer agrees, and no longer."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.commendations import consenting
from portal.commendations.models import Nomination
from portal.core.calendar import at
from portal.honours import revoking, services
from portal.objections import proving, queries
from portal.objections.models import NoticePeriod
from portal.own.deletion import delete_person
from portal.people.queries import get_own
from tests.honours.rows import honoured, shown
from tests.notices.rows import acting
from tests.reviews.rows import CONTACT

NAME, WITHHELD = "陈晓明", ("［姓名已撤回］", "[a name was taken back]")


@pytest.fixture
def read(client, db_session):
    def texts(period):
        db_session.commit()
        page = f"/notice-periods/{period.public_id}"
        return [client.get(one).text for one in (page, f"{page}/print", "/notice-periods/feed.atom")]

    return texts


def test_refused_while_on_notice(cast, db_session, read):
    call, _moment = shown(cast)
    period = db_session.scalars(select(NoticePeriod)).one()
    assert all(NAME in text for text in read(period))
    before = proving.opening(period)
    nomination = db_session.scalars(select(Nomination).where(Nomination.person_id.is_not(None))).one()
    consenting.refuse(acting(cast.volunteer), nomination)
    texts = read(period)
    assert not any(NAME in text for text in texts)
    assert any(one in texts[0] for one in WITHHELD)
    assert f"{cast.group.name}（" in texts[0]  # others stay
    assert proving.opening(period) == before
    assert call.state == "shown"


def test_not_on_the_roll_any_more(cast, db_session, read):
    honour, _group, moment = honoured(cast)
    period = db_session.scalars(select(NoticePeriod)).one()
    with at(moment):
        taking = period_of(revoking.propose(acting(cast.chair), honour, "查实服务时间系误记。", CONTACT), db_session)
        assert all(NAME in text for text in (*read(period), *read(taking)))
        services.show_in_public(acting(cast.volunteer), honour, is_public=False)
        assert not any(NAME in text for text in (*read(period), *read(taking)))
        assert "查实服务时间系误记" in read(taking)[0]
        services.show_in_public(acting(cast.volunteer), honour, is_public=True)
        assert all(NAME in text for text in (*read(period), *read(taking)))


def test_of_a_deleted_record(cast, db_session, read):
    """Nothing that is kept tells the name any more; it is not read either."""
    honour, _group, moment = honoured(cast)
    period = db_session.scalars(select(NoticePeriod)).one()
    with at(moment):
        delete_person(acting(cast.secretary), get_own(honour.person_id), "zh-Hans")
        texts = read(period)
        assert not any(NAME in text for text in texts)
        assert f"{cast.group.name}（" in texts[0]


def period_of(revocation, db_session):
    return db_session.get_one(NoticePeriod, revocation.period_id)


def test_only_whole_names_stand(cast, db_session):
    shown(cast)
    period = db_session.scalars(select(NoticePeriod)).one()
    known = cast.group.name
    period.html = f"<ul>\n<li>{NAME}（甲）</li>\n<li>{known}（乙）</li>\n<li>{known}二（丙）</li>\n</ul>"
    nomination = db_session.scalars(select(Nomination).where(Nomination.person_id.is_not(None))).one()
    consenting.refuse(acting(cast.volunteer), nomination)
    db_session.flush()
    text = queries.get_public(period.public_id).html
    assert NAME not in text
    assert f"{known}（乙）" in text
    assert f"{known}二" not in text
