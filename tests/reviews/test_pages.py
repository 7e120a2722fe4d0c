"""The pages of a review: in the office of the association that calls, on a reviewer's own pages, in public."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.commendations import consenting
from portal.commendations.models import CallState, NominationState
from portal.core.calendar import at
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.formats import date_long
from portal.honours.models import Honour
from portal.objections import services as periods
from portal.reviews import meetings, progress, queries, removal, services
from portal.reviews.models import DeclaredConflict, Review, Reviewer, SelectionMeeting
from portal.transparency.models import ChainEntry
from tests.harness.factory import make_account, make_person
from tests.harness.praise import make_call
from tests.notices.rows import acting
from tests.reviews.rows import CONTACT, agree, chosen_by_meeting, give, noon, own_account, put_forward, to_review

MEETING = {
    "place": "街道办三楼会议室", "chaired_by": "何素云", "present": "7", "in_favour": "6", "against": "0",
    "abstained": "1", "minutes": "逐一听取推荐理由后投票。",
}  # fmt: skip


@pytest.fixture
def lying(cast, db_session):
    """Under review: the volunteer, who agreed, the member, who has not, a group. Somebody of the town reviews.

    The call, the day on which review began, the three nominations, the reviewer's account.
    """
    call, secretary, chair = make_call(cast.street), acting(cast.secretary), acting(cast.chair)
    volunteer, member = (
        put_forward(secretary, call, cast.community, acting(who).person) for who in (cast.volunteer, cast.member)
    )
    group = put_forward(secretary, call, cast.community, group=cast.group)
    agree(volunteer)
    reviewing = make_account(person := make_person("鲁望舒"))
    services.ask_reviewer(chair, call, person)
    day = to_review(chair, call)
    db_session.commit()
    return call, day, (volunteer, member, group), reviewing


def desk(call) -> str:
    return f"/office/liuan/reviews/{call.public_id}"


def mine(call, nomination=None) -> str:
    return f"/me/reviews/{call.public_id}" + (f"/{nomination.public_id}" if nomination else "")


def boxes(call, *points) -> dict[str, str]:
    return {f"points-{one.id}": each for one, each in zip(queries.criteria_of(call), points, strict=True)}


def test_from_points_to_the_register(cast, client, sign_in, lying):
    call, day, (volunteer, member, group), reviewing = lying
    public = f"/commendations/calls/{call.public_id}"
    with at(noon(day)):
        reviewer, chair = sign_in(reviewing), sign_in(cast.chair)
        assert "等您评分" in reviewer.page("/me").get_text()
        text = reviewer.page(mine(call)).get_text()
        assert volunteer.name in text
        assert member.name not in text
        first = mine(call, volunteer)
        refused = reviewer.submit(first, {**boxes(call, "51", "20", "x"), "remark": "很好"})
        assert refused.status_code == 422
        assert all(one in refused.text for one in ('value="51"', 'value="20"', 'value="x"', "很好"))
        sent = reviewer.submit(first, {**boxes(call, "40", "20", "10"), "remark": "很好"})
        assert sent.location == mine(call, group)  # the next one at once
        assert reviewer.submit(mine(call, group), boxes(call, "50", "30", "20")).location == mine(call)
        assert reviewer.submit(first, boxes(call, "45", "20", "10")).location == mine(call)  # until the meeting
        page = chair.page(desk(call)).get_text()
        assert "很好" in page
        assert "鲁望舒" in page
        assert "75" in page
        assert volunteer.name in chair.get(f"{desk(call)}/ranking.csv").text
        form = chair.page(f"{desk(call)}/meeting")
        assert form.find("input", value=member.public_id).has_attr("disabled")
        assert not form.find("input", value=volunteer.public_id).has_attr("disabled")
        given = {**MEETING, "held_on": day.isoformat(), "chosen": [volunteer.public_id, group.public_id]}
        for wrong in ({"in_favour": "3"}, {"minutes": ""}, {"chosen": None}, {"chosen": [member.public_id]}):
            again = chair.submit(f"{desk(call)}/meeting", {**given, **wrong})
            assert again.status_code == 422
            assert "何素云" in again.text
        assert chair.submit(f"{desk(call)}/meeting", given).location == desk(call)
        assert chair.force(f"{desk(call)}/meeting", given).location == desk(call)  # twice
        assert db.session.scalar(select(func.count()).select_from(SelectionMeeting)) == 1
        assert reviewer.get(first).status_code == 404
        assert "75" in reviewer.page(mine(call)).get_text()
        assert "陈晓明" in chair.page(f"{desk(call)}/meetings/1").get_text()
        assert "陈晓明" not in client.page(public).get_text()
        assert "陈晓明" in chair.page(f"{desk(call)}/notice").select_one(".prose").get_text()
        assert chair.submit(f"{desk(call)}/notice", {"contact": ""}).status_code == 422
        for _again in range(2):
            assert chair.force(f"{desk(call)}/notice", {"contact": CONTACT}).location == desk(call)
        period = queries.showing_of(call).period
        link = f"/notice-periods/{period.public_id}"
        assert link in str(client.page(public))
        assert link in str(chair.page(desk(call)))
        asked = chair.page(f"{desk(call)}/decide")
        assert not asked.select("main form")
        assert date_long(period.end_on, "zh-Hans") in asked.main.get_text()
        early = chair.force(f"{desk(call)}/decide")
        assert early.status_code == 422
        assert "公示期" in early.text
        assert chair.submit(f"{desk(call)}/anew").status_code == 422
    with at(noon(period.end_on)):
        chair = sign_in(cast.chair)
        assert chair.force(f"{desk(call)}/decide").status_code == 422
    with at(noon(period.end_on + timedelta(days=1))):
        chair = sign_in(cast.chair)
        assert desk(call) in str(chair.page("/office/liuan"))
        for _again in range(2):
            assert chair.force(f"{desk(call)}/decide").location == desk(call)
        assert db.session.scalar(select(func.count(Honour.id))) == 2
        assert client.page(public).select_one("table:last-of-type")
        kinds = db.session.scalars(select(ChainEntry.kind).where(ChainEntry.document == period.public_id)).all()
        assert sorted(kinds) == ["decision", "notice_period"]


def test_who_may(cast, client, sign_in, lying):
    """The secretary of the street reads the desk, others' offices and whoever is not asked find nothing."""
    call, day, (volunteer, _member, group), reviewing = lying
    with at(noon(day)):
        secretary, sibling, member = (sign_in(who) for who in (cast.secretary, cast.sibling, cast.member))
        assert "/sign-in" in client.get(desk(call)).location
        assert "/sign-in" in client.get(mine(call)).location
        for what in ("", "/meeting", "/notice", "/decide", "/anew", "/ranking.xlsx", "/reviewers/new"):
            assert secretary.get(f"{desk(call)}{what}").status_code in (403, 404)
            there = f"/office/tingyu/reviews/{call.public_id}{what}"
            assert sibling.get(there).status_code in (403, 404)
        assert sign_in(cast.chair).get(f"/office/wangjiang/reviews/{call.public_id}").status_code in (403, 404)
        for url in (mine(call), mine(call, group)):
            assert member.get(url).status_code == 404
            assert member.force(url).status_code in (404, 405)
        assert "鲁望舒" not in member.page("/me/reviews").get_text()
        reviewer = sign_in(reviewing)
        assert reviewer.get(mine(make_call(cast.street, title="别的评选"), volunteer)).status_code == 404


