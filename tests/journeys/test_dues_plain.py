"""The same year without scripts, in short: three payments, one taken back, one handed over; closed and locked."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.core import calendar
from portal.core.database import db
from portal.core.search import initials
from portal.offices.rights import Position
from portal.payments.models import Payment
from portal.upkeep.ledger import list_faults
from tests.harness.factory import appoint, make_account, make_person
from tests.journeys.conftest import MONDAY
from tests.journeys.dues_desk import join
from tests.journeys.test_dues import JANUARY

OFFICE, FEE = "/office/wangjiang/dues", "20"
NAMES, IN_GROUP = ("钱桂芝", "冯立新"), "何晓燕"


@pytest.fixture
def client_of(sign_in):
    """Somebody's client, who signs in anew on another day."""

    def client_of(account, moment=MONDAY):
        with calendar.at(moment):
            return sign_in(account)

    return client_of


def test_a_year_without_scripts(app, cast, client_of):
    join(cast.community, NAMES)
    join(cast.community, [IN_GROUP], group_id=cast.group.id)
    treasurer = charged(cast, client_of)
    for name in NAMES:
        taken(treasurer, name)
    leader = client_of(cast.leader)
    assert IN_GROUP in leader.get(f"{OFFICE}/collect?q=hxy").text
    taken(leader, IN_GROUP)
    tuesday = MONDAY + timedelta(days=1)
    with calendar.at(tuesday):
        counted(client_of(cast.treasurer, tuesday), cast)
        taken_back(client_of(cast.treasurer, tuesday), client_of(cast.chair, tuesday))
    with calendar.at(JANUARY):
        finished(client_of(cast.treasurer, JANUARY), client_of(cast.chair, JANUARY))
    assert list_faults() == []


def done(answer) -> str:
    """Where a form leads that was taken."""
    assert answer.status_code == 303, re.sub(r"\s+", " ", answer.text)[-2000:]
    return str(answer.location)


def charged(cast, client_of):
    secretary = make_account(make_person("陶然"))
    appoint(secretary.person, cast.federation, Position.SECRETARY)
    done(client_of(secretary).submit("/office/qinghe/dues/periods/new"))
    treasurer = client_of(cast.treasurer)
    address = treasurer.page(f"{OFFICE}/plans").select_one("tbody a")["href"]
    done(treasurer.submit(address, {"amount_fen": FEE}))
    done(treasurer.submit(f"{OFFICE}/charging"))
    return treasurer


def taken(client, name: str) -> None:
    """Found by initials, the amount stands ready; the next page has the search again."""
    address = f"{OFFICE}/collect"
    after = client.page(done(client.submit(address, page=f"{address}?q={initials(name).lower()}")))
    assert name in after.select_one(".entered li").text
    assert after.select_one("input[name=q]") is not None


def counted(treasurer, cast) -> None:
    """One yuan too little, which the leader goes on owing."""
    address = f"{OFFICE}/hand-overs/collectors/{cast.leader.person.public_id}/count"
    assert treasurer.submit(address, {"counted": "19"}).status_code == 422  # without the reason
    page = treasurer.get(done(treasurer.submit(address, {"counted": "19", "note": "少一元"}))).text
    assert "-1.00" in page


def taken_back(treasurer, chair) -> None:
    payment = db.session.scalars(select(Payment).order_by(Payment.id)).first()
    address = f"{OFFICE}/payments/{payment.public_id}"
    done(treasurer.submit(f"{address}/reverse", {"reason": "记错人"}))
    form = chair.page(address).select_one('form[action$="/decide"]')
    done(chair.submit(form["action"], {"answer": "approve"}, page=address))
    assert "<s>" in chair.get(address).text


def finished(treasurer, chair) -> None:
    """40 of 80 are paid: the member of the cast owes, and so does who paid by mistake."""
    book = treasurer.page(f"{OFFICE}/books").select_one('a[href$="/close"]')["href"]
    assert "50.0%" in treasurer.get(book).text
    done(treasurer.submit(book))
    done(chair.submit(book.replace("/close", "/lock")))
    row = chair.page(f"{OFFICE}/rates").select_one(".figures").text
    assert "50.0%" in row
