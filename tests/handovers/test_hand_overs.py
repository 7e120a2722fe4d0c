"""Cash that collectors hand over: counted, short, over, void; brought to the bank; who sees and does what."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from portal.associations import ties
from portal.core.calendar import at, now, today
from portal.core.database import ask_together, db
from portal.core.errors import RuleError
from portal.handovers import deposits, part, queries, services
from portal.handovers.models import HandOver
from portal.handovers.services import Counted
from portal.home import dues_tasks
from portal.ledger import cashbox
from portal.ledger.models import LedgerAccount
from portal.offices.rights import Position
from portal.own.deletion import hindrances
from portal.payments import reversals
from portal.receipts.models import ReceiptCounter
from portal.upkeep.ledger import list_faults
from tests.harness.cases import either_engine
from tests.harness.counting import query_count
from tests.harness.factory import appoint, make_account, make_person
from tests.harness.money import FEE, make_payment, make_period
from tests.payments.rows import balances, close_book, kinds

PAGE = "/office/wangjiang/dues/hand-overs"


@pytest.fixture
def held(cast):
    """The leader took two payments and owes them."""
    return [take(cast, FEE), take(cast, 800)]


def take(cast, amount, **values):
    return make_payment(cast.member.person, cast.community, amount, collector=cast.leader.person, **values)


def held_by(cast) -> int:
    return queries.held_fen(cast.community.id, cast.leader.person_id)


def hand_over(cast, expected, counted=None, actor=None, **values) -> HandOver:
    known = {"counted_fen": expected if counted is None else counted, "handed_on": today(), "key": "k", **values}
    collector = cast.leader.person
    return services.record(
        actor or cast.treasurer, cast.community, collector, Counted(expected_fen=expected, **known)
    )


def test_all_that_is_held_is_handed_over(cast, db_session, held):
    assert held_by(cast) == FEE + 800
    made = hand_over(cast, FEE + 800)
    assert (made.credited_fen, made.difference_fen, held_by(cast)) == (FEE + 800, 0, 0)
    assert [one.hand_over_id for one in held] == [made.id] * 2
    assert kinds()[-1] == "hand_over"
    assert balances() == {"cash": FEE + 800, "credit": -FEE - 800}
    assert hand_over(cast, FEE + 800) is made, "the same form again"
    with pytest.raises(RuleError):
        hand_over(cast, FEE + 800, 5)
    take(cast, 300)
    assert held_by(cast) == 300
    assert list_faults() == []


def test_what_lacks_stays_owed_and_what_is_over_is_a_difference(cast, db_session, held):
    with pytest.raises(RuleError) as error:
        hand_over(cast, FEE + 800, FEE)
    assert error.value.field == "note"
    short = hand_over(cast, FEE + 800, FEE, note="找零时少收")
    assert (short.credited_fen, short.difference_fen, held_by(cast)) == (FEE, -800, 800)
    assert balances() == {"cash": FEE, "collectors": 800, "credit": -FEE - 800}
    (holding,) = queries.holdings(cast.treasurer, cast.community)
    assert (holding.held_fen, holding.count, holding.lacking_fen) == (800, 0, 800)
    take(cast, 200)
    over = hand_over(cast, 1_000, 1_050, key="m", note="多出五角")
    assert (over.credited_fen, over.difference_fen, held_by(cast)) == (1_000, 50, 0)
    assert balances() == {"cash": FEE + 1_050, "difference": -50, "credit": -FEE - 1_000}
    assert queries.holdings(cast.treasurer, cast.community) == []
    assert list_faults() == []


@either_engine
def test_what_is_refused_with_words(cast, db_session, held):
    make_period(cast.community, today().year - 1)
    before, whole = held[0].received_on - timedelta(days=1), FEE + 800
    cases = (
        ("", {"actor": cast.leader}), ("", {"actor": cast.secretary}), ("", {"actor": cast.chair}),
        ("", {"actor": cast.sibling}), ("", {"expected": whole - 1, "counted": whole - 1}), ("", {"expected": -1}),
        ("note", {"counted": 0}), ("counted", {"counted": -5}), ("counted", {"counted": 10**12}),
        ("note", {"note": "长" * 201}), ("on", {"handed_on": today() + timedelta(days=1)}),
        ("on", {"handed_on": before}), ("on", {"handed_on": close_book(cast.community)}),
    )  # fmt: skip
    for field, values in cases:
        with pytest.raises(RuleError) as error:
            hand_over(cast, **{"expected": whole, **values})
        assert error.value.field == field or (field == "" and values.get("expected") == -1), values
    assert db_session.scalars(select(HandOver)).all() == []
    assert held_by(cast) == whole


def test_nobody_counts_their_own(cast, db_session):
    make_payment(cast.member.person, cast.community, 5, collector=cast.treasurer.person)
    with pytest.raises(RuleError):
        services.record(
            cast.treasurer, cast.community, cast.treasurer.person,
            Counted(expected_fen=5, counted_fen=5, handed_on=today(), key="k"),
        )  # fmt: skip


def test_taken_back_before_and_after(cast, db_session, held):
    """Before it is handed over the money is the collector's to give back; afterwards it comes out of the box."""
    reversals.reverse(cast.leader, take(cast, 300, actor=cast.leader), "记错了")
    assert held_by(cast) == FEE + 800
    made = hand_over(cast, FEE + 800)
    asked = reversals.ask(cast.treasurer, held[1], "多收了")
    reversals.approve(cast.chair, asked)
    assert (held_by(cast), balances()["cash"]) == (0, FEE)
    assert "collectors" not in balances()
    with pytest.raises(RuleError):
        services.void(cast.treasurer, made, "数错了")