def test_nobody_reviews_their_own(cast, sign_in, lying):
    """The nominee was asked to review: the page says why there is no form, and a form that is sent is refused."""
    call, day, (volunteer, _member, _group), _reviewing = lying
    services.ask_reviewer(acting(cast.chair), call, acting(cast.volunteer).person)
    with at(noon(day)):
        own = sign_in(cast.volunteer)
        page = own.page(mine(call, volunteer))
        assert not page.select("input[name^=points]")
        assert "被推荐" in page.get_text()
        assert own.force(mine(call, volunteer), boxes(call, "50", "30", "20")).status_code == 422
        assert db.session.scalar(select(func.count(Review.id))) == 0
        assert volunteer.name in own.page(mine(call)).get_text()


def test_kept_out_by_own_word(cast, sign_in, lying):
    call, day, (_volunteer, _member, group), reviewing = lying
    url = f"{mine(call, group)}/not-impartial"
    with at(noon(day)):
        reviewer, chair = sign_in(reviewing), sign_in(cast.chair)
        give(queries.find_reviewer(call.id, reviewing.person_id), group, 1, 1, 1)
        assert reviewer.submit(url, {"reason": ""}).status_code == 422
        for _again in range(2):
            assert reviewer.force(url, {"reason": "组长是我的老同事"}).location == mine(call)
        assert db.session.scalar(select(func.count()).select_from(DeclaredConflict)) == 1
        assert not reviewer.page(mine(call, group)).select("input[name^=points]")
        assert "组长是我的老同事" in chair.page(desk(call)).get_text()
        assert [row.points for row in queries.ranking(call, [group])[group.category_id]] == [None]


