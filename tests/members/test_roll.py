"""The roll of a term: by stays, as of its first or last day."""

from __future__ import annotations

import io
from datetime import timedelta

import openpyxl
import pytest

from portal.core.calendar import today
from portal.core.database import db
from portal.members import services
from portal.members.models import EndReason
from portal.offices.models import Term
from tests.harness.cases import each, either_engine
from tests.harness.factory import make_membership, make_person

URL = "/office/wangjiang/members/roll"


def days(count: int):
    return today() + timedelta(days=count)


@pytest.fixture
def terms(cast) -> tuple[Term, Term]:
    """The last term, over since a year, and the present one."""
    past = Term(association_id=cast.community.id, name="第二届", start_on=days(-1500), end_on=days(-366))
    now = Term(association_id=cast.community.id, name="第三届", start_on=days(-365), end_on=days(700))
    db.session.add_all([past, now])
    db.session.flush()
    return past, now


@pytest.fixture
def people(cast, held):
    """Who was there when: since long ago, left in this term, came in this term, moved away, entered in error."""
    here = cast.community
    left = make_membership(make_person("中途离开"), here, joined_on=days(-800))
    services.end_membership(None, left, days(-100), EndReason.WITHDREW)
    make_membership(make_person("新来的人"), here, joined_on=days(-50))
    gone = make_membership(make_person("转走的人"), here, joined_on=days(-800), group_id=cast.group.id)
    services.settle(None, gone, cast.sibling_community, None, days(-200))
    wrong = make_membership(make_person("录错的人"), here, joined_on=days(-800))
    services.end_membership(None, wrong, days(-10), EndReason.IN_ERROR)
    db.session.commit()


def names(client, url: str) -> set[str]:
    return {row.select("td")[0].get_text() for row in client.page(url).select("tbody tr")}


def test_by_stays(cast, sign_in, terms, people):
    secretary, (past, now) = sign_in(cast.secretary), [term.public_id for term in terms]
    assert names(secretary, f"{URL}?term={past}&when=first") == {"王秀英"}
    assert names(secretary, f"{URL}?term={past}&when=last") == {"王秀英", "中途离开", "转走的人"}
    assert names(secretary, f"{URL}?term={now}&when=first") == {"王秀英", "中途离开", "转走的人"}
    assert names(secretary, f"{URL}?term={now}&when=last") == {"王秀英", "新来的人"}, "while it lasts, today"
    assert names(secretary, URL) == {"王秀英", "新来的人"}


def test_by_groups_with_counts(cast, sign_in, terms, people):
    page = sign_in(cast.secretary).page(f"{URL}?term={terms[0].public_id}&when=last")
    headings = [" ".join(h2.get_text().split()) for h2 in page.main.find_all("h2")]
    assert headings[0].startswith("第一小组")
    assert len(headings) == 2
    assert "2" in headings[0]


@either_engine
def test_as_excel(cast, sign_in, people):
    response = sign_in(cast.secretary).get("/office/wangjiang/members/roll.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(response.data)).active
    assert [row[3] for row in sheet.iter_rows(min_row=2, values_only=True)] == ["王秀英", "新来的人"]


@either_engine
def test_a_leader_sees_the_own_group(cast, sign_in, people):
    leader = sign_in(cast.leader)
    assert names(leader, URL) == {"王秀英"}
    sheet = openpyxl.load_workbook(io.BytesIO(leader.get("/office/wangjiang/members/roll.xlsx").data)).active
    assert sheet.max_row == 2


@either_engine
@each(("who", "status"), [("treasurer", 200), ("publisher", 403), ("sibling", 404), ("member", 404), ("ended", 404)])
def test_who_may(cast, sign_in, client, who, status):
    for url in (URL, f"{URL}.xlsx"):
        assert sign_in(getattr(cast, who)).get(url).status_code == status
        assert client.get(url).location.startswith("/sign-in")


@either_engine
def test_a_term_of_another_association(cast, sign_in, terms):
    for url in (f"/office/tingyu/members/roll?term={terms[0].public_id}", "/office/tingyu/members/roll?term=x"):
        assert sign_in(cast.sibling).get(url).status_code == 404


@either_engine
def test_strange_addresses(cast, sign_in, terms):
    secretary = sign_in(cast.secretary)
    assert secretary.get(f"{URL}?term=x%00").status_code == 404
    for query in ("when=never", "endpoint=x&code=tingyu&_external=1", "term="):
        page = secretary.page(f"{URL}?{query}")
        assert "/office/tingyu" not in str(page.main)


@either_engine
def test_nobody(cast, sign_in):
    page = sign_in(cast.sibling).page("/office/tingyu/members/roll")
    assert page.select_one(".empty")
