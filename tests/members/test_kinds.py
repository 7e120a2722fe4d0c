"""The kinds of membership and the scheme of numbers, settled by the topmost association."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.core.calendar import today
from portal.core.database import db
from portal.members.models import MembershipKind
from portal.members.numbers import scheme_of
from tests.harness.cases import each, either_engine
from tests.harness.factory import kind_of, make_membership, make_person
from tests.harness.sheets import fetch, links

URL = "/office/qinghe/kinds"
NEW = {"name": "少年会员", "holder": "person", "is_open": "y"}


@pytest.fixture
def top(cast, sign_in):
    return sign_in(cast.administrator)


def named(name: str) -> MembershipKind | None:
    return db.session.scalar(select(MembershipKind).where(MembershipKind.name == name))


def test_listed_with_how_many_there_are(top):
    page = top.page(URL)
    assert [row.th.get_text() for row in page.select("tbody tr")] == ["个人会员", "家庭会员", "单位会员", "荣誉会员"]
    assert "WANGJIANG-00001" in page.get_text() or "SHANGSHI-00001" in page.get_text()


@either_engine
def test_as_a_file(cast, top, sign_in, client):
    kinds = [kind_of(cast.federation, number) for number in (1, 3)]
    kinds[0].ended_on, kinds[1].is_open = today(), False
    db.session.commit()
    lines = fetch(top, f"{URL}/list")
    assert [line[0] for line in lines] == ["个人会员", "单位会员", "荣誉会员", "家庭会员"]
    assert [line[3:] for line in lines[2:]] == [["仅由干部登记", ""], ["", str(today())]]
    assert links(top.page(URL)) == [f"{URL}/list.{form}" for form in ("xlsx", "csv")]
    assert sign_in(cast.secretary).get(f"{URL}/list.csv").status_code == 404
    assert sign_in(cast.secretary).get("/office/wangjiang/kinds/list.csv").status_code in (403, 404)
    assert client.get(f"{URL}/list.csv").location.startswith("/sign-in")


def test_who_holds_it_stays_and_it_is_closed_to_applications(top, logged):
    assert top.submit(f"{URL}/add", NEW).status_code == 303
    kind = named("少年会员")
    assert (kind.holder, kind.is_open, kind.position) == ("person", True, 4)
    top.submit(f"{URL}/{kind.public_id}", {"name": "青少年会员", "holder": "household", "is_open": None})
    kind = named("青少年会员")
    assert (kind.holder, kind.is_open) == ("person", False)
    assert logged() == ["members.add_kind", "members.update_kind"]
    for value in ("x", None):
        assert top.submit(f"{URL}/add", {**NEW, "holder": value}).status_code == 422


def test_memberships_of_a_kind_that_ends_go_on(top, cast, held, now_of):
    kind = kind_of(cast.federation)
    assert top.submit(f"{URL}/{kind.public_id}/end").status_code == 303
    assert (now_of(held).kind_id, now_of(held).ended_on) == (kind.id, None)


def test_one_kind_stays(top, cast):
    kinds = [kind_of(cast.federation, number) for number in range(4)]
    for kind in kinds[1:]:
        kind.ended_on = today()
    assert top.submit(f"{URL}/{kinds[0].public_id}/end").status_code == 422
    assert kinds[0].ended_on is None


# Numbers

SCHEME = "/office/qinghe/number-scheme"


def test_only_the_topmost_association_settles_it(cast, sign_in):
    for who, code in (("secretary", "wangjiang"), ("chair", "liuan")):
        somebody, scheme = sign_in(getattr(cast, who)), {"pattern": "{serial}", "digits": "5"}
        assert somebody.get(f"/office/{code}/number-scheme").status_code == 404
        assert somebody.force(f"/office/{code}/number-scheme", scheme).status_code == 404


def test_first_the_next_numbers_then_it_is_settled(top, cast, logged):
    seen = top.submit(SCHEME, {"pattern": "ｑｈ{year}{serial}", "digits": "４"})
    assert seen.status_code == 200
    assert f"QH{today().year}0001" in seen.text
    assert scheme_of(cast.community) == ("{code}-{serial}", 5), "looking settles nothing"
    assert logged() == []
    assert top.submit(SCHEME, {"pattern": "qh{year}{serial}", "digits": "4", "settle": "yes"}).status_code == 303
    assert scheme_of(cast.community) == ("QH{year}{serial}", 4)
    assert logged() == ["members.set_number_scheme"]


def test_given_numbers_stay(top, cast, now_of):
    held = make_membership(make_person("甲"), cast.community, number="WANGJIANG-00001")
    top.submit(SCHEME, {"pattern": "{serial}", "digits": "6", "settle": "yes"})
    assert now_of(held).number == "WANGJIANG-00001"


@either_engine
@each(
    ("field", "value"),
    [
        ("pattern", ""),
        ("pattern", "{code}"),
        ("pattern", "{x}{serial}"),
        ("digits", ""),
        ("digits", "2"),
        ("digits", "abc"),
        ("digits", "99"),
    ],
)
def test_bad_scheme(top, cast, field, value):
    typed = {"pattern": "{serial}", "digits": "5", field: value}
    response = top.submit(SCHEME, {**typed, "settle": "yes"})
    assert response.status_code == 422
    assert f'href="#{field}"' in response.text
    assert f'value="{value}"' in response.text
    assert scheme_of(cast.community) == ("{code}-{serial}", 5)
