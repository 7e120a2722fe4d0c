"""The open list reads itself anew: nothing while it is the same, the list once it is another; and nobody stays in."""

from __future__ import annotations

from datetime import timedelta

from portal.accounts.sessions import IDLE
from portal.attendance import services
from portal.core.calendar import at, now
from portal.core.database import db
from portal.signups.models import Origin
from tests.attendance.rows import OFFICE, again, put
from tests.harness.cases import either_engine

HTMX = {"HX-Request": "true"}


def address(client, session) -> str:
    return str(client.page(f"{OFFICE}/{session.public_id}").select_one("#attendance")["hx-get"])


def test_only_what_has_changed_is_sent(cast, sign_in, session):
    made, client = put(session, cast.volunteer.person), sign_in(cast.secretary)
    key = made.public_id
    url = address(client, session)
    same = client.get(url, headers=HTMX)
    assert (same.status_code, same.text) == (204, "")
    services.check_in(again(made), now(), Origin.SCANNED, cast.volunteer)
    db.session.commit()
    news = client.get(url, headers=HTMX)
    assert (news.status_code, f"undo-{key}" in news.text, "<html" in news.text) == (200, True, False)
    assert client.get(url, headers=HTMX).status_code == 200, "until the page says that it has it"
    assert client.get(url).text.count("<html") == 1, "without scripts it is the page"


@either_engine
def test_the_buttons_of_the_hour_are_news_too(cast, sign_in, session):
    put(session, cast.volunteer.person)
    client = sign_in(cast.secretary)
    url = address(client, session)
    with at(session.ends_at + timedelta(minutes=1)):
        client = sign_in(cast.secretary)
        assert client.get(url, headers=HTMX).status_code == 200


@either_engine
def test_who_keeps_the_list_and_nobody_else(cast, sign_in, client, session):
    url = f"{OFFICE}/{session.public_id}?seen=0"
    asked = {"secretary": 200, "treasurer": 403, "sibling": 404, "member": 404}
    assert {name: sign_in(getattr(cast, name)).get(url, headers=HTMX).status_code for name in asked} == asked
    assert client.get(url, headers=HTMX).status_code == 401


@either_engine
def test_a_page_left_open_does_not_keep_the_office_open(cast, sign_in, session):
    """The control: a page that somebody opens does."""
    client = sign_in(cast.secretary)
    page = f"{OFFICE}/{session.public_id}"
    start = now()
    for by_itself, stands in ((False, 200), (True, 401)):
        url = page + "?seen=0" if by_itself else page
        for number in (1, 2):
            with at(start + number * (IDLE - timedelta(minutes=5))):
                answer = client.get(url, headers=HTMX if by_itself else {})
        assert answer.status_code == stands
        start += timedelta(hours=1)
        client = sign_in(cast.secretary)
