"""One's own certificate: free and at once, from approved entries only; the same paper at any time."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from portal.certificates.models import ServiceCertificate
from portal.core.audit import AuditEntry
from portal.core.calendar import today
from portal.core.database import db
from portal.members.models import NumberCounter
from portal.people.models import Person
from tests.certificates.rows import certificates_of, code_of, make_certificate, pages_of, serve
from tests.harness.cases import either_engine
from tests.harness.service import make_volunteer

MINE = "/me/certificates"
RARE = "李\U0003134f"


@pytest.fixture
def served(cast):
    serve(cast.volunteer, cast.community, 150, date(2025, 3, 5))
    serve(cast.volunteer, cast.community, 60, date(2026, 1, 10), title="敬老院理发")


def pdf_of(certificate) -> str:
    return f"{MINE}/{certificate.public_id}/certificate.pdf"


def test_fetched_at_once(cast, sign_in, served):
    serve(cast.volunteer, cast.community, 600, state="pending")
    serve(cast.volunteer, cast.community, 600, category="study")
    client = sign_in(cast.volunteer)
    response = client.submit(MINE)
    (made,) = certificates_of(cast.volunteer)
    assert (response.status_code, response.location) == (303, f"{MINE}#{made.public_id}")
    assert (made.minutes, made.start_on, made.end_on) == (210, date(2025, 3, 5), date(2026, 1, 10))
    assert made.number == f"QINGHE志证字〔{today().year}〕第000001号"
    assert [line["title"] for line in made.snapshot["entries"]] == ["江边步道清洁", "敬老院理发"]
    assert (made.snapshot["unit"], made.snapshot["by_oneself"]) == ("望江社区协会", True)
    entry = db.session.query(AuditEntry).filter_by(action="certificates.issue").one()
    assert (entry.person_id, entry.association_id) == (cast.volunteer.person_id, cast.community.id)
    assert made.number in client.get(MINE).text


def test_of_a_year(cast, sign_in, served):
    sign_in(cast.volunteer).submit(MINE, {"span": "2025"})
    (made,) = certificates_of(cast.volunteer)
    assert (made.minutes, made.start_on, made.end_on) == (150, date(2025, 3, 5), date(2025, 3, 5))


def test_all_associations_are_on_it(cast, sign_in, served):
    serve(cast.volunteer, cast.village, 30)
    make_volunteer(cast.volunteer.person, cast.village)
    sign_in(cast.volunteer).submit(MINE, {"association": cast.village.code})
    (made,) = certificates_of(cast.volunteer)
    assert (made.minutes, made.snapshot["unit"]) == (240, "上石村协会")
    assert {line["unit"] for line in made.snapshot["entries"]} == {"望江社区协会", "上石村协会"}


def test_twice_is_the_same_certificate(cast, sign_in, served):
    client = sign_in(cast.volunteer)
    for _ in range(2):
        assert client.submit(MINE).status_code == 303
    assert len(certificates_of(cast.volunteer)) == 1


def test_with_another_name_there_is_another(cast, sign_in, served):
    first = make_certificate(cast.volunteer, cast.community).id
    cast.volunteer.person.name = "陈晓鸣"
    sign_in(cast.volunteer).submit(MINE)
    before, after = certificates_of(cast.volunteer)
    assert (before.id, before.superseded_reason) == (first, "corrected")
    assert (after.printed_name, after.superseded_at) == ("陈晓鸣", None)
    assert after.number.endswith("第000002号")


@either_engine
def test_the_paper(cast, sign_in, served):
    cast.volunteer.person.identity_last4 = "204X"
    client = sign_in(cast.volunteer)
    made = make_certificate(cast.volunteer, cast.community)
    response = client.get(pdf_of(made))
    assert (response.mimetype, response.headers["Cache-Control"]) == ("application/pdf", "no-store")
    (face,) = pages_of(response.data)
    for shown in (
        "志愿服务记录证明", made.number, "陈晓明", "**************204X", "3小时30分", "2025年3月5日至2026年1月10日",
        "江边步道清洁", "敬老院理发", "记录单位", "望江社区协会", "负责人", "经办人", "本人网上自助开具",
        "民政部令第67号", "不是电子签名", code_of(made)[:4].upper(), "清河区协会联合会",
    ):  # fmt: skip
        assert shown in face, shown
    assert b"pdfaid" in response.data
    assert b"pdfuaid" in response.data


@either_engine
def test_the_same_bytes_at_any_time(cast, sign_in, served):
    client, made = sign_in(cast.volunteer), make_certificate(cast.volunteer, cast.community)
    first = client.get(pdf_of(made)).data
    cast.volunteer.person.name, cast.community.name = "另一个名字", "改名协会"
    assert client.get(pdf_of(made)).data == first
    english = client.get(pdf_of(made), headers={"Accept-Language": "en"}).data
    assert "Certificateofvolunteerservice" in pages_of(english)[0]
    assert "志愿服务记录证明" in pages_of(english)[0]


@either_engine
def test_many_entries_go_on_with_their_heading(cast, sign_in):
    for number in range(60):
        serve(cast.volunteer, cast.community, 90, today() - timedelta(days=7 * number), title=f"第{number}次服务")
    made = make_certificate(cast.volunteer, cast.community)
    pages = pages_of(sign_in(cast.volunteer).get(pdf_of(made)).data)
    assert len(pages) >= 3
    assert "各次服务详见附页明细" in pages[0]
    assert "第7次服务" not in pages[0]
    for page in pages[1:-1]:
        assert "组织单位" in page, "the heading is repeated"
        assert made.number in page
    assert sum(page.count("次服务") for page in pages[1:]) == 60


@either_engine
def test_superseded_says_so(cast, sign_in, served):
    made = make_certificate(cast.volunteer, cast.community)
    made.superseded_at, made.superseded_reason = made.issued_at, "corrected"
    client = sign_in(cast.volunteer)
    assert "请重新开具" in client.get(MINE).text
    assert "已失效" in pages_of(client.get(pdf_of(made)).data)[0]


@either_engine
@pytest.mark.parametrize(
    "data", [{"span": "1999"}, {"span": "2025 OR 1=1"}, {"span": "all", "association": "nowhere"}]
)
def test_bad_input(cast, sign_in, served, data):
    assert sign_in(cast.volunteer).force(MINE, data).status_code == 422
    assert certificates_of(cast.volunteer) == []


def test_without_approved_service_there_is_none(cast, sign_in):
    serve(cast.volunteer, cast.community, state="pending")
    client = sign_in(cast.volunteer)
    assert "还没有已审核的服务" in client.get(MINE).text
    assert client.force(MINE, {"span": "all"}).status_code == 422


@either_engine
def test_what_cannot_be_printed_is_refused_before_a_number_is_used(cast, sign_in, served):
    cast.volunteer.person.name = RARE
    response = sign_in(cast.volunteer).submit(MINE)
    assert response.status_code == 422
    assert "字库缺少" in response.text
    assert "U+3134F" in response.text
    assert db.session.query(ServiceCertificate).count() == 0
    assert db.session.query(NumberCounter).filter(NumberCounter.stem.contains("志证")).count() == 0


@either_engine
def test_nobody_elses(cast, sign_in, client, served):
    made = make_certificate(cast.volunteer, cast.community)
    for account in (cast.member, cast.secretary, cast.sibling):
        assert sign_in(account).get(pdf_of(made)).status_code == 404
        assert made.number not in sign_in(account).get(MINE).text
    for url in (MINE, pdf_of(made)):
        assert client.get(url).status_code == 303
    assert client.force(MINE).status_code == 303
    assert sign_in(cast.volunteer).force(pdf_of(made)).status_code == 405


@either_engine
def test_few_questions(cast, sign_in, query_count, served):
    for year in ("2025", "2026"):
        span = {"start": date(int(year), 1, 1), "end": date(int(year), 12, 31)}
        make_certificate(cast.volunteer, cast.community, **span)
    client = sign_in(cast.volunteer)
    with query_count() as queries:
        assert client.get(MINE).status_code == 200
    assert len(queries) <= 12
    assert db.session.get(Person, cast.volunteer.person_id)