def test_void_by_whom_and_when(cast, db_session, held):
    first = hand_over(cast, FEE + 800, FEE, note="少了")
    take(cast, 200)
    last = hand_over(cast, 1_000, key="m")
    for actor, one, reason in (
        (cast.treasurer, first, "不是最后一次"), (cast.leader, last, "自己的"), (cast.secretary, last, "无权"),
        (cast.treasurer, last, " "),
    ):  # fmt: skip
        with pytest.raises(RuleError):
            services.void(actor, one, reason)
    services.void(cast.treasurer, last, "数错了")
    assert (held_by(cast), balances()["cash"], last.void_reason) == (1_000, FEE, "数错了")
    assert db_session.get_one(HandOver, last.id).void_entry_id is not None
    with pytest.raises(RuleError):
        services.void(cast.treasurer, last, "再来")
    make_period(cast.community, (today() + timedelta(days=1)).year)
    with at(now() + timedelta(days=1)):
        with pytest.raises(RuleError):
            services.void(cast.treasurer, first, "第二天")
        services.void(cast.chair, first, "第二天由负责人签")
        assert held_by(cast) == FEE + 1_000
        assert [one.hand_over_id for one in held] == [None, None]
        assert balances() == {"collectors": FEE + 1_000, "credit": -FEE - 1_000}
        hand_over(cast, FEE + 1_000, key="again")
    assert list_faults() == []


def test_nothing_came_and_what_nobody_brings_is_written_off(cast, db_session, held):
    """By whoever signs and neither counted nor collected it; a difference of the association's from that day."""
    whole = FEE + 800
    counted = hand_over(cast, whole, 0, note="钱包被偷，已报警")
    assert (held_by(cast), [one.hand_over_id for one in held]) == (whole, [counted.id] * 2)
    with pytest.raises(RuleError) as error:
        hand_over(cast, whole, 0, key="m", note="还是没有")
    assert error.value.field == "counted"
    refused = (
        (cast.treasurer, whole, "追不回来"), (cast.secretary, whole, "追不回来"), (cast.leader, whole, "追不回来"),
        (cast.sibling, whole, "追不回来"), (cast.chair, whole - 1, "追不回来"), (cast.chair, 0, "追不回来"),
        (cast.chair, whole, " "), (cast.chair, whole, "长" * 201),
    )  # fmt: skip
    for actor, fen, reason in refused:
        with pytest.raises(RuleError):
            write_off(cast, fen, actor, reason)
    made = write_off(cast, whole)
    assert (made.is_write_off, made.credited_fen, made.note, held_by(cast)) == (True, whole, "追不回来", 0)
    assert balances() == {"difference": whole, "credit": -whole}
    with pytest.raises(RuleError):
        write_off(cast, whole)
    with pytest.raises(RuleError):
        services.void(cast.treasurer, counted, "先撤后一笔")
    services.void(cast.chair, made, "钱找到了")
    assert (held_by(cast), balances()) == (whole, {"collectors": whole, "credit": -whole})
    hand_over(cast, whole, key="found")
    assert (held_by(cast), list_faults()) == (0, [])


def test_who_counted_does_not_write_off(cast, db_session, held):
    """Also who may do both; what was not counted yet is not written off."""
    appoint(cast.chair.person, cast.community, Position.TREASURER)
    with pytest.raises(RuleError):
        write_off(cast, FEE + 800)
    hand_over(cast, FEE + 800, FEE, actor=cast.chair, note="少了")
    with pytest.raises(RuleError):
        write_off(cast, 800)
    take(cast, 200)
    hand_over(cast, 1_000, 200, key="m", note="还是少")
    assert write_off(cast, 800).credited_fen == 800
    assert (held_by(cast), list_faults()) == (0, [])


