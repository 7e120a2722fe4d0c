"""What was printed is checked by its code: valid, superseded by a correction, void where the record was deleted."""

from __future__ import annotations

from datetime import date
from functools import partial

import pytest

from portal.associations import services as associations
from portal.certificates import issuing
from portal.core.database import db
from portal.hours import services as hours
from portal.hours.models import HoursRevision
from portal.own.deletion import delete_person
from portal.people.models import Person
from portal.verification.queries import verify
from tests.certificates.rows import certificates_of, code_of, make_certificate, make_request, requests_of, serve
from tests.harness.cases import either_engine


@pytest.fixture
def entry(cast):
    serve(cast.volunteer, cast.community, 60, date(2026, 3, 1))
    return serve(cast.volunteer, cast.community, 150, date(2026, 1, 10))


@pytest.fixture
def certificate(cast, entry):
    serve(cast.volunteer, cast.community, 30, date(2025, 12, 1))
    return make_certificate(cast.volunteer, cast.community, start=date(2026, 1, 1), end=date(2026, 12, 31))


def approve(cast, entry) -> None:
    waiting = db.session.query(HoursRevision).filter_by(entry_id=entry.id, state="pending").one()
    hours.approve(cast.chair, waiting)
    db.session.commit()


def states(cast) -> list[str]:
    return [one.superseded_reason for one in certificates_of(cast.volunteer)]


@either_engine
def test_valid_with_what_stands_on_it(cast, client, certificate):
    text = client.get(f"/verify/{code_of(certificate)}").text
    for shown in ("陈**", "望江社区协会", certificate.number, "3 小时 30 分", "2026年1月10日至2026年3月1日"):
        assert shown in text, shown
    assert "陈晓明" not in text


@either_engine
def test_a_correction_supersedes_it_once_it_is_approved(cast, client, certificate, entry):
    hours.correct(cast.secretary, entry, 120, "提前离开")
    db.session.commit()
    assert states(cast) == [""], "until then the earlier number counts"
    approve(cast, entry)
    assert states(cast) == ["corrected"]
    text = client.get(f"/verify/{code_of(certificate)}").text
    assert "可能有新开具的证明" in text
    assert certificate.number not in text


def restated(cast, entry, **values):
    known = {name: getattr(entry, name) for name in (*hours.FACTS, "association_id", "log_id", "category")}
    person = db.session.get_one(Person, cast.volunteer.person_id)
    hours.restate_all(cast.secretary, [hours.Served(**{**known, "person": person, "minutes": 150, **values})])
    db.session.commit()


@either_engine
@pytest.mark.parametrize("told", [{"title": "河岸清洁"}, {"place": "北岸"}, {"held_on": date(2026, 1, 11)}])
def test_another_title_place_or_day_supersedes_it_and_the_next_one_says_so(cast, client, certificate, entry, told):
    """What is printed of the service is compared, as are the minutes; what is not printed leaves it valid."""
    restated(cast, entry, content="清扫了北岸的步道。")
    assert states(cast) == [""]
    restated(cast, entry, **told)
    assert states(cast) == ["corrected"]
    assert "可能有新开具的证明" in client.get(f"/verify/{code_of(certificate)}").text
    again = make_certificate(cast.volunteer, cast.community, start=date(2026, 1, 1), end=date(2026, 12, 31))
    assert str(next(iter(told.values()))) in str(again.snapshot)
    assert states(cast) == ["corrected", ""]


def test_what_waits_is_not_printed_and_its_title_leaves_the_certificate(cast, certificate):
    waiting = serve(cast.volunteer, cast.community, 45, date(2026, 2, 1), state="pending")
    restated(cast, waiting, title="河岸清洁", minutes=45)
    assert states(cast) == [""]


def test_what_is_struck_out_supersedes_it(cast, certificate, entry):
    hours.void(cast.secretary, entry, "没有到场")
    assert states(cast) == ["corrected"]


