"""All rooms of dues at once, step after step as chance has it: whatever is done or refused, the books agree, nothing
that was recorded goes away, every receipt has its number, and cash is where somebody answers for it.
"""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.bank import following as bank_following
from portal.bank import services as bank
from portal.bank.models import BankFile, BankLine, LineState
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.dues import charging, waivers
from portal.dues import services as dues
from portal.dues.models import Charge, VoidReason, Waiver, WaiverState
from portal.duplicates import services as duplicates
from portal.duplicates.models import PersonMerge
from portal.duplicates.rules import clashes
from portal.handovers import deposits
from portal.handovers import queries as hand_over_queries
from portal.handovers import services as hand_overs
from portal.handovers.models import HandOver
from portal.ledger import closing
from portal.ledger.models import BookState, JournalEntry, JournalLine, LedgerAccount
from portal.levy import queries as levies
from portal.levy import services as levy
from portal.levy import taking_back
from portal.levy.models import Levy, LevyPayment, LevyShare
from portal.members import services as members
from portal.members import transfers
from portal.members.models import EndReason, Membership
from portal.offices.rights import Position
from portal.payments import allocating, following, opening, queries, refunds, reversals
from portal.payments import services as payments
from portal.payments.models import Allocation, Method, Payment, Refund, Reversal, UndoState
from portal.people.models import Person
from portal.receipts import services as receipts
from portal.receipts.models import Receipt
from portal.upkeep.ledger import list_faults
from tests.harness.factory import appoint, make_account, make_membership, make_person
from tests.harness.money import make_period, make_plan
from tests.payments.rows import LAST_YEAR, below_nothing

assert following
assert bank_following
KEPT = (
    Charge, Waiver, Payment, Allocation, Reversal, Refund, JournalEntry, JournalLine, HandOver, BankLine, Receipt,
    Levy, LevyShare, LevyPayment,
)  # fmt: skip
FEES = (1, 600, 1_200, 2_500)


