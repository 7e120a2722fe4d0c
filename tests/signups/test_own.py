"""One's own list: offers answered, withdrawal asked once more, an activity found."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.core.calendar import now
from portal.signups import services
from tests.harness.cases import each, either_engine
from tests.harness.service import make_skill, make_volunteer
from tests.signups.rows import helpers, opened, sign_up, state, tally

DAY = timedelta(days=1)
LIST = "/me/sign-ups"


@pytest.fixture
def mine(cast, app):
    """The volunteer's place, in a session with one."""
    session = opened(cast.community, needs={None: 1}, contact_name="吴桂芳", contact_phone="13900000009")
    return session, sign_up(session, cast.volunteer.person)


@pytest.fixture
def offered(cast, app):
    """The only place, offered to the volunteer; somebody else waits."""
    session = opened(cast.community, needs={None: 1})
    first, last = helpers(cast.community, 2)
    held = sign_up(session, first)
    made = [sign_up(session, cast.volunteer.person), sign_up(session, last)]
    services.withdraw(None, held)
    return session, made


def act(made, what: str) -> str:
    return f"{LIST}/{made.public_id}/{what}"


def test_the_list_shows_what_is_to_come_what_waits_and_what_is_over(cast, mine, sign_in):
    full = opened(cast.community, now() + 3 * DAY, needs={None: 1}, place="图书室")
    sign_up(full, helpers(cast.community, 1)[0])
    sign_up(full, cast.volunteer.person)
    left = opened(cast.community, now() + 5 * DAY, place="老年活动室")
    services.withdraw(None, sign_up(left, cast.volunteer.person))
    page = sign_in(cast.volunteer).page(LIST)
    heads = [head.text for head in page.find("main").find_all("h2")]
    assert len(heads) == 3
    assert [article.p.text for article in page.find_all("article")]
    assert all(place in page.text for place in ("图书室", "望江桥头", "老年活动室", "139"))


@either_engine
def test_the_list_costs_few_questions(cast, sign_in, query_count):
    for n in range(6):
        sign_up(opened(cast.community, now() + (n + 2) * DAY), cast.volunteer.person)
    visitor = sign_in(cast.volunteer)
    for url in (LIST, f"{LIST}/find"):
        visitor.get(url)
        with query_count() as queries:
            visitor.get(url)
        assert len(queries) <= 12, url


@either_engine
def test_a_cancelled_session_and_a_moved_one_say_so(cast, mine, sign_in):
    session, _made = mine
    session.moved_at = now() + DAY
    assert sign_in(cast.volunteer).page(LIST).find(class_="due")
    session.cancelled_at, session.cancel_reason = now(), "台风来了"
    page = sign_in(cast.volunteer).page(LIST)
    assert "台风来了" in page.text
    assert not page.find("a", href=act(mine[1], "withdraw"))


# Withdrawal


def test_withdrawn_after_it_is_asked_once_more(cast, mine, sign_in):
    session, made = mine
    visitor, url = sign_in(cast.volunteer), act(made, "withdraw")
    assert visitor.page(LIST).find("a", href=url)
    answer = visitor.submit(url)
    assert (answer.status_code, answer.location) == (303, LIST)
    assert (state(made), tally(session)) == ("withdrawn", [(0, 0)])
    assert visitor.force(url).status_code == 303, "again it changes nothing"
    assert (state(made), tally(session)) == ("withdrawn", [(0, 0)])


@either_engine
@each("what", ["withdraw", "accept", "decline"])
def test_somebody_elses_is_not_there(cast, offered, sign_in, client, what):
    _session, (made, _last) = offered
    for other in (cast.member, cast.secretary):
        assert sign_in(other).force(act(made, what)).status_code == 404
    assert "/sign-in" in client.force(act(made, what)).location
    assert state(made) == "offered"


def test_once_it_has_begun_it_says_whom_to_talk_to(cast, mine, sign_in):
    session, made = mine
    session.starts_at = now() - timedelta(minutes=10)
    visitor = sign_in(cast.volunteer)
    visitor.force(act(made, "withdraw"))
    assert state(made) == "confirmed"
    assert visitor.page(LIST).find(class_="notice")


# Offers


@pytest.mark.parametrize(
    ("what", "after", "next_one"), [("accept", "confirmed", "waitlisted"), ("decline", "declined", "offered")]
)
def test_an_offer_is_answered_on_the_list_and_twice_is_once(cast, offered, sign_in, what, after, next_one):
    session, (made, last) = offered
    visitor = sign_in(cast.volunteer)
    assert visitor.submit(act(made, what), page=LIST).status_code == 303
    assert visitor.force(act(made, what)).status_code == 303
    assert (state(made), state(last), tally(session)) == (after, next_one, [(1, 1)])


@either_engine
def test_where_an_offer_waits_for_an_answer_nothing_says_that_one_is_signed_up_for_nothing(cast, offered, sign_in):
    assert sign_in(cast.volunteer).page(LIST).select_one("main .empty") is None
    assert sign_in(cast.member).page(LIST).select_one("main .empty") is not None


@either_engine
@pytest.mark.parametrize("what", ["accept", "decline"])
def test_offers_are_not_answered_by_a_link(cast, offered, sign_in, what):
    assert sign_in(cast.volunteer).get(act(offered[1][0], what)).status_code == 405


def test_an_offer_that_has_run_out_is_not_taken(cast, offered, sign_in):
    session, (made, _last) = offered
    made.offered_until = now() - timedelta(minutes=1)
    visitor = sign_in(cast.volunteer)
    visitor.force(act(made, "accept"))
    assert state(made) == "offered", "the clockwork lets it lapse"
    assert not visitor.page(LIST).find("form", action=act(made, "accept"))
    assert tally(session) == [(1, 1)]


# Finding


@either_engine
def test_what_wants_my_skills_stands_on_top_and_ones_own_association_before_others(cast, sign_in):
    skill, other = make_skill(cast.community, "急救"), make_skill(cast.community, "理发")
    make_volunteer(cast.volunteer.person, cast.street, [skill])
    opened(cast.community, now() + 1 * DAY, {other: 1}, place="最后")
    opened(cast.sibling_community, now() + 2 * DAY, {None: 1}, place="第五")
    opened(cast.community, now() + 3 * DAY, {None: 1}, place="第四")
    opened(cast.sibling_community, now() + 4 * DAY, {skill: 1}, place="第三")
    opened(cast.community, now() + 5 * DAY, {skill: 1, None: 1}, place="第一")
    opened(cast.street, now() + 6 * DAY, {skill: 1}, place="第二", own_only=True)
    opened(cast.sibling_community, now() + 7 * DAY, {skill: 1}, place="别家", own_only=True)
    page = sign_in(cast.volunteer).page(f"{LIST}/find").find("main").text
    places = ["第一", "第二", "第三", "第四", "第五", "最后"]
    assert sorted(places, key=page.index) == places
    assert "别家" not in page


@either_engine
def test_who_is_no_volunteer_reads_how_to_become_one(cast, sign_in):
    opened(cast.community)
    assert sign_in(cast.member).page(f"{LIST}/find").find("a", href="/volunteer")
