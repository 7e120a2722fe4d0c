"""The federation's kinds of commendation: who is commended is chosen with each and stays; each has its English."""

from __future__ import annotations

import pytest

from portal.commendations import kinds
from portal.commendations.queries import list_kinds
from portal.core.errors import RuleError
from tests.harness.cases import either_engine
from tests.harness.praise import commendation_kind, make_call

URL = "/office/qinghe/commendations/kinds"


def test_who_is_commended_is_chosen_once(cast, sign_in, db_session):
    administrator, groups = sign_in(cast.administrator), commendation_kind(cast.street, "先进集体")
    new = {"name": "优秀组长", "english": "Outstanding  Leader", "scope": "individual"}
    assert administrator.submit(f"{URL}/add", new).status_code == 303
    made = list_kinds(cast.federation.id)[-1]
    assert (made.name, made.english, made.scope) == ("优秀组长", "Outstanding Leader", "individual")
    renamed = {"name": "先进小组", "english": "Exemplary Team", "scope": "individual"}
    administrator.submit(f"{URL}/{groups.public_id}", renamed)
    assert (groups.name, groups.english, groups.scope) == ("先进小组", "Exemplary Team", "collective")


@either_engine
def test_bad_input(cast, sign_in, db_session):
    administrator = sign_in(cast.administrator)
    new = {**administrator.form(f"{URL}/add"), "name": "新的", "scope": "chair", "english": ""}
    for wrong in ({"scope": "everybody"}, {"scope": None}, {"english": "先进"}, {"english": "x" * 61}):
        assert administrator.send(f"{URL}/add", {**new, **wrong}).status_code == 422, wrong
    for field, scope, english in (("scope", "x", ""), ("english", "chair", "会")):
        with pytest.raises(RuleError) as refused:
            kinds.add_kind(cast.administrator, cast.federation, "新的", scope, english)
        assert refused.value.field == field
    kinds.KINDS.end(cast.administrator, commendation_kind(cast.street, "先进集体"))
    with pytest.raises(StopIteration):
        make_call(cast.street)
