"""The calendar to take along: a file of one session, and a private address that can be revoked."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from portal.core import icalendar
from portal.core.calendar import now
from portal.core.database import db
from portal.signups import feeds
from portal.signups.models import CalendarFeed
from tests.harness.cases import either_engine
from tests.harness.service import make_activity, make_session
from tests.signups.rows import opened, sign_up

PAGE = "/me/sign-ups/calendar"
ADDRESS = re.compile(r"/feed/([\w-]+)\.ics")


def unfolded(text: str) -> list[str]:
    """What a program reads: folded lines made whole again."""
    assert text.endswith("\r\n")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    return text.replace("\r\n ", "").split("\r\n")[:-1]


def values(text: str) -> dict[str, str]:
    return dict(line.split(":", 1) for line in unfolded(text))


@pytest.fixture
def session(cast, app):
    starts = datetime(2027, 3, 1, 1, 30, tzinfo=UTC)
    return opened(cast.community, starts, content="带手套；穿雨鞋,\n反斜杠\\", place="望江桥头" * 12)


@either_engine
def test_one_session_is_a_file(client, session):
    answer = client.get(f"/activities/sessions/{session.public_id}/session.ics")
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    read = values(answer.text)
    assert (read["DTSTART"], read["DTEND"], read["STATUS"]) == ("20270301T013000Z", "20270301T033000Z", "CONFIRMED")
    assert read["LOCATION"] == "望江桥头" * 12
    assert "带手套；穿雨鞋\\,\\n反斜杠\\\\" in read["DESCRIPTION"]


@either_engine
def test_what_was_planned_only_has_no_file(client, cast):
    planned = make_session(make_activity(cast.community, opened_at=None))
    assert client.get(f"/activities/sessions/{planned.public_id}/session.ics").status_code == 404


@pytest.mark.parametrize("text", ["", "a" * 75, "a" * 76, "会" * 60, "🦢" * 40, "a会" * 50])
def test_lines_are_folded_between_characters(text):
    pieces = list(icalendar.folded(text))
    assert all(len(piece.encode()) <= 75 for piece in pieces)
    assert pieces[0] + "".join(piece[1:] for piece in pieces[1:]) == text


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a;b,c\\d", "a\\;b\\,c\\\\d"),
        ("x\r\nEND:VEVENT", "x\\nEND:VEVENT"),
        ("x\rBEGIN:V", "x\\nBEGIN:V"),
        ("\x07响", "响"),
    ],
)
def test_nothing_that_is_typed_makes_a_line_of_its_own(text, written):
    assert icalendar.escaped(text) == written


# The private address


def made(visitor) -> str:
    answer = visitor.submit(PAGE)
    assert answer.status_code == 200
    return ADDRESS.search(answer.text)[0]


@either_engine
def test_an_address_shows_ones_own_sessions_and_cancelled_ones_as_such(cast, sign_in, client):
    held = opened(cast.community, now() + timedelta(days=2), place="甲地")
    gone = opened(cast.community, now() + timedelta(days=3), place="乙地")
    opened(cast.community, now() + timedelta(days=4), place="丙地")
    for one in (held, gone):
        sign_up(one, cast.volunteer.person)
    gone.cancelled_at, gone.cancel_reason = now(), "台风"
    text = client.get(made(sign_in(cast.volunteer))).text
    assert [line for line in unfolded(text) if line.startswith(("LOCATION", "STATUS"))] == [
        "LOCATION:甲地", "STATUS:CONFIRMED", "LOCATION:乙地", "STATUS:CANCELLED",
    ]  # fmt: skip


@either_engine
def test_only_a_hash_is_kept_and_the_address_is_shown_once(cast, sign_in):
    visitor = sign_in(cast.volunteer)
    token = ADDRESS.search(made(visitor))[1]
    kept = db.session.query(CalendarFeed).one()
    assert kept.token_hash == feeds.hashed(token)
    assert token not in str(visitor.page(PAGE))


def test_a_new_one_and_revoking_end_the_one_of_before(cast, sign_in, client):
    visitor = sign_in(cast.volunteer)
    first = made(visitor)
    second = made(visitor)
    assert [client.get(one).status_code for one in (first, second)] == [404, 200]
    for _ in range(2):
        assert visitor.force(f"{PAGE}/revoke").status_code == 303
    unknown, revoked = client.get(f"/feed/{'x' * 32}.ics"), client.get(second)
    assert (revoked.status_code, same(revoked)) == (404, same(unknown))


def same(answer) -> str:
    """The page but for what is drawn anew each time."""
    return re.sub(r"/feed/[\w.-]+|%2Ffeed%2F[\w.%-]+|value=\"[^\"]+\"", "", answer.text)


@either_engine
def test_a_removed_record_has_no_calendar(cast, sign_in, client):
    address = made(sign_in(cast.volunteer))
    cast.volunteer.person.removed_at = now()
    assert client.get(address).status_code == 404


@either_engine
@pytest.mark.parametrize("url", [PAGE, f"{PAGE}/revoke"])
def test_nobody_who_is_not_signed_in_makes_or_revokes_one(client, url):
    assert "/sign-in" in client.force(url).location
    assert db.session.query(CalendarFeed).count() == 0


@either_engine
def test_revoking_is_not_a_link(cast, sign_in):
    assert sign_in(cast.volunteer).get(f"{PAGE}/revoke").status_code == 405