def test_what_lacked_is_not_brought_before_it_lacked(cast, db_session, held):
    hand_over(cast, FEE + 800, FEE, note="少了")
    day = today() - timedelta(days=1)
    with pytest.raises(RuleError) as error:
        hand_over(cast, 800, key="before", handed_on=day)
    assert error.value.field == "on"
    hand_over(cast, 800, key="today")
    assert (held_by(cast), list_faults()) == (0, [])


def test_what_lacks_is_settled_before_the_association_is_archived(cast, db_session, held):
    """What nobody handed over, and what lacked when it was."""
    assert ties.list_open(cast.community) == ["1 位收款人未上交的现金"]
    hand_over(cast, FEE + 800, FEE, note="少了")
    assert ties.list_open(cast.community) == ["1 位收款人未上交的现金"]
    write_off(cast, 800)
    assert ties.list_open(cast.community) == []


def write_off(cast, fen, actor=None, reason="追不回来") -> HandOver:
    return services.write_off(actor or cast.chair, cast.community, cast.leader.person, fen, reason)


@either_engine
def test_written_off_in_the_browser(cast, sign_in, held):
    mine = f"{PAGE}/collectors/{cast.leader.person.public_id}"
    even = hand_over(cast, FEE + 800, key="even")
    assert sign_in(cast.chair).get(f"{mine}/write-off").status_code == 404
    services.void(cast.treasurer, even, "数错了")
    db.session.commit()
    lost = sign_in(cast.treasurer).submit(f"{mine}/count", {"counted": "0", "note": "钱包被偷，已报警"})
    assert "短少 20.00 元" in sign_in(cast.treasurer).page(lost.location).main.text
    assert not sign_in(cast.treasurer).page(mine).find("a", href=f"{mine}/write-off")
    assert sign_in(cast.treasurer).get(f"{mine}/write-off").status_code == 403
    chair = sign_in(cast.chair)
    assert chair.page(mine).find("a", href=f"{mine}/write-off")
    open_twice = chair.page(f"{mine}/write-off")
    assert "20.00" in open_twice.main.text
    assert chair.submit(f"{mine}/write-off", {"reason": ""}).status_code == 422
    written = chair.submit(f"{mine}/write-off", {"reason": "追不回来"})
    shown = chair.page(written.location).main.text
    assert ("追不回来" in shown, "20.00" in shown, "签收单" in shown) == (True, True, False)
    assert "已核销" in chair.page(PAGE).main.text
    assert "核销" in chair.get(f"{PAGE}/list.csv").text
    again = chair.force(f"{mine}/write-off", {"reason": "再来", "lacking": str(FEE + 800)})
    assert (again.status_code, db.session.query(HandOver).filter(HandOver.is_write_off).count()) == (422, 1)
    chair.submit(f"{written.location}/void", {"reason": "钱找到了"})
    assert "20.00" in chair.page(mine).main.text
    assert list_faults() == []


def test_what_was_declared_void_is_the_collectors_again_from_then_on(cast, db_session, held):
    """On no day before: else the cash would be in the box twice, or be given back by who does not hold it."""
    begun = today() - timedelta(days=9)
    make_period(cast.community, begun.year)
    early = take(cast, 500, received_on=begun - timedelta(days=9), actor=cast.treasurer)
    services.void(cast.treasurer, hand_over(cast, FEE + 1300, handed_on=today()), "数错了")
    for day in (begun, today() - timedelta(days=1)):
        with pytest.raises(RuleError) as refused:
            hand_over(cast, FEE + 1300, handed_on=day, key=f"{day}")
        assert refused.value.field == "on"
        with pytest.raises(RuleError) as refused:
            reversals.reverse(cast.treasurer, early, "多记", on=day)
        assert refused.value.field == "on"
    reversals.reverse(cast.treasurer, early, "多记", on=today())
    hand_over(cast, FEE + 800, handed_on=today(), key="重点")
    assert list_faults() == []


