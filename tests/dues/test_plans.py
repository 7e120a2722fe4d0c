"""Fee plans: a new version, the nearest up the tree, one withdrawn; who may, and what is refused with words."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from portal.core.calendar import today
from portal.core.errors import RuleError
from portal.core.money import MOST_FEN
from portal.dues import plans
from portal.dues.models import Charge, FeePlan
from portal.dues.plan_queries import list_by_kind
from tests.dues.test_settling import member
from tests.harness.cases import either_engine
from tests.harness.factory import kind_of
from tests.harness.money import make_charge, make_period, make_plan

PAGE = "/office/wangjiang/dues/plans"
START = date(today().year, 1, 1)


def new(cast, number: int = 0) -> str:
    return f"{PAGE}/new/{kind_of(cast.community, number).public_id}"


def sent(**values: str) -> dict[str, str]:
    return {"amount_fen": "12", "proration": "months", "effective_on": f"{START}", "basis": "理事会决议", **values}


def test_a_version_is_added_shown_and_found_once(cast, sign_in, db_session):
    make_plan(cast.street, 3_600)
    treasurer = sign_in(cast.treasurer)
    before = treasurer.get(PAGE).text
    assert "36.00" in before
    assert cast.street.display_name in before
    assert 'value="36"' in treasurer.get(new(cast)).text
    assert [treasurer.submit(new(cast), sent()).status_code for _ in range(2)] == [303, 422]  # not the same twice
    plan = db_session.scalars(select(FeePlan).where(FeePlan.association_id == cast.community.id)).one()
    assert (plan.amount_fen, plan.proration, plan.effective_on, plan.version) == (1_200, "months", START, 1)
    assert plan.created_by_id == cast.treasurer.person_id
    after = treasurer.get(PAGE).text
    assert "12.00" in after
    assert "理事会决议" in after


def test_the_nearest_and_latest_is_in_force(cast):
    def amount(association, day: date = START) -> int | None:
        plan = list_by_kind(association, day)[0].in_force
        return plan.amount_fen if plan else None

    assert amount(cast.community) is None
    make_plan(cast.federation, 100)
    make_plan(cast.street, 200)
    make_plan(cast.street, 300, effective_on=START)
    make_plan(cast.street, 400, effective_on=date(START.year + 1, 1, 1))
    assert [amount(place) for place in (cast.village, cast.community)] == [100, 300]
    assert [amount(cast.community, date(year, 1, 1)) for year in (START.year - 1, START.year + 1)] == [200, 400]
    own = make_plan(cast.community, 0)
    assert amount(cast.community) == 0
    plans.withdraw(cast.treasurer, own)
    assert amount(cast.community) == 300
    row = list_by_kind(cast.street, START)[0]
    assert (row.coming.amount_fen, [one.version for one in row.own]) == (400, [3, 2, 1])


def test_an_unused_version_is_withdrawn_a_used_one_stays(cast, sign_in, db_session):
    used, unused = make_plan(cast.community), make_plan(cast.community, 2_000)
    make_charge(member(cast), make_period(cast.community), plan_id=used.id)
    above = make_plan(cast.street)
    treasurer = sign_in(cast.treasurer)
    page = treasurer.get(PAGE).text
    addresses = {plan.id: f"{PAGE}/{plan.public_id}/withdraw" for plan in (used, unused, above)}
    assert [addresses[plan.id] in page for plan in (used, unused, above)] == [False, True, False]
    assert treasurer.get(addresses[above.id]).status_code == 404
    assert [treasurer.submit(addresses[one.id]).status_code for one in (unused, unused, used)] == [303, 422, 422]
    db_session.refresh(unused)
    assert unused.withdrawn_at is not None
    assert db_session.scalar(select(Charge.plan_id)) == used.id


@either_engine
@pytest.mark.parametrize("amount", ["", "-1", "0.001", "10000000.01", "zwölf"])
def test_an_amount_is_refused_with_words(cast, sign_in, db_session, amount):
    treasurer = sign_in(cast.treasurer)
    answer = treasurer.submit(new(cast), sent(amount_fen=amount))
    assert answer.status_code == 422
    assert 'id="amount_fen-error"' in answer.text
    assert db_session.scalar(select(FeePlan.id)) is None


def test_the_service_refuses_too(cast):
    for amount in (-1, MOST_FEN + 1):
        with pytest.raises(RuleError):
            plans.add_version(None, cast.community, kind_of(cast.community), amount_fen=amount, effective_on=START)


@pytest.mark.engines("sqlite")
def test_who_may(cast, sign_in, client):
    plan = make_plan(cast.community)
    withdraw = f"{PAGE}/{plan.public_id}/withdraw"
    for account, seen, changed in (
        (cast.secretary, 200, 403), (cast.leader, 403, 403), (cast.publisher, 403, 403), (cast.sibling, 404, 404),
        (cast.ended, 404, 404), (cast.member, 404, 404),
    ):  # fmt: skip
        visitor = sign_in(account)
        assert (visitor.get(PAGE).status_code, visitor.get(new(cast)).status_code) == (seen, changed)
        assert visitor.get(withdraw).status_code == changed
    assert client.get(PAGE).status_code == 303
    assert f"{PAGE}/new" not in sign_in(cast.secretary).get(PAGE).text
    assert sign_in(cast.treasurer).get(f"{PAGE}/new/nothing").status_code == 404
