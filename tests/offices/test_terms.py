"""Terms of office: opened, changed, no two at the same time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.core.calendar import today
from portal.core.errors import RuleError
from portal.offices import services
from portal.offices.models import Term
from tests.harness.cases import either_engine
from tests.harness.sheets import fetch, links

URL = "/office/wangjiang/terms"
NEW = {
    "name": "第五届",
    "start_on": str(today() + timedelta(days=1101)),
    "end_on": str(today() + timedelta(days=2000)),
}


def stored(db_session) -> list[str]:
    return list(db_session.scalars(select(Term.name).order_by(Term.start_on)))


@either_engine
def test_as_a_file(cast, sign_in, client, terms):
    secretary = sign_in(cast.secretary)
    lines, page = fetch(secretary, f"{URL}/list"), secretary.page(URL)
    shown = [[row.th.get_text(), *(cell.get_text(strip=True) for cell in row.select("td"))]
             for row in page.select("tbody tr")]  # fmt: skip
    assert [[line[0], line[3], line[4]] for line in lines] == [[row[0], row[2], row[3]] for row in shown]
    assert len(lines) == 2
    assert links(page) == [f"{URL}/list.{form}" for form in ("xlsx", "csv")]
    assert sign_in(cast.sibling).get(f"{URL}/list.csv").status_code == 404
    assert client.get(f"{URL}/list.csv").location.startswith("/sign-in")


def test_opened(cast, sign_in, db_session, terms, logged):
    secretary = sign_in(cast.secretary)
    assert secretary.submit(f"{URL}/open", NEW).status_code == 303
    assert stored(db_session) == ["第三届", "第四届", "第五届"]
    assert logged() == ["offices.open_term"]
    assert "第五届" in secretary.get(URL).text


def test_twice_is_refused(cast, sign_in, db_session, terms):
    secretary = sign_in(cast.secretary)
    assert secretary.submit(f"{URL}/open", NEW).status_code == 303
    assert secretary.submit(f"{URL}/open", NEW).status_code == 422
    assert len(stored(db_session)) == 3


WRONG = [
    ("name", ""),
    ("name", "第三届"),
    ("name", "长" * 31),
    ("start_on", ""),
    ("start_on", str(today() + timedelta(days=1100))),
    ("end_on", ""),
    ("end_on", "never"),
    ("end_on", str(today() + timedelta(days=1101))),
    ("end_on", str(today() + timedelta(days=9000))),
]


@either_engine
def test_bad_input(cast, sign_in, db_session, terms):
    secretary = sign_in(cast.secretary)
    for field, value in WRONG:
        response = secretary.submit(f"{URL}/open", {**NEW, field: value})
        assert response.status_code == 422, (field, value)
        assert f'id="{field}-error"' in response.text, (field, value)
    assert len(stored(db_session)) == 2


@pytest.mark.parametrize(
    ("start", "end", "is_refused"),
    [(-2000, -901, False), (-2000, -900, True), (0, 10, True), (-2000, 3000, True), (1101, 1200, False)],
)
def test_two_terms_share_no_day(cast, terms, start, end, is_refused):
    values = {"start_on": today() + timedelta(days=start), "end_on": today() + timedelta(days=end)}
    if is_refused:
        with pytest.raises(RuleError):
            services.open_term(None, cast.community, name="另届", **values)
    else:
        services.open_term(None, cast.community, name="另届", **values)


@either_engine
def test_another_association_has_its_own(cast, terms):
    services.open_term(
        None, cast.sibling_community, name="第三届", start_on=today(), end_on=today() + timedelta(days=400)
    )


def test_changed(cast, sign_in, db_session, terms, logged):
    url = f"{URL}/{terms[0].public_id}"
    sooner = str(today() + timedelta(days=20))
    secretary = sign_in(cast.secretary)
    assert secretary.submit(url, {"name": "第三届理事会", "end_on": sooner}).status_code == 303
    assert stored(db_session)[0] == "第三届理事会"
    assert secretary.submit(url, {"end_on": str(today() + timedelta(days=40))}).status_code == 422, (
        "overlaps the next"
    )
    assert secretary.submit(url).status_code == 303, "twice"
    assert logged() == ["offices.change_term"]


@either_engine
def test_who_may_not(cast, sign_in, client, db_session, terms):
    term, accounts = terms[0].public_id, cast.accounts()

    def answers(visitor) -> list[int]:
        posts = (("open", NEW), (term, {"name": "改名"}), (f"{term}/hand-over", {}))
        got = [visitor.force(f"{URL}/{path}", data) for path, data in posts]
        return [response.status_code for response in (*got, visitor.get(f"{URL}/{term}/sheet"))]

    for who, status in {"treasurer": 403, "leader": 403, "sibling": 404, "member": 404, "ended": 404}.items():
        assert answers(sign_in(accounts[who])) == [status] * 4, who
    assert answers(client) == [303] * 4, "not signed in"
    assert stored(db_session) == ["第三届", "第四届"]


@either_engine
def test_every_officer_may_look(cast, sign_in, terms):
    page = sign_in(cast.leader).page(URL)
    assert len(page.select("tbody tr")) == 2
    assert page.select("tbody a") == []


@either_engine
def test_a_term_of_another_association(cast, sign_in, terms):
    term = terms[0].public_id
    for path in (term, f"{term}/hand-over", f"{term}/sheet"):
        assert sign_in(cast.chair).get(f"/office/tingyu/terms/{path}").status_code == 404


def test_archived_refuses(cast, terms):
    cast.community.archived_on = today()
    with pytest.raises(RuleError):
        services.change_term(None, cast.community, terms[0], name="改", end_on=terms[0].end_on)
