"""Officers as a file: those of today and to come, or those that are past, as the page shows them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.core.calendar import now, today
from portal.core.database import db
from portal.offices.rights import Position
from portal.people.models import Consent, ConsentPurpose
from tests.harness.factory import LONG_AGO, appoint, make_person, yesterday
from tests.harness.sheets import fetch, links

PAGE = "/office/wangjiang/appointments"
FILE = f"{PAGE}/list"
SINCE = LONG_AGO.isoformat()


@pytest.fixture
def written(cast):
    soon = today() + timedelta(days=3)
    appoint(make_person("=1+1"), cast.community, Position.SUPERVISOR, start_on=soon)
    shown = make_person("公开者")
    appoint(shown, cast.community, Position.CHAIR, is_public=True)
    db.session.add(Consent(person_id=shown.id, purpose=ConsentPurpose.PUBLIC_NAME, notice_version=1, given_at=now()))
    appoint(make_person("缺同意"), cast.community, Position.VICE_CHAIR, is_public=True)
    withdrawn = make_person("未就任")
    held = appoint(withdrawn, cast.community, Position.SUPERVISOR, start_on=today())
    held.end_on = yesterday()
    db.session.commit()


def test_those_of_today_then_those_to_come(cast, sign_in, written):
    client = sign_in(cast.secretary)
    lines, page = fetch(client, FILE), client.page(PAGE)
    assert [line[0] for line in lines] == [cell.get_text() for cell in page.select("tbody th a")]
    assert lines[0][:5] == ["公开者", "会长", "本级", SINCE, ""]
    assert [line[7] for line in lines[:3]] == ["已公开", "缺同意书", "不公开"]
    assert next(line for line in lines if line[0] == "吴桂芳")[1:4] == ["小组长", "第一小组", SINCE]
    assert (lines[-1][0], lines[-1][3]) == ("=1+1", (today() + timedelta(days=3)).isoformat())
    assert links(page) == [f"{FILE}.{form}" for form in ("xlsx", "csv")]


def test_those_that_are_past(cast, sign_in, written):
    client = sign_in(cast.secretary)
    lines = fetch(client, f"{FILE}?past=1")
    assert {line[0]: line[3:5] for line in lines} == {
        "孙立新": [SINCE, yesterday().isoformat()],
        "未就任": [today().isoformat(), ""],
    }
    assert lines[0][6] != lines[1][6], "one has ended, one was withdrawn"
    assert links(client.page(f"{PAGE}?past=1&page=1")) == [f"{FILE}.{form}?past=1" for form in ("xlsx", "csv")]


def test_all_that_are_past_and_not_a_page_s(cast, sign_in):
    for number in range(30):
        appoint(make_person(f"前任{number:02}"), cast.community, Position.SUPERVISOR, end_on=yesterday())
    db.session.commit()
    assert len(fetch(sign_in(cast.secretary), f"{FILE}?past=1&page=2")) == 31


def test_who_fetches_which(cast, sign_in, written, client):
    assert [line[0] for line in fetch(sign_in(cast.sibling), "/office/tingyu/appointments/list")] == ["郑海燕"]
    for form in ("xlsx", "csv"):
        for role, status in (("publisher", 200), ("leader", 200), ("sibling", 404), ("ended", 404), ("member", 404)):
            assert sign_in(getattr(cast, role)).get(f"{FILE}.{form}").status_code == status, role
        assert client.get(f"{FILE}.{form}").location.startswith("/sign-in")
