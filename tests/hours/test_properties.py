"""Whatever happens in whatever order: the sum of approved revisions is the total, nobody approves what they recorded
or served themselves, and no minute is counted twice.
"""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from portal.accounts.models import Account
from portal.core.database import db
from portal.core.errors import RuleError
from portal.hours import queries, services
from portal.hours.models import HoursEntry, HoursRevision
from portal.people.models import Person
from tests.activities.rows import make_log
from tests.harness.soaking import SOAKING
from tests.hours.rows import served

ROLES = ("secretary", "chair", "volunteer", "leader")
LOGS = 2
QUICK = settings(
    max_examples=200 if SOAKING else 6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
step = st.one_of(
    st.tuples(st.just("record"), st.sampled_from(ROLES), st.integers(0, LOGS - 1), st.sampled_from((30, 60, 90))),
    st.tuples(st.just("correct"), st.sampled_from(ROLES), st.integers(0, 3), st.sampled_from((30, 60, 90))),
    st.tuples(st.sampled_from(("approve", "refuse")), st.sampled_from(ROLES), st.integers(0, 9), st.none()),
    st.tuples(st.sampled_from(("void", "revive")), st.sampled_from(ROLES), st.integers(0, 3), st.none()),
)


def act(cast, logs, what, role, place, minutes):
    """One step; what a rule refuses changes nothing."""
    actor = db.session.get_one(Account, getattr(cast, role).id)
    person = db.session.get_one(Person, cast.volunteer.person_id)
    entries = db.session.scalars(select(HoursEntry).order_by(HoursEntry.id)).all()
    revisions = db.session.scalars(select(HoursRevision).order_by(HoursRevision.id)).all()
    if what == "record":
        return services.record(actor, served(person, logs[place], minutes=minutes), origin="entered")
    if what in ("approve", "refuse"):
        chosen = revisions[place % len(revisions)]
        return services.approve(actor, chosen) if what == "approve" else services.refuse(actor, chosen, "不对")
    chosen = entries[place % len(entries)]
    if what == "correct":
        return services.correct(actor, chosen, minutes, "记错")
    return getattr(services, what)(actor, chosen, *(["不在场"] if what == "void" else []))


@pytest.fixture
def logs(cast, app):
    """Two entries of the log book; the secretary has recorded an hour for the volunteer in the first."""
    made = [make_log(cast.community) for _ in range(LOGS)]
    act(cast, made, "record", "secretary", 0, 60)
    db.session.commit()
    return made


def run(cast, logs, steps):
    for what, role, place, minutes in steps:
        try:
            with db.session.begin_nested():
                act(cast, logs, what, role, place, minutes)
        except RuleError:
            continue


@contextmanager
def undone():
    """Whatever the block does is taken back."""
    with db.session.begin_nested() as trial:
        yield
        db.session.flush()
        trial.rollback()
    db.session.expire_all()


def check(cast):
    """What holds after any steps."""
    db.session.flush()
    db.session.expire_all()
    person_id = cast.volunteer.person_id
    approved = db.session.execute(
        select(HoursRevision, HoursEntry).join(HoursRevision.entry).where(HoursRevision.state == "approved")
    ).all()
    standing = [(revision, entry) for revision, entry in approved if entry.voided_at is None]
    total = sum(revision.minutes for revision, _ in standing)
    assert queries.approved_minutes(person_id) == queries.totals_of(person_id).service == total
    assert sum(entry.minutes for entry in queries.list_of_person(person_id)) == total
    assert len({(entry.log_id, entry.person_id) for _, entry in standing}) == len(standing), "counted twice"
    for state in ("approved", "superseded", "refused"):
        for revision in db.session.scalars(select(HoursRevision).where(HoursRevision.state == state)):
            assert revision.decided_by_id is None or revision.decided_by_id != revision.recorded_by_id
            assert revision.decided_by_id != person_id
            assert state != "approved" or revision.decided_by_id is not None
    waiting = select(func.count()).where(HoursRevision.state == "pending").group_by(HoursRevision.entry_id)
    assert max(db.session.scalars(waiting), default=0) <= 1


@pytest.mark.soak
@QUICK
@given(steps=st.lists(step, min_size=2, max_size=12))
def test_whatever_happens(cast, logs, steps):
    with undone():
        run(cast, logs, steps)
        check(cast)


DECISIONS = [("approve", role, place, None) for role in ("secretary", "chair") for place in (0, -1)]
EVERY_WAY = [("record", "chair", 0, 90), ("correct", "chair", 0, 90), ("void", "chair", 0, None), *DECISIONS]


@pytest.mark.soak
def test_every_way_to_a_decision(cast, logs, engine_kind):
    """Not by chance: all sequences of two acts and a decision. In the short form each engine begins with half of the
    acts, and what ends in two decisions is left to the long one.
    """
    for first in EVERY_WAY if SOAKING else EVERY_WAY[engine_kind == "sqlite" :: 2]:
        with undone():
            run(cast, logs, [first])
            for second in EVERY_WAY if SOAKING else EVERY_WAY[:3]:
                with undone():
                    run(cast, logs, [second])
                    for decision in DECISIONS:
                        with undone():
                            run(cast, logs, [decision])
                            check(cast)


def test_control_without_the_rule_the_person_approves_and_the_recorder_meets_the_table(cast, logs, monkeypatch):
    monkeypatch.setattr(services, "why_not", lambda *_: "")
    with undone():
        run(cast, logs, [("approve", "volunteer", 0, None)])
        with pytest.raises(AssertionError):
            check(cast)
    with pytest.raises(IntegrityError), db.session.begin_nested():
        run(cast, logs, [("approve", "secretary", 0, None)])
