"""While two records are made one: a second officer finds it done, and nobody writes between what is read before and
after.
"""

from __future__ import annotations

import json
import threading
from functools import partial

import pytest
from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from portal.associations.models import Association
from portal.core.database import db, hold
from portal.core.errors import RuleError
from portal.dues.models import Charge
from portal.duplicates import queries, services
from portal.duplicates.models import PersonMerge
from portal.ledger.chain import Fault
from portal.members.models import Membership
from portal.payments import allocating
from portal.payments.models import Payment
from portal.people.models import Person
from portal.upkeep.ledger import list_faults
from tests.duplicates.rows import make_pair
from tests.harness.factory import make_membership
from tests.harness.meanwhile import COMMITTED, WAITS, Meanwhile
from tests.harness.money import FEE, make_charge, make_payment, make_period
from tests.harness.together import told

# SQLite lets one writer in at a time: what the lock is for cannot happen there.
pytestmark = pytest.mark.engines("postgresql")


def race(app, place_id: int, pair: tuple[int, int]) -> list[str]:
    """Both load the pair, then both merge it, one way round and the other; what each was told."""
    loaded = threading.Barrier(2)

    def merge(*ids: int) -> None:
        kept, gone = (db.session.get(Person, one) for one in ids)
        place = db.session.get(Association, place_id)
        loaded.wait(10)
        services.merge(None, place, kept, gone, services.Choice())

    return sorted(told(app, [partial(merge, *order) for order in (pair, pair[::-1])]))


def prepare(cast) -> tuple[int, int]:
    one, other = make_pair(cast.community)
    db.session.commit()
    return one.id, other.id


def standing() -> int:
    return db.session.scalar(select(func.count()).select_from(PersonMerge))


def test_once(live_app, cast, rounds):
    for number in range(rounds(1, 100)):
        assert race(live_app, cast.community.id, prepare(cast)) == ["done", "told"]
        assert standing() == number + 1


def test_control_without_the_lock_both_go(live_app, cast, monkeypatch):
    checked = threading.Barrier(2)

    def check_together(*arguments: object) -> None:
        original(*arguments)
        checked.wait(10)

    original = services.rules.check_merge
    monkeypatch.setattr(services, "_hold", lambda *_people: None)
    monkeypatch.setattr(services.rules, "check_merge", check_together)
    assert race(live_app, cast.community.id, prepare(cast)) == ["done", "done"]


def settle_meanwhile(live_app, cast, monkeypatch) -> tuple[str, list[Fault]]:
    """What one of two records owes is settled once its rows were read; what does not agree once it is undone."""
    kept, gone = make_pair(cast.community)
    charge = make_charge(make_membership(gone, cast.community))
    paid = make_payment(gone, cast.community, settles=[])
    db.session.commit()

    def settle():
        payment = db.session.get_one(Payment, paid.id, options=[joinedload(Payment.association)])
        allocating.allocate(None, payment, db.session.get_one(Charge, charge.id), FEE)

    settling = Meanwhile(live_app, settle)
    settling.after(monkeypatch, services.ledger, "snapshot")
    kind = next(one for one in queries.list_memberships([kept.id]))
    merged = services.merge(None, cast.community, kept, gone, services.Choice(staying=[kind.public_id]))
    db.session.commit()
    [answer] = settling.told
    if answer == WAITS:
        assert settling.run() == COMMITTED
    services.undo_merge(None, merged, kept, gone)
    return answer, list_faults()


def test_what_is_settled_meanwhile_is_settled_after_the_merge(live_app, cast, monkeypatch):
    assert settle_meanwhile(live_app, cast, monkeypatch) == (WAITS, [])


def test_control_of_rows_that_are_not_held_it_is_undone(live_app, cast, monkeypatch):
    monkeypatch.setattr(Select, "with_for_update", lambda statement, **_how: statement)
    answer, faults = settle_meanwhile(live_app, cast, monkeypatch)
    assert (answer, bool(faults)) == (COMMITTED, True)


def charge_meanwhile(live_app, cast, monkeypatch) -> tuple[str, int]:
    """What somebody else pays for one of two records is charged meanwhile; how many rows an undo would take away."""
    kept, gone = make_pair(cast.community)
    held = make_membership(gone, cast.community, payer_id=cast.member.person_id)
    make_period(cast.community)
    db.session.commit()
    charging = Meanwhile(live_app, lambda: make_charge(db.session.get_one(Membership, held.id)))
    charging.after(monkeypatch, services.ledger, "snapshot")
    kind = next(one for one in queries.list_memberships([kept.id]))
    merged = services.merge(None, cast.community, kept, gone, services.Choice(staying=[kind.public_id]))
    db.session.commit()
    return charging.told[0], sum(name == "charge" for name, _row in json.loads(merged.log)["added"])


def test_what_is_charged_meanwhile_is_not_of_the_merge(live_app, cast, monkeypatch):
    assert charge_meanwhile(live_app, cast, monkeypatch) == (WAITS, 0)


def test_control_of_memberships_that_are_not_held_it_is(live_app, cast, monkeypatch):
    monkeypatch.setattr(Select, "with_for_update", lambda statement, **_how: statement)
    assert charge_meanwhile(live_app, cast, monkeypatch) == (COMMITTED, 1)


def test_whoever_is_in_the_midst_of_writing_goes_on(live_app, cast, db_session):
    """The officer is told to try again, and everything that was typed stands there."""
    kept, gone = make_pair(cast.community)
    db_session.commit()
    holds, go_on = threading.Event(), threading.Event()

    def write():
        hold(db.session.get_one(Person, gone.id))
        holds.set()
        assert go_on.wait(20)

    begun = Meanwhile(live_app, write).begin()
    assert holds.wait(20)
    with pytest.raises(RuleError, match="稍后再试"):
        services.merge(None, cast.community, kept, gone, services.Choice())
    go_on.set()
    assert begun.result(20) == COMMITTED
    services.merge(None, cast.community, kept, gone, services.Choice())
