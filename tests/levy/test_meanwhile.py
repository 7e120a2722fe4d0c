"""Somebody joins while a levy is laid: the count of a share is that of the people who are kept by name. Two who take
cash out of a box for a levy are not shown the same money.
"""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from portal.associations.models import Association
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.ledger import queries as ledger
from portal.ledger.models import DuesPeriod
from portal.levy import counting, queries, services, taking_back
from portal.levy.models import Levy, LevyPerson, LevyShare
from portal.offices.rights import Position
from tests.harness.factory import appoint, make_account, make_membership, make_person
from tests.harness.meanwhile import COMMITTED, REFUSED, WAITS, Meanwhile
from tests.harness.money import make_payment, make_period
from tests.notices.rows import acting

pytestmark = pytest.mark.engines("postgresql")


@pytest.fixture
def lay(live_app, cast):
    """Lays a levy on what lies below the street; somebody may join the community, by name."""
    collector = make_person("柳大有")
    appoint(collector, cast.street, Position.TREASURER, covers_subtree=True)
    account, known = make_account(collector), (cast.street.id, make_period(cast.community).id)
    place_id = cast.community.id
    db.session.commit()

    def lay_it():
        place, period = db.session.get_one(Association, known[0]), db.session.get_one(DuesPeriod, known[1])
        made = services.lay(acting(account), place, period, 100, today(), "决议")
        db.session.commit()
        return made

    lay_it.account = account
    lay_it.joining = lambda name: Meanwhile(
        live_app, lambda: make_membership(make_person(name), db.session.get_one(Association, place_id))
    )
    return lay_it


def counts():
    """Of each share: how many it says, how many are kept."""
    kept = select(func.count()).where(LevyPerson.share_id == LevyShare.id).scalar_subquery()
    return [tuple(row) for row in db.session.execute(select(LevyShare.count, kept))]


def test_who_joins_while_it_is_counted(lay, cast, monkeypatch):
    joining = lay.joining("新会员")
    joining.after(monkeypatch, counting, "by_association")
    lay()
    assert joining.told == [COMMITTED]
    assert counts() == [(2, 2)]


def test_the_control_counts_one_and_keeps_two(lay, cast, monkeypatch):
    joining = lay.joining("新会员")
    joining.after(monkeypatch, counting, "by_association")
    monkeypatch.setattr(counting, "agrees", lambda _levy: True)
    lay()
    assert counts() == [(1, 2)]


def test_where_somebody_joins_each_time_nothing_is_laid(lay, cast, monkeypatch):
    """It says so, and nothing of it stays."""
    known, names = counting.by_association, iter("甲乙丙丁戊")

    def by_association(*of):
        found = known(*of)
        assert lay.joining(f"会员{next(names)}").run() == COMMITTED
        return found

    monkeypatch.setattr(counting, "by_association", by_association)
    with pytest.raises(RuleError):
        lay()
    db.session.rollback()
    assert [db.session.scalar(select(func.count()).select_from(kind)) for kind in (Levy, LevyShare)] == [0, 0]


@pytest.mark.parametrize("guarded", [True, False], ids=["guarded", "the control: nobody holds the box"])
def test_two_who_pay_out_of_one_box(lay, live_app, cast, monkeypatch, guarded):
    """Of two levies that are paid in cash at once, of which there is enough for one, the second waits its turn."""
    lay()
    last = make_period(cast.community, today().year - 1)
    services.lay(acting(lay.account), cast.street, last, 100, last.end_on, "决议")
    make_payment(cast.member.person, cast.community, 100)
    of_both = db.session.scalars(select(LevyShare.public_id).where(LevyShare.association_id == cast.community.id))
    first, second = of_both.all()
    street_id, place_id = cast.street.id, cast.community.id
    db.session.commit()

    def pay(public_id):
        share = queries.get_share(db.session.get_one(Association, street_id), public_id)
        known = {"amount_fen": 100, "received_on": today(), "way": "cash", "key": public_id}
        services.pay(acting(lay.account), share, **known)

    if not guarded:
        monkeypatch.setattr(services.cashbox, "hold", lambda _place: None)
    other = Meanwhile(live_app, lambda: pay(second))
    other.after(monkeypatch, services.cashbox, "check_spent")
    pay(first)
    db.session.commit()
    assert other.told == [WAITS if guarded else COMMITTED]
    came, went = ledger.balances(db.session.get_one(Association, place_id))["cash"]
    assert came - went == (0 if guarded else -100)
    if guarded:
        assert other.run() == REFUSED


@pytest.mark.parametrize("guarded", [True, False], ids=["guarded", "the control: nobody holds the levy"])
def test_nothing_is_paid_of_a_levy_that_is_taken_back_in_that_moment(lay, live_app, cast, monkeypatch, guarded):
    levy = lay()
    share = db.session.scalars(select(LevyShare.public_id).where(LevyShare.levy_id == levy.id)).one()
    street_id, known = cast.street.id, levy.public_id
    db.session.commit()

    def pay():
        found = queries.get_share(db.session.get_one(Association, street_id), share)
        services.pay(acting(lay.account), found, amount_fen=50, received_on=today(), way="transfer", key="one")

    if not guarded:
        monkeypatch.setattr(services, "hold", lambda *_of: None)
    other = Meanwhile(live_app, pay)
    other.after(monkeypatch, taking_back, "_post")
    levy = queries.get_levy(db.session.get_one(Association, street_id), known)
    taking_back.take_back(acting(lay.account), levy, "金额错")
    db.session.commit()
    assert other.told == [WAITS if guarded else COMMITTED]
    assert other.run() == (REFUSED if guarded else COMMITTED)
    assert db.session.scalar(select(func.sum(LevyShare.paid_fen))) == (0 if guarded else 50)
