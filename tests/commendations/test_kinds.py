"""The federation's kinds of commendation: kept in its order; who is commended is chosen with each and stays."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.commendations import kinds
from portal.commendations.models import CommendationKind
from portal.commendations.queries import list_kinds
from portal.core.audit import AuditEntry
from portal.core.errors import RuleError
from tests.harness.cases import each, either_engine
from tests.harness.praise import make_call

URL = "/office/qinghe/commendations/kinds"


@pytest.fixture
def groups(cast, db_session) -> CommendationKind:
    return db_session.scalars(select(CommendationKind).where(CommendationKind.name == "先进集体")).one()


def names(cast) -> list[str]:
    return [one.name for one in list_kinds(cast.federation.id)]


def test_added_renamed_ordered_ended_restored(cast, sign_in, db_session, groups):
    administrator = sign_in(cast.administrator)
    new = {"name": "  优秀 组长 ", "english": "Outstanding  Leader", "scope": "individual"}
    assert administrator.submit(f"{URL}/add", new).headers["Location"] == URL
    made = list_kinds(cast.federation.id)[-1]
    assert (made.name, made.english, made.scope) == ("优秀 组长", "Outstanding Leader", "individual")
    renamed = {"name": "先进小组", "english": "Exemplary Team", "scope": "individual"}
    administrator.submit(f"{URL}/{groups.public_id}", renamed)
    assert (groups.name, groups.english, groups.scope) == ("先进小组", "Exemplary Team", "collective")
    where = names(cast).index("先进小组")
    administrator.force(f"{URL}/{groups.public_id}/order", {"step": "up"})
    assert names(cast).index("先进小组") == where - 1
    assert administrator.submit(f"{URL}/{groups.public_id}/end").status_code == 303
    assert "先进小组" not in names(cast)
    assert administrator.page(URL).select_one("details .person b").get_text() == "先进小组"
    administrator.force(f"{URL}/{groups.public_id}/restore")
    assert names(cast)[-1] == "先进小组"
    actions = db_session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    verbs = ("add_kind", "rename_kind", "order_kinds", "end_kind", "restore_kind")
    assert [action for action in actions if "kind" in action] == [f"commendations.{verb}" for verb in verbs]


@either_engine
def test_bad_input_and_twice(cast, sign_in, db_session, groups):
    administrator = sign_in(cast.administrator)
    new = {**administrator.form(f"{URL}/add"), "scope": "chair", "english": ""}
    for name in ("", " \u200b", "先进集体", "长" * 21):
        assert administrator.send(f"{URL}/add", {**new, "name": name}).status_code == 422
    for wrong in ({"scope": "everybody"}, {"scope": None}, {"english": "先进"}, {"english": "x" * 61}):
        assert administrator.send(f"{URL}/add", {**new, "name": "新的", **wrong}).status_code == 422
    assert administrator.submit(f"{URL}/{groups.public_id}", {"name": "优秀会员"}).status_code == 422
    assert administrator.force(f"{URL}/{groups.public_id}/order", {"step": "sideways"}).status_code == 400
    for _ in range(2):
        administrator.force(f"{URL}/{groups.public_id}/end")
    assert administrator.get(f"{URL}/{groups.public_id}/end").status_code == 404
    kinds.add_kind(cast.administrator, cast.federation, "先进集体", "collective")
    assert administrator.force(f"{URL}/{groups.public_id}/restore").status_code == 422
    assert names(cast).count("先进集体") == 1


@either_engine
def test_the_services_refuse_by_field(cast, db_session, groups):
    refusals = (("name", "", "individual", ""), ("scope", "新的", "x", ""), ("english", "新的", "chair", "会"))
    for field, name, scope, english in refusals:
        with pytest.raises(RuleError) as refused:
            kinds.add_kind(cast.administrator, cast.federation, name, scope, english)
        assert refused.value.field == field
    kinds.KINDS.end(cast.administrator, groups)
    for act in (lambda: kinds.KINDS.end(cast.administrator, groups), lambda: make_call(cast.street)):
        with pytest.raises((RuleError, StopIteration)):
            act()


@either_engine
@each(("who", "where", "status"), [
    ("chair", "qinghe", 404), ("chair", "liuan", 404), ("secretary", "wangjiang", 404), ("member", "qinghe", 404),
    ("publisher", "wangjiang", 403),
])  # fmt: skip
def test_who_may_not(cast, sign_in, db_session, groups, who, where, status):
    somebody, url = sign_in(getattr(cast, who)), f"/office/{where}/commendations/kinds"
    for address in (url, f"{url}/add", f"{url}/{groups.public_id}", f"{url}/{groups.public_id}/end"):
        assert somebody.get(address).status_code == status
    for step in ("order", "restore", "end"):
        assert somebody.force(f"{url}/{groups.public_id}/{step}", {"step": "up"}).status_code == status
    assert groups.ended_on is None


@either_engine
def test_not_signed_in_and_by_get(cast, client, sign_in, groups):
    assert client.get(URL).headers["Location"].startswith("/sign-in")
    for step in ("order", "restore"):
        assert sign_in(cast.administrator).get(f"{URL}/{groups.public_id}/{step}").status_code == 405
