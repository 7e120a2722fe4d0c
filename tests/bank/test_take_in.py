"""Taking a file in: who is plain has paid, everything else waits with its reason; nothing is taken in twice."""

from __future__ import annotations

import json
from datetime import date

import pytest
from flask import current_app
from sqlalchemy import func, select

from portal.bank import reasons, services, taking, tasks
from portal.bank.models import BankLine, FileState, LineState
from portal.core.errors import RuleError
from portal.core.jobs import Job, open_job
from portal.ledger import closing
from portal.payments import reversals
from portal.payments.models import Method, Payment
from tests.bank.files import DAY, WECHAT, YEAR, as_csv, brought, came, found, kept_files, plain, take
from tests.harness.cases import either_engine
from tests.harness.factory import make_membership, make_person
from tests.harness.money import FEE, make_charge, make_period
from tests.payments.rows import LAST_YEAR, balances, close_book, debtor, membership_of, owes, payer_of


def told(line: BankLine) -> str:
    """The code of the reason and its figures; there are words for each."""
    assert reasons.words(line)
    return " ".join(map(str, json.loads(line.reason)))


@pytest.fixture
def owed(cast, db_session):
    """李铁柱 of group one owes this year's dues."""
    return debtor(cast.community, "李铁柱", group_id=cast.group.id)


def test_a_name_and_the_amount_are_a_payment_that_settles_exactly_that(cast, db_session, owed):
    before = kept_files()
    file = take(cast.treasurer, cast.community, came("李铁柱", number="9001"), came("银行", "3.21", "结息"))
    (line,), (other,) = found("李铁柱"), found("银行")
    assert (line.state, told(line)) == (LineState.MATCHED, "by_name")
    payment = db_session.get_one(Payment, line.payment_id)
    assert (payment.payer_id, payment.amount_fen, payment.used_fen) == (owed.payer_id, FEE, FEE)
    assert (payment.method, payment.bank_reference, payment.key) == ("transfer", "9001", f"bank:{line.public_id}")
    assert (payment.received_on, payment.group_id) == (date(YEAR, 1, 7), cast.group.id)
    assert payment.recorded_by_id == cast.treasurer.person_id
    assert balances() == {"bank": FEE, "dues": -FEE}
    assert (other.state, told(other)) == (LineState.WAITING, "nobody")
    assert (file.lines, file.known, file.faulty, file.left_out) == (2, 0, 0, 0)
    assert file.file_key is None
    assert kept_files() == before


def test_the_same_file_twice_changes_nothing_and_overlapping_ones_add_what_is_new(cast, db_session, owed):
    rows = [came("李铁柱"), came("张三"), came("张三")]
    take(cast.treasurer, cast.community, *rows)
    again = take(cast.treasurer, cast.community, *rows)
    assert (again.lines, again.known, len(found())) == (3, 3, 3)
    more = take(cast.treasurer, cast.community, *rows[1:], came("张三"), came("李四", day=f"{YEAR}0108"))
    assert (more.lines, more.known, len(found())) == (4, 2, 5)
    assert db_session.scalar(select(func.count()).select_from(Payment)) == 1
    assert balances()["bank"] == FEE


def test_a_member_number_in_the_memo_says_who_whoever_s_account_it_is(cast, db_session, owed):
    number = membership_of(cast.member).number
    mine = make_charge(membership_of(cast.member))
    spaced = number.lower().replace("-", " ")
    take(cast.treasurer, cast.community, came("孙女的账户", memo=f"{spaced}会费"), came("李铁柱", "13"))
    (line,) = found("孙女的账户")
    assert (line.state, told(line)) == (LineState.MATCHED, "by_number")
    db_session.refresh(mine)
    assert mine.paid_fen == FEE
    assert told(found("李铁柱")[0]) == "amount 1200 1300"


def test_the_amount_fits_one_charge_a_period_or_all(cast, db_session, owed):
    mine = db_session.get_one(type(membership_of(cast.member)), owed.membership_id)
    before = owes(mine, LAST_YEAR, 2_000)
    child = make_charge(
        make_membership(make_person("李小树"), cast.community, payer_id=owed.payer_id), amount_fen=500
    )
    take(cast.treasurer, cast.community, came("李铁柱", "17.00"))
    for charge in (owed, before, child):
        db_session.refresh(charge)
    assert (owed.paid_fen, child.paid_fen, before.paid_fen) == (FEE, 500, 0)
    take(cast.treasurer, cast.community, came("李铁柱", "20.00"), came("李铁柱", "20.00"))
    db_session.refresh(before)
    assert before.paid_fen == 2_000
    assert [told(line) for line in found("李铁柱")] == [
        "by_name", "by_name", "nobody"
    ]  # fmt: skip


