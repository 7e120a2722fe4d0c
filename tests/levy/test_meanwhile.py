"""Somebody joins while a levy is laid: the count of a share is that of the people who are kept by name."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from portal.associations.models import Association
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.ledger.models import DuesPeriod
from portal.levy import counting, services
from portal.levy.models import Levy, LevyPerson, LevyShare
from portal.offices.rights import Position
from tests.harness.factory import appoint, make_account, make_membership, make_person
from tests.harness.meanwhile import COMMITTED, Meanwhile
from tests.harness.money import make_period
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
