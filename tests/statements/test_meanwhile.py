"""A book is closed while a charge of it is paid from another that is open: sum and kinds are of the same rows."""

from __future__ import annotations

import pytest

from portal.associations.models import Association
from portal.core.calendar import today
from portal.core.database import db
from portal.ledger import closing
from portal.ledger.models import DuesPeriod
from portal.people.models import Person
from portal.statements import disclosing, year
from tests.harness.factory import make_membership, make_person
from tests.harness.meanwhile import COMMITTED, WAITS, Meanwhile
from tests.harness.money import FEE, make_charge, make_payment, make_period
from tests.ledger.rows import deposit
from tests.notices.rows import acting


@pytest.mark.engines("postgresql")
def test_the_sum_is_that_of_the_kinds(live_app, cast, db_session, monkeypatch):
    payer, past = make_person("何淑兰"), make_period(cast.community, today().year - 1)
    make_period(cast.community)
    make_charge(make_membership(payer, cast.community, joined_on=past.start_on), past)
    db_session.commit()

    def pay():
        make_payment(db.session.get_one(Person, payer.id), db.session.get_one(Association, cast.community.id), FEE)

    paying = Meanwhile(live_app, pay)
    paying.before(monkeypatch, year, "charged")
    figures = closing.figures_of(cast.community, past)
    assert paying.told == [COMMITTED]
    assert figures["paid_fen"] == sum(row[4] for row in figures["kinds"]) == FEE
    assert figures["open_fen"] == 0


@pytest.mark.engines("postgresql")
def test_a_book_that_is_opened_meanwhile_is_not_disclosed(live_app, cast, db_session, monkeypatch):
    past = make_period(cast.community, today().year - 1)
    deposit(cast.community, on=past.start_on)
    closing.close(cast.treasurer, cast.community, past, seen=True)
    db_session.commit()

    def reopen():
        place, period = (
            db.session.get_one(*known) for known in ((Association, cast.community.id), (DuesPeriod, past.id))
        )
        closing.reopen(acting(cast.chair), place, period, "再核")

    other = Meanwhile(live_app, reopen)
    other.before(monkeypatch, disclosing, "told")
    place = db.session.get_one(Association, cast.community.id)
    disclosing.disclose(acting(cast.chair), place, db.session.get_one(DuesPeriod, past.id))
    db_session.commit()
    assert other.told == [WAITS]
    assert other.run() == COMMITTED
    assert disclosing.standing(place, past) is None
