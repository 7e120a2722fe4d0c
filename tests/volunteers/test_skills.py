"""The federation's list of skills: added, renamed, ordered, ended, taken into use again."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.core.database import db
from portal.volunteers import queries
from portal.volunteers.models import Skill, SkillKind
from tests.harness.cases import either_engine
from tests.harness.service import make_skill

URL = "/office/qinghe/skills"


def names(cast, kind=SkillKind.SKILL) -> list[str]:
    db.session.expire_all()
    return [skill.name for skill in queries.list_skills(cast.federation.id, kind)]


@pytest.fixture
def head(cast, sign_in):
    """Who manages the federation, without a right to see any roster."""
    return sign_in(cast.administrator)


def test_begun_with_words_of_both_kinds(cast):
    assert {"急救", "手语", "理发"} <= set(names(cast))
    assert {"环境清洁", "敬老助老"} <= set(names(cast, SkillKind.INTEREST))


def test_added_and_renamed(cast, head):
    assert head.submit(f"{URL}/add", {"kind": "skill", "name": "木工"}).status_code == 303
    assert names(cast)[-1] == "木工"
    for bad in ({"name": ""}, {"name": "木工"}, {"name": "长" * 21}, {"kind": "other", "name": "陶艺"}):
        assert head.submit(f"{URL}/add", {"kind": "skill", **bad}).status_code == 422, bad
    made = db.session.scalars(select(Skill).where(Skill.name == "木工")).one()
    assert head.submit(f"{URL}/{made.public_id}", {"name": "木工维修"}).status_code == 303
    assert head.submit(f"{URL}/{made.public_id}", {"name": "急救"}).status_code == 422
    assert names(cast)[-1] == "木工维修"


def test_ordered(cast, head):
    first, second = names(cast)[:2]
    skill = make_skill(cast.community, second)
    url = f"{URL}/{skill.public_id}/order"
    assert head.submit(url, {"step": "up"}, page=URL).status_code == 303
    assert names(cast)[:2] == [second, first]
    head.submit(url, {"step": "up"}, page=URL)
    assert names(cast)[:2] == [second, first]
    assert head.post(url, data={"step": "round", "csrf_token": head.token()}).status_code == 400


def test_ended_and_used_again(cast, head):
    skill = make_skill(cast.community, "急救")
    assert head.submit(f"{URL}/{skill.public_id}/end").status_code == 303
    assert "急救" not in names(cast)
    assert head.post(f"{URL}/{skill.public_id}/end", data={"csrf_token": head.token()}).status_code == 404
    assert head.submit(f"{URL}/{skill.public_id}/restore", page=URL).status_code == 303
    assert names(cast)[-1] == "急救"


def test_not_while_another_has_the_name(cast, head):
    skill = make_skill(cast.community, "急救")
    head.submit(f"{URL}/{skill.public_id}/end")
    head.submit(f"{URL}/add", {"kind": "skill", "name": "急救"})
    assert head.submit(f"{URL}/{skill.public_id}/restore", page=URL).status_code == 422


@either_engine
def test_only_the_federation_changes_it(cast, sign_in, client):
    """Every office sees the list; an association below has no page to change it, and a stranger none at all."""
    skill = make_skill(cast.community, "急救")
    secretary = sign_in(cast.secretary)
    page = secretary.page("/office/wangjiang/volunteers/skills")
    assert "急救" in page.get_text()
    assert not page.main.find_all("form", method="post")
    assert sign_in(cast.treasurer).get("/office/wangjiang/skills").status_code == 403
    for path in ("", "/add", f"/{skill.public_id}", f"/{skill.public_id}/end"):
        assert secretary.get(f"/office/wangjiang/skills{path}").status_code == 404, path
        assert sign_in(cast.stranger).get(f"{URL}{path}").status_code == 404, path
        assert client.get(f"{URL}{path}").status_code == 303, path
    assert secretary.get(f"/office/wangjiang/skills/{skill.public_id}/order").status_code == 405
