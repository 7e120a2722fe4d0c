"""The lists that a federation keeps for all: added to, renamed, put in order, ended, used again, at its office."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from sqlalchemy import select

from portal.associations.lists import Kept
from portal.associations.models import Listed
from portal.commendations.kinds import KINDS as COMMENDATIONS
from portal.core.audit import AuditEntry
from portal.core.database import db
from portal.core.errors import RuleError
from portal.members.kinds import KINDS as MEMBERSHIPS
from portal.notices.subjects import SUBJECTS
from portal.volunteers.skills import SKILLS
from tests.harness.cases import each, either_engine


@dataclass(frozen=True)
class List:
    """A list at its address: the first two that a federation begins with, and what a new one is made with."""

    kept: Kept
    address: str
    first: str
    second: str
    fixed: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"/office/qinghe/{self.address}"

    def one(self, cast, name: str) -> Listed:
        named = select(self.kept.model).filter_by(association_id=cast.federation.id, name=name)
        return db.session.scalars(named.execution_options(populate_existing=True)).one()

    def names(self, cast) -> list[str]:
        """Those in use, in their order; of a list in parts, those beside which a new one stands."""
        beside = self.kept.beside(self.kept.model(association_id=cast.federation.id, **self.fixed))
        return [row.name for row in beside]


LISTS = [
    List(MEMBERSHIPS, "kinds", "个人会员", "家庭会员", {"holder": "person"}),
    List(SKILLS, "skills", "急救", "心理疏导", {"kind": "skill"}),
    List(SUBJECTS, "subjects", "协会工作", "组织建设"),
    List(COMMENDATIONS, "commendations/kinds", "优秀会员", "优秀志愿者", {"scope": "individual"}),
]


@each("kept", LISTS)
def test_added_renamed_ordered_ended_and_used_again(cast, sign_in, db_session, kept):
    administrator, one = sign_in(cast.administrator), kept.one(cast, kept.second)
    address = f"{kept.url}/{one.public_id}"
    assert administrator.submit(f"{kept.url}/add", {**kept.fixed, "name": "  新 的 "}).location == kept.url
    assert kept.names(cast)[:2] + kept.names(cast)[-1:] == [kept.first, kept.second, "新 的"]
    for _ in ("once", "twice changes nothing"):
        assert administrator.submit(address, {"name": "改名的"}).status_code == 303
    for _ in ("up", "at the top nothing happens"):
        moved = administrator.submit(f"{address}/order", {"step": "up"}, page=kept.url)
        assert moved.location == f"{kept.url}#{kept.kept.noun}-{one.public_id}"
        assert kept.names(cast)[:2] == ["改名的", kept.first]
    assert administrator.submit(f"{address}/end").status_code == 303
    assert "改名的" not in kept.names(cast)
    assert administrator.page(kept.url).select_one("details .person b").get_text() == "改名的"
    assert administrator.submit(f"{address}/restore", page=kept.url).status_code == 303
    assert kept.names(cast)[-2:] == ["新 的", "改名的"]
    room, noun = kept.kept.room, kept.kept.noun
    verbs = [f"add_{noun}", f"{kept.kept.renaming}_{noun}", f"order_{noun}s", f"end_{noun}", f"restore_{noun}"]
    written = db_session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert [action for action in written if noun in action] == [f"{room}.{verb}" for verb in verbs]


@either_engine
@each("kept", LISTS)
def test_bad_input_and_twice(cast, sign_in, kept):
    administrator, one = sign_in(cast.administrator), kept.one(cast, kept.second)
    address, new = f"{kept.url}/{one.public_id}", {**administrator.form(f"{kept.url}/add"), **kept.fixed}
    for name in ("", " \u200b", kept.first, "长" * 21):
        refused = administrator.send(f"{kept.url}/add", {**new, "name": name})
        assert (refused.status_code, 'href="#name' in refused.text) == (422, True), name
    assert administrator.submit(address, {"name": kept.first}).status_code == 422
    assert administrator.force(f"{address}/order", {"step": "sideways"}).status_code == 400
    assert administrator.force(f"{address}/restore").status_code == 404
    assert [administrator.force(f"{address}/end").status_code for _ in range(2)] == [303, 404]
    assert administrator.get(f"{address}/end").status_code == 404
    assert administrator.send(f"{kept.url}/add", {**new, "name": kept.second}).status_code == 303
    assert administrator.force(f"{address}/restore").status_code == 422
    assert kept.names(cast).count(kept.second) == 1


@either_engine
@each("kept", LISTS)
def test_the_services_refuse_it_themselves(cast, db_session, kept):
    one = kept.one(cast, kept.first)
    for name in ("", "\u200b", "长" * 21, kept.second):
        with pytest.raises(RuleError) as refused:
            kept.kept.rename(cast.administrator, one, name)
        assert refused.value.field == "name", name
    with pytest.raises(RuleError):
        kept.kept.restore(cast.administrator, one)
    kept.kept.end(cast.administrator, one)
    with pytest.raises(RuleError):
        kept.kept.end(cast.administrator, one)


@either_engine
@each(("who", "where", "status"), [
    ("chair", "qinghe", 404), ("member", "qinghe", 404), ("secretary", "wangjiang", 404),
    ("publisher", "wangjiang", 403),
])  # fmt: skip
def test_who_may_not(cast, sign_in, who, where, status):
    somebody = sign_in(getattr(cast, who))
    for kept in LISTS:
        url, one = f"/office/{where}/{kept.address}", kept.one(cast, kept.first)
        assert somebody.get(url).status_code == status
        for step in ("end", "order"):
            assert somebody.force(f"{url}/{one.public_id}/{step}", {"step": "down"}).status_code == status, step
        assert somebody.force(f"{url}/add", {**kept.fixed, "name": "新的"}).status_code == status
        assert kept.names(cast)[:2] == [kept.first, kept.second]


@either_engine
def test_not_signed_in_and_by_get(cast, client, sign_in):
    administrator = sign_in(cast.administrator)
    for kept in LISTS:
        address = f"{kept.url}/{kept.one(cast, kept.first).public_id}"
        for path in (kept.url, f"{address}/end"):
            assert client.get(path).location.startswith("/sign-in"), path
        assert client.force(f"{kept.url}/add", {**kept.fixed, "name": "新的"}).location.startswith("/sign-in")
        for step in ("order", "restore"):
            assert administrator.get(f"{address}/{step}?step=down").status_code == 405, step
        for path in (f"{kept.url}/add?name=新的", f"{address}/end"):
            assert administrator.get(path).status_code == 200
        assert kept.names(cast)[:2] == [kept.first, kept.second]