def test_what_could_be_two_things_waits_and_nobody_is_guessed(cast, db_session, owed):
    debtor(cast.community, "赵铁生")
    debtor(cast.community, "赵铁生")
    for _child in range(2):
        make_charge(make_membership(make_person("小"), cast.community, payer_id=owed.payer_id), amount_fen=700)
    debtor(cast.village, "何远桥")
    long_ago = f"{YEAR - 9}0107"
    rows = [
        came("赵铁生"), came("李铁柱", "7.00"), came("何远桥"), came("李铁柱", "0.01"), came("", memo="会费"),
        came("李铁柱", day=long_ago),
    ]  # fmt: skip
    take(cast.treasurer, cast.community, *rows)
    said = {(line.payer_name, line.amount_fen, line.booked_on.year): told(line) for line in found()}
    assert said == {
        ("赵铁生", FEE, YEAR): "namesakes 2",
        ("李铁柱", 700, YEAR): "which 700",
        ("何远桥", FEE, YEAR): "nobody",
        ("李铁柱", 1, YEAR): "amount 2600 1",
        ("", FEE, YEAR): "no_name",
        ("李铁柱", FEE, YEAR - 9): "no_period",
    }
    assert db_session.scalar(select(func.count()).select_from(Payment)) == 0


def test_a_day_of_a_closed_book_waits_and_the_book_says_so_before_it_is_closed(cast, db_session, owed):
    day = close_book(cast.community)
    take(cast.treasurer, cast.community, came("李铁柱", day=f"{day:%Y%m%d}"), came("张三"))
    assert told(found("李铁柱")[0]) == "closed"
    with current_app.test_request_context("/"):
        (finding,) = [
            one for one in closing.findings(cast.community, make_period(cast.community)) if "/bank" in one.address
        ]
    assert not finding.blocks
    assert "1" in str(finding.text)


def test_a_payment_taken_back_leaves_the_line_waiting_and_it_can_be_matched_again(cast, db_session, owed):
    take(cast.treasurer, cast.community, came("李铁柱", number="9001"))
    (line,) = found("李铁柱")
    reversals.reverse(cast.treasurer, db_session.get_one(Payment, line.payment_id), "认错了人")
    (line,) = found("李铁柱")
    first = line.payment_id
    assert (line.state, told(line), line.decided_by_id) == (LineState.WAITING, "reversed", None)
    db_session.refresh(owed)
    other = debtor(cast.community, "李铁柱")
    line.association = cast.community
    payment = services.match(
        cast.treasurer, line, payer_of(other), [(other, FEE)], line.booked_on, method=Method.TRANSFER
    )
    (line,) = found("李铁柱")
    assert (line.state, told(line), line.payment_id) == (LineState.MATCHED, "by_hand", payment.id)
    assert payment.id != first
    assert (payment.bank_reference, payment.key) == ("9001", f"bank:{line.public_id}:{first}")
    assert balances() == {"bank": FEE, "receivable": FEE, "dues": -2 * FEE}


def test_mobile_payment_is_recorded_as_such(cast, db_session):
    charge = debtor(cast.community, "王秀英甲")
    rows = [[cell.replace("王秀英", "王秀英甲") for cell in row] for row in WECHAT]
    file = take(cast.treasurer, cast.community, content=as_csv(rows, "utf-8-sig"))
    assert (file.lines, file.left_out) == (1, 3)
    payment = db_session.scalars(select(Payment)).one()
    assert (payment.method, payment.payer_id, payment.bank_reference) == ("mobile", charge.payer_id, "1000050001")


def test_a_number_of_the_bank_that_a_payment_has_already_waits(cast, db_session, owed):
    """The same transfer in a file of another form, dated by another column: perhaps the same money."""
    take(cast.treasurer, cast.community, came("李铁柱", number="9001"))
    debtor(cast.community, "李铁柱")
    take(cast.treasurer, cast.community, came("李铁柱", number="9001", day=f"{YEAR}0108"))
    assert told(found("李铁柱")[1]) == "recorded"


def test_what_waits_is_matched_once_it_is_charged(cast, db_session):
    take(cast.treasurer, cast.community, came("李铁柱"), came("张三"))
    debtor(cast.community, "李铁柱")
    job = open_job("bank.match", cast.treasurer.id)
    tasks.match_again(job.public_id, cast.community.id, cast.treasurer.id)
    assert db_session.get_one(Job, job.id).result == {"matched": 1, "waiting": 1}
    assert [line.state for line in found()] == [LineState.MATCHED, LineState.WAITING]