class Walk:
    """Somebody who does anything that the offices of a street and of its two communities can do."""

    def __init__(self, cast: Any, seed: int) -> None:
        self.chance, self.seed, self.cast, self.number = random.Random(seed), seed, cast, 0
        self.places = [cast.community, cast.sibling_community]
        self.periods = [make_period(cast.community, LAST_YEAR), make_period(cast.community)]
        self.officers, self.leader_id = {}, cast.leader.person_id
        for place in (cast.street, *self.places):
            keeper, signer = make_person(f"会计{place.id}"), make_person(f"会长{place.id}")
            below = {"covers_subtree": place is cast.street}
            appoint(keeper, place, Position.TREASURER, **below)
            appoint(signer, place, Position.CHAIR, **below)
            self.officers[place.id] = make_account(keeper).id, make_account(signer).id
        for place in self.places:
            for _ in range(3):
                self.join(place)
        make_plan(cast.federation)
        file = BankFile(association_id=cast.community.id, name="bank.csv", digest="0")
        db.session.add(file)
        db.session.commit()
        self.file_id = file.id
        for place in self.places:
            closing.hold_book(place, self.periods[0]).state = BookState.OPEN
            charging.charge(self.keeper(place), place, self.periods[1])

    def step(self) -> str:
        """One thing, all of it or nothing; its name, and whether it was refused."""
        before, what = rows(), self.chance.choice(ACTS)
        try:
            with db.session.begin_nested():
                done = getattr(self, what)(self.chance.choice(self.places))
                db.session.flush()
        except RuleError:
            db.session.expire_all()
            assert rows() == before, what
            return f"{what} refused"
        db.session.expire_all()
        assert all(now >= then for now, then in zip(rows(), before, strict=True)), what
        return what if done is not None else f"{what} of nothing"

    def keeper(self, place: Association) -> Any:
        return self.officer(place, 0)

    def signer(self, place: Association) -> Any:
        return self.officer(place, 1)

    def officer(self, place: Association, which: int) -> Any:
        account_id = self.officers[place.id][which]
        return db.session.get_one(Account, account_id, options=[joinedload(Account.person)], populate_existing=True)

    def any(self, kind: Any, *where: Any, load: tuple[Any, ...] = ()) -> Any:
        """One of the rows, loaded anew with what a page would load."""
        found = db.session.scalars(select(kind.id).where(*where).order_by(kind.id)).all()
        options = [joinedload(getattr(kind, name)) for name in load]
        if not found:
            return None
        return db.session.get(kind, self.chance.choice(found), options=options, populate_existing=True)

    def at(self, kind: Any, place: Association, *where: Any, load: tuple[Any, ...] = ()) -> Any:
        return self.any(kind, kind.association_id == place.id, *where, load=load)

    def day(self) -> Any:
        period = self.chance.choice((self.periods[0], *self.periods[1:] * 3))
        return min(period.start_on + timedelta(days=self.chance.randrange(300)), today())

    @property
    def leader(self) -> Person:
        return db.session.get_one(Person, self.leader_id)

    def key(self) -> str:
        self.number += 1
        return f"{self.seed}-{self.number}"

    def payment(self, place: Association) -> Any:
        return self.at(Payment, place, load=("association", "payer"))

    # What happens to members.
    def join(self, place):
        self.number += 1
        return make_membership(make_person(f"会员{self.number}"), place, joined_on=self.periods[0].start_on)

    def leave(self, place):
        held = self.at(Membership, place, Membership.ended_on.is_(None))
        reason = self.chance.choice((EndReason.IN_ERROR, EndReason.WITHDREW))
        return held and (members.end_membership(None, held, today(), reason, "试一试而已"), held)

    def transfer(self, place):
        held = self.at(Membership, place, Membership.ended_on.is_(None))
        if held is None:
            return None
        to = next(one for one in self.places if one.id != place.id)
        asked = transfers.propose(None, self.keeper(place).person_id, held, place, to, place, "搬家到那边去了")
        return transfers.accept(None, self.keeper(to).person_id, asked, held, to), asked

    def other_payer(self, place):
        held = self.at(Membership, place, Membership.ended_on.is_(None))
        other = self.at(Membership, place, load=("person",))
        return held and other and (members.set_payer(None, held, other.person), held)

    def merge(self, place):
        kept = self.at(Membership, place, load=("person",))
        gone = self.at(Membership, self.chance.choice(self.places), load=("person",))
        if kept is None or gone is None or kept.person_id == gone.person_id:
            return None
        both = Membership.person_id.in_((kept.person_id, gone.person_id))
        held = db.session.scalars(select(Membership).where(both)).all()
        staying = {min(pair, key=lambda one: one.id).public_id for pair in clashes(held)}
        return duplicates.merge(None, place, kept.person, gone.person, duplicates.Choice(staying=staying))

    def unmerge(self, place):
        made = self.at(PersonMerge, place, PersonMerge.undone_at.is_(None))
        if made is None:
            return None
        kept, gone = (db.session.get_one(Person, one) for one in (made.kept_id, made.gone_id))
        return duplicates.undo_merge(None, made, kept, gone), made

    # What is owed.
    def plan(self, place):
        return make_plan(place, self.chance.choice(FEES))

    def charge(self, place):
        return charging.charge(self.keeper(place), place, self.chance.choice(self.periods))

    def void(self, place):
        found = self.at(Charge, place, load=("association",))
        return found and (dues.void(self.keeper(place), found, VoidReason.IN_ERROR, today()), found)

    def ask_waiver(self, place):
        found = self.at(Charge, place, load=("association",))
        kind, fen = self.chance.choice(("waiver", "write_off")), self.chance.choice(FEES)
        return found and waivers.ask(self.keeper(place), found, kind, fen, "试一试而已")

    def sign_waiver(self, place):
        found = self.at(Waiver, place, Waiver.state == WaiverState.ASKED, load=("association", "charge"))
        return found and (waivers.approve(self.signer(place), found), found)

    # What is paid.
    def pay(self, place):
        held = self.at(Membership, place, load=("person",))
        if held is None:
            return None
        method = self.chance.choice((Method.CASH, Method.CASH, Method.CASH, Method.TRANSFER, Method.OPENING))
        leader = self.leader if method == Method.CASH and self.chance.random() < 0.6 else None
        return payments.record(
            self.keeper(place), place, payer=held.person, amount_fen=self.chance.choice(FEES), received_on=self.day(),
            method=method, key=self.key(), collector=leader, settles=self.chance.choice((None, None, [])),
        )  # fmt: skip

    def allocate(self, place):
        paid, charge = self.payment(place), self.any(Charge)
        return paid and charge and payments.allocate(self.keeper(place), paid, charge, self.chance.choice(FEES))

    def release(self, place):
        found = self.any(Allocation)
        if found is None:
            return None
        found.payment = db.session.get_one(Payment, found.payment_id, options=[joinedload(Payment.association)])
        return payments.release(self.keeper(found.payment.association), found), found

    def use_credit(self, place):
        held = self.at(Membership, place)
        return held and (allocating.use_credit(self.keeper(place), place, held.person_id, self.day()) or None)

    def reverse(self, place):
        found = self.payment(place)
        return found and reversals.reverse(self.keeper(place), found, "试一试而已")

    def ask_reversal(self, place):
        found = self.payment(place)
        return found and reversals.ask(self.keeper(place), found, "试一试而已", self.day())

    def sign_reversal(self, place):
        found = self.at(Reversal, place, Reversal.state == UndoState.ASKED)
        if found is None:
            return None
        found = queries.get_undo(Reversal, db.session.get_one(Payment, found.payment_id), found.public_id)
        return reversals.approve(self.signer(place), found)

    def ask_refund(self, place):
        found, fen = self.payment(place), self.chance.choice(FEES)
        asked = {"amount_fen": fen, "method": Method.CASH, "reason": "试一试而已", "on": self.day()}
        return found and refunds.ask(self.keeper(place), found, **asked)

    def sign_refund(self, place):
        found = self.at(Refund, place, Refund.state == UndoState.ASKED)
        if found is None:
            return None
        found = queries.get_undo(Refund, db.session.get_one(Payment, found.payment_id), found.public_id)
        return refunds.approve(self.signer(place), found)

    def void_receipt(self, place):
        found = self.at(Receipt, place, load=("payment", "association"))
        return found and (receipts.void(self.keeper(place), found, "试一试而已"), found)

    def reissue(self, place):
        found = self.payment(place)
        return found and receipts.reissue(self.keeper(place), found)

    # Where the cash is.
    def hand_over(self, place):
        expected = hand_over_queries.held_fen(place.id, self.leader.id)
        counted = max(expected + self.chance.choice((0, 0, 5, -5)), 0)
        told = hand_overs.Counted(
            expected_fen=expected, counted_fen=counted, handed_on=self.day(), key=self.key(), note="试一试而已"
        )
        return hand_overs.record(self.keeper(place), place, self.leader, told)

    def void_hand_over(self, place):
        found = self.at(HandOver, place, load=("association", "collector"))
        return found and (hand_overs.void(self.keeper(place), found, "试一试而已"), found)

    def lost(self, place):
        lacking = hand_over_queries.lacking_fen(place.id, self.leader.id)
        return hand_overs.write_off(self.signer(place), place, self.leader, lacking, "试一试而已")

    def deposit(self, place):
        last, way = hand_over_queries.last_deposit(place), self.chance.choice((deposits.TO_BANK, deposits.FROM_BANK))
        seen, fen = last.public_id if last else "", self.chance.choice(FEES)
        return deposits.deposit(self.keeper(place), place, fen, self.day(), seen=seen, way=way)

    def begin(self, place):
        account = self.chance.choice((LedgerAccount.CASH, LedgerAccount.BANK))
        return opening.set_opening(self.keeper(place), place, account, self.chance.choice(FEES), self.day()) or None

    def line(self, _place):
        known = {"booked_on": self.day(), "amount_fen": self.chance.choice(FEES), "payer_name": "某人"}
        line = BankLine(
            association_id=self.cast.community.id, file_id=self.file_id, position=1, fingerprint=self.key(), **known
        )
        db.session.add(line)
        return line

    def match(self, _place):
        place = self.cast.community
        line, charge = self.at(BankLine, place, load=("association",)), self.at(Charge, place, load=("payer",))
        if line is None or charge is None:
            return None
        parts = [(charge, min(charge.open_fen, line.amount_fen))] if charge.open_fen else []
        return bank.match(self.keeper(place), line, charge.payer, parts, line.booked_on, method=Method.TRANSFER)

    def set_aside(self, _place):
        line = self.at(BankLine, self.cast.community, load=("association",))
        act = self.chance.choice((bank.set_aside, bank.bring_back))
        more = ("试一试而已",) if act is bank.set_aside else ()
        return line and (act(self.keeper(self.cast.community), line, *more), line)

    # What goes upward, and the books.
    def lay(self, _place):
        street = self.cast.street
        return levy.lay(self.keeper(street), street, self.chance.choice(self.periods), 100, self.day(), "决议")

    def share(self) -> Any:
        found = self.any(LevyShare)
        return found and levies.get_share(self.cast.street, found.public_id)

    def pay_levy(self, _place):
        share, fen = self.share(), self.chance.choice(FEES)
        sent = {"received_on": self.day(), "way": self.chance.choice(("cash", "transfer")), "key": self.key()}
        return share and levy.pay(self.keeper(self.cast.street), share, amount_fen=fen, **sent)

    def take_levy_back(self, _place):
        laid = self.any(Levy, load=("association",))
        return laid and (taking_back.take_back(self.keeper(self.cast.street), laid, "试一试而已"), laid)

    def void_levy(self, _place):
        paid = self.any(LevyPayment)
        if paid is None:
            return None
        share = levies.get_share(self.cast.street, db.session.get_one(LevyShare, paid.share_id).public_id)
        return levy.void(self.keeper(self.cast.street), levies.get_payment(share, paid.public_id), "试一试而已"), paid

    def close(self, place):
        """As by the page, which asks every room first; of these answers are addresses."""
        book = closing.hold_book(place, self.periods[0])
        book.state = BookState.CLOSED
        return book

    def reopen(self, place):
        return closing.reopen(self.keeper(place), place, self.periods[0], "试一试而已")


