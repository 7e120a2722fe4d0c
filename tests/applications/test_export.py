"""The applications as a file: those of the page, in its order, with the days that they wait."""

from __future__ import annotations

from datetime import timedelta

from portal.applications import services
from portal.core import calendar
from portal.core.calendar import now, today
from portal.core.database import db
from tests.applications.filling import NUMBER, OFFICE, PHONE, applied
from tests.harness.cases import either_engine
from tests.harness.sheets import fetch, links

FILE = f"{OFFICE}/list"


def another(cast, name: str, **values):
    return applied(
        cast, name=name, identity_number=None, sex="male", birth_on=today().replace(year=1970, day=1), **values
    )


def test_what_the_page_shows(cast, sign_in):
    with calendar.at(now() - timedelta(days=3)):
        applied(cast, group=cast.group)
    another(cast, "=HYPERLINK(1)")
    client = sign_in(cast.secretary)
    lines = fetch(client, FILE)
    assert [line[0] for line in lines] == [a.get_text() for a in client.page(OFFICE).select("tbody td:first-child a")]
    name, place, kind, group, received, way, state, days = lines[0]
    assert (name, place, kind, group) == ("钟若兰", "望江社区协会", "个人会员", "第一小组")
    assert (received, days) == ((today() - timedelta(days=3)).isoformat(), "3")
    assert received in client.page(OFFICE).select_one("tbody tr").get_text()
    assert state in client.page(OFFICE).select_one("tbody tr").get_text()
    assert way
    assert not {NUMBER, PHONE} & {cell for line in lines for cell in line}


def test_by_state(cast, sign_in):
    declined = applied(cast)
    another(cast, "石新")
    services.decline(cast.secretary, declined, "住址不在本社区")
    db.session.commit()
    client = sign_in(cast.secretary)
    assert [line[0] for line in fetch(client, f"{FILE}?state=declined")] == ["钟若兰"]
    assert [line[-1] for line in fetch(client, f"{FILE}?state=declined")] == [""], "what is decided waits no longer"
    assert [line[0] for line in fetch(client, f"{FILE}?state=%3Cscript%3E")] == ["石新"]
    assert links(client.page(f"{OFFICE}?state=declined&page=1"))[1] == f"{FILE}.csv?state=declined"


def test_who_fetches_which(cast, sign_in, client):
    for name, group in (("甘泉", cast.group), ("涂山", cast.other_group), ("江帆", None)):
        another(cast, name, group=group)
    assert [line[0] for line in fetch(sign_in(cast.leader), FILE)] == ["甘泉"]
    assert len(fetch(sign_in(cast.chair), "/office/liuan/applications/list")) == 3
    assert fetch(sign_in(cast.sibling), "/office/tingyu/applications/list") == []
    for form in ("xlsx", "csv"):
        for role, status in (("publisher", 403), ("sibling", 404), ("ended", 404), ("member", 404)):
            assert sign_in(getattr(cast, role)).get(f"{FILE}.{form}").status_code == status, role
        assert client.get(f"{FILE}.{form}").location.startswith("/sign-in")


@either_engine
def test_ten_cost_no_more_questions_than_one(cast, sign_in, query_count):
    client, counts = sign_in(cast.secretary), []
    for names in ("甲", "乙丙丁戊己庚辛壬癸"):
        for name in names:
            another(cast, f"赵{name}", group=cast.group)
        with query_count() as asked:
            client.get(f"{FILE}.csv")
        counts.append(len(asked))
    assert counts[0] == counts[1], asked
