"""The federation's two lists of words: skills, and kinds of service; every office sees them."""

from __future__ import annotations

from portal.core.database import db
from portal.volunteers import queries
from portal.volunteers.models import SkillKind
from tests.harness.cases import either_engine
from tests.harness.service import make_skill

URL = "/office/qinghe/skills"


def names(cast, kind=SkillKind.SKILL) -> list[str]:
    db.session.expire_all()
    return [skill.name for skill in queries.list_skills(cast.federation.id, kind)]


def test_begun_with_words_of_both_kinds(cast):
    assert {"急救", "手语", "理发"} <= set(names(cast))
    assert {"环境清洁", "敬老助老"} <= set(names(cast, SkillKind.INTEREST))


def test_the_two_lists_stand_apart(cast, sign_in):
    """Each has an order and names of its own; which of them a word belongs to is chosen with it."""
    administrator = sign_in(cast.administrator)
    assert administrator.submit(f"{URL}/add", {"kind": "other", "name": "陶艺"}).status_code == 422
    assert administrator.submit(f"{URL}/add", {"kind": "interest", "name": "木工"}).status_code == 303
    assert "木工" not in names(cast)
    last = names(cast, SkillKind.INTEREST)[-2:]
    assert last[1] == "木工"
    made = make_skill(cast.community, "木工", kind="interest")
    administrator.force(f"{URL}/{made.public_id}/order", {"step": "up"})
    assert names(cast, SkillKind.INTEREST)[-2:] == last[::-1]


@either_engine
def test_every_office_sees_it(cast, sign_in):
    page = sign_in(cast.secretary).page("/office/wangjiang/volunteers/skills")
    assert "急救" in page.get_text()
    assert not page.main.find_all("form", method="post")
