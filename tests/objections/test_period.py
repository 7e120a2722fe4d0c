"""A notice period: its days are computed, nobody shortens it, nothing passes before its end nor past an objection."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.exc import DatabaseError

from portal.core.calendar import add_working_days, at, is_working_day, today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.objections import objecting, services
from portal.objections.models import NoticePeriod, Objection
from portal.transparency import kinds, queries
from portal.transparency.chain import digest_of
from tests.harness.cases import each, either_engine, unwritten
from tests.notices.rows import acting
from tests.objections.rows import SHOWN, WORDS, last_moment, make_objection, make_period, make_supervisor, over


@pytest.fixture
def period(cast) -> NoticePeriod:
    return make_period(cast.secretary, cast.community)


def refused(action, *arguments, **named) -> str:
    """The field at fault; nothing of the attempt stays."""
    with pytest.raises(RuleError) as error, db.session.begin_nested():
        action(*arguments, **named)
    return error.value.field


def test_days_are_computed_and_it_opens_once(cast, db_session):
    first = make_period(cast.secretary, cast.community, entry_key="one")
    again = make_period(cast.secretary, cast.community, entry_key="one")
    assert again is first
    assert first.start_on == today()
    assert first.end_on >= add_working_days(today(), 5)
    assert first.end_on >= today() + timedelta(days=7)
    assert is_working_day(first.end_on)
    assert "<strong>三名</strong>" in first.html
    assert refused(make_period, cast.sibling, cast.sibling_community, entry_key="one") == ""


@either_engine
@each(
    ("field", "value"), [("title", " "), ("title", "长" * 121), ("body", "\u200b"), ("contact", ""), ("matter", "x")]
)
def test_what_is_missing(cast, db_session, field, value):
    assert refused(services.open_period, cast.secretary, cast.community, **{**SHOWN, field: value}) == field


@either_engine
@each(
    ("opened", "last"),
    [
        (date(2026, 4, 3), date(2026, 4, 13)),
        (date(2026, 9, 28), date(2026, 10, 10)),
        (date(2026, 11, 2), date(2026, 11, 9)),
    ],
)  # fmt: skip
def test_holidays_and_made_up_days_count(cast, db_session, opened, last):
    """Qingming from a Friday; the National Day week, whose make-up Saturday is a working day; a plain Monday."""
    with at(datetime(opened.year, opened.month, opened.day, 2, tzinfo=UTC)):
        assert services.days_from(cast.community) == (opened, last)


def test_it_is_put_off_and_never_shortened(cast, db_session, period):
    before, later = period.end_on, add_working_days(period.end_on, 5)
    for day in (before, before - timedelta(days=1), before + timedelta(days=400)):
        assert refused(services.extend, cast.secretary, period, day, "补充一名候选人") == "end_on"
    assert refused(services.extend, cast.secretary, period, later, " ") == "reason"
    services.extend(acting(cast.secretary), period, later, "补充一名候选人")
    db.session.flush()
    shorter = update(NoticePeriod).where(NoticePeriod.id == period.id).values(end_on=before)
    with pytest.raises(DatabaseError), db.session.begin_nested():
        db.session.execute(shorter)
    db.session.refresh(period, ["end_on"])
    assert (period.end_on, period.extension_reason) == (later, "补充一名候选人")


def test_control_without_the_database_guard_it_is_shortened(cast, db_session, period):
    name = "notice_period_no_shorter"
    on = " ON notice_period" if db.session.get_bind().dialect.name == "postgresql" else ""
    with unwritten():
        db.session.execute(text(f"DROP TRIGGER {name}{on}"))
        db.session.execute(update(NoticePeriod).where(NoticePeriod.id == period.id).values(end_on=period.start_on))
        assert db.session.get_one(NoticePeriod, period.id).end_on == period.start_on
        db.session.rollback()


def test_nothing_passes_before_the_end_of_the_last_day(cast, db_session, period):
    with at(last_moment(period)):
        assert refused(services.pass_, cast.secretary, period, WORDS) == ""
        assert period.state == "open"
    with at(over(period)):  # the control: a second later it passes
        services.pass_(acting(cast.secretary), period, WORDS)
    assert (period.state, period.decision) == ("passed", WORDS)


def test_nothing_passes_while_an_objection_waits(cast, db_session, period):
    made, supervisor = make_objection(period), make_supervisor(cast)
    with at(over(period)):
        assert refused(services.pass_, cast.secretary, period, WORDS) == ""
        assert refused(services.stop, cast.secretary, period, WORDS) == ""
        objecting.answer(acting(supervisor), period, made, "rejected", WORDS)
        services.pass_(acting(cast.secretary), period, WORDS)
    assert period.state == "passed"


def test_what_was_answered_or_decided_stays(cast, db_session, period):
    made = make_objection(period)
    objecting.answer(acting(make_supervisor(cast)), period, made, "rejected", WORDS)
    services.stop(acting(cast.secretary), period, WORDS)
    db.session.flush()
    back = [
        update(Objection).where(Objection.id == made.id).values(state="received", answered_at=None),
        update(Objection).where(Objection.id == made.id).values(body="改过的异议"),
        update(NoticePeriod).where(NoticePeriod.id == period.id).values(state="open", decided_at=None),
        update(NoticePeriod).where(NoticePeriod.id == period.id).values(title="改过的标题"),
        delete(Objection).where(Objection.id == made.id),
    ]
    for statement in back:
        with pytest.raises(DatabaseError), db.session.begin_nested():
            db.session.execute(statement)


def test_what_was_upheld_is_stopped(cast, db_session, period):
    objecting.answer(acting(make_supervisor(cast)), period, make_objection(period), "upheld", WORDS)
    with at(over(period)):
        assert refused(services.pass_, cast.secretary, period, WORDS) == ""
        services.stop(acting(cast.secretary), period, WORDS)
    assert period.state == "stopped"


@either_engine
@each("act", [services.pass_, services.stop, services.withdraw])
def test_decided_once(cast, db_session, act):
    period = make_period(cast.secretary, cast.community)
    services.withdraw(acting(cast.secretary), period, WORDS)
    with at(over(period)):
        assert refused(act, cast.secretary, period, WORDS) == ""
        assert refused(services.extend, cast.secretary, period, add_working_days(period.end_on, 9), WORDS) == ""
        assert refused(make_objection, period) == ""


def test_opening_and_decision_stand_in_the_chain(cast, db_session, period):
    """Recomputed from the database; what is altered behind the portal's back is found."""
    assert queries.get_entry("decision", period.public_id, 1) is None
    objecting.answer(acting(make_supervisor(cast)), period, made := make_objection(period), "rejected", WORDS)
    with at(over(period)):
        services.pass_(acting(cast.secretary), period, WORDS)

    def proven(kind: str) -> bool:
        entry = queries.get_entry(kind, period.public_id, 1)
        return entry.digest == digest_of(kinds.content_of(kind, period.public_id, 1))

    assert proven("notice_period")
    assert proven("decision")
    made.answer = "另一个理由，事后改的"
    db.session.flush()
    assert not proven("decision")
    period.contact = "别人"
    db.session.flush()
    assert not proven("notice_period")
