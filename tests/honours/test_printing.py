"""Certificates of honours as files: each scope in words of its own, three layouts, text that can be searched."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime

import pytest
from flask_babel import force_locale
from pypdf import PdfReader

from portal.core.documents import MissingGlyphs
from portal.honours import printing
from portal.honours.models import HonourCertificate
from portal.verification.models import VerifiableCode
from tests.honours.rows import honoured

SNAPSHOT = {
    "name": "陈晓明", "kind": "优秀志愿者", "english": "Outstanding Volunteer", "scope": "individual",
    "call": "2026年度评比表彰", "basis": "《清河区协会联合会表彰办法》第三条",
    "start": "2026-01-01", "end": "2026-12-31", "decided_on": "2026-11-22",
    "unit": "望湖街道协会", "federation": "清河区协会联合会", "of": "望江社区协会",
    "in_charge": "周建国",
}  # fmt: skip
GROUP = {"name": "第一小组", "scope": "collective", "kind": "先进集体", "english": "Exemplary Group"}
LONGEST = "买买提江·阿不都热合曼·" * 5


def certificate(number=1, layout="classic", **printed):
    return HonourCertificate(
        number=f"QINGHE荣证字〔2026〕第{number:06}号", honour_id=number, layout=layout,
        code=VerifiableCode(code=f"7K3M9PQ2X{number:03}", kind="honour"), snapshot={**SNAPSHOT, **printed},
        issued_at=datetime(2026, 11, 22, 4, tzinfo=UTC),
    )  # fmt: skip


def pages_of(pdf):
    """What can be selected, without the breaks of lines."""
    return [re.sub(r"\s", "", page.extract_text()) for page in PdfReader(io.BytesIO(pdf)).pages]


def test_each_scope_in_words_of_its_own(app, db_session):
    with app.test_request_context(), force_locale("zh_Hans_CN"):
        pdf = printing.print_certificates([
            certificate(1),
            certificate(2, "plain", **GROUP),
            certificate(3, "upright", scope="chair", kind="优秀会长", start="2025-07-01"),
            certificate(4, scope="association", name="望江社区协会", of="", kind="先进协会"),
            certificate(5, "upright", name=LONGEST),
            certificate(6, name="Johannes van der Westhuizen"),
        ])  # fmt: skip
        seals = [printing._row(certificate(**seal), "", "zh-Hans", set(), english=False)["seal"]
                 for seal in ({}, {"seal": "望湖之印"}, {"unit": "望湖协会"})]  # fmt: skip
        same = printing.print_certificate(certificate(1)) == printing.print_certificate(certificate(1))
    person, group, chair, association, long, english = pages_of(pdf)
    for said in ("荣誉证书", "清河区协会联合会", "陈晓明同志：", "在2026年度", "“优秀志愿者”。", "周建国", "表彰办法",
                 "特发此证，以资鼓励。", "二〇二六年十一月二十二日", "第000001号",
                 "印章为印刷，非电子签名"):  # fmt: skip
        assert said in person, said
    assert ("第一小组：" in group, "授予“先进集体”荣誉称号。" in group, "（盖章）" in group) == (True, True, True)
    assert ("2025年7月1日至2026年12月31日期间" in chair, "被评为优秀会长" in chair) == (True, True)
    assert "望江社区协会：" in association
    assert (LONGEST in long, "JohannesvanderWesthuizen：" in english, "同志" in english) == (True, True, False)
    assert (same, seals) == (True, ["望湖街道协会", "望湖之印", "望湖协会"])
    assert b"pdfaid" in pdf
    assert b"pdfuaid" in pdf


def test_english_stands_beneath_for_who_reads_english(app, db_session):
    with app.test_request_context(), force_locale("en"):
        (page,) = pages_of(printing.print_certificate(certificate(1, "upright")))
    for said in ("陈晓明同志", "CERTIFICATEOFHONOUR", "namedOutstandingVolunteer.", "22November2026", "in2026"):
        assert said in page, said


def test_whatever_was_typed_stays_on_one_page(app, db_session):
    """The longest names that can be typed, with English beneath: set smaller, nothing on a second page or cut off."""
    unit = "青禾高新技术产业开发区望湖街道社区志愿服务与互助协会联合会"
    much = {
        "name": LONGEST, "kind": "抗击特大洪涝灾害志愿服务突出贡献先进个人标兵", "unit": unit, "federation": unit,
        "basis": f"《{unit}评比表彰办法（试行）》第三章第十二条及二〇二六年第三次常务理事会决议", "of": unit,
        "english": "Model Individual with Outstanding Contribution to Volunteer Service in Emergencies",
        "start": "2025-07-01",
    }  # fmt: skip
    with app.test_request_context(), force_locale("en"):
        pages = pages_of(
            printing.print_certificates(
                [certificate(number, layout, **much) for number, layout in enumerate(("classic", "plain", "upright"))]
            )
        )
    assert len(pages) == 3
    for page in pages:
        for said in (LONGEST, much["kind"], unit, "常务理事会决议", "inEmergencies.", "周建国"):
            assert said in page, said


def test_a_batch_is_one_file_with_a_page_each(app, db_session):
    layouts = ("classic", "plain", "upright")
    with app.test_request_context(), force_locale("zh_Hans_CN"):
        pdf = printing.print_certificates([certificate(n, layouts[n % 3]) for n in range(1, 21)])
    found = PdfReader(io.BytesIO(pdf))
    assert len(found.pages) == 20
    assert [float(page.mediabox.width) > 800 for page in found.pages[:3]] == [True, False, True]
    assert "第000001号–QINGHE荣证字〔2026〕第000020号" in found.metadata.title.replace(" ", "")


def test_what_is_not_in_force_says_so(app, cast, db_session):
    person, _group, moment = honoured(cast)
    with app.test_request_context(), force_locale("zh_Hans_CN"):
        made = certificate()
        made.honour_id = person.id
        assert "已失效" not in pages_of(printing.print_certificate(made))[0]
        made.superseded_at = moment
        assert "已失效" in pages_of(printing.print_certificate(made))[0]
        person.revoked_at, person.revoked_reason = moment, "推荐材料不实"
        db_session.flush()
        assert "已撤销" in pages_of(printing.print_certificate(made))[0]


def test_characters_that_the_fonts_lack_are_refused(app, db_session):
    with app.test_request_context(), pytest.raises(MissingGlyphs):
        printing.print_certificate(certificate(basis="《\U000323b0办法》"))