def test_reviewers_are_found_asked_and_ended(cast, sign_in, lying):
    call, _day, _nominations, _reviewing = lying
    chair, url = sign_in(cast.chair), f"{desk(call)}/reviewers/new"
    assert "郑海燕" in chair.page(f"{url}?q=郑海燕").get_text()  # an officer next door
    assert "何远山" not in chair.page(f"{url}?q=何远山").select_one("#found").get_text()  # a member elsewhere
    assert chair.page(f"{url}?q=1234").select("li.person") == []
    for wrong in ("", "nobody", cast.stranger.person.public_id):
        again = chair.force(url, {"person": wrong, "q": "郑海燕"})
        assert again.status_code == 422
        assert "郑海燕" in again.text
    for _again in range(2):
        assert chair.force(url, {"person": cast.sibling.person.public_id}).location == desk(call)
    rows = {row.reviewer.person.name: row for row in progress.of_call(call)}
    assert set(rows) == {"鲁望舒", "郑海燕"}
    other = rows["郑海燕"].reviewer
    end = f"{desk(call)}/reviewers/{other.public_id}/end"
    assert chair.submit(end).location == desk(call)
    assert chair.get(end).status_code == 404
    assert sign_in(cast.sibling).get(mine(call)).status_code == 404
    assert sign_in(cast.chair).get(f"{desk(call)}/reviewers/{other.public_id}").status_code == 404


def test_whoever_decides_and_reviews_sees_no_ranking_before_the_own_points(cast, sign_in, lying):
    """Nor changes them with the ranking in sight."""
    call, day, (volunteer, _member, group), reviewing = lying
    services.ask_reviewer(acting(cast.chair), call, acting(cast.chair).person)
    with at(noon(day)):
        give(queries.find_reviewer(call.id, reviewing.person_id), volunteer, 33, 22, 11)
        chair = sign_in(cast.chair)
        assert "66" not in chair.page(desk(call)).get_text()
        assert chair.get(f"{desk(call)}/meeting").status_code == 404
        assert chair.get(f"{desk(call)}/ranking.csv").status_code == 404
        for one in (volunteer, group):
            assert chair.submit(mine(call, one), boxes(call, "1", "1", "1")).status_code == 303
        assert chair.get(f"{desk(call)}/meeting").status_code == 200
        assert chair.submit(mine(call, group), boxes(call, "50", "30", "20")).status_code == 422
        end = f"{desk(call)}/reviewers/{queries.find_reviewer(call.id, reviewing.person_id).public_id}/end"
        assert chair.submit(end).status_code == 422
        assert chair.submit(end, {"reason": "出差三个月。"}).location == desk(call)
        assert "出差三个月。" in chair.page(desk(call)).get_text()


def test_after_a_stop_it_is_reviewed_anew(cast, client, sign_in, lying):
    call, day, (volunteer, _member, _group), _reviewing = lying
    chosen_by_meeting(acting(cast.chair), call, day, volunteer)
    with at(noon(day)):
        period = meetings.show(acting(cast.chair), call, CONTACT)
        periods.withdraw(acting(cast.chair), period, "名单有误，撤回。")
        chair = sign_in(cast.chair)
        assert chair.force(f"{desk(call)}/decide").status_code == 422
        for _again in range(2):
            assert chair.force(f"{desk(call)}/anew").location == desk(call)
    assert (call.state, volunteer.state) == (CallState.REVIEW, NominationState.NOMINATED)


def test_consent_taken_back_leaves_nobody(cast, sign_in, lying):
    call, day, (volunteer, _member, _group), _reviewing = lying
    chosen_by_meeting(acting(cast.chair), call, day, volunteer)
    with at(noon(day)):
        consenting.refuse(own_account(volunteer.person_id), volunteer)
        chair = sign_in(cast.chair)
        assert chair.submit(f"{desk(call)}/notice", {"contact": CONTACT}).status_code == 422
        assert f"{desk(call)}/anew" in str(chair.page(desk(call)))


def test_passed_on_notice_and_refused_by_all(cast, lying):
    """Decided on the page of the notice period, before the last nominee said no: the call is not stuck."""
    call, day, (volunteer, _member, _group), _reviewing = lying
    chair = acting(cast.chair)
    chosen_by_meeting(chair, call, day, volunteer)
    with at(noon(day)):
        period = meetings.show(chair, call, CONTACT)
    with at(noon(period.end_on + timedelta(days=1))):
        periods.pass_(chair, period, "照公示通过。")
        with pytest.raises(RuleError):
            meetings.review_anew(chair, call)
        consenting.refuse(own_account(volunteer.person_id), volunteer)
        meetings.review_anew(chair, call)
    assert call.state == CallState.REVIEW


def test_somebody_who_is_removed_reviews_no_more(cast, lying):
    """Their points stay in the ranking: it is not moved by who leaves."""
    call, day, (volunteer, _member, _group), reviewing = lying
    reviewer = queries.find_reviewer(call.id, reviewing.person_id)
    with at(noon(day)):
        give(reviewer, volunteer, 1, 1, 1)
    removal.forget([reviewing.person])
    db.session.expire_all()
    assert db.session.get_one(Reviewer, reviewer.id).ended_at is not None
    assert queries.ranking(call, [volunteer])[volunteer.category_id][0].points == 3
