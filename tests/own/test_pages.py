"""One's own pages: what each shows, to whom, and in how many questions."""

from __future__ import annotations

import pytest

from tests.activities.rows import make_log
from tests.harness.cases import each, either_engine

PAGES = (
    "/me", "/me/data", "/me/data/contact", "/me/data/correction", "/me/consents", "/me/activities", "/me/who-sees",
    "/me/copy", "/me/copy.json", "/me/copy.pdf", "/me/deletion",
)  # fmt: skip


@either_engine
@each("url", PAGES)
def test_not_signed_in(cast, client, url):
    answer = client.get(url)
    assert answer.status_code == 303
    assert answer.location.startswith("/sign-in")


@either_engine
@pytest.mark.parametrize("role", ["member", "stranger", "secretary"])
def test_everybody_has_their_own(cast, sign_in, query_count, role):
    client = sign_in(getattr(cast, role))
    for url in PAGES:
        with query_count() as queries:
            assert client.get(url).status_code == 200, url
        assert len(queries) <= (60 if "copy." in url else 14), (url, queries)


@either_engine
def test_my_page_shows_the_membership(cast, sign_in):
    text = sign_in(cast.member).page("/me").get_text()
    assert "T-" in text
    assert "望江社区协会" in text
    assert "第一小组" in text


@either_engine
def test_my_page_of_a_volunteer(cast, sign_in):
    assert "望江社区协会" in sign_in(cast.volunteer).page("/me").get_text()


@either_engine
def test_activities_and_service(cast, sign_in):
    member = sign_in(cast.member)
    assert member.page("/me/activities").select_one(".empty")
    make_log(cast.community, (cast.member.person,), title="清洁日")
    page = member.page("/me/activities")
    assert "清洁日" in page.get_text()
    assert "2" in page.select_one(".figures").get_text()
    assert "2 小时" in page.select_one("td.r").get_text()
    assert "清洁日" not in sign_in(cast.stranger).page("/me/activities").get_text()


@either_engine
def test_numbers_are_masked(cast, sign_in):
    for url in ("/me", "/me/data", "/me/data/correction"):
        assert cast.member.person.phone not in sign_in(cast.member).get(url).text