def test_what_is_approved_later_within_its_span_supersedes_it(cast, certificate):
    approve(cast, serve(cast.volunteer, cast.community, 45, date(2026, 2, 1), state="pending"))
    assert states(cast) == ["corrected"]


@pytest.mark.parametrize("day", [date(2025, 12, 31), date(2026, 3, 2)])
def test_what_lies_outside_leaves_it_valid(cast, certificate, day):
    approve(cast, serve(cast.volunteer, cast.community, 45, day, state="pending"))
    assert states(cast) == [""]


def test_study_and_other_people_leave_it_valid(cast, certificate):
    within = date(2026, 2, 1)
    approve(cast, serve(cast.volunteer, cast.community, 45, within, state="pending", category="study"))
    approve(cast, serve(cast.member, cast.community, 45, within, state="pending"))
    assert states(cast) == [""]


def test_of_an_officers_only_what_stands_below_counts(cast, entry):
    person = db.session.get_one(Person, cast.volunteer.person_id)
    issuing.issue_certificate(cast.secretary, person, cast.community, by_officer=True)
    hours.correct(cast.secretary, serve(cast.volunteer, cast.village, 45, date(2026, 2, 1)), 30, "记错")
    assert states(cast) == [""]


def test_another_takes_its_place(cast, certificate, entry):
    hours.void(cast.secretary, entry, "没有到场")
    make_certificate(cast.volunteer, cast.community, start=date(2026, 1, 1), end=date(2026, 12, 31))
    assert states(cast) == ["corrected", ""]
    assert [one.minutes for one in certificates_of(cast.volunteer)] == [210, 60]


def test_deletion_makes_it_void_and_forgets_the_name(cast, certificate):
    make_request(cast.volunteer, cast.community, reason="缺少签到")
    code = code_of(certificate)
    delete_person(cast.secretary, db.session.get_one(Person, cast.volunteer.person_id), "zh-Hans")
    db.session.commit()
    (gone,) = certificates_of(cast.volunteer)
    assert (gone.superseded_reason, "陈晓明" in str(gone.snapshot)) == ("removed", False)
    verdict = verify(code)
    assert (verdict.state, verdict.name, verdict.facts) == ("void", "", ())
    assert requests_of(cast.volunteer) == [(1, "withdrawn")]


def test_an_association_that_moved_in_the_tree_goes_on_superseding_its_own(cast):
    for day in (1, 20):
        serve(cast.volunteer, cast.community, 60, date(2026, 3, day))
    issue = partial(issuing.issue_certificate, cast.secretary, cast.volunteer.person, cast.community, by_officer=True)
    first = issue()
    associations.move_association(cast.administrator, cast.community, cast.town)
    db.session.commit()
    assert issue().id == first.id, "it says the same"
    late = serve(cast.volunteer, cast.community, 30, date(2026, 3, 9))
    hours.changed.send(late)
    assert states(cast) == ["corrected"]
    assert issue().id != first.id


def test_of_an_archived_association_the_one_above_issues(cast, sign_in, entry):
    associations.archive_association(None, cast.community)
    db.session.commit()
    volunteer = sign_in(cast.volunteer)
    assert volunteer.submit("/me/certificates").status_code == 303
    assert certificates_of(cast.volunteer)[0].association_id == cast.street.id


def test_a_contact_stands_on_it_the_next_one_above_s_where_there_is_none(cast):
    serve(cast.volunteer, cast.community, 60, date(2026, 3, 1))
    issue = partial(issuing.issue_certificate, cast.secretary, cast.volunteer.person, cast.community)
    first = issue()
    assert first.snapshot["contact"] == []
    cast.federation.phone = "62000001"
    db.session.commit()
    second = issue()
    assert (second.snapshot["contact"], second.snapshot["in_charge"]) == (["62000001"], cast.secretary.person.name)
    assert (first.superseded_reason, issue().id == second.id) == ("corrected", True)
