"""The dossier: what is in it, in which order, and who sees what of it."""

from __future__ import annotations

import io
from datetime import date, timedelta

import openpyxl
import pytest

from portal.core.calendar import today
from portal.core.database import db
from portal.core.encryption import blind_index
from portal.dossiers import queries
from tests.activities.rows import who
from tests.dossiers.rows import evaluated, served, starred, volunteer_of
from tests.harness.cases import either_engine
from tests.harness.factory import make_group
from tests.harness.service import make_skill, make_volunteer

NUMBER = "110101199003071233"
SERVED = ("活动名称", "日期", "地点", "活动内容", "服务时长", "组织单位", "负责人")
# Order 67: what a registration holds, what a record of service holds, training, awards and evaluations.
ORDER = {
    "基本信息": (
        "姓名", "性别", "出生日期", "身份证号码", "居住区域", "联系方式", "技能特长", "服务类别", "可服务时间",
    ),
    "服务记录": SERVED,
    "培训": SERVED,
    "表彰奖励": ("表彰", "服务时长", "授予单位", "授予日期"),
    "服务评价": ("起", "止", "等次", "评语", "协会", "评价人", "登记时间"),
}  # fmt: skip


@pytest.fixture
def person(cast):
    found = who(cast.volunteer)
    found.identity_number, found.identity_last4 = NUMBER, NUMBER[-4:]
    found.identity_index = blind_index(NUMBER, "identity")
    found.residence = "望江桥头"
    db.session.commit()
    return found


@pytest.fixture
def filled(cast, person):
    here, there = cast.community, cast.sibling_community
    served(person, here, 120, date(2026, 5, 29))
    served(person, here, 90, date(2025, 7, 11))
    served(person, here, 45, date(2026, 3, 1), category="study")
    served(person, here, 600, date(2026, 4, 1), state="pending")
    served(person, here, 600, date(2026, 4, 2), voided_at=cast.volunteer.created_at, void_reason="twice")
    served(person, there, 60, date(2026, 2, 1))
    starred(person, here)
    evaluated(volunteer_of(person))
    db.session.commit()
    return volunteer_of(person)


def url(volunteer, code="wangjiang"):
    return f"/office/{code}/volunteers/{volunteer.public_id}/dossier"


def test_what_counts_is_in_it(cast, filled):
    found = queries.dossier_of(cast.secretary, filled)
    assert found.years == {2026: (1, 120), 2025: (1, 90)}
    assert (found.minutes, found.study_minutes, found.elsewhere) == (210, 45, 60)
    assert [one.stars for one in found.awards] == [1]
    assert [one.remarks for one in found.evaluations] == ["守时可靠"]


def test_above_everything_is_seen(cast, filled):
    found = queries.dossier_of(cast.chair, filled)
    assert (found.minutes, found.elsewhere) == (270, 0)


def test_a_leader_sees_the_group_and_of_the_rest_the_sum(cast, filled):
    filled.group_id = cast.group.id
    served(who(cast.volunteer), cast.community, 30, date(2026, 6, 1), group_id=cast.group.id)
    db.session.commit()
    found = queries.dossier_of(cast.leader, filled)
    assert (found.minutes, found.elsewhere) == (30, 270)


@either_engine
def test_the_page_masks_the_numbers(cast, sign_in, filled):
    for address in (url(filled), url(filled) + "/sheet"):
        text = sign_in(cast.secretary).page(address).get_text()
        assert "陈晓明" in text
        assert NUMBER not in text
        assert f"**************{NUMBER[-4:]}" in text
        assert "守时可靠" in text


def test_the_workbook_has_the_order_of_the_measures(cast, sign_in, filled, person):
    skill = make_skill(cast.community, "急救")
    make_volunteer(person, cast.sibling_community, [skill])
    answer = sign_in(cast.secretary).get(url(filled) + ".xlsx")
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    assert {one.title: next(one.iter_rows(values_only=True)) for one in book.worksheets} == ORDER
    assert book.sheetnames == list(ORDER)
    data, service = (list(book.worksheets[n].iter_rows(values_only=True)) for n in (0, 1))
    assert data[1][0] == "陈晓明"
    assert data[1][3] == f"**************{NUMBER[-4:]}"
    assert data[1][4] == "望江桥头"
    assert [row[1].date().year for row in service[1:3]] == [2026, 2025]
    assert service[1][3:7] == ("清理河岸", 2, "望江社区协会", "黄淑兰")
    assert service[3][4] == 1
    assert NUMBER not in str(data)


@either_engine
def test_who_may_open_it(cast, sign_in, client, filled):
    open_to = {"secretary": 200, "treasurer": 200, "chair": 200, "publisher": 403, "leader": 404, "sibling": 404,
               "ended": 404, "member": 404}  # fmt: skip
    for what in ("", "/sheet", ".xlsx"):
        assert {who: sign_in(getattr(cast, who)).get(url(filled) + what).status_code for who in open_to} == open_to
    assert client.get(url(filled)).location.startswith("/sign-in")


@either_engine
def test_another_association_s_address_shows_nothing(cast, sign_in, filled):
    assert sign_in(cast.sibling).get(url(filled, "tingyu")).status_code == 404
    assert sign_in(cast.chair).get(url(filled, "tingyu")).status_code == 404
    assert sign_in(cast.chair).get(url(filled, "liuan")).status_code == 200


def test_one_s_own_is_the_same_page_with_everything(cast, sign_in, filled):
    visitor = sign_in(cast.volunteer)
    page = visitor.page("/me/dossier")
    assert "守时可靠" in page.get_text()
    assert "听雨社区协会" in page.get_text()
    assert visitor.get("/me/dossier/sheet").status_code == 200
    rows = openpyxl.load_workbook(io.BytesIO(visitor.get("/me/dossier.xlsx").data)).worksheets[1].max_row
    assert rows == 4
    assert visitor.post("/me/dossier").status_code == 405


@either_engine
def test_who_never_was_a_volunteer_reads_so(cast, sign_in, client):
    visitor = sign_in(cast.member)
    assert visitor.page("/me/dossier").select_one(".empty")
    assert visitor.get("/me/dossier.xlsx").status_code == 404
    assert client.get("/me/dossier").location.startswith("/sign-in")


@either_engine
def test_few_questions(cast, sign_in, query_count, filled):
    person = who(cast.volunteer)
    secretary = sign_in(cast.secretary)
    secretary.get(url(filled))
    for number in range(20):
        served(person, cast.community, 60, today() - timedelta(days=number))
        evaluated(filled, f"第{number}次")
    make_group(cast.community, "第三小组")
    db.session.commit()
    with query_count() as asked:
        secretary.get(url(filled))
    assert len(asked) <= 13, asked