ACTS = [name for name, kind in vars(Walk).items() if callable(kind) and not name.startswith("_")]
ACTS = [
    name
    for name in ACTS
    if name not in ("step", "keeper", "signer", "officer", "any", "at", "day", "key", "payment", "share")
]
OFTEN = "pay charge pay_levy line match hand_over allocate ask_refund ask_reversal ask_waiver reopen void_levy"
ACTS += ["pay"] * 3 + OFTEN.split() + ["sign_reversal", "sign_refund", "sign_waiver"] * 2


def rows() -> tuple[int, ...]:
    counts = (select(func.count()).select_from(kind).scalar_subquery() for kind in KEPT)
    return tuple(db.session.execute(select(*counts)).one())


def check(walk: Walk) -> None:
    """What must hold whatever happened."""
    db.session.expire_all()
    assert (list_faults(), below_nothing()) == ([], [])
    for place in walk.places:
        check_place(place)
    for receipt in db.session.scalars(select(Receipt).options(joinedload(Receipt.payment))):
        assert receipt.payment.reversed_at is None or receipt.voided_at is not None
        assert receipt.snapshot["amount_fen"] == receipt.payment.amount_fen
    for line in db.session.scalars(select(BankLine).where(BankLine.state == LineState.MATCHED)):
        paid = db.session.get_one(Payment, line.payment_id)
        assert (paid.reversed_at, paid.amount_fen) == (None, line.amount_fen)


def check_place(place: Association) -> None:
    by_year: dict[int, list[int]] = {}
    for receipt in db.session.scalars(select(Receipt).where(Receipt.association_id == place.id).order_by(Receipt.id)):
        by_year.setdefault(receipt.year, []).append(receipt.number)
    assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in by_year.values())
    who = select(Payment.collector_id).where(Payment.collector_id.is_not(None)).distinct()
    held = sum(hand_over_queries.held_fen(place.id, one) for one in db.session.scalars(who).all())
    assert held == hand_over_queries.balance(place, LedgerAccount.COLLECTORS)
    assert hand_over_queries.cash_fen(place) >= 0
    credit = select(Payment).where(Payment.association_id == place.id)
    assert sum(one.credit_fen for one in db.session.scalars(credit)) == -hand_over_queries.balance(
        place, LedgerAccount.CREDIT
    )


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(2))
def test_the_rooms_agree_whatever_happens(cast, app, rounds, seed):
    for more in range(rounds(1, 20)):
        walk = Walk(cast, seed + 100 * more)
        taken = Counter(walk.step() for _ in range(rounds(30, 120)))
        check(walk)
        assert sum(count for what, count in taken.items() if " " not in what) > 5, taken
