"""Two at once: one answer, one rating, one letter; a control without the condition shows both."""

from __future__ import annotations

from portal.accounts.queries import get_account
from portal.core.database import db
from portal.letters import moves, queries, services
from portal.letters.models import Letter, LetterStep
from tests.harness.together import at_once
from tests.letters.rows import written

AT_ONCE = 4


def answers(cast, reference: str) -> list:
    account_id = cast.secretary.id

    def answer() -> str:
        letter = queries.get_by_reference(reference)
        services.answer(get_account(account_id), letter, "开到八点。")
        return str(letter.state)

    return [answer] * AT_ONCE


def count_answers() -> int:
    db.session.rollback()
    return db.session.query(LetterStep).filter_by(kind="answered").count()


def test_answered_once(live_app, cast):
    reference = written(cast).reference
    assert at_once(live_app, answers(cast, reference)).count("answered") == 1
    assert count_answers() == 1


def test_control_without_the_states_of_the_map_it_is_answered_more_than_once(live_app, cast, monkeypatch):
    reference = written(cast).reference
    everything = dict.fromkeys(moves.MOVES, (tuple(moves.LetterState), moves.ANSWERED))
    monkeypatch.setattr(moves, "MOVES", everything)
    assert at_once(live_app, answers(cast, reference)).count("answered") > 1
    assert count_answers() > 1
    assert db.session.query(Letter).count() == 1
