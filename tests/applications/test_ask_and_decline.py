"""Asking for more, declining with a reason, looking at a number for a reason."""

from __future__ import annotations

from portal.applications.models import ApplicationMessage
from tests.applications.filling import NUMBER, OFFICE, PHONE, applied
from tests.harness.cases import each, either_engine


def test_asked_and_it_stands_on_the_applicant_s_page(cast, sign_in, client, db_session):
    made = applied(cast)
    url = f"{OFFICE}/{made.public_id}"
    assert sign_in(cast.secretary).submit(f"{url}/ask", {"question": "请问住在几号楼？"}, page=url).status_code == 303
    db_session.refresh(made)
    assert made.state == "asked"
    assert "请问住在几号楼？" in client.page(f"/join/{made.reference}").get_text()


def test_declined(cast, sign_in, db_session):
    made = applied(cast)
    url = f"{OFFICE}/{made.public_id}"
    assert sign_in(cast.secretary).submit(f"{url}/decline", {"reason": "住址不在本社区"}, page=url).status_code == 303
    db_session.refresh(made)
    assert (made.state, made.decision_reason, made.decided_by_id) == (
        "declined",
        "住址不在本社区",
        cast.secretary.person_id,
    )
    page = sign_in(cast.secretary).page(url)
    assert "住址不在本社区" in page.get_text()
    assert page.select("form[action$=accept]") == []


@each(("act", "field"), [("ask", "question"), ("decline", "reason")])
@each("words", ["", " ", "字" * 1001])
def test_not_without_words(cast, sign_in, db_session, act, field, words):
    made = applied(cast)
    response = sign_in(cast.secretary).force(f"{OFFICE}/{made.public_id}/{act}", {field: words})
    assert response.status_code == 422
    assert words.strip() in response.text
    db_session.refresh(made)
    assert made.state == "submitted"


def test_a_number_is_shown_once_and_the_applicant_reads_why(cast, sign_in, client):
    made = applied(cast)
    url, secretary = f"{OFFICE}/{made.public_id}", sign_in(cast.secretary)
    for field, value in (("phone", "139 0000 1234"), ("identity_number", NUMBER)):
        response = secretary.submit(f"{url}/reveal", {"field": field, "why": "电话核实住址"}, page=url)
        assert value in response.text
    again = secretary.get(url).text
    assert NUMBER not in again
    assert PHONE not in again
    assert "电话核实住址" in client.page(f"/join/{made.reference}").get_text()


@each(
    ("field", "why"),
    [("phone", ""), ("phone", "a"), ("", "核对住址"), ("email", "核对住址"), ("guardian_phone", "核对住址")],
)
def test_no_reason_no_number(cast, sign_in, db_session, field, why):
    made = applied(cast)
    response = sign_in(cast.secretary).force(f"{OFFICE}/{made.public_id}/reveal", {"field": field, "why": why})
    assert response.status_code == 422
    assert "139 0000 1234" not in response.text
    assert db_session.query(ApplicationMessage).count() == 0


@either_engine
@each(("who", "status"), [("treasurer", 403), ("leader", 403), ("sibling", 404), ("ended", 404)])
def test_who_may_not_look(cast, sign_in, who, status):
    made = applied(cast, group=cast.group)
    response = sign_in(getattr(cast, who)).force(
        f"{OFFICE}/{made.public_id}/reveal", {"field": "phone", "why": "核对住址"}
    )
    assert response.status_code == status
