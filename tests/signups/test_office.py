"""A leader's list: who signed up, somebody added, a guest, a place given, taken out; called; sheet and files."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.core.calendar import now
from portal.core.database import db
from portal.people.models import Reveal
from portal.people.services import correct_person
from portal.signups import services, telling
from portal.signups.models import SignUp
from tests.harness.cases import each, either_engine
from tests.harness.factory import make_person
from tests.harness.service import make_volunteer
from tests.signups.rows import helpers, loaded, need_ids, opened, sign_up, state, tally

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def session(cast, app):
    """Two places; the volunteer has one of them."""
    session = opened(cast.community, needs={None: 2}, min_people=2)
    sign_up(session, cast.volunteer.person)
    return session


@pytest.fixture
def held(session) -> SignUp:
    return db.session.query(SignUp).filter_by(session_id=session.id).one()


def page(session, code="wangjiang") -> str:
    return f"/office/{code}/sessions/{session.public_id}"


def url(session, what: str, made: SignUp | None = None, code="wangjiang") -> str:
    return f"{page(session, code)}/sign-ups/{made.public_id + '/' if made else ''}{what}"


def everybody(session) -> list[tuple[str, str]]:
    return [
        (one.person.name if one.person else one.guest_name, one.state)
        for one in services.queries.list_of_session(session)
    ]


WRITES = ["add", "guest", "call", "told"]


# Who may


@either_engine
@each("what", WRITES)
def test_who_may_not_write_there_writes_nothing(cast, session, sign_in, client, what):
    data = {"name": "王阿姨", "need": need_ids(session)[0], "person": cast.member.person.public_id}
    for who, status in (("sibling", 404), ("member", 404), ("ended", 404), ("treasurer", 403), ("leader", 404)):
        assert sign_in(getattr(cast, who)).force(url(session, what), data).status_code == status, who
    assert "/sign-in" in client.force(url(session, what), data).location
    assert sign_in(cast.sibling).force(url(session, what, code="tingyu"), data).status_code == 404
    assert len(everybody(session)) == 1


@either_engine
@pytest.mark.parametrize("what", ["out", "place"])
def test_somebody_elses_sign_up_is_not_there(cast, session, held, sign_in, what):
    for who, status in (("sibling", 404), ("treasurer", 403), ("leader", 404)):
        assert sign_in(getattr(cast, who)).force(url(session, what, held)).status_code == status
    other = opened(cast.community, now() + 3 * DAY)
    assert sign_in(cast.secretary).force(url(other, what, held)).status_code == 404
    assert state(held) == "confirmed"


def test_a_leader_sees_the_sessions_of_the_group_and_no_others(cast, session, sign_in):
    own = opened(cast.community, now() + 3 * DAY, group_id=cast.group.id)
    leader = sign_in(cast.leader)
    assert leader.get(page(session)).status_code == 404
    assert leader.force(url(own, "guest"), {"name": "王阿姨", "need": need_ids(own)[0]}).status_code == 303
    assert everybody(own) == [("王阿姨", "confirmed")]


@either_engine
def test_names_are_seen_by_who_sees_the_roster(cast, session, sign_in):
    assert cast.volunteer.person.name in sign_in(cast.treasurer).page(page(session)).text
    assert cast.volunteer.person.name not in sign_in(cast.publisher).page(page(session)).text
    for what in ("sheet", "list.csv"):
        assert sign_in(cast.publisher).get(url(session, what)).status_code == 403


@either_engine
@pytest.mark.parametrize("what", ["guest", "told"])
def test_nothing_is_done_by_a_link(cast, session, held, sign_in, what):
    assert sign_in(cast.secretary).get(url(session, what)).status_code == 405
    assert sign_in(cast.secretary).get(url(session, "place", held)).status_code == 405


# The list


@either_engine
def test_the_list_counts_and_warns_and_costs_few_questions(cast, session, sign_in, query_count):
    officer = sign_in(cast.secretary)
    shown = officer.page(page(session))
    assert "1/2" in shown.text
    warnings = len(shown.find_all(class_="notice amber"))
    with query_count() as few:
        officer.get(page(session))
    for person in helpers(cast.community, 5):
        sign_up(session, person)
    with query_count() as many:
        shown = officer.page(page(session))
    assert len(many) <= len(few) <= 12
    assert len(shown.find_all(class_="notice amber")) == warnings - 1, "no longer fewer than needed"
    assert len(shown.find_all("table")) == 2


def test_before_it_is_open_there_is_no_list(cast, sign_in):
    planned = opened(cast.community)
    planned.activity.opened_at = None
    assert sign_in(cast.secretary).get(page(planned)).status_code == 200
    assert sign_in(cast.secretary).get(url(planned, "add")).status_code == 404


# Adding


def test_somebody_of_the_roster_is_found_and_added_once(cast, session, sign_in):
    person = make_person("邓小雨")
    make_volunteer(person, cast.community)
    officer, form = sign_in(cast.secretary), url(session, "add")
    assert not officer.page(form).find("input", {"name": "person"})
    data = {"person": person.public_id, "need": need_ids(session)[0]}
    for _ in range(2):
        assert officer.force(f"{form}?q=邓", data).status_code == 303
    assert ("邓小雨", "confirmed") in everybody(session)
    assert tally(loaded(session)) == [(2, 2)]
    assert not officer.page(f"{form}?q=邓").find("input", {"name": "person"}), "found again only when not signed up"


def test_found_are_volunteers_whom_the_officer_may_see(cast, session, sign_in):
    make_volunteer(make_person("邓近"), cast.community)
    make_volunteer(make_person("邓远"), cast.village)
    found = sign_in(cast.secretary).page(f"{url(session, 'add')}?q=邓").find_all("input", {"name": "person"})
    assert len(found) == 1
    strangers = {"person": cast.stranger.person.public_id, "need": need_ids(session)[0]}
    assert sign_in(cast.secretary).force(url(session, "add"), strangers).status_code == 404


def test_a_clash_asks_for_a_reason(cast, session, sign_in):
    person = make_person("邓小雨")
    make_volunteer(person, cast.community)
    sign_up(opened(cast.community, session.starts_at), person)
    officer, form = sign_in(cast.secretary), url(session, "add")
    data = {"person": person.public_id, "need": need_ids(session)[0], "q": "邓"}
    refused = officer.force(form, data)
    assert refused.status_code == 422
    assert 'name="override_reason"' in refused.text
    assert officer.force(form, {**data, "override_reason": "只来后半场"}).status_code == 303
    assert "只来后半场" in officer.page(page(session)).text


@either_engine
@each("data", [{}, {"person": ""}, {"need": "x" * 12}])
def test_nobody_chosen_is_said(cast, session, sign_in, data):
    known = {"person": cast.volunteer.person.public_id, "need": need_ids(session)[0]}
    sent = {**known, **data} if data else {}
    assert sign_in(cast.secretary).force(url(session, "add"), sent).status_code == 422
    assert len(everybody(session)) == 1


def test_a_guest_by_name_once_and_only_where_a_place_is_free(cast, session, sign_in):
    officer, form = sign_in(cast.secretary), url(session, "guest")
    for _ in range(2):
        assert officer.submit(form, {"name": "王阿姨"}, page=url(session, "add")).status_code == 303
    assert everybody(session)[1:] == [("王阿姨", "confirmed")]
    for name in ("李叔叔", "", "长" * 41):
        assert officer.submit(form, {"name": name}, page=url(session, "add")).status_code == 422
    assert tally(loaded(session)) == [(2, 2)]


# A place given, somebody taken out


def test_taken_out_after_it_is_asked_once_more_and_a_place_given_by_hand(cast, session, held, sign_in):
    waiting = [sign_up(session, person) for person in helpers(cast.community, 3)][1:]
    officer = sign_in(cast.secretary)
    for _ in range(2):
        assert officer.submit(url(session, "out", held)).status_code == 303
    assert [state(one) for one in (held, *waiting)] == ["withdrawn", "offered", "waitlisted"]
    for _ in range(2):
        assert officer.force(url(session, "place", waiting[0])).status_code == 303
    officer.force(url(session, "place", waiting[1]))
    assert [state(one) for one in waiting] == ["confirmed", "waitlisted"], "no place is free for the other"
    assert officer.page(page(session))
    assert tally(loaded(session)) == [(2, 2)]


# Calling


@pytest.fixture
def tomorrow(cast, app):
    """A session in twenty hours; the volunteer signed up days ago and has no mail."""
    session = opened(cast.community, now() + 20 * HOUR)
    sign_up(session, cast.volunteer.person).signed_up_at = now() - 3 * DAY
    return session


def phone_of(account) -> str:
    correct_person(None, account.person, phone="13812345678")
    return "138 1234 5678"


def test_the_numbers_are_shown_on_request_and_each_look_is_recorded(cast, tomorrow, sign_in):
    number, officer = phone_of(cast.volunteer), sign_in(cast.secretary)
    masked = officer.page(url(tomorrow, "call")).find("main").text
    assert (number in masked, "5678" in masked) == (False, True)
    assert db.session.query(Reveal).count() == 0
    assert number in officer.submit(url(tomorrow, "call")).text
    look = db.session.query(Reveal).one()
    assert (look.person_id, look.by_name, "河边清洁" in look.reason) == (
        cast.volunteer.person_id, cast.secretary.person.name, True,
    )  # fmt: skip


def test_two_days_after_it_there_is_nobody_to_call(cast, tomorrow, sign_in):
    phone_of(cast.volunteer)
    tomorrow.starts_at, tomorrow.ends_at = now() - 4 * DAY, now() - 3 * DAY
    tomorrow.deadline_at = tomorrow.starts_at
    assert "5678" not in sign_in(cast.secretary).force(url(tomorrow, "call")).text
    assert db.session.query(Reveal).count() == 0


def test_who_was_called_has_heard(cast, tomorrow, sign_in):
    officer, made = sign_in(cast.secretary), db.session.query(SignUp).filter_by(session_id=tomorrow.id).one()
    listed = officer.page("/office/wangjiang/sign-ups/to-call")
    assert listed.find("a", href=url(tomorrow, "call"))
    assert officer.page(page(tomorrow)).find("a", href=url(tomorrow, "call"))
    empty = officer.force(url(tomorrow, "told"), {"told": "x" * 12})
    assert empty.location == url(tomorrow, "call")
    for _ in range(2):
        assert officer.force(url(tomorrow, "told"), {"told": made.public_id}).status_code == 303
    db.session.refresh(tomorrow)
    assert tomorrow.reminded_at is not None
    assert telling.list_to_call(tomorrow, by_mail=False) == []
    assert not officer.page("/office/wangjiang/sign-ups/to-call").find("a", href=url(tomorrow, "call"))


def test_the_list_to_call_is_the_offices_own(cast, tomorrow, sign_in):
    assert sign_in(cast.treasurer).get("/office/wangjiang/sign-ups/to-call").status_code == 403
    assert sign_in(cast.sibling).get("/office/wangjiang/sign-ups/to-call").status_code == 404
    assert "河边清洁" not in sign_in(cast.leader).page("/office/wangjiang/sign-ups/to-call").find("main").text


# On paper, as a file


@either_engine
def test_the_sheet_has_lines_to_sign_and_the_last_four_digits_only(cast, tomorrow, sign_in):
    phone_of(cast.volunteer)
    sheet = sign_in(cast.secretary).page(url(tomorrow, "sheet"))
    assert cast.volunteer.person.name in sheet.text
    assert ("5678" in sheet.text, "1234" in sheet.text) == (True, False)
    assert len(sheet.find("tbody").find_all("tr")) > 8


def test_the_file_holds_everybody_numbers_masked(cast, session, sign_in):
    phone_of(cast.volunteer)
    waiting = [sign_up(session, person) for person in helpers(cast.community, 2)]
    services.withdraw(None, waiting[0])
    text = sign_in(cast.secretary).get(url(session, "list.csv")).text
    assert len(text.strip().splitlines()) == 4
    assert "*******5678" in text
    assert sign_in(cast.secretary).get(url(session, "list.xlsx")).data[:2] == b"PK"
    assert sign_in(cast.sibling).get(url(session, "list.csv")).status_code == 404
