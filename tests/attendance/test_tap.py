"""One tap in, one tap out, everybody at once, and back."""

from __future__ import annotations

import pytest

from portal.attendance import services
from portal.core.calendar import at, now
from portal.core.database import db
from portal.core.errors import RuleError
from portal.hours import services as hours
from portal.hours.models import HoursRevision
from portal.offices.rights import Position
from portal.signups.models import Origin
from tests.attendance.rows import OFFICE, again, ago, came, credit, helper, put, running
from tests.harness.cases import each, either_engine
from tests.harness.factory import appoint, make_account, make_person


def url(session) -> str:
    return f"{OFFICE}/{session.public_id}"


def tap(client, session, what: str, **kwargs):
    return client.submit(url(session) + "/tap", {"tap": what}, url(session), **kwargs)


def test_in_and_out_with_two_taps(cast, sign_in, session, made):
    client = sign_in(cast.secretary)
    assert tap(client, session, f"in:{made.public_id}").headers["Location"].endswith(url(session))
    stands = again(made)
    assert (stands.state, stands.in_origin, stands.in_by_id) == ("arrived", "leader", cast.secretary.person_id)
    came(session, helper(cast.community), 25)
    assert tap(client, session, f"out:{made.public_id}").status_code == 303
    assert again(made).state == "completed"


def test_twice_is_once(cast, sign_in, session, made):
    client = sign_in(cast.secretary)
    tap(client, session, f"in:{made.public_id}")
    first = again(made).in_at
    assert tap(client, session, f"in:{made.public_id}").status_code == 303
    assert again(made).in_at == first


def test_htmx_gets_the_list_read_anew(cast, sign_in, session, made):
    client = sign_in(cast.secretary)
    answer = tap(client, session, f"in:{made.public_id}", headers={"HX-Request": "true"})
    assert 'id="attendance"' in answer.text
    assert "<html" not in answer.text
    assert f"out:{made.public_id}" in answer.text
    refused = tap(client, session, "out:everybody", headers={"HX-Request": "true"})
    assert refused.status_code == 200


@either_engine
def test_what_a_rule_says_stands_on_the_page(cast, sign_in, session, made):
    client = sign_in(cast.secretary)
    tap(client, session, f"out:{made.public_id}")
    assert client.page(url(session)).select_one("main .notice.red") is not None
    assert again(made).state == "confirmed"
    part = tap(client, session, f"out:{made.public_id}", headers={"HX-Request": "true"})
    assert "notice red" in part.text


def test_back_again(cast, sign_in, session):
    made = came(session, cast.volunteer.person, 25)
    client = sign_in(cast.secretary)
    tap(client, session, f"out:{made.public_id}")
    assert credit(cast.volunteer.person, session) == [(25, "entered", "pending")]
    for _ in range(2):
        tap(client, session, f"not-out:{made.public_id}")
    assert (again(made).state, credit(cast.volunteer.person, session)) == ("arrived", [])
    for _ in range(2):
        tap(client, session, f"not-in:{made.public_id}")
    assert again(made).state == "confirmed"


def test_everybody_in_and_everybody_out(cast, sign_in, session, made):
    others = [put(session, helper(cast.community, name)) for name in ("甲一", "乙二")]
    guest = put(session, None, guest_name="来宾")
    client = sign_in(cast.secretary)
    tap(client, session, "in:everybody")
    assert {again(one).state for one in (made, *others, guest)} == {"arrived"}
    others[0].in_at = ago(30)
    tap(client, session, "out:everybody")
    assert {again(one).state for one in (made, *others, guest)} == {"completed"}
    assert again(made).review == "too_short"
    assert tap(client, session, "out:everybody").status_code == 303


def test_the_leader_of_the_group_keeps_its_list_and_no_other(cast, sign_in):
    own = running(cast.community, group_id=cast.group.id, place="组里")
    other = running(cast.community, place="全协会")
    mine, theirs = (put(one, cast.volunteer.person, group_id=one.group_id) for one in (own, other))
    client = sign_in(cast.leader)
    assert tap(client, own, f"in:{mine.public_id}").status_code == 303
    assert client.force(url(other) + "/tap", {"tap": f"in:{theirs.public_id}"}).status_code == 404
    assert (again(mine).state, again(theirs).state) == ("arrived", "confirmed")


@either_engine
@each(("role", "status"), [("treasurer", 403), ("sibling", 404), ("member", 404), ("ended", 404)])
def test_nobody_else(cast, sign_in, session, made, role, status):
    answer = sign_in(getattr(cast, role)).force(url(session) + "/tap", {"tap": f"in:{made.public_id}"})
    assert (answer.status_code, again(made).state) == (status, "confirmed")


@either_engine
def test_a_session_of_another_association_is_not_here(cast, sign_in, session):
    other = running(cast.sibling_community)
    made = put(other, cast.volunteer.person)
    client = sign_in(cast.secretary)
    for path, who in ((url(other), made), (url(session), made)):
        assert client.force(path + "/tap", {"tap": f"in:{who.public_id}"}).status_code == 404
    assert again(made).state == "confirmed"


@either_engine
@each("what", ["", "in:", "fly:everybody", "not-in:everybody", "in:nobody"])
def test_bad_input(cast, sign_in, session, what):
    assert sign_in(cast.secretary).force(url(session) + "/tap", {"tap": what}).status_code in (400, 404)


@either_engine
def test_not_signed_in_and_get(cast, sign_in, client, session, made):
    answer = client.force(url(session) + "/tap", {"tap": f"in:{made.public_id}"})
    assert "/sign-in" in answer.headers["Location"]
    assert sign_in(cast.secretary).get(url(session) + "/tap").status_code in (404, 405)
    assert again(made).state == "confirmed"


@either_engine
def test_outside_of_its_time_there_is_no_button_but_a_word(cast, sign_in):
    session = running(cast.community, -120)
    put(session, cast.volunteer.person)
    page = sign_in(cast.secretary).page(url(session))
    assert page.find("button", attrs={"name": "tap"}) is None
    assert page.select_one("#attendance .notice").get_text(strip=True)
    assert now() < session.starts_at


def test_whoever_noted_one_end_approves_nothing_of_it(cast, app):
    """Two officers, one number: half of it is of each."""
    session = running(cast.community, 60)
    made = put(session, helper(cast.community))
    for before, note, officer in ((50, services.check_in, cast.secretary), (10, services.check_out, cast.chair)):
        with at(ago(before)):
            note(again(made), now(), Origin.LEADER, officer)
    db.session.commit()
    (waits,) = db.session.query(HoursRevision).all()
    for officer in (cast.secretary, cast.chair):
        with pytest.raises(RuleError):
            hours.approve(officer, waits)
    third = make_person("洪敏")
    appoint(third, cast.community, Position.CHAIR)
    hours.approve(make_account(third), waits)
