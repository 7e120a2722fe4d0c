"""Members are asked by their account or by a printed code, nobody both ways; no more codes than members left."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.core.calendar import at, now
from portal.core.database import db
from portal.core.errors import RuleError
from portal.surveys import asked_queries, codes, giving, queries, services
from portal.surveys.models import SurveyAnswer
from tests.harness.factory import make_account, make_membership, make_person
from tests.notices.rows import acting
from tests.surveys.rows import ANSWERS, make_survey


def join(place, count: int = 1) -> list:
    people = [make_person(f"会员{number}") for number in range(count)]
    for person in people:
        make_membership(person, db.session.merge(place))
    return people


def drawn(survey, place, count: int) -> list[str]:
    found = [codes.new_code() for _number in range(count)]
    with db.session.begin_nested():
        giving.keep_codes(survey, place, found)
    return found


def test_a_member_with_an_account_and_a_code_in_hand_answers_once(cast, sign_in):
    """The member is asked by the account; a neighbour's code is refused as long as she is signed in."""
    survey = make_survey(cast.secretary, cast.community, audience="members")
    giving.ask_members(acting(cast.secretary), survey)
    join(cast.community)
    code = drawn(survey, survey.association, 1)[0]
    url, member = f"/appraisals/{survey.public_id}", sign_in(cast.member)
    assert member.force(f"/me{url}", {**ANSWERS, "send": "yes"}).status_code == 303
    for path in ("", "/check", "/send"):
        refused = member.force(url + path, {**ANSWERS, "code": code})
        assert refused.status_code == 422, path
        assert "请在“我的”页面作答" in refused.text or "own page" in refused.text
    assert len(db.session.scalars(select(SurveyAnswer)).all()) == 1
    other = sign_in(cast.stranger)  # is asked by no account
    assert other.force(f"{url}/send", {**ANSWERS, "code": code}).status_code == 303


def test_no_more_codes_than_members_left(cast):
    """Counted with those below, and against what was printed for an association above."""
    survey = make_survey(cast.chair, cast.street, audience="members")
    community, sibling = (db.session.merge(one) for one in (cast.community, cast.sibling_community))
    accounts = giving.ask_members(acting(cast.chair), survey)
    assert not any(asked_queries.sheets_left(survey).values())
    with pytest.raises(RuleError):
        giving.order_batch(acting(cast.chair), survey, [community], 1)
    join(community, 3)
    join(sibling, 2)
    db.session.flush()
    left = asked_queries.sheets_left(survey)
    assert (left[survey.association_id], left[community.id], left[sibling.id]) == (5, 3, 2)
    drawn(survey, community, 2)
    drawn(survey, survey.association, 2)  # of five three are left, and two of those now stand for anybody
    left = asked_queries.sheets_left(survey)
    assert (left[survey.association_id], left[community.id], left[sibling.id]) == (1, 1, 1)
    for place, count in ((community, 2), (sibling, 2), (survey.association, 2)):
        with pytest.raises(RuleError):
            drawn(survey, place, count)
    db.session.refresh(survey, ["asked"])
    assert survey.asked == accounts + 4
    places = giving.choose_places(survey, "below")
    job = giving.order_batch(acting(cast.chair), survey, places, 100)
    assert [count for _place, count in job.result["counts"]] == [1], "one member is left, whoever it is"


def test_where_codes_were_printed_nobody_is_asked_by_the_account(cast):
    """Whoever got a code and an account afterwards is not asked again; elsewhere they are."""
    survey = make_survey(cast.chair, cast.street, audience="members")
    community, sibling = (db.session.merge(one) for one in (cast.community, cast.sibling_community))
    before = giving.ask_members(acting(cast.chair), survey)
    (here,), (there,) = join(community), join(sibling)
    db.session.flush()
    drawn(survey, community, 1)
    for person in (here, there):
        make_account(person)
    db.session.flush()
    assert giving.ask_members(acting(cast.chair), survey) == 1
    assert queries.get_ticket_of(survey, here.id) is None
    assert queries.get_ticket_of(survey, there.id) is not None
    assert asked_queries.ways(survey) == {"accounts": before + 1, "codes": 1}
    with at(now() + timedelta(days=11)):
        services.close(survey)
    found = services.figures(survey)  # told of a closed one too, of which no ticket has a name
    assert found["asked_by"] == {"accounts": before + 1, "codes": 1}
    assert found["asked"] == before + 2
    assert "asked_by" not in services.figures(make_survey(cast.secretary, community))


def test_who_is_to_get_a_sheet(cast, sign_in):
    """Of one's own association and below, without whoever is asked by the account; of members' appraisals alone."""
    survey = make_survey(cast.secretary, cast.community, audience="members")
    giving.ask_members(acting(cast.secretary), survey)
    person = join(cast.community)[0]
    join(cast.sibling_community)
    db.session.commit()
    client, url = sign_in(cast.secretary), f"/office/wangjiang/appraisals/{survey.public_id}"
    assert client.page(f"{url}/give-out").main.find("a", href=f"{url}/hand-out.csv")
    rows = client.get(f"{url}/hand-out.csv").text.splitlines()[1:]
    assert [row.split(",")[0] for row in rows if row] == [person.name]
    residents = make_survey(cast.secretary, cast.community)
    assert client.get(f"/office/wangjiang/appraisals/{residents.public_id}/hand-out.csv").status_code == 404
    assert sign_in(cast.sibling).get(f"{url}/hand-out.csv").status_code == 404
