"""Pages ask the database as often for forty people as for two."""

from __future__ import annotations

from tests.attendance.rows import OFFICE, came, helper, put, running
from tests.harness.cases import either_engine
from tests.harness.service import make_sign_up

PATHS = ("", "/{0}", "/{0}?q=甲", "/{0}/screen", "/{0}/scanner", "/{0}/paper", "/review")


@either_engine
def test_forty_people_cost_as_many_questions_as_two(cast, sign_in, query_count):
    session, over = (
        running(cast.community, needs={None: 90}),
        running(cast.community, 400, needs={None: 90}, place="早"),
    )
    client = sign_in(cast.secretary)

    def asked(count: int) -> dict[str, int]:
        for number in range(count):
            person = helper(cast.community, f"甲{number}")
            for one in (session, over):
                make_sign_up(one, person, "arrived", in_at=one.starts_at, in_origin="leader")
        found = {}
        for path in PATHS:
            with query_count() as queries:
                assert client.get(OFFICE + path.format(session.public_id)).status_code == 200
            found[path] = len(queries)
        return found

    few = asked(2)
    assert few == asked(38)
    assert max(few.values()) <= 12


def test_whoever_has_come_is_not_counted_as_still_to_come(cast, sign_in):
    session = running(cast.community)
    came(session, cast.volunteer.person, 5)
    put(session, cast.member.person)
    page = sign_in(cast.secretary).page(f"{OFFICE}/{session.public_id}")
    shown = [box.get_text(" ", strip=True) for box in page.select(".figures > *")]
    assert shown[:2] == ["未到 1", "在场 1"]


@either_engine
def test_the_way_there_stands_on_the_sessions_page(cast, sign_in):
    session = running(cast.community)
    path = f"/office/wangjiang/sessions/{session.public_id}"
    assert f"{OFFICE}/{session.public_id}" in sign_in(cast.secretary).get(path).text
    assert f"{OFFICE}/{session.public_id}" not in sign_in(cast.treasurer).get(path).text


def test_lists_of_these_days_and_those_nobody_closed(cast, sign_in):
    near, over = running(cast.community), running(cast.community, 400, place="昨天")
    done, far = running(cast.community, 500, place="关了"), running(cast.community, -60 * 24 * 9, place="远")
    for session in (near, over, far):
        put(session, cast.volunteer.person)
    page = sign_in(cast.secretary).get(OFFICE).text
    assert [one.public_id in page for one in (near, over, done, far)] == [True, True, False, False]
    assert near.public_id not in sign_in(cast.leader).get(OFFICE).text
    assert sign_in(cast.treasurer).get(OFFICE).status_code == 403
