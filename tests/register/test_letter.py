"""A letter to each of many: fixed placeholders only, nobody out of reach, nobody who died."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.core.audit import AuditEntry
from portal.core.database import db
from portal.register import letters
from portal.register.queries import Filter, members
from portal.register.scope import Scope
from tests.harness.cases import each, either_engine
from tests.register.rows import LIST, ended, join, organisation

URL = f"{LIST}/letter"
TEXT = {"subject": "会员大会通知", "body": "【姓名】您好：\n\n请于周六到【协会】开会。", "signed": "望江社区协会"}


@pytest.fixture
def three(cast):
    here = cast.community
    known = {"person_residence": "望江路 8 号 2 幢 301"}
    first = join("钟若兰", here, group_id=cast.group.id, **known)
    found = first, join("钟若梅", here), ended("李远", here, end_reason="deceased")
    db.session.commit()
    return found


def address(*memberships):
    return f"{URL}?" + "&".join(f"chosen={one.public_id}" for one in memberships)


def test_one_page_for_each(cast, sign_in, three):
    secretary, url = sign_in(cast.secretary), address(*three)
    page = secretary.page(url)
    assert "李远" in page.select_one("tbody").get_text()
    answer = secretary.submit(url, TEXT)
    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF")
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "register.letter")).one()
    assert entry.changes == {"letters": 2, "subject": "会员大会通知"}


def test_what_stands_in_it(cast, three):
    firm = organisation("江畔百货", "马建平", cast.community)
    listed = members(Scope(cast.community.id, cast.community.path), Filter(text="江畔"))
    (row,) = db.session.scalars(listed).unique().all()
    page = letters._page(row, "致【姓名】", "【编号】\n{name} 【其他】 {{ 7 * 7 }} {x.__class__}")
    assert (page["name"], page["contact"], page["subject"]) == ("江畔百货", "马建平", "致马建平")
    assert page["paragraphs"] == [firm.number, "{name} 【其他】 {{ 7 * 7 }} {x.__class__}"]


def test_a_name_is_not_read_as_a_placeholder():
    assert letters.fill_in("【姓名】", {"姓名": "【编号】", "编号": "7"}) == "【编号】"


@either_engine
@each("values", [{"subject": ""}, {"body": ""}, {"signed": ""}, {"body": "长" * 3001}])
def test_what_is_missing_is_said_and_kept(cast, sign_in, three, values):
    answer = sign_in(cast.secretary).submit(address(three[0]), {**TEXT, **values})
    assert answer.status_code == 422
    assert "会员大会通知" in answer.text or "subject" in values


@either_engine
def test_a_character_that_cannot_be_printed(cast, sign_in, three):
    answer = sign_in(cast.secretary).submit(address(three[0]), {**TEXT, "body": "\U00016800"})
    assert answer.status_code == 422
    assert "U+16800" in answer.text


@either_engine
def test_too_many_for_one_file(cast, sign_in, three, monkeypatch):
    monkeypatch.setattr(letters, "MOST", 1)
    assert sign_in(cast.secretary).submit(address(*three), TEXT).status_code == 422


@either_engine
def test_a_leader_writes_to_the_group(cast, sign_in, three):
    leader = sign_in(cast.leader)
    page = leader.page(address(three[0], three[1]))
    assert "1" in page.select_one("main p").get_text()
    assert leader.get(address(three[1])).status_code == 303


@either_engine
def test_who_may_not(cast, sign_in, client, three):
    url = address(three[0])
    for who, status in (("publisher", 403), ("sibling", 404), ("ended", 404), ("member", 404)):
        assert sign_in(getattr(cast, who)).force(url, TEXT).status_code == status, who
    assert sign_in(cast.sibling).get(url.replace("wangjiang", "tingyu")).status_code == 303
    assert client.get(url).location.startswith("/sign-in")
