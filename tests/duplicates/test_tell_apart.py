"""Two people who look like one: told apart, and taken back."""

from __future__ import annotations

from sqlalchemy import func, select

from portal.core.database import db
from portal.duplicates.models import ToldApart
from tests.access.content import digest
from tests.duplicates.rows import URL, address, make_pair
from tests.harness.cases import each, either_engine


def count() -> int:
    return db.session.scalar(select(func.count()).select_from(ToldApart))


def test_told_apart_and_taken_back(cast, sign_in):
    pair, client = make_pair(cast.community), sign_in(cast.secretary)
    url = address(pair, "/told-apart")
    assert client.submit(url, page=address(pair)).status_code == 303
    assert count() == 1
    page = client.page(f"{URL}/told-apart")
    back = page.select_one("main form")["action"]
    assert client.submit(back, page=f"{URL}/told-apart").status_code == 303
    assert count() == 0
    assert client.page(URL).select("tbody tr")


def test_twice_is_once(cast, sign_in):
    pair, client = make_pair(cast.community), sign_in(cast.secretary)
    for order in (pair, pair[::-1]):
        assert client.force(address(order, "/told-apart")).status_code == 303
    assert count() == 1


def test_taken_back_twice(cast, sign_in):
    pair, client = make_pair(cast.community), sign_in(cast.secretary)
    client.force(address(pair, "/told-apart"))
    row = db.session.scalar(select(ToldApart))
    url = f"{URL}/told-apart/{row.public_id}/take-back"
    assert client.force(url).status_code == 303
    assert client.force(url).status_code == 404


@either_engine
@each(("role", "status"), [("sibling", 404), ("ended", 404), ("treasurer", 403), ("leader", 403)])
def test_others_may_not(cast, sign_in, role, status):
    pair = make_pair(cast.community)
    assert sign_in(getattr(cast, role)).force(address(pair, "/told-apart")).status_code == status
    assert count() == 0


def test_only_records_that_one_keeps(cast, sign_in):
    """A sibling's record behind one's own address is not there."""
    pair = make_pair(cast.community, cast.sibling_community)
    client = sign_in(cast.secretary)
    before = digest(db.session)
    assert client.force(address(pair, "/told-apart")).status_code == 404
    assert client.get(address(pair)).status_code == 404
    assert digest(db.session) == before


@either_engine
def test_not_signed_in_and_not_by_reading(cast, sign_in, client):
    pair = make_pair(cast.community)
    assert client.force(address(pair, "/told-apart")).status_code == 303
    assert sign_in(cast.secretary).get(address(pair, "/told-apart")).status_code == 405
    assert count() == 0


def test_nobody_is_a_pair_with_oneself(cast, sign_in):
    one, _other = make_pair(cast.community)
    assert sign_in(cast.secretary).force(address((one, one), "/told-apart")).status_code == 404
