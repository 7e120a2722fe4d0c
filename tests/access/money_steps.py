"""Pages of the dues on which forms stand: who opens them, and what is written before."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from portal.associations.models import Association
from portal.bank import services as lines
from portal.bank.models import FileState
from portal.core.calendar import now, today
from portal.core.database import db
from portal.dues.models import ChargeOrigin
from portal.handovers import services as hand_overs
from portal.handovers.services import Counted
from portal.ledger import services as ledger
from portal.ledger.models import BookState
from portal.members.models import Membership
from portal.payments import reversals
from portal.people.models import Person
from portal.receipts import listing
from portal.receipts import queries as receipts
from portal.receipts import services as voiding
from portal.receipts.models import Receipt
from portal.statements import disclosing, year
from tests.bank import files as bank
from tests.harness.cast import Cast
from tests.harness.factory import kind_of, make_membership, make_person
from tests.harness.money import FEE, make_charge, make_payment, make_period, make_plan

DUES = "/office/wangjiang/dues"
FOUND = {"new": 1, "new_fen": 1200, "alike": 0, "passed": 0, "lines": 1, "left_out": 0, "faulty": 0}


def addresses(cast: Cast) -> Iterator[tuple[str, str]]:
    """A role and an address each; written first, so that nothing changes on the way."""
    yield from _charges(cast)
    yield from _payments(cast)
    yield from _receipts(cast)
    yield from _hand_overs(cast)
    yield from _bank(cast)
    yield from _statements(cast)


def _charges(cast: Cast) -> list[tuple[str, str]]:
    """A plan that was never used, somebody to charge by another, an opening balance that can be void."""
    place = db.session.get_one(Association, cast.community.id)
    make_plan(place)
    plan = make_plan(place, kind=kind_of(place, 1))
    membership, period = make_membership(make_person("应收一"), place), make_period(place)
    make_membership(make_person("应收二"), place)
    make_charge(membership, period, origin=ChargeOrigin.OPENING)
    db.session.commit()
    pages = [
        f"{DUES}/plans", f"{DUES}/plans/new/{kind_of(place, 2).public_id}", f"{DUES}/plans/{plan.public_id}/withdraw",
        f"{DUES}/charging", f"{DUES}/openings", f"{DUES}/charges",
        f"{DUES}/charges/{period.public_id}/{membership.public_id}/void",
    ]  # fmt: skip
    return [("treasurer", page) for page in pages]


def _payments(cast: Cast) -> list[tuple[str, str]]:
    """Somebody who owes, a payment that settles a part, another with credit left, one to be signed for."""
    place = db.session.get_one(Association, cast.community.id)
    membership = make_membership(make_person("收费一"), place)
    charge = make_charge(membership)
    payer = db.session.get_one(type(cast.member.person), membership.person_id)
    paid = make_payment(payer, place, 500, actor=cast.treasurer)
    credit = make_payment(payer, place, FEE, [], actor=cast.treasurer)
    asked = make_payment(payer, place, 100, [(charge, 100)], actor=cast.treasurer)
    reversals.ask(cast.treasurer, asked, "记错人")
    db.session.commit()
    at = f"{DUES}/payments"
    pages = [
        f"{DUES}/collect?who={payer.public_id}", f"{DUES}/collect/{paid.public_id}/undo", f"{at}/{paid.public_id}",
        f"{at}/{credit.public_id}", f"{at}/{credit.public_id}/refund", f"{at}/{credit.public_id}/reverse",
        f"{at}/opening",
    ]  # fmt: skip
    return [*(("treasurer", page) for page in pages), ("chair", f"{at}/{asked.public_id}")]


def _receipts(cast: Cast) -> list[tuple[str, str]]:
    """One that can be printed or declared void, one that was void and can be issued anew."""
    place, payer = _place_and_payer(cast, "收据一")
    stands, again = (make_payment(payer, place, 100, actor=cast.treasurer) for _ in range(2))
    one, other = receipts.list_of_payment(stands.id)[0], receipts.list_of_payment(again.id)[0]
    loaded = db.session.get_one(Receipt, other.id, options=listing.SHOWN, populate_existing=True)
    voiding.void(cast.treasurer, loaded, "纸坏了")
    db.session.commit()
    at = f"{DUES}/receipts"
    pages = (f"{at}/{one.public_id}", f"{at}/{one.public_id}/void", f"{at}/print")
    return [("treasurer", page) for page in (*pages, f"{DUES}/payments/{again.public_id}")]


def _hand_overs(cast: Cast) -> list[tuple[str, str]]:
    """One that can be void, a collector who holds something again, cash that can be brought to the bank."""
    place, payer = _place_and_payer(cast, "上交一")
    leader = db.session.get_one(type(payer), cast.leader.person_id)
    make_payment(payer, place, 300, collector=leader)
    counted = Counted(expected_fen=300, counted_fen=300, handed_on=today(), key="steps")
    made = hand_overs.record(cast.treasurer, place, leader, counted)
    make_payment(payer, place, 200, collector=leader)
    db.session.commit()
    at = f"{DUES}/hand-overs"
    pages = [f"{at}/collectors/{leader.public_id}/count", f"{at}/{made.public_id}/void", f"{at}/deposit"]
    return [("treasurer", page) for page in pages]


def _place_and_payer(cast: Cast, name: str) -> tuple[Association, Person]:
    """The community, and a new member of it."""
    place = db.session.get_one(Association, cast.community.id)
    membership = make_membership(make_person(name), place)
    return place, db.session.get_one(Person, membership.person_id)


def _bank(cast: Cast) -> list[tuple[str, str]]:
    """A file to be named, one to be taken in; lines that wait, with somebody who may have paid, and one set aside."""
    place, payer = _place_and_payer(cast, "流水一")
    db.session.commit()
    bank.take(cast.treasurer, place, bank.came("孙女", memo="流水一"), bank.came("外婆", "9.00"), bank.came("利息"))
    owed, other, aside = bank.found()[-3:]
    aside.association = place
    make_charge(db.session.scalars(select(Membership).where(Membership.person_id == payer.id)).one())
    lines.set_aside(cast.treasurer, aside, "结息")
    checked, named = (bank.brought(cast.treasurer, place, bank.plain(bank.came(name))) for name in ("甲", "乙"))
    checked.details = {**checked.details, "found": FOUND}
    named.state = FileState.UPLOADED
    db.session.commit()
    at = f"{DUES}/bank"
    pages = [
        at, f"{at}/lines/{owed.public_id}", f"{at}/lines/{other.public_id}?who={payer.public_id}",
        f"{at}/lines/{other.public_id}/set-aside", f"{at}/lines/{aside.public_id}", f"{at}/files/new",
        f"{at}/files/{named.public_id}/columns", f"{at}/files/{checked.public_id}",
        f"{at}/files/{named.public_id}/discard",
    ]  # fmt: skip
    return [("treasurer", page) for page in pages]


def _statements(cast: Cast) -> list[tuple[str, str]]:
    """A book that is closed, and disclosed already."""
    place = db.session.get_one(Association, cast.community.id)
    period = make_period(place, today().year - 1)
    book = ledger.hold_book(place, period)
    book.state, book.closed_at, book.closed_by_id = BookState.CLOSED, now(), cast.treasurer.person_id
    book.figures = {**year.charged(place, period), **year.money(place, period)}
    db.session.flush()
    made = disclosing.disclose(cast.chair, place, period)
    db.session.commit()
    at = f"{DUES}/disclosed"
    return [("chair", page) for page in (f"{at}/{period.public_id}/new", f"{at}/{made.public_id}/withdraw")]
