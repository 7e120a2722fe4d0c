"""Evaluating a volunteer: added, never edited, read by the volunteer."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from portal.core.audit import AuditEntry
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.dossiers import services
from portal.dossiers.models import Evaluation
from portal.people import removal
from tests.activities.rows import who
from tests.dossiers.rows import evaluated, volunteer_of
from tests.harness.cases import each, either_engine
from tests.harness.service import make_volunteer

SAID = {"start_on": "2026-01-01", "end_on": "2026-06-30", "grade": "good", "remarks": "守时可靠"}


@pytest.fixture
def volunteer(cast):
    return volunteer_of(who(cast.volunteer))


def url(volunteer, code="wangjiang"):
    return f"/office/{code}/volunteers/{volunteer.public_id}/evaluations/new"


def said():
    return db.session.query(Evaluation).order_by(Evaluation.id).all()


def test_it_is_recorded_and_the_volunteer_reads_it(cast, sign_in, volunteer):
    answer = sign_in(cast.secretary).submit(url(volunteer), SAID)
    assert answer.status_code == 303
    assert answer.location.endswith("/dossier")
    (one,) = said()
    assert (one.grade, one.remarks, one.start_on, one.end_on) == (
        "good",
        "守时可靠",
        date(2026, 1, 1),
        date(2026, 6, 30),
    )
    assert one.evaluated_by_id == cast.secretary.person_id
    assert db.session.query(AuditEntry).filter_by(action="dossiers.evaluate").count() == 1
    assert "守时可靠" in sign_in(cast.volunteer).page("/me/dossier").get_text()


def test_sent_twice_it_is_one_and_a_later_one_stands_beside(cast, sign_in, volunteer):
    secretary = sign_in(cast.secretary)
    for remarks in ("守时可靠", "守时可靠", "更正：常迟到"):
        assert secretary.submit(url(volunteer), {**SAID, "remarks": remarks}).status_code == 303
    assert [one.remarks for one in said()] == ["守时可靠", "更正：常迟到"]


@either_engine
@each(
    "wrong",
    [
        {"grade": ""},
        {"grade": "superb"},
        {"start_on": ""},
        {"end_on": "soon"},
        {"end_on": "2025-12-31"},
        {"end_on": (today() + timedelta(days=1)).isoformat()},
        {"start_on": "2019-01-01"},
        {"remarks": "好" * 1001},
    ],
)
def test_bad_input_is_refused(cast, sign_in, volunteer, wrong):
    answer = sign_in(cast.secretary).submit(url(volunteer), {**SAID, **wrong})
    assert answer.status_code == 422
    assert said() == []


def test_nobody_evaluates_themselves(cast, sign_in):
    own = make_volunteer(who(cast.secretary), cast.community)
    db.session.commit()
    assert sign_in(cast.secretary).submit(url(own), SAID).status_code == 422
    assert said() == []


def test_after_the_end_of_service_only_what_was_given(cast, volunteer):
    volunteer.ended_on, volunteer.end_reason = date(2026, 3, 1), "own_wish"
    db.session.commit()
    late = {"start_on": date(2026, 4, 1), "end_on": date(2026, 6, 30), "grade": "good"}
    with pytest.raises(RuleError):
        services.evaluate(cast.secretary, volunteer, **late)
    services.evaluate(cast.secretary, volunteer, **{**late, "start_on": date(2026, 1, 1)})


def test_ten_working_days_are_a_hint():
    assert not services.is_late(date(2026, 9, 25), date(2026, 10, 9))
    assert services.is_late(date(2026, 3, 2), date(2026, 3, 17))


@either_engine
def test_who_may(cast, sign_in, client, volunteer):
    open_to = {"treasurer": 403, "publisher": 403, "leader": 403, "sibling": 404, "ended": 404, "member": 404}
    for role, status in open_to.items():
        visitor = sign_in(getattr(cast, role))
        assert (role, visitor.get(url(volunteer)).status_code) == (role, status)
        assert (role, visitor.force(url(volunteer), SAID).status_code) == (role, status)
    assert sign_in(cast.sibling).force(url(volunteer, "tingyu"), SAID).status_code == 404
    assert client.force(url(volunteer), SAID).location.startswith("/sign-in")
    assert said() == []


@either_engine
def test_opening_the_form_records_nothing(cast, sign_in, volunteer):
    assert sign_in(cast.secretary).get(url(volunteer) + "?grade=good&start_on=2026-01-01").status_code == 200
    assert said() == []


def test_of_who_is_deleted_no_words_stay(cast, volunteer):
    one = evaluated(volunteer)
    removal.remove_person(cast.secretary, who(cast.volunteer), "zh-Hans")
    db.session.commit()
    assert (said()[0].id, said()[0].remarks, said()[0].grade) == (one.id, "", "good")
