"""However somebody's times overlap, and whatever is recorded, moved, corrected, approved and struck out in whatever
order: never more minutes count than have passed in the hours of what counts.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.accounts.models import Account
from portal.activities.models import ActivityLog
from portal.core.calendar import now, today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.duplicates import services as duplicates
from portal.hours import overlap, queries, services
from portal.hours.models import HoursEntry
from portal.people.models import Person
from tests.activities.rows import make_log
from tests.harness.factory import make_person
from tests.harness.soaking import SOAKING
from tests.hours.rows import recorded, revision, served, states
from tests.hours.test_properties import undone

PLACES = 4
LONGEST = 180
QUICK = settings(
    max_examples=300 if SOAKING else 3,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
FROM, LONG = st.integers(0, 240), st.integers(1, LONGEST)
WHICH, MINUTES = st.integers(0, PLACES - 1), st.integers(0, LONGEST)
step = st.one_of(
    st.tuples(st.just("record"), WHICH, FROM, LONG, MINUTES),
    st.tuples(st.sampled_from(("approve", "approve", "correct", "void", "revive")), WHICH, MINUTES),
)


@pytest.fixture
def logs(cast, app) -> list[int]:
    made = [make_log(cast.community).id for _ in range(PLACES)]
    db.session.commit()
    return made


def morning() -> datetime:
    return now().replace(hour=1, minute=0, second=0, microsecond=0) - timedelta(days=1)


def act(cast, log: ActivityLog, what: str, minutes: int, *told: int) -> None:
    """One step: the secretary records and corrects, the chair approves with a word on both counting."""
    secretary, chair = (db.session.get_one(Account, one.id) for one in (cast.secretary, cast.chair))
    person = db.session.get_one(Person, cast.volunteer.person_id)
    if what == "record":
        start = morning() + timedelta(minutes=told[0])
        span = {"starts_at": start, "ends_at": start + timedelta(minutes=told[1]), "held_on": today()}
        services.record(secretary, served(person, log, minutes=min(minutes, told[1]), **span), origin="entered")
        return
    entry = next(iter(db.session.query(HoursEntry).filter_by(log_id=log.id).order_by(HoursEntry.id.desc())), None)
    if entry is None:
        return
    if what == "approve":
        services.approve(chair, revision(entry), "两处都在")
    elif what == "correct":
        services.correct(secretary, entry, minutes, "记错")
    else:
        getattr(services, what)(secretary, entry, *(["不在场"] if what == "void" else []))


def passed(person_id: int) -> int:
    """The minutes of the hours of what counts, each once. One alone may count more than its own: who stayed longer
    than the list says has a correction that somebody approved.
    """
    counting = sorted((one.starts_at, one.ends_at, one.minutes) for one in queries.list_of_person(person_id))
    together: list[list[tuple[datetime, datetime, int]]] = []
    for one in (one for one in counting if one[2]):
        if together and one[0] < max(end for _start, end, _minutes in together[-1]):
            together[-1].append(one)
        else:
            together.append([one])
    return sum(_length(part) if len(part) > 1 else max(_length(part), part[0][2]) for part in together)


def _length(part: list[tuple[datetime, datetime, int]]) -> int:
    return int((max(end for _start, end, _minutes in part) - part[0][0]).total_seconds()) // 60


def run(cast, logs, steps) -> None:
    for what, which, *told in steps:
        try:
            with db.session.begin_nested():
                act(cast, db.session.get_one(ActivityLog, logs[which]), what, told[-1], *told[:-1])
        except RuleError:
            pass
        db.session.expire_all()
        assert queries.approved_minutes(cast.volunteer.person_id) <= passed(cast.volunteer.person_id), what


@pytest.mark.soak
@QUICK
@given(steps=st.lists(step, min_size=4, max_size=14 if SOAKING else 8))
def test_no_minute_is_counted_twice(cast, logs, steps):
    whole = [("record", which, 60 * which, 120, 120) for which in range(PLACES)]
    with undone():
        run(cast, logs, [*whole, ("approve", 0, 0), *steps])


MOVED = [("record", 0, 0, 60, 60), ("approve", 0, 0), ("record", 1, 60, 60, 60), ("approve", 1, 0)]


def test_time_that_is_moved_onto_other_time_waits_again(cast, logs):
    """Both stood side by side; the list says now that the first was in the hours of the second."""
    with undone():
        run(cast, logs, [*MOVED, ("record", 0, 60, 60, 60)])
        assert queries.approved_minutes(cast.volunteer.person_id) == 60


def test_two_records_of_one_person_count_an_hour_once(cast, app):
    """What both served in it was approved for each; merged, the later waits, and taken apart it counts again."""
    kept, gone = make_person("李志红"), make_person("李志红")
    span = {"starts_at": morning(), "ends_at": morning() + timedelta(minutes=60)}
    entries = [recorded(cast.secretary, one, cast.community, 60, **span) for one in (kept, gone)]
    for entry in entries:
        services.approve(cast.chair, revision(entry))
    made = duplicates.merge(None, cast.community, kept, gone, duplicates.Choice())
    assert ([states(one) for one in entries], queries.approved_minutes(kept.id)) == (
        [[(60, "approved")], [(60, "pending")]],
        60,
    )
    duplicates.undo_merge(None, made, kept, gone)
    assert [queries.approved_minutes(one.id) for one in (kept, gone)] == [60, 60]


def test_control_without_the_question_minutes_count_twice(cast, logs, monkeypatch):
    monkeypatch.setattr(overlap, "check", lambda *_: None)
    with undone(), pytest.raises(AssertionError):
        run(cast, logs, [("record", 0, 0, 60, 60), ("approve", 0, 0), ("record", 1, 30, 60, 60), ("approve", 1, 0)])
