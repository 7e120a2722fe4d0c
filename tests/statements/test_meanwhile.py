"""A book is closed while a charge of it is paid from another that is open: sum and kinds are of the same rows."""

from __future__ import annotations

import pytest

from portal.associations.models import Association
from portal.core.calendar import today
from portal.core.database import db
from portal.ledger import closing
from portal.people.models import Person
from portal.statements import year
from tests.harness.factory import make_membership, make_person
from tests.harness.meanwhile import COMMITTED, Meanwhile
from tests.harness.money import FEE, make_charge, make_payment, make_period


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
