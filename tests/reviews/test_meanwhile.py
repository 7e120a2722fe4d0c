"""A nominee says no while the meeting is recorded: of the two one is first, and nobody is chosen who refused."""

from __future__ import annotations

import pytest

from portal.commendations import consenting
from portal.commendations.models import CommendationCall, Nomination, NominationState
from portal.core.calendar import at
from portal.core.database import db
from portal.core.errors import RuleError
from portal.reviews import meetings
from tests.harness.meanwhile import COMMITTED, WAITS, Meanwhile
from tests.harness.praise import make_call
from tests.notices.rows import acting
from tests.reviews.rows import agree, held, noon, put_forward, to_review

pytestmark = pytest.mark.engines("postgresql")


@pytest.fixture
def waiting(cast, db_session):
    """The volunteer's nomination before the meeting, and the work of saying no."""
    call = make_call(cast.street)
    one = put_forward(acting(cast.secretary), call, cast.community, acting(cast.volunteer).person)
    agree(one)
    day = to_review(acting(cast.chair), call)
    db_session.commit()
    one_id = one.id

    def refuse():
        consenting.refuse(acting(cast.volunteer), db.session.get_one(Nomination, one_id))

    return call.id, one_id, day, refuse


def record(cast, waiting):
    call_id, one_id, day, _refuse = waiting
    with at(noon(day)):
        call = db.session.get_one(CommendationCall, call_id)
        meetings.record(acting(cast.chair), call, held(day), [db.session.get_one(Nomination, one_id)])


def test_who_refuses_before_is_not_chosen(live_app, cast, db_session, waiting, monkeypatch):
    """After the meeting's form was read and before the nominations move: all of it is refused, nothing stays."""
    refusing = Meanwhile(live_app, waiting[3])
    refusing.before(monkeypatch, meetings, "_move_nominations")
    with pytest.raises(RuleError):
        record(cast, waiting)
    assert refusing.told == [COMMITTED]
    db_session.rollback()
    assert db_session.get_one(Nomination, waiting[1]).state == NominationState.WITHDRAWN
    assert db_session.get_one(CommendationCall, waiting[0]).state == "review"


def test_who_refuses_after_waits_and_is_withdrawn(live_app, cast, db_session, waiting, monkeypatch):
    """Once they move, saying no waits for the meeting's end, and then takes the chosen one out."""
    refusing = Meanwhile(live_app, waiting[3])
    refusing.after(monkeypatch, meetings, "_move_nominations")
    record(cast, waiting)
    assert refusing.told == [WAITS]
    db_session.commit()
    assert refusing.run() == COMMITTED
    db_session.expire_all()
    assert db_session.get_one(Nomination, waiting[1]).state == NominationState.WITHDRAWN
