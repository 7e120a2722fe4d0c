"""The public page of one association: named are only those who agreed, shown only what is published."""

from __future__ import annotations

import pytest

from portal.core.calendar import now, today
from portal.offices.rights import Position
from portal.people.models import AffiliationKind, Consent, ConsentPurpose
from tests.harness.cases import each, either_engine
from tests.harness.factory import affiliate, appoint, make_group, make_person, yesterday

URL = "/associations/wangjiang"


def agree(db_session, person, purpose: str = ConsentPurpose.PUBLIC_NAME, **values) -> None:
    db_session.add(Consent(person_id=person.id, purpose=purpose, notice_version=1, given_at=now(), **values))


def officer(cast, name: str, position: Position = Position.CHAIR, **values):
    person = make_person(name)
    appoint(person, cast.community, position, **values)
    return person


@either_engine
def test_shown_with_flag_and_consent(cast, client, db_session):
    agree(db_session, officer(cast, "高明", is_public=True))
    page = client.page(URL, headers={"Accept-Language": "en"})
    assert "Chair" in next(row for row in page.select(".person") if "高明" in row.get_text()).get_text()


@either_engine
@each("what", ["no flag", "no consent", "withdrawn", "other purpose", "ended", "coming", "removed"])
def test_not_shown_when_one_is_missing(cast, client, db_session, what):
    dates = {"ended": {"end_on": yesterday()}, "coming": {"start_on": today().replace(year=today().year + 1, day=1)}}
    person = officer(cast, "高明", is_public=what != "no flag", **dates.get(what, {}))
    if what == "withdrawn":
        agree(db_session, person, withdrawn_at=now())
    elif what == "other purpose":
        agree(db_session, person, ConsentPurpose.PUBLIC_ROSTER)
    elif what != "no consent":
        agree(db_session, person)
    if what == "removed":
        person.removed_at = now()
    assert "高明" not in client.get(URL).text


@either_engine
def test_leaders_beside_their_groups(cast, client, db_session):
    values = {"group_id": cast.group.id, "is_public": True}
    agree(db_session, officer(cast, "组长甲", Position.GROUP_LEADER, **values))
    rows = [row.get_text(" ", strip=True) for row in client.page(URL).select(".person")]
    assert "第一小组 组长甲" in rows
    assert "第二小组" in rows
    assert rows[0].startswith("第一小组"), "a leader is no officer of the whole association"


@either_engine
def test_nobody_is_named_who_did_not_agree(cast, client):
    names = [account.person.name for account in cast.accounts().values()]
    text = client.get(URL).text
    assert not [name for name in names if name in text]


def test_totals_and_the_way_up(cast, client):
    page = client.page("/associations/liuan", headers={"Accept-Language": "en"})
    assert [figure.get_text(" ", strip=True) for figure in page.select(".figures > div")] == [
        "Members 1",
        "Associations below 2",
    ]
    assert page.find("a", href="/associations?under=liuan")
    assert page.select_one("nav.main a[aria-current]")["href"] == "/associations"
    crumbs = client.page(URL).select_one(".crumb")
    assert [link["href"] for link in crumbs.select("a")] == ["/associations", "/associations/liuan"]


@either_engine
@pytest.mark.parametrize("code", ["nowhere", "WANGJIANG", "wangjiang%20"])
def test_nobody_of_this_name(cast, client, code):
    assert client.get(f"/associations/{code}").status_code == 404


@either_engine
def test_introduction_is_text_and_never_markup(cast, client):
    cast.community.introduction = "<script>alert(1)</script>\n\n<b hx-get=/x>粗</b>"
    page = client.page(URL)
    assert page.select("main script") == []
    assert page.select("main b[hx-get]") == []
    assert [p.get_text() for p in page.select(".prose p")] == ["<script>alert(1)</script>", "<b hx-get=/x>粗</b>"]


@either_engine
def test_archived_it_stays_and_says_so(cast, client):
    cast.community.archived_on = today()
    assert client.page(URL).select_one(".notice")


@either_engine
def test_queries_do_not_grow(cast, client, db_session, query_count):
    with query_count() as few:
        client.page(URL)
    for number in range(20):
        group = make_group(cast.community, f"组{number}", position=number + 2)
        agree(db_session, officer(cast, f"长{number}", Position.GROUP_LEADER, group_id=group.id, is_public=True))
        affiliate(make_person(f"员{number}"), cast.community, AffiliationKind.MEMBER, group_id=group.id)
    with query_count() as many:
        client.page(URL)
    assert len(many) == len(few) <= 12
