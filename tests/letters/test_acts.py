"""What an office does with a letter: each step from where the map allows it, by whom, and once."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from portal.core.calendar import add_working_days, at
from portal.core.database import db
from portal.core.errors import RuleError
from portal.letters import moves, services
from portal.letters.models import LetterState, StepKind
from tests.harness.cases import each, either_engine
from tests.letters.rows import OFFICE, answered, deputy, do, kinds, read, url, written

ACTS = {
    "acknowledge": {}, "sort": {"kind": "request"}, "note": {"note": "先问值班的同事"},
    "ask": {"question": "几点下班？"}, "answer": {"answer": "星期三开到八点。"}, "close": {},
}  # fmt: skip


def test_from_receipt_to_the_end(cast, sign_in):
    letter = written(cast)
    client = sign_in(cast.secretary)
    until = add_working_days(letter.due_on, 3)
    for act, data in (
        ("acknowledge", {}), ("sort", {"kind": "request"}), ("assign", {"person": cast.secretary.person.public_id}),
        ("note", {"note": "先问值班的同事"}), ("ask", {"question": "您几点下班？"}),
        ("put-off", {"until": str(until), "reason": "要等排班"}), ("answer", {"answer": "星期三开到八点。"}),
        ("close", {}),
    ):  # fmt: skip
        response = client.submit(url(letter, f"/{act}"), data, page=url(letter))
        assert response.location == url(letter), (act, response.text[:2000])
    letter = read(letter)
    assert (letter.state, letter.kind, letter.due_on) == ("closed", "request", until)
    assert letter.assigned_to_id == cast.secretary.person_id
    assert kinds(letter) == ["received", "acknowledged", "sorted", "assigned", "note", "asked", "put_off", "answered",
                             "closed"]  # fmt: skip
    assert kinds(letter, shown=True) == ["received", "acknowledged", "asked", "put_off", "answered", "closed"]
    page = client.page(url(letter)).get_text()
    assert all(said in page for said in ("先问值班的同事", "要等排班", "星期三开到八点。"))


def test_every_step_only_from_where_the_map_has_it(cast):
    """Each step of the map from each state: taken, or refused with nothing written."""
    letter, wrong = written(cast), []
    for state in LetterState:
        answered_at = letter.received_at if state in moves.OVER else None
        closed_at = letter.received_at if state == LetterState.CLOSED else None
        for step, (states, _to) in moves.MOVES.items():
            letter.state, letter.answered_at, letter.closed_at = state, answered_at, closed_at
            moves.db.session.commit()
            assert moves.may(letter, step) == (state in states)
            before = len(kinds(letter))
            if state not in states:
                with pytest.raises(RuleError):
                    moves.move(None, letter, step)
                if len(kinds(letter)) != before:
                    wrong.append((state, step))
    assert not wrong


@either_engine
@each("act", list(ACTS))
def test_what_was_done_is_not_done_again_by_a_second_tab(cast, sign_in, act):
    letter = answered(cast)
    services.close(cast.secretary, letter)
    response = do(sign_in(cast.secretary), letter, act, **ACTS[act])
    assert response.status_code == (303 if act == "note" else 422)
    assert read(letter).answer == "星期三、星期五开到晚上八点。"


@either_engine
def test_by_whom(cast, sign_in, client):
    letter = written(cast)
    visitors = {role: sign_in(getattr(cast, role)) for role in ("treasurer", "sibling", "member")}
    for act, data in ACTS.items():
        assert client.force(url(letter, f"/{act}"), data).location.startswith("/sign-in")
        assert client.get(url(letter, f"/{act}")).status_code in (405, 302, 303)
        for role, status in (("treasurer", 403), ("sibling", 404), ("member", 404)):
            assert do(visitors[role], letter, act, **data).status_code == status
        own = f"/office/tingyu/letters/{letter.public_id}/{act}"
        assert visitors["sibling"].force(own, data).status_code == 404
    assert kinds(letter) == ["received"]


@either_engine
@each(
    ("act", "data"),
    [
        ("sort", {"kind": "sheep"}), ("assign", {"person": "nobody"}), ("assign", {}), ("note", {"note": "  "}),
        ("ask", {"question": ""}), ("answer", {"answer": "\u3000"}), ("answer", {"answer": "字" * 3001}),
        ("put-off", {"until": "2020-01-01", "reason": "要等排班"}), ("put-off", {"until": "", "reason": "要等排班"}),
        ("put-off", {"until": "2199-01-01", "reason": "要等排班"}), ("conflict", {}), ("conflict", {"person": "x"}),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_and_stays_typed(cast, sign_in, act, data):
    letter = written(cast)
    response = do(sign_in(cast.secretary), letter, act, **data)
    assert response.status_code == 422
    assert (data.get("reason") or "") in response.text
    assert kinds(letter) == ["received"]


def test_put_off_once_and_not_for_long(cast):
    letter = written(cast)
    due = letter.due_on
    with pytest.raises(RuleError):
        services.put_off(cast.secretary, letter, add_working_days(due, 11), "要等排班")
    services.put_off(cast.secretary, letter, add_working_days(due, 10), "要等排班")
    with pytest.raises(RuleError):
        services.put_off(cast.secretary, letter, add_working_days(due, 11), "还要等")
    assert read(letter).due_on == add_working_days(due, 10)


def test_what_is_late_is_not_put_off_to_a_day_that_is_over(cast):
    letter = written(cast)
    late = add_working_days(letter.due_on, 20)
    with at(datetime.combine(late, time(12), UTC)):
        for wrong in (add_working_days(letter.due_on, 5), late - timedelta(days=1), add_working_days(late, 11)):
            with pytest.raises(RuleError):
                services.put_off(cast.secretary, letter, wrong, "要等排班")
        services.put_off(cast.secretary, letter, add_working_days(late, 10), "要等排班")
    assert read(letter).due_on == add_working_days(late, 10)


def test_closed_nobody_is_told_to_assign_it(cast, sign_in):
    letter, words = answered(cast), "指定自己承办后可见"
    chair, at_the_street = sign_in(cast.chair), f"/office/liuan/letters/{letter.public_id}"
    services.close(cast.secretary, letter)
    db.session.commit()
    assert words not in chair.page(at_the_street).text
    open_one = written(cast)
    assert words in chair.page(f"/office/liuan/letters/{open_one.public_id}").text, "the control"


def test_given_to_somebody_below_who_then_sees_it(cast, sign_in):
    """A letter of the street that the community's secretary deals with, and nobody else there."""
    letter, other = written(cast, association=cast.street), deputy(cast)
    at = f"{OFFICE}/{letter.public_id}"
    secretary = sign_in(cast.secretary)
    assert secretary.get(at).status_code == 404
    services.assign(cast.chair, letter, cast.secretary.person)
    page = secretary.page(at)
    assert letter.name in page.get_text()
    assert secretary.page(f"{OFFICE}?assigned=me").find("a", href=at)
    assert sign_in(other).get(at).status_code == 404
    assert do(secretary, letter, "answer", answer="已经安排。").location == at
    with pytest.raises(RuleError):
        services.assign(cast.chair, written(cast), cast.treasurer.person)


def test_sorted_anew_it_is_due_as_the_writer_was_told(cast):
    letter = written(cast)
    due = letter.due_on
    services.sort(cast.secretary, letter, "question")
    services.acknowledge(cast.secretary, letter)
    assert read(letter).due_on == due
    assert letter.acknowledged_at - letter.received_at < timedelta(minutes=1)
    assert StepKind.SORTED not in kinds(letter, shown=True)
