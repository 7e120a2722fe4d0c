"""What is typed wrong into any form that takes money is refused with words, by its field, and nothing is written:
amounts that are none, days of a closed period or to come, members and money of another association.
"""

from __future__ import annotations

import importlib
import pkgutil
from datetime import timedelta

import pytest
from sqlalchemy import func, select

import portal
from portal.associations.models import Association
from portal.bank import recorded
from portal.bank import services as bank
from portal.bank.models import BankFile, BankLine
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.forms import BaseForm, MoneyField
from portal.dues import openings, waivers
from portal.handovers import deposits
from portal.handovers import services as hand_overs
from portal.ledger.models import DuesPeriod, JournalEntry, LedgerAccount
from portal.levy import queries as levies
from portal.levy import services as levy
from portal.levy.models import LevyShare
from portal.members.models import Membership, MembershipKind
from portal.offices.rights import Position
from portal.payments import allocating, opening, refunds, reversals, services
from portal.payments.models import Method
from tests.harness.cases import either_engine
from tests.harness.factory import appoint, make_account, make_membership, make_person
from tests.harness.money import FEE, make_charge, make_payment, make_period
from tests.payments.rows import LAST_YEAR, balances, close_book, debtor, payer_of

OFFICE, ABOVE = "/office/wangjiang/dues", "/office/liuan/dues"
AMOUNTS = {"0.001": "at most two places", "-5": "not negative"}  # all others: tests/core/test_money_field.py
CLOSED, TO_COME = "is closed", "still to come"


@pytest.fixture
def books(cast):
    """Last year is closed; a member owes, has credit, and a leader holds cash; a levy is laid."""
    owed, day = debtor(cast.community), make_period(cast.community, LAST_YEAR).start_on
    payer = payer_of(owed)
    paid = make_payment(payer, cast.community, FEE, [], actor=cast.treasurer, received_on=day)
    make_payment(payer, cast.community, 300, [], collector=cast.leader.person, actor=cast.treasurer)
    keeper = make_person("柳大有")
    appoint(keeper, cast.street, Position.TREASURER, covers_subtree=True)
    above = make_account(keeper)
    for place in (cast.community, cast.street):
        close_book(place)
    levy.lay(above, cast.street, make_period(cast.community), 100, today(), "决议")
    share = db.session.scalars(select(LevyShare).where(LevyShare.association_id == cast.community.id)).one()
    kind = db.session.scalars(select(MembershipKind.public_id).limit(1)).one()
    period, member = (
        db.session.get_one(DuesPeriod, owed.period_id),
        db.session.get_one(Membership, owed.membership_id),
    )
    known = {"owed": owed, "payer": payer, "paid": paid, "above": above, "share": share, "kind": kind, "day": day}
    return {**known, "period": period, "member": member}


def forms(books, cast):
    """Form → who sends it, its address, what is sent, the fields of money, the field of the day."""
    own, up, paid, day = cast.treasurer, books["above"], books["paid"].public_id, str(today())
    charge = f"{books['period'].public_id}/{books['member'].public_id}"
    collector, share = cast.leader.person.public_id, books["share"].public_id
    why = {"reason": "试一试而已", "on": day}
    return {
        "TakeForm": (
            own,
            f"{OFFICE}/collect",
            {
                "who": books["payer"].public_id,
                "on": day,
                "method": "cash",
                "amount": "5",
                "key": "k",
                "collector": "",
                "advance": "y",
            },
            ["amount"],
            "on",
        ),
        "RefundForm": (
            own,
            f"{OFFICE}/payments/{paid}/refund",
            {**why, "amount": "1", "method": "cash"},
            ["amount"],
            "on",
        ),
        "ReverseForm": (own, f"{OFFICE}/payments/{paid}/reverse", why, [], "on"),
        "AllocateForm": (
            own,
            f"{OFFICE}/payments/{paid}/settle",
            {"charge": charge.replace("/", ":"), "amount": "1"},
            ["amount"],
            "",
        ),
        "OpeningForm": (  # where no book is closed, for then there is no form
            books["above"],
            "/office/tingyu/dues/payments/opening",
            {"cash": "5", "bank": "5", "on": day},
            ["cash", "bank"],
            "",
        ),
        "PlanForm": (
            own,
            f"{OFFICE}/plans/new/{books['kind']}",
            {"amount_fen": "5", "proration": "whole", "effective_on": day},
            ["amount_fen"],
            "",
        ),
        "WaiverForm": (
            own,
            f"{OFFICE}/charges/{charge}/waive",
            {"kind": "waiver", "amount": "1", "reason": "试一试而已"},
            ["amount"],
            "",
        ),
        "CountForm": (
            own,
            f"{OFFICE}/hand-overs/collectors/{collector}/count",
            {"counted": "3", "on": day, "key": "h", "expected": "300"},
            ["counted"],
            "on",
        ),
        "DepositForm": (
            own,
            f"{OFFICE}/hand-overs/deposit",
            {"way": "to_bank", "amount": "1", "on": day},
            ["amount"],
            "on",
        ),
        "LevyForm": (
            up,
            f"{ABOVE}/levy/new",
            {"period": books["period"].public_id, "rate": "1", "counted_on": day},
            ["rate"],
            "",
        ),
        "LevyPaymentForm": (
            up,
            f"{ABOVE}/levy/shares/{share}/pay",
            {"amount": "1", "received_on": day, "way": "transfer", "key": "l"},
            ["amount"],
            "received_on",
        ),
    }


def written() -> tuple[int, dict[str, int]]:
    return db.session.scalar(select(func.count()).select_from(JournalEntry)) or 0, balances()


