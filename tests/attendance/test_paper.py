"""The paper list, entered by keyboard."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from bs4 import BeautifulSoup

from portal.attendance.forms import LeavingField
from portal.core.calendar import now
from portal.core.database import db
from portal.core.formats import local, time_local
from portal.core.forms import BaseForm
from portal.signups.models import SignUp
from tests.attendance.rows import OFFICE, again, credit, helper, put, running
from tests.harness.cases import each, either_engine


@pytest.fixture
def session(cast, app):
    """Yesterday from nine to eleven by the clock of the place."""
    nine = local(now()).replace(hour=9, minute=0, second=0) - timedelta(days=1)
    return running(cast.community, (now() - nine).total_seconds() / 60)


@pytest.fixture
def people(cast, session):
    """Three in the order in which they signed up."""
    return [put(session, helper(cast.community, name)) for name in ("安一", "白二", "陈三")]


def url(session) -> str:
    return f"{OFFICE}/{session.public_id}/paper"


def boxes(*pairs) -> dict[str, str]:
    return {
        f"{way}_{one.public_id}": text
        for one, *times in pairs
        for way, text in zip(("in", "out"), times, strict=True)
    }


def enter(client, session, data, status: int = 303):
    answer = client.submit(url(session), data)
    assert answer.status_code == status, answer.text[:500]
    return answer


def clock(sign_up) -> tuple[str, str]:
    stands = again(sign_up)
    return tuple(time_local(one) if one else "" for one in (stands.in_at, stands.out_at))


def errors(answer) -> list[str]:
    return [
        one["id"].removesuffix("-error") for one in BeautifulSoup(answer.text, "html.parser").select(".rows .msg")
    ]


def test_times_and_minutes_as_people_write_them(app):
    class Form(BaseForm):
        box = LeavingField()

    def read(text: str):
        box = Form(formdata=None, data={"box": text}, meta={"csrf": False}).box
        return box.minutes if box.minutes is not None else box.read()

    with app.test_request_context():
        nine = {read(text) for text in ("0900", "900", "9:00", "９：００", "9.00", "9点", "9 : 00", "9时00分")}
        minutes = {read(text) for text in ("+90", "＋90", "90分", "90分钟", "90 min", "90m")}
        assert (nine, minutes, read("9点30"), read("")) == ({time(9)}, {90}, time(9, 30), None)


def test_a_list_is_entered_and_saved_twice_changes_nothing(cast, sign_in, session, people):
    client, (first, second, absent) = sign_in(cast.secretary), people
    data = boxes((first, "0900", "1100"), (second, "=", "+90"))
    enter(client, session, data)
    assert (clock(first), clock(second), clock(absent)) == (("09:00", "11:00"), ("09:00", "10:30"), ("", ""))
    assert (again(first).in_origin, again(absent).state) == ("paper", "confirmed")
    stands = [credit(one, session) for one in people]
    assert stands == [[(120, "entered", "pending")], [(90, "entered", "pending")], []]
    enter(client, session, data)
    enter(client, session, {})
    assert [credit(one, session) for one in people] == stands


def test_the_same_as_above_leaves_out_who_did_not_come(cast, sign_in, session, people):
    first, absent, third = people
    enter(sign_in(cast.secretary), session, boxes((first, "905", "11:00"), (absent, "", ""), (third, "同上", "〃")))
    assert (clock(third), clock(absent)) == (("09:05", "11:00"), ("", ""))


def test_what_stands_is_shown_and_can_be_put_right(cast, sign_in, session, people):
    client, (first, *_others) = sign_in(cast.secretary), people
    enter(client, session, boxes((first, "0900", "1100")))
    page = client.page(url(session))
    assert page.find(id=f"in_{first.public_id}")["value"] == "09:00"
    enter(client, session, boxes((first, "0930", "1100")))
    assert [row[::2] for row in credit(first, session)] == [(120, "superseded"), (90, "pending")]


def test_without_an_end_it_waits_to_be_looked_at(cast, sign_in, session, people):
    client = sign_in(cast.secretary)
    enter(client, session, boxes((people[0], "0900", "")))
    assert again(people[0]).state == "arrived"
    assert people[0].public_id in client.get(f"{OFFICE}/review").text


@either_engine
def test_every_fault_is_said_by_its_box_and_nothing_typed_is_lost(cast, sign_in, session, people):
    client, (first, second, third) = sign_in(cast.secretary), people
    wrong = boxes((first, "25:00", "1100"), (second, "0900", "0800"), (third, "0700", "elf"))
    answer = enter(client, session, wrong, 422)
    assert errors(answer) == [f"in_{first.public_id}", f"out_{second.public_id}", f"in_{third.public_id}"]
    assert all(f'value="{text}"' in answer.text for text in wrong.values())
    assert {again(one).state for one in people} == {"confirmed"}


@either_engine
@each(
    ("times", "fault"),
    [
        (("=", ""), "in"),
        (("", "1100"), "in"),
        (("1100", ""), "in"),
        (("0759", "1000"), "in"),
        (("0900", "1301"), "out"),
        (("0900", "x" * 21), "out"),
        (("0900", "+9999"), "out"),
        (("9:60", ""), "in"),
    ],
)
def test_what_cannot_be(cast, sign_in, session, people, times, fault):
    answer = enter(sign_in(cast.secretary), session, boxes((people[0], *times)), 422)
    assert errors(answer) == [f"{fault}_{people[0].public_id}"]
    assert again(people[0]).state == "confirmed"


def test_minutes_alone_count_from_the_start(cast, sign_in, session, people):
    enter(sign_in(cast.secretary), session, boxes((people[0], "", "+60")))
    assert clock(people[0]) == ("09:00", "10:00")


def test_past_midnight(cast, sign_in):
    ten = local(now()).replace(hour=22, minute=0, second=0) - timedelta(days=2)
    session = running(cast.community, (now() - ten).total_seconds() / 60, ends_at=ten + timedelta(hours=4))
    made = put(session, cast.volunteer.person)
    enter(sign_in(cast.secretary), session, boxes((made, "2200", "0130")))
    assert credit(cast.volunteer.person, session) == [(210, "entered", "pending")]


def test_a_session_to_come_has_no_times_yet(cast, sign_in):
    session = running(cast.community, -30)
    made = put(session, cast.volunteer.person)
    answer = enter(sign_in(cast.secretary), session, boxes((made, time_local(session.starts_at), "")), 422)
    assert errors(answer) == [f"in_{made.public_id}"]


@either_engine
def test_what_stands_for_everybody_fills_the_empty_boxes(cast, sign_in, session, people):
    client, first = sign_in(cast.secretary), people[0]
    data = {**boxes((first, "0930", "")), "in_all": "0900", "out_all": "1100", "fill": "yes"}
    answer = enter(client, session, data, 200)
    assert (answer.text.count('value="0930"'), answer.text.count('value="0900"')) == (1, 3)
    assert again(first).state == "confirmed"


def test_somebody_on_the_paper_only_is_found_given_a_row_and_entered(cast, sign_in, session, people):
    client, late = sign_in(cast.secretary), helper(cast.community, "高远")
    typed = boxes((people[0], "0900", "1100"))
    found = enter(client, session, {**typed, "q": "gy", "search": "yes"}, 200)
    assert late.public_id in found.text
    assert 'value="0900"' in found.text
    rowed = enter(client, session, {**typed, "add": late.public_id}, 200)
    assert f'id="in_p{late.public_id}"' in rowed.text
    assert 'value="0900"' in rowed.text
    data = {**typed, "added": late.public_id, f"in_p{late.public_id}": "=", f"out_p{late.public_id}": "1000"}
    for _ in range(2):
        assert client.force(url(session), data).status_code == 303
    db.session.expire_all()
    made = db.session.query(SignUp).filter_by(session_id=session.id, person_id=late.id).one()
    assert (made.state, clock(made)) == ("completed", ("09:00", "10:00"))


@either_engine
def test_whoever_the_list_has_no_place_for_is_refused_and_nothing_is_saved(cast, sign_in):
    session = running(cast.community, 60 * 24, needs={None: 1})
    made, late = put(session, cast.volunteer.person), helper(cast.community, "高远")
    start = time_local(session.starts_at)
    data = {**boxes((made, start, "+60")), "added": late.public_id, f"in_p{late.public_id}": start}
    answer = sign_in(cast.secretary).force(url(session), data)
    assert (answer.status_code, errors(answer)) == (422, [f"in_p{late.public_id}"])
    assert again(made).state == "confirmed"


def test_nobody_from_elsewhere_is_added(cast, sign_in, session):
    for person in (cast.stranger.person, cast.member.person):
        answer = sign_in(cast.secretary).force(url(session), {"add": person.public_id})
        assert f"in_p{person.public_id}" not in answer.text


def test_saved_and_closed_in_one(cast, sign_in, session, people):
    enter(sign_in(cast.secretary), session, {**boxes((people[0], "0900", "1100")), "close": "yes"})
    assert [again(one).state for one in people] == ["completed", "no_show", "no_show"]


@either_engine
def test_the_rows_stand_as_on_the_sheet_that_was_signed(cast, sign_in, session, people):
    client = sign_in(cast.secretary)
    printed = client.page(f"/office/wangjiang/sessions/{session.public_id}/sign-ups/sheet").select("tbody tr")
    rows = client.page(url(session)).select("#rows tbody th b")
    assert [row.find_all("td")[1].text for row in printed][:3] == [one.text for one in rows]


@either_engine
@each(("role", "status"), [("treasurer", 403), ("sibling", 404), ("leader", 404), ("volunteer", 404)])
def test_nobody_else(cast, sign_in, session, people, role, status):
    client = sign_in(getattr(cast, role))
    assert client.get(url(session)).status_code == status
    assert client.force(url(session), boxes((people[0], "0900", "1100"))).status_code == status
    assert again(people[0]).state == "confirmed"


@either_engine
def test_not_signed_in_and_another_association(cast, sign_in, client, session, people):
    assert "/sign-in" in client.force(url(session), boxes((people[0], "0900", ""))).headers["Location"]
    other = running(cast.sibling_community, 60 * 24)
    assert sign_in(cast.secretary).force(url(other), {}).status_code == 404
    assert again(people[0]).state == "confirmed"