def test_the_check_tells_what_would_be_new_and_what_is_like_it(cast, db_session):
    take(cast.treasurer, cast.community, came("李铁柱"), came("张三"))
    rows = (came("李铁柱"), came("张三", number="77"), came("王五"), [DAY, "借", "1", "店", "", ""], came("坏", "x"))
    file = brought(cast.treasurer, cast.community, plain(*rows))
    job = services.start(cast.treasurer, file, FileState.CHECKING, "bank.check")
    tasks.check(job.public_id, file.id)
    db_session.refresh(file)
    assert file.state == FileState.CHECKED
    assert file.details["found"] == {
        "new": 2, "new_fen": 2_400, "alike": 1, "passed": 0, "lines": 3, "left_out": 1, "faulty": 1,
    }  # fmt: skip
    assert file.details["faults"] == [[6, "amount", 2]]
    assert len(found()) == 2


@either_engine
def test_work_that_was_killed_half_way_is_taken_up_again(cast, db_session, owed):
    file = brought(cast.treasurer, cast.community, plain(came("张三"), came("李铁柱"), came("王五")))
    job = services.start(cast.treasurer, file, FileState.RUNNING, "bank.take_in")
    reader, rows = tasks._open(file)
    taking.write(file, list(reader.read(rows))[:2], lambda _count: None)
    job.state = "failed"
    with pytest.raises(RuleError):
        services.discard(cast.treasurer, file)
    job = services.start(cast.treasurer, file, FileState.RUNNING, "bank.take_in")
    with pytest.raises(RuleError):
        services.start(cast.treasurer, file, FileState.RUNNING, "bank.take_in")
    tasks.take_in(job.public_id, file.id, cast.treasurer.id)
    db_session.refresh(file)
    assert (file.state, file.lines, file.known, len(found())) == (FileState.DONE, 3, 0, 3)
    assert balances()["bank"] == FEE


def test_who_may_and_what_is_refused(cast, db_session, owed):
    file = brought(cast.treasurer, cast.community, plain(came("李铁柱")))
    for account in (cast.leader, cast.secretary, cast.sibling, cast.member):
        with pytest.raises(RuleError):
            services.start(account, file, FileState.RUNNING, "bank.take_in")
    for mapping in ({0: "date"}, {2: "amount"}, {0: "date", 1: "date", 2: "amount"}, {0: "date", 9: "amount"}):
        with pytest.raises(RuleError):
            services.name_columns(file, mapping, "transfer")
    with pytest.raises(RuleError):
        services.name_columns(file, {0: "date", 2: "amount"}, "cash")
    take(cast.treasurer, cast.community, came("张三"))
    (line,) = found("张三")
    line.association = cast.community
    for account in (cast.leader, cast.secretary, cast.sibling):
        with pytest.raises(RuleError):
            services.set_aside(account, line, "利息")
        with pytest.raises(RuleError):
            services.match(account, line, payer_of(owed), [(owed, FEE)], line.booked_on, method="transfer")
    with pytest.raises(RuleError):
        services.match(cast.treasurer, line, cast.stranger.person, [], line.booked_on, method="transfer")
    with pytest.raises(RuleError):
        services.match(cast.treasurer, line, payer_of(owed), [(owed, FEE + 1)], line.booked_on, method="transfer")
    assert found("张三")[0].state == LineState.WAITING
    services.set_aside(cast.treasurer, line, "利息")
    with pytest.raises(RuleError):
        services.match(cast.treasurer, line, payer_of(owed), [(owed, FEE)], line.booked_on, method="transfer")


def test_the_same_money_with_other_columns_waits(cast, db_session, owed):
    """Once with the number of the bank and once without: nobody pays twice for one line."""
    owes(db_session.get_one(type(membership_of(cast.member)), owed.membership_id), LAST_YEAR)
    take(cast.treasurer, cast.community, came("李铁柱", number="9001"))
    take(cast.treasurer, cast.community, came("李铁柱", number=""))
    assert sorted((line.state, told(line)) for line in found("李铁柱")) == [
        ("matched", "by_name"),
        ("waiting", "alike"),
    ]
    assert db_session.scalar(select(func.count()).select_from(Payment)) == 1


def test_of_two_of_one_name_nobody_pays_for_the_other(cast, db_session, owed):
    """Though one of them owes nothing: the money may be theirs, in advance or for somebody else."""
    make_membership(make_person("李铁柱"), cast.community)
    take(cast.treasurer, cast.community, came("李铁柱"))
    assert [told(line) for line in found("李铁柱")] == ["namesakes 2"]


def test_an_organisation_pays_its_own_dues_from_its_own_account(cast, db_session):
    contact = make_person("联络人")
    shop = make_membership(contact, cast.community, organisation_name="望江商店")
    beside = make_membership(make_person("联络人之女"), cast.community, payer_id=contact.id)
    own, theirs = (make_charge(one, amount_fen=5_000) for one in (beside, shop))
    take(cast.treasurer, cast.community, came("望江商店", "50.00"))
    for charge in (own, theirs):
        db_session.refresh(charge)
    assert [told(line) for line in found("望江商店")] == ["by_name"]
    assert (own.paid_fen, theirs.paid_fen) == (0, 5_000)
