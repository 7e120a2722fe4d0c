"""Certificates in the office: issued for somebody without an account, listed, printed again."""

from __future__ import annotations

import pytest

from portal.core.database import db
from portal.people.models import Person
from tests.certificates.rows import OFFICE, certificates_of, make_certificate, pages_of, serve
from tests.harness.cases import either_engine

LIST = f"{OFFICE}/certificates"


@pytest.fixture
def served(cast):
    serve(cast.volunteer, cast.community, 150)
    serve(cast.volunteer, cast.village, 60, title="上石村义诊引导")


def issue_for(account, office="wangjiang") -> str:
    return f"/office/{office}/people/{account.person.public_id}/certificate"


def test_issued_by_an_officer(cast, sign_in, served):
    client = sign_in(cast.secretary)
    response = client.submit(issue_for(cast.volunteer))
    (made,) = certificates_of(cast.volunteer)
    assert (response.status_code, response.location) == (303, f"{LIST}/{made.public_id}")
    assert (made.snapshot["handler"], made.snapshot["by_oneself"]) == ("黄淑兰", False)
    assert made.minutes == 150, "what others organised is not the officer's to see"
    shown = client.get(response.location).text
    assert made.number in shown
    assert "上石村义诊引导" not in shown
    face = pages_of(client.get(f"{response.location}/certificate.pdf").data)[0]
    assert "黄淑兰" in face
    assert "自助" not in face


def test_twice_is_the_same(cast, sign_in, served):
    client = sign_in(cast.secretary)
    for _ in range(2):
        assert client.submit(issue_for(cast.volunteer)).status_code == 303
    assert len(certificates_of(cast.volunteer)) == 1


def test_beside_the_one_that_the_holder_fetched(cast, sign_in, served):
    """They say different things, and neither supersedes the other."""
    make_certificate(cast.volunteer, cast.community)
    sign_in(cast.secretary).submit(issue_for(cast.volunteer))
    assert [(one.minutes, one.superseded_at) for one in certificates_of(cast.volunteer)] == [(210, None), (150, None)]


def test_nothing_to_certify(cast, sign_in):
    client = sign_in(cast.secretary)
    assert "还没有已审核的服务" in client.get(issue_for(cast.volunteer)).text
    assert client.force(issue_for(cast.volunteer), {"span": "all"}).status_code == 422
    assert client.force(issue_for(cast.volunteer), {"span": "abc"}).status_code == 422


@either_engine
def test_who_may(cast, sign_in, client, served):
    made = make_certificate(cast.volunteer, cast.community)
    one, url = f"{LIST}/{made.public_id}", issue_for(cast.volunteer)
    for role, reads, writes in (
        ("treasurer", 200, 403), ("leader", 404, 403), ("publisher", 403, 403), ("member", 404, 404),
        ("sibling", 404, 404), ("ended", 404, 404), ("volunteer", 404, 404),
    ):  # fmt: skip
        reader = sign_in(getattr(cast, role))
        assert reader.get(one).status_code == reads, role
        assert reader.get(f"{one}/certificate.pdf").status_code == writes, role
        assert reader.get(url).status_code == writes, role
        assert reader.force(url, {"span": "all"}).status_code == writes, role
    sibling = sign_in(cast.sibling)
    assert sibling.force(issue_for(cast.volunteer, "tingyu"), {"span": "all"}).status_code == 404
    assert sibling.get(f"/office/tingyu/certificates/{made.public_id}").status_code == 404
    assert made.number not in sibling.get("/office/tingyu/certificates").text
    assert client.force(url).status_code == 303
    assert len(certificates_of(cast.volunteer)) == 1


def test_the_list_and_its_files(cast, sign_in, served):
    made = make_certificate(cast.volunteer, cast.community)
    client = sign_in(cast.secretary)
    for asked, found in (("", True), ("?q=陈晓", True), ("?q=000001", True), ("?q=王秀", False), ("?q=%25", False)):
        assert (made.number in client.get(LIST + asked).text) is found, asked
    text = client.get(f"{LIST}/list.csv").data.decode("utf-8-sig")
    assert f"{made.number},陈晓明,望江社区协会" in text
    assert client.get(f"{LIST}/list.xlsx").data[:2] == b"PK"
    assert sign_in(cast.publisher).get(f"{LIST}/list.csv").status_code == 403


@either_engine
def test_on_the_persons_page(cast, sign_in, served, query_count):
    made = make_certificate(cast.volunteer, cast.community)
    client = sign_in(cast.secretary)
    url = f"{OFFICE}/people/{cast.volunteer.person.public_id}"
    page = client.page(url)
    assert page.find("a", href=f"{LIST}/{made.public_id}")
    assert page.find("a", href=issue_for(cast.volunteer))
    for address in (LIST, f"{LIST}/{made.public_id}", issue_for(cast.volunteer)):
        with query_count() as queries:
            assert client.get(address).status_code == 200
        assert len(queries) <= 12, address
    assert db.session.get(Person, cast.volunteer.person_id)
