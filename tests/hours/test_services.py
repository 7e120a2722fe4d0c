"""Time served, as the services keep it: what counts, what waits, who may decide."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.core.audit import AuditEntry
from portal.core.calendar import now, today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.hours import queries, services
from portal.hours.models import HoursEntry
from tests.activities.rows import make_log, who
from tests.harness.cases import each, either_engine
from tests.harness.service import make_activity, make_session
from tests.hours.rows import recorded, revision, served, states


@pytest.fixture
def waiting(cast, app):
    return recorded(cast.secretary, who(cast.volunteer), cast.community)


def total(cast) -> int:
    return queries.approved_minutes(cast.volunteer.person_id)


def heard(app) -> list[tuple[int, int]]:
    """What `changed` says from now on: entries with the minutes that count."""
    told = []

    def hear(entry):
        told.append((entry.id, entry.minutes))

    services.changed.connect(hear, weak=False)
    app.extensions.setdefault("heard", []).append(hear)
    return told


@pytest.fixture
def told(app):
    yield heard(app)
    for hear in app.extensions.pop("heard"):
        services.changed.disconnect(hear)


def test_what_is_recorded_waits_and_counts_for_nothing(cast, waiting):
    assert (states(waiting), total(cast)) == ([(120, "pending")], 0)
    assert queries.totals_of(cast.volunteer.person_id) == queries.Totals(service_waiting=120)


def test_the_same_again_changes_nothing(cast, waiting):
    again = served(who(cast.volunteer), None, association_id=cast.community.id, log_id=waiting.log_id)
    assert services.record(cast.chair, again, origin="entered").id == waiting.id
    assert states(waiting) == [(120, "pending")]
    assert revision(waiting).recorded_by_id == cast.secretary.person_id


def test_approved_by_somebody_else_it_counts(cast, waiting, told):
    services.approve(cast.chair, revision(waiting))
    assert (states(waiting), total(cast)) == ([(120, "approved")], 120)
    assert told == [(waiting.id, 120)]
    actions = {row.action for row in db.session.query(AuditEntry).filter_by(target_id=waiting.public_id)}
    assert actions == {"hours.record", "hours.approve"}


def test_a_correction_waits_and_the_earlier_number_counts(cast, waiting, told):
    services.approve(cast.chair, revision(waiting))
    services.correct(cast.secretary, waiting, 90, "提前半小时离开")
    assert (states(waiting), total(cast)) == ([(120, "approved"), (90, "pending")], 120)
    services.approve(cast.chair, revision(waiting))
    assert (states(waiting), total(cast)) == ([(120, "superseded"), (90, "approved")], 90)
    assert told == [(waiting.id, 120), (waiting.id, 90)]


def test_a_correction_of_what_waits_replaces_it(cast, waiting):
    services.correct(cast.chair, waiting, 90, "迟到")
    assert states(waiting) == [(120, "superseded"), (90, "pending")]
    with pytest.raises(RuleError):
        services.approve(cast.chair, revision(waiting))
    services.approve(cast.secretary, revision(waiting))
    assert total(cast) == 90


def test_back_to_the_approved_number_takes_back_what_waits(cast, waiting):
    services.approve(cast.chair, revision(waiting))
    services.correct(cast.secretary, waiting, 90, "记错了")
    services.correct(cast.secretary, waiting, 120, "没有记错")
    assert states(waiting) == [(120, "approved"), (90, "superseded")]


@pytest.mark.parametrize(("minutes", "reason"), [(90, " "), (120, "同一个数"), (-1, "负数"), (1441, "超过一天")])
def test_no_correction_without_reason_or_number(cast, waiting, minutes, reason):
    with pytest.raises(RuleError):
        services.correct(cast.secretary, waiting, minutes, reason)
    assert states(waiting) == [(120, "pending")]


@either_engine
@each("role", ["secretary", "volunteer", "sibling", "leader", "treasurer", "ended"])
def test_who_may_not_approve_or_refuse(cast, waiting, role):
    for act in (services.approve, lambda *both: services.refuse(*both, "不对")):
        with pytest.raises(RuleError):
            act(getattr(cast, role), revision(waiting))
    assert states(waiting) == [(120, "pending")]


def test_nobody_approves_own_time(cast, app):
    entry = recorded(cast.secretary, who(cast.chair), cast.community)
    with pytest.raises(RuleError):
        services.approve(cast.chair, revision(entry))


@either_engine
def test_refused_it_does_not_count_and_the_same_again_does_not_ask_again(cast, waiting):
    services.refuse(cast.chair, revision(waiting), "不在名单上")
    services.record(
        cast.secretary,
        served(who(cast.volunteer), None, association_id=cast.community.id, log_id=waiting.log_id),
        origin="entered",
    )
    assert (states(waiting), total(cast)) == ([(120, "refused")], 0)
    services.correct(cast.secretary, waiting, 120, "有签到照片")
    services.approve(cast.chair, revision(waiting))
    assert total(cast) == 120


def test_a_decision_is_made_once(cast, waiting):
    services.approve(cast.chair, revision(waiting))
    with pytest.raises(RuleError):
        services.approve(cast.chair, revision(waiting))
    with pytest.raises(RuleError):
        services.refuse(cast.chair, revision(waiting), "改主意")
    assert states(waiting) == [(120, "approved")]


def test_struck_out_it_stays_and_counts_no_longer(cast, waiting, told):
    services.approve(cast.chair, revision(waiting))
    assert services.void(cast.secretary, waiting, "不在场")
    assert not services.void(cast.secretary, waiting, "不在场")
    assert (states(waiting), total(cast)) == ([(120, "approved")], 0)
    for act in (lambda: services.correct(cast.secretary, waiting, 60, "来过"), lambda: approve_again(cast, waiting)):
        with pytest.raises(RuleError):
            act()
    assert services.revive(cast.secretary, waiting)
    assert not services.revive(cast.secretary, waiting)
    assert (total(cast), [minutes for _, minutes in told]) == (120, [120, 0, 120])


def approve_again(cast, entry):
    return services.approve(cast.chair, revision(entry))


def test_an_entry_does_not_come_back_beside_another(cast, waiting):
    services.void(cast.secretary, waiting, "不在场")
    again = served(who(cast.volunteer), None, association_id=cast.community.id, log_id=waiting.log_id)
    assert services.record(cast.secretary, again, origin="entered").id != waiting.id
    assert not services.revive(cast.secretary, waiting)


def test_study_and_service_are_counted_apart(cast, waiting):
    again = served(
        who(cast.volunteer), None, association_id=cast.community.id, log_id=waiting.log_id, category="study"
    )
    entry = services.record(cast.secretary, again, origin="entered")
    services.approve(cast.chair, revision(entry))
    assert (total(cast), queries.approved_minutes(cast.volunteer.person_id, "study")) == (0, 120)
    assert db.session.get(HoursEntry, waiting.id).void_words
    assert queries.minutes_of_people([cast.volunteer.person_id], "study") == {cast.volunteer.person_id: 120}


def test_many_of_a_session_are_recorded_once_each(cast, app):
    session = make_session(make_activity(cast.community), now() - timedelta(days=2))
    people = [who(one) for one in (cast.volunteer, cast.member, cast.leader)]
    all_of_them = [
        served(one, None, association_id=cast.community.id, session_id=session.id, minutes=60) for one in people
    ]
    first = services.record_all(cast.secretary, all_of_them[:2], origin="entered")
    both = services.record_all(cast.secretary, all_of_them, origin="entered")
    assert [one.id for one in first] == [one.id for one in both[:2]]
    assert [states(one) for one in both] == [[(60, "pending")]] * 3


def test_the_day_belongs_to_the_sum(cast, waiting, told):
    services.approve(cast.chair, revision(waiting))
    day = today() - timedelta(days=1)
    assert queries.approved_minutes(cast.volunteer.person_id, start=day, end=day) == 120
    assert queries.approved_minutes(cast.volunteer.person_id, end=day - timedelta(days=1)) == 0
    log = make_log(cast.community)
    moved = served(
        who(cast.volunteer), log, log_id=waiting.log_id, held_on=day - timedelta(days=3), title="改过的名称"
    )
    services.record(cast.secretary, moved, origin="entered")
    assert queries.approved_minutes(cast.volunteer.person_id, start=day) == 0
    assert len(told) == 2
    (entry,) = queries.list_of_person(cast.volunteer.person_id)
    assert (entry.title, entry.minutes) == ("改过的名称", 120)


def test_nobody_brings_back_their_own_time_alone(cast, waiting):
    services.approve(cast.chair, revision(waiting))
    services.void(cast.secretary, waiting, "不在场")
    assert services.revive(cast.volunteer, waiting)
    assert (states(waiting), total(cast)) == ([(120, "superseded"), (120, "pending")], 0)
    with pytest.raises(RuleError):
        services.approve(cast.volunteer, revision(waiting))
    services.approve(cast.chair, revision(waiting))
    assert total(cast) == 120


def test_brought_back_by_oneself_a_correction_that_waits_is_decided_instead(cast, waiting):
    services.approve(cast.chair, revision(waiting))
    services.correct(cast.secretary, waiting, 60, "提前离开")
    services.void(cast.secretary, waiting, "不在场")
    assert services.revive(cast.volunteer, waiting)
    assert (states(waiting), total(cast)) == ([(120, "superseded"), (60, "pending")], 0)


def test_nobody_takes_back_what_others_corrected_of_their_own_time(cast, waiting):
    services.approve(cast.chair, revision(waiting))
    services.correct(cast.secretary, waiting, 60, "提前离开")
    with pytest.raises(RuleError):
        services.correct(cast.volunteer, waiting, 120, "没有离开")
    again = served(who(cast.volunteer), None, association_id=cast.community.id, log_id=waiting.log_id)
    services.record(cast.volunteer, again, origin="entered")
    assert states(waiting) == [(120, "approved"), (60, "pending")]
    services.correct(cast.chair, waiting, 120, "没有离开")
    assert states(waiting) == [(120, "approved"), (60, "superseded")]
