"""Pages of the dues on which forms stand: who opens them, and what is written before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial

from sqlalchemy import select

from portal.arrears import services as reminding
from portal.arrears.models import Channel
from portal.arrears.queries import Filter
from portal.associations.models import Association
from portal.bank import services as lines
from portal.bank.models import FileState
from portal.core.calendar import now, today
from portal.core.database import db
from portal.dues import waivers
from portal.dues.models import ChargeOrigin, WaiverKind
from portal.handovers import services as hand_overs
from portal.handovers.services import Counted
from portal.ledger import services as ledger
from portal.ledger.models import BookState
from portal.levy import queries as levies
from portal.levy import services as levy
from portal.members.models import Membership
from portal.offices.access import forget_grants
from portal.offices.models import Appointment
from portal.offices.rights import Position
from portal.payments import reversals
from portal.people.models import Person
from portal.receipts import listing
from portal.receipts import queries as receipts
from portal.receipts import services as voiding
from portal.receipts.models import Receipt
from portal.statements import disclosing, year
from tests.bank import files as bank
from tests.harness.cast import Cast
from tests.harness.clock import january_over
from tests.harness.factory import LONG_AGO, appoint, kind_of, make_membership, make_person
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
    yield from _waivers(cast)
    yield from _arrears(cast)
    yield from _books(cast)
    yield from _levies(cast)


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
    sibling = db.session.get_one(Association, cast.sibling_community.id)  # none of its books is closed
    appoint(db.session.get_one(Person, cast.treasurer.person_id), sibling, Position.TREASURER)
    db.session.commit()
    at = f"{DUES}/payments"
    pages = [
        f"{DUES}/collect?who={payer.public_id}", f"{DUES}/collect/{paid.public_id}/undo", f"{at}/{paid.public_id}",
        f"{at}/{credit.public_id}", f"{at}/{credit.public_id}/refund", f"{at}/{credit.public_id}/reverse",
        "/office/tingyu/dues/payments/opening",
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
    other = make_person("收款二")
    make_payment(payer, place, 100, collector=other)
    lost = Counted(expected_fen=100, counted_fen=0, handed_on=today(), key="lost", note="丢了")
    hand_overs.record(cast.treasurer, place, other, lost)
    db.session.commit()
    at = f"{DUES}/hand-overs"
    pages = [f"{at}/collectors/{leader.public_id}/count", f"{at}/{made.public_id}/void", f"{at}/deposit"]
    return [*(("treasurer", page) for page in pages), ("chair", f"{at}/collectors/{other.public_id}/write-off")]


def _place_and_payer(cast: Cast, name: str) -> tuple[Association, Person]:
    """The community, and a new member of it."""
    place = db.session.get_one(Association, cast.community.id)
    membership = make_membership(make_person(name), place)
    return place, db.session.get_one(Person, membership.person_id)


@january_over()
def _bank(cast: Cast) -> list[tuple[str, str]]:
    """A file to be named, one to be taken in; lines that wait, with somebody who may have paid or with a payment that
    was recorded already, and one set aside.
    """
    day = date(today().year, 1, 7)
    came = partial(bank.came, day=f"{day:%Y%m%d}")
    place, payer = _place_and_payer(cast, "流水一")
    _place, typed = _place_and_payer(cast, "外婆")
    make_payment(typed, place, 900, method="transfer", received_on=day - timedelta(days=1))
    db.session.commit()
    bank.take(cast.treasurer, place, came("孙女", memo="流水一"), came("外婆", "9.00"), came("利息"))
    owed, other, aside = bank.found()[-3:]
    aside.association = place
    make_charge(db.session.scalars(select(Membership).where(Membership.person_id == payer.id)).one())
    lines.set_aside(cast.treasurer, aside, "结息")
    checked, named = (bank.brought(cast.treasurer, place, bank.plain(came(name))) for name in ("甲", "乙"))
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


def _waivers(cast: Cast) -> list[tuple[str, str]]:
    """A charge that can be let off, a question of one's own, and another's to decide."""
    place, period = db.session.get_one(Association, cast.community.id), make_period(cast.community)
    owed, asked, other = (make_membership(make_person(f"减免{n}"), place) for n in "一二三")
    charges = [make_charge(one) for one in (owed, asked, other)]
    for charge in charges:
        charge.association = place
    mine, theirs = (waivers.ask(cast.treasurer, one, WaiverKind.WAIVER, 100, "失业") for one in charges[1:])
    db.session.commit()
    at = f"{DUES}/waivers"
    pages = (f"{DUES}/charges/{period.public_id}/{owed.public_id}/waive", f"{at}/{mine.public_id}")
    return [*(("treasurer", page) for page in pages), ("chair", f"{at}/{theirs.public_id}")]


def _arrears(cast: Cast) -> list[tuple[str, str]]:
    """Somebody long overdue, a round to call and a round of letters."""
    place = db.session.get_one(Association, cast.community.id)
    make_charge(make_membership(make_person("欠费一"), place), due_on=today() - timedelta(days=100))
    rounds = [
        reminding.begin(cast.treasurer, place, channel, Filter(days=91), f"steps {channel}")
        for channel in (Channel.CALL, Channel.LETTER)
    ]
    db.session.commit()
    at = f"{DUES}/arrears/reminders"
    pages = [("treasurer", page) for page in (f"{at}/new", *(f"{at}/{one.public_id}" for one in rounds))]
    return [*pages, ("secretary", f"{at}/{rounds[0].public_id}")]


def _books(cast: Cast) -> list[tuple[str, str]]:
    """A period to open, a book to close, one to lock or to open again."""
    place = db.session.get_one(Association, cast.community.id)
    ended, closed = (make_period(place, today().year - years) for years in (2, 3))
    book = ledger.hold_book(place, closed)
    book.state, book.closed_at, book.closed_by_id = BookState.CLOSED, now(), cast.treasurer.person_id
    db.session.commit()
    at = f"{DUES}/books"
    return [
        ("administrator", "/office/qinghe/dues/periods/new"), ("treasurer", f"{at}/{ended.public_id}/close"),
        ("chair", f"{at}/{closed.public_id}/reopen"), ("chair", f"{at}/{closed.public_id}/lock"),
    ]  # fmt: skip


def _levies(cast: Cast) -> list[tuple[str, str]]:
    """A levy of the street that its treasurer, here the chair, has been paid in part."""
    street = db.session.get_one(Association, cast.street.id)
    known = {"person_id": cast.chair.person_id, "association_id": street.id, "start_on": LONG_AGO}
    db.session.add(Appointment(position=Position.TREASURER, covers_subtree=True, **known))
    db.session.flush()
    forget_grants(cast.chair)
    period = make_period(street, today().year)
    laid = levy.lay(cast.chair, street, period, 100, today(), "")
    share = db.session.scalars(levies.shares(laid).options(*levies.SHOWN)).first()
    assert share is not None
    paid = levy.pay(cast.chair, share, amount_fen=50, received_on=today(), way="transfer", key="steps")
    db.session.commit()
    at = "/office/liuan/dues/levy"
    shared = f"{at}/shares/{share.public_id}"
    taken_back = f"{at}/{laid.public_id}/take-back"
    pages = (f"{at}/new", f"{at}/{laid.public_id}", taken_back, shared, f"{shared}/{paid.public_id}/void")
    return [("chair", page) for page in pages]
