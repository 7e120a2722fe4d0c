"""Twenty bring the same file, two officers match the same line: each line is there once, each is one payment."""

from __future__ import annotations

from contextlib import suppress
from functools import partial

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from portal.associations.models import Association
from portal.bank import queries, services, taking
from portal.bank.models import BankFile, BankLine, LineState
from portal.core.database import db
from portal.core.errors import RuleError
from portal.dues.models import Charge
from portal.imports.queries import get_account
from portal.payments.models import Payment
from portal.payments.services import record
from portal.people.models import Person
from portal.receipts.models import Receipt
from tests.bank.files import brought, came, found, lines_in, plain, take
from tests.harness.money import FEE
from tests.harness.together import told
from tests.payments.rows import debtor, payer_of

AT_ONCE = 20


def count(entity) -> int:
    return db.session.scalar(select(func.count()).select_from(entity)) or 0


def test_twenty_bring_the_same_lines_and_each_is_there_once(live_app, cast, db_session):
    rows = [came(f"张{n}", number=str(9_000 + n)) for n in range(30)]
    lines, _count = lines_in(plain(*rows))
    file_ids = [brought(cast.treasurer, cast.community, plain(*rows)).id for _ in range(AT_ONCE)]
    new = []

    def bring(number):
        file = queries.file_of(file_ids[number])
        ordered = lines if number % 2 else lines[::-1]
        new.append(taking.write(file, ordered, lambda _count: None))

    assert told(live_app, [partial(bring, number) for number in range(AT_ONCE)]) == ["done"] * AT_ONCE
    assert (sum(new), count(BankLine)) == (30, 30)
    line = found()[0]
    values = taking._row(db.session.get_one(BankFile, file_ids[0]), lines[0])
    with pytest.raises(IntegrityError), db.session.begin_nested():  # the control: the table says no
        db.session.execute(BankLine.__table__.insert().values(**values))
    assert line.state == LineState.WAITING


def test_one_line_is_one_payment_however_many_match_it(live_app, cast, db_session):
    charges = [debtor(cast.community, name).id for name in ("李铁柱", "陶小满")]
    people = [payer_of(db.session.get_one(Charge, one)).id for one in charges]
    take(cast.treasurer, cast.community, came("谁的"))
    (line,), place, who = found(), cast.community.id, cast.treasurer.id
    line_id = line.id

    def match(number):
        found = db.session.scalars(select(BankLine).where(BankLine.id == line_id)).one()
        found.association = db.session.get_one(Association, place)
        charge = db.session.get_one(Charge, charges[number % 2])
        payer = db.session.get_one(Person, people[number % 2])
        services.match(get_account(who), found, payer, [(charge, FEE)], found.booked_on, method="transfer")

    assert sorted(told(live_app, [partial(match, number) for number in range(6)])) == ["done"] + ["told"] * 5
    assert count(Payment) == 1
    payment = db.session.scalars(select(Payment)).one()
    assert (found()[0].state, found()[0].payment_id, payment.used_fen) == (LineState.MATCHED, payment.id, FEE)
    assert sum(db.session.scalars(select(Charge.paid_fen).where(Charge.id.in_(charges)))) == FEE


def test_control_without_the_claim_a_line_is_two_payments(cast, db_session):
    """The state set back by hand between the two: nothing but the claim stands between."""
    charges = [debtor(cast.community, name) for name in ("李铁柱", "陶小满")]
    take(cast.treasurer, cast.community, came("谁的", number="9001"))
    for charge in charges:
        (line,) = found()
        line.association = cast.community
        services.match(cast.treasurer, line, payer_of(charge), [(charge, FEE)], line.booked_on, method="transfer")
        db_session.execute(update(BankLine).values(state=LineState.WAITING))
    assert count(Payment) == 2


def test_a_file_is_matched_by_two_while_payments_are_typed_and_nobody_waits_for_ever(live_app, cast, db_session):
    """Portions take lines, books, charges and the receipts' counter in one order; each charge is paid once."""
    names = [f"李{first}{second}" for first in "春夏秋冬" for second in "山水木火"]
    charges = [debtor(cast.community, name).id for name in names]
    people = [db.session.get_one(Charge, one).payer_id for one in charges]
    file = brought(cast.treasurer, cast.community, plain(*(came(one, number=f"7{n}") for n, one in enumerate(names))))
    lines, _count = lines_in(plain(*(came(one, number=f"7{n}") for n, one in enumerate(names))))
    taking.write(file, lines, lambda _count: None)
    ids, place, who = [line.id for line in found()], cast.community.id, cast.treasurer.id

    def work(number):
        association, account = db.session.get_one(Association, place), get_account(who)
        if number < 2:
            matcher = taking.Matcher(association)
            matcher.match(account, ids[:: 1 - 2 * number], lambda _count: db.session.commit())
            return
        for at in range(len(charges))[:: 5 - 2 * number]:
            charge, payer = db.session.get_one(Charge, charges[at]), db.session.get_one(Person, people[at])
            known = {"payer": payer, "amount_fen": FEE, "received_on": found()[0].booked_on, "method": "cash"}
            with suppress(RuleError):
                record(account, association, **known, key=f"typed {at}", settles=[(charge, FEE)])
            db.session.commit()

    assert told(live_app, [partial(work, number) for number in range(4)]) == ["done"] * 4
    paid = db.session.scalars(select(Charge.paid_fen).where(Charge.id.in_(charges))).all()
    assert set(paid) == {FEE}
    settled = sum(line.state == LineState.MATCHED for line in found())
    assert count(Payment) == len(charges) >= settled
    numbers = db.session.scalars(select(Receipt.number).order_by(Receipt.number)).all()
    assert numbers == list(range(1, len(charges) + 1))