def test_cash_is_in_the_box_on_each_day_since(cast, db_session):
    """Not on that day and today alone: in between the books would stand at less than nothing."""
    days = [today() - timedelta(days=number) for number in (40, 30, 20, 10)]
    for day in days:
        make_period(cast.community, day.year)
    make_payment(cast.member.person, cast.community, 900, received_on=days[0])
    banked = deposits.deposit(cast.treasurer, cast.community, 900, days[2], seen="")
    make_payment(cast.member.person, cast.community, 900, received_on=days[3])
    with pytest.raises(RuleError) as refused:
        deposits.deposit(cast.treasurer, cast.community, 900, days[1], seen=banked.public_id)
    assert refused.value.field == "amount"
    assert [cashbox.holds_fen(cast.community, day) for day in days] == [0, 0, 0, 900]
    deposits.deposit(cast.treasurer, cast.community, 900, today(), seen=banked.public_id)


def test_cash_to_the_bank_and_back(january_over, cast, db_session, held):
    def bring(amount, seen="", **values):
        known = {"actor": cast.treasurer, "association": cast.community, "on": today(), **values}
        return deposits.deposit(amount_fen=amount, seen=seen, **known)

    with pytest.raises(RuleError) as error:
        bring(1)
    assert error.value.field == "amount", "what collectors hold is not in the box"
    made = hand_over(cast, FEE + 800)
    entry = bring(FEE, note="存款单 12 号")
    assert balances() == {"cash": 800, "bank": FEE, "credit": -FEE - 800}
    assert bring(FEE) is entry, "the same form again"
    last = entry.public_id
    for field, values in (
        ("amount", {"amount": 801}), ("amount", {"amount": 0}), ("", {"amount": 5, "actor": cast.leader}),
        ("", {"amount": 5, "seen": "x"}), ("", {"amount": 5, "actor": cast.chair}),
        ("note", {"amount": 5, "note": "长" * 201}), ("amount", {"amount": 5, "on": today() - timedelta(days=1)}),
        ("on", {"amount": 5, "on": today() + timedelta(days=1)}),
    ):  # fmt: skip
        with pytest.raises(RuleError) as error:
            bring(**{"seen": last, **values})
        assert error.value.field == field, values
    with pytest.raises(RuleError):
        services.void(cast.treasurer, made, "钱已存银行")
    bring(FEE, last, way=deposits.FROM_BANK, note="存错了")
    services.void(cast.treasurer, made, "数错了")
    assert balances() == {"collectors": FEE + 800, "credit": -FEE - 800}


def test_who_sees_what(cast, db_session, held):
    other = make_person("孟长河")
    appoint(other, cast.community, Position.GROUP_LEADER, group=cast.other_group)
    make_payment(cast.member.person, cast.community, 70, collector=other)
    hand_over(cast, FEE + 800)

    def seen(account):
        held = [one.person.name for one in queries.holdings(account, cast.community)]
        return held, len(db_session.scalars(queries.listing(account, cast.community)).all())

    assert seen(cast.treasurer) == seen(cast.secretary) == (["孟长河"], 1)
    assert seen(cast.leader) == ([], 1)
    assert seen(make_account(other)) == (["孟长河"], 0)
    assert queries.get_collector(cast.leader, cast.community, other.public_id) is None


def test_counted_on_the_page(cast, sign_in, client, db_session, held):
    db_session.commit()
    collector = f"{PAGE}/collectors/{cast.leader.person.public_id}"
    count = f"{collector}/count"
    assert client.get(PAGE).status_code == client.get(count).status_code == 303
    for account, statuses in (
        (cast.secretary, (200, 200, 403)),
        (cast.leader, (200, 200, 403)),
        (cast.sibling, (404,) * 3),
    ):
        reader = sign_in(account)
        assert tuple(reader.get(page).status_code for page in (PAGE, collector, count)) == statuses
    assert sign_in(cast.leader).force(count, {"counted": "20"}).status_code == 403
    treasurer = sign_in(cast.treasurer)
    for page in (PAGE, collector):
        assert "20.00" in treasurer.get(page).text
    assert "12.00" in treasurer.get(collector).text
    assert "王秀英" in treasurer.get(f"{collector}/list.csv").text
    assert 'value="20' in treasurer.submit(count, {"pieces_500": "4", "add": "yes"}).text, "added up without a script"
    for wrong in ({"counted": ""}, {"counted": "0.001"}, {"counted": "-5"}, {"counted": "20", "pieces_500": "3"},
                  {"counted": "19"}, {"pieces_100": "x"}, {"counted": "20", "expected": "1999"},
                  {"counted": "20", "expected": "x"}):  # fmt: skip
        answer = treasurer.submit(count, wrong)
        assert answer.status_code == 422, wrong
    assert held_by(cast) == 2_000
    answer = treasurer.submit(count, {"pieces_500": "3", "pieces_100": "４", "note": "少一元"})
    assert answer.status_code == 303
    shown = treasurer.get(answer.location).text
    assert "少一元" in shown
    assert "19.00" in shown
    assert "壹拾玖元整" in treasurer.get(f"{answer.location}/slip").text
    assert "20.00,19.00,-1.00" in treasurer.get(f"{PAGE}/list.csv").text
    assert treasurer.get(f"{PAGE}/list.xlsx").status_code == 200
    assert sign_in(cast.secretary).get(f"{answer.location}/void").status_code == 403
    treasurer = sign_in(cast.treasurer)
    assert treasurer.submit(f"{answer.location}/void", {"reason": " "}).status_code == 422
    assert treasurer.submit(f"{answer.location}/void", {"reason": "数错了"}).status_code == 303
    assert "数错了" in treasurer.get(answer.location).text
    assert treasurer.get(f"{answer.location}/void").status_code == 403
    for payment in (held[0],):
        assert "吴桂芳" in treasurer.get(f"/office/wangjiang/dues/payments/{payment.public_id}").text


