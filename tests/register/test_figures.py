"""The figures: totals of the tree below, in agreement with the rows; nobody is named."""

from __future__ import annotations

import io
from datetime import date, timedelta

import openpyxl
import pytest

from portal.core.calendar import today
from portal.core.database import db
from portal.members import services, transfers
from portal.members.models import EndReason, Membership, Transfer, TransferState
from portal.register.figures import figures_of
from tests.harness.cases import either_engine
from tests.harness.factory import kind_of, make_person
from tests.register.rows import LIST, born, ended, join, organisation

URL = f"{LIST}/figures"


def before(months: int) -> date:
    """The fifth of a month so many months ago, which lies in the past in any case."""
    day = today().replace(day=1)
    for _step in range(months):
        day = (day - timedelta(days=1)).replace(day=1)
    return day + timedelta(days=4)


@pytest.fixture
def written(cast):
    here = cast.community
    join("钟若兰", here, joined_on=before(2), person_birth_on=born(63))
    join("钟若梅", here, joined_on=before(20), person_birth_on=born(13))
    ended("李远", here, ended_on=before(3))
    organisation("江畔百货", "马建平", here, joined_on=before(1))
    join("邻居", cast.sibling_community, kind=kind_of(here, 1), joined_on=before(20))
    db.session.commit()


def test_by_association(cast, written):
    assert [(place.code, place.members) for place in figures_of(cast.street).places] == [
        ("tingyu", 1), ("wangjiang", 4)
    ]  # fmt: skip
    whole = figures_of(cast.federation)
    assert (whole.total, [(place.code, place.members) for place in whole.places]) == (
        6, [("liuan", 5), ("shiqiao", 1)]
    )  # fmt: skip
    assert [(place.code, place.members) for place in figures_of(cast.community).places] == [("wangjiang", 4)]


def test_by_month(cast, written):
    months = figures_of(cast.community).months
    assert len(months) == 13
    assert [month.joined for month in months[-4:]] == [0, 1, 1, 0]
    assert [month.left for month in months[-4:]] == [1, 0, 0, 0]
    assert [month.members for month in months[-5:]] == [3, 2, 3, 4, 4]


def test_a_move_counts_on_both_sides_and_not_above(cast, written):
    membership = join("赵迁", cast.community, joined_on=before(5))
    services.settle(None, membership, cast.sibling_community, None, today())
    places = {"from_association_id": cast.community.id, "to_association_id": cast.sibling_community.id}
    db.session.add(Transfer(membership_id=membership.id, proposed_by_association_id=cast.community.id, reason="搬家",
                            effective_on=today(), state=TransferState.ACCEPTED, **places))  # fmt: skip
    db.session.commit()
    out, into, above = (figures_of(place).months for place in (cast.community, cast.sibling_community, cast.street))
    assert (out[-1].moved_out, out[-1].members, out[-2].members) == (1, 4, 5)
    assert (into[-1].moved_in, into[-1].members, into[-2].members) == (1, 2, 1)
    assert (above[-1].moved_in, above[-1].moved_out, above[-1].members) == (0, 0, 6)
    assert [month.joined for month in out][-6] == 1
    assert [month.joined for month in into][-6] == 0


def test_ages_and_kinds(cast, written):
    found = figures_of(cast.community)
    assert {band: number for band, number in found.ages.items() if number} == {"0-13": 1, "60-69": 1, "unknown": 1}
    assert found.kinds == [("个人会员", 3), ("单位会员", 1)]
    assert sum(found.ages.values()) == found.total - 1  # an organisation has no age


def test_the_page_names_nobody(cast, sign_in, written):
    page = sign_in(cast.chair).page("/office/liuan/members/figures")
    assert len(page.select("figure.chart")) == 4
    assert "钟若兰" not in page.get_text()


def test_the_workbook(cast, sign_in, written):
    answer = sign_in(cast.secretary).get(f"{URL}.xlsx")
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.data)).active.iter_rows(min_row=2, values_only=True))
    assert 4 in {row[2] for row in rows}
    assert "钟若兰" not in str(rows)


def test_nobody_yet_says_so(cast, sign_in):
    services.end_membership(None, db.session.query(Membership).filter_by(association_id=cast.community.id).one(),
                            date(2021, 1, 1), EndReason.WITHDREW)  # fmt: skip
    assert sign_in(cast.secretary).page(URL).select_one(".empty")


@either_engine
def test_who_may_open_it(cast, sign_in, client):
    open_to = {"secretary": 200, "treasurer": 200, "publisher": 200, "leader": 403, "sibling": 404, "ended": 404}
    assert {who: sign_in(getattr(cast, who)).get(URL).status_code for who in open_to} == open_to
    assert client.get(URL).location.startswith("/sign-in")


@either_engine
@pytest.mark.parametrize("code", ["wangjiang", "qinghe"])
def test_few_questions(cast, sign_in, query_count, written, code):
    administrator = sign_in(cast.administrator)
    with query_count() as asked:
        administrator.get(f"/office/{code}/members/figures")
    assert len(asked) <= 12, asked


@either_engine
def test_moved_on_the_day_of_joining_is_counted_once(cast):
    earlier = figures_of(cast.village).months[-2].members
    membership = services.join(
        cast.secretary, make_person("钟若兰"), cast.community, kind_of(cast.community), today()
    )
    by, to = cast.secretary, cast.village
    proposed = transfers.propose(by, by.person_id, membership, cast.community, to, cast.community, "住在那边")
    transfers.accept(cast.administrator, cast.administrator.person_id, proposed, membership, to)
    db.session.commit()
    this_month = figures_of(to).months[-1]
    assert (this_month.joined, this_month.moved_in) == (0, 1)
    assert figures_of(to).months[-2].members == earlier
    there = figures_of(cast.community).months[-1]
    assert (there.joined, there.moved_out) == (1, 1)
