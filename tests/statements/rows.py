"""Rows for tests of statements: a year that is over, with everything in it that changes a rate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.associations.models import Association
from portal.core.calendar import today
from portal.core.database import db
from portal.dues.models import Charge
from portal.dues.services import settle
from portal.ledger.models import DuesPeriod
from portal.people.models import Person
from tests.harness.factory import make_membership, make_person
from tests.harness.money import make_charge, make_payment, make_period


@dataclass(frozen=True)
class Year:
    """Last year in the community: three charged 12 yuan each, one of them by another, and what became of it."""

    period: DuesPeriod
    day: date
    paid: Charge  # 12 of 12
    part: Charge  # 5 of 12, and 2 let off
    open: Charge  # nothing


def charged(place: Association, name: str, period: DuesPeriod, amount: int = 1200, **values: Any) -> Charge:
    """Somebody of the association who owes so much for the period."""
    membership = make_membership(make_person(name), place, joined_on=date(2015, 1, 1), **values)
    return make_charge(membership, period, amount)


def payer_of(charge: Charge) -> Person:
    return db.session.get_one(Person, charge.payer_id)


def last_year(cast: Any) -> Year:
    """17 of 34 yuan that there are to collect: 50.0 % net, 47.2 % gross."""
    period = make_period(cast.community, today().year - 1)
    place, group = cast.community, {"group_id": cast.group.id}
    paid, part, left = (charged(place, name, period, **group) for name in ("年甲", "年乙", "年丙"))
    day = date(period.start_on.year, 5, 4)
    make_payment(payer_of(paid), place, 1200, received_on=day)
    make_payment(payer_of(part), place, 500, received_on=day, method="mobile")
    settle(part.id, waived=200)
    db.session.commit()
    return Year(period, day, paid, part, left)


def close_book(sign_in: Any, cast: Any, period: DuesPeriod) -> None:
    """By the treasurer, who has read that the charges are not all up to date."""
    here = f"/office/wangjiang/dues/books/{period.public_id}/close"
    assert sign_in(cast.treasurer).submit(here, {"seen": "y"}).status_code == 303
    db.session.expire_all()