def test_the_bank_on_the_page(cast, sign_in, db_session, held):
    hand_over(cast, FEE + 800)
    db_session.commit()
    page, treasurer = f"{PAGE}/deposit", sign_in(cast.treasurer)
    for wrong in (
        {"amount": "20.01"},
        {"amount": "0"},
        {"amount": "5", "on": "1999-01-01"},
        {"amount": "5", "way": "x"},
    ):
        assert treasurer.submit(page, wrong).status_code == 422, wrong
    assert treasurer.submit(page, {"amount": "5"}).location == PAGE
    assert "15.00" in treasurer.get(PAGE).text
    for account, status in ((cast.leader, 403), (cast.secretary, 403), (cast.sibling, 404)):
        assert sign_in(account).get(page).status_code == status
    assert queries.balance(cast.community, LedgerAccount.BANK) == 500


@either_engine
def test_a_warning_before_closing(app, cast, db_session, held):
    period = make_period(cast.community)
    with app.test_request_context():
        (finding,) = part.at_collectors(cast.community, period)
    assert (finding.blocks, "20.00" in str(finding.text)) == (False, True)
    hand_over(cast, FEE + 800)
    assert part.at_collectors(cast.community, period) == []


def test_who_holds_cash_is_not_deleted(cast, db_session, held):
    """The leader, once out of office, still owes it."""
    assert any("20.00" in words and cast.community.name in words for words in hindrances(cast.leader.person))
    hand_over(cast, FEE + 800)
    assert not any("20.00" in words for words in hindrances(cast.leader.person))


@either_engine
def test_few_queries_however_many(cast, sign_in, db_session, held):
    treasurer = sign_in(cast.treasurer)
    pages = (PAGE, f"{PAGE}/collectors/{cast.leader.person.public_id}", "/office/wangjiang/dues/receipts")
    db_session.commit()

    def asked():
        counts = []
        for page in pages:
            with query_count() as statements:
                assert treasurer.get(page).status_code == 200
            counts.append(len(statements))
        return counts

    few = asked()
    for _more in range(3):
        take(cast, 100)
        make_payment(cast.member.person, cast.community, 70, collector=cast.secretary.person)
    hand_over(cast, FEE + 1_100)
    take(cast, 5)
    db_session.commit()
    assert asked() == few
    assert max(few) <= 12, few


def test_the_work_list_names_cash_of_two_weeks_ago(cast, db_session, held):
    for days, counted in ((14, 0), (15, 1)):
        with at(now() + timedelta(days=days)):
            found = ask_together(dues_tasks.questions(cast.treasurer, cast.community))
            assert found["cash_held"] == counted
            assert len(list(dues_tasks.lines(found))) == counted
    assert "cash_held" not in dues_tasks.questions(cast.leader, cast.community)


def test_the_books_tell_of_a_gap_and_of_cash_that_is_nowhere(cast, db_session, held):
    made = hand_over(cast, FEE + 800)
    db_session.execute(update(ReceiptCounter).values(last=ReceiptCounter.last + 1))
    (gap,) = list_faults()
    assert (gap.association, gap.where) == ("wangjiang", f"receipts of {today().year}")
    db_session.execute(update(ReceiptCounter).values(last=ReceiptCounter.last - 1))
    db_session.execute(update(HandOver).where(HandOver.id == made.id).values(voided_at=now(), void_reason="?"))
    (lost,) = list_faults()
    assert (lost.association, lost.what) == ("wangjiang", "cash at collectors: 2000 fen are kept, 0 are found")