def money_forms() -> set[str]:
    """The forms of the portal that take money."""
    names = [one.name for one in pkgutil.iter_modules(portal.__path__, "portal.") if one.ispkg]
    found = {one.name for name in names for one in pkgutil.iter_modules([name.replace(".", "/")], f"{name}.")}
    kinds = [vars(importlib.import_module(name)) for name in found if "form" in name.rsplit(".", 1)[1]]
    classes = {kind for module in kinds for kind in module.values() if isinstance(kind, type)}
    return {
        kind.__name__
        for kind in classes
        if issubclass(kind, BaseForm)
        and any(getattr(one, "field_class", None) is MoneyField for one in vars(kind).values())
    }


@either_engine
def test_amounts_and_days_that_are_none(cast, sign_in, books):
    """Every form of the portal that takes money is among them."""
    asked = forms(books, cast)
    assert money_forms() == set(asked) - {"ReverseForm"}
    clients = {one.id: sign_in(one) for one in (cast.treasurer, books["above"])}
    before = written()
    for name, (who, address, sent, amounts, day) in asked.items():
        client = clients[who.id]
        client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
        wrong = [(field, amount, words) for field in amounts for amount, words in AMOUNTS.items()]
        if day:
            wrong += [(day, str(books["day"]), CLOSED), (day, str(today() + timedelta(days=2)), TO_COME)]
        for field, value, words in wrong:
            answer = client.force(address, {**sent, field: value})
            assert answer.status_code == 422, (name, field, value)
            assert words in answer.text, (name, field, value)
    unpaid = make_membership(make_person("欠费人"), cast.community)
    lines = f"{unpaid.number} 欠费人 "
    for amount, words in AMOUNTS.items():
        sent = {"period": books["period"].public_id, "lines": lines + amount, "settle": "yes"}
        answer = clients[cast.treasurer.id].force(f"{OFFICE}/openings", sent)
        assert (answer.status_code, words in answer.text) == (422, True), amount
    assert written() == before


def test_what_is_another_associations(cast, books):
    """Its members, charges, payments, lines and shares; and whoever keeps the dues of one keeps not the other's."""
    there = cast.sibling_community
    stranger = make_membership(make_person("邻里人"), there)
    theirs = make_charge(stranger)
    foreign = make_payment(payer_of(theirs), there, FEE, [])
    file = BankFile(association_id=cast.community.id, name="明细.csv", digest="0")
    db.session.add(file)
    db.session.flush()
    line = BankLine(association_id=cast.community.id, file_id=file.id, position=1, fingerprint="1", amount_fen=FEE,
                    booked_on=today())  # fmt: skip
    line.association = db.session.get_one(Association, cast.community.id)
    db.session.add(line)
    db.session.flush()
    own, paid, period = cast.treasurer, books["paid"], books["period"]
    theirs.association = foreign.association = there
    share = levies.get_share(cast.street, books["share"].public_id)
    how = {"amount_fen": 100, "received_on": today(), "method": Method.TRANSFER, "key": "foreign"}
    counted = hand_overs.Counted(expected_fen=300, counted_fen=300, handed_on=today(), key="foreign")
    refused = {
        "a payment of their member": lambda: services.record(own, cast.community, payer=payer_of(theirs), **how),
        "a payment there": lambda: services.record(own, there, payer=payer_of(theirs), **how),
        "settling theirs": lambda: services.record(
            own, cast.community, payer=books["payer"], settles=[(theirs, 100)], **how
        ),
        "our credit for theirs": lambda: allocating.allocate(own, paid, theirs, 100),
        "their credit for ours": lambda: allocating.allocate(own, foreign, books["owed"], 100),
        "taking theirs back": lambda: reversals.ask(own, foreign, "试一试而已"),
        "paying theirs back": lambda: refunds.ask(own, foreign, amount_fen=1, method="cash", reason="试一试而已"),
        "letting theirs off": lambda: waivers.ask(own, theirs, "waiver", 100, "试一试而已"),
        "counting theirs": lambda: hand_overs.record(own, there, cast.leader.person, counted),
        "a deposit there": lambda: deposits.deposit(own, there, 1, today(), seen=""),
        "their beginning": lambda: opening.set_opening(own, there, LedgerAccount.CASH, 1, today()),
        "a line for their member": lambda: bank.match(
            own, line, payer_of(theirs), [(theirs, FEE)], today(), method="transfer"
        ),
        "a line for their payment": lambda: recorded.link(own, line, foreign),
        "a levy on them": lambda: levy.lay(own, cast.street, period, 100, today(), ""),
        "their share": lambda: levy.pay(own, share, amount_fen=1, received_on=today(), way="cash", key="l"),
    }
    before = written()
    for name, act in refused.items():
        with pytest.raises(RuleError) as error, db.session.begin_nested():
            act()
        assert str(error.value), name
    sheet = openings.read(cast.community, period, f"{stranger.number} 5\n{books['member'].number} 5")
    assert (sheet.arrears, len(sheet.faults)) == ([], 2)
    assert written() == before


def test_what_was_there_at_the_beginning_is_not_less_than_what_was_taken_out(cast, db_session):
    """Corrected downward as far as it still is there, and no further; the same for the bank."""
    make_period(cast.community)
    opening.set_opening(cast.treasurer, cast.community, LedgerAccount.CASH, 5_000, today())
    deposits.deposit(cast.treasurer, cast.community, 4_000, today(), seen="")
    with pytest.raises(RuleError) as error:
        opening.set_opening(cast.treasurer, cast.community, LedgerAccount.CASH, 3_999, today())
    assert error.value.field == "cash"
    assert opening.set_opening(cast.treasurer, cast.community, LedgerAccount.CASH, 4_000, today())
    assert (balances()["bank"], "cash" in balances()) == (4_000, False)
