"""Two records that become one: a certificate that says otherwise than the hours is superseded, and nobody's time
counts by their own decision.
"""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from portal.certificates import issuing
from portal.core.database import db
from portal.core.errors import RuleError
from portal.duplicates import services as duplicates
from portal.hours import services as hours
from portal.hours.queries import approved_minutes
from portal.people.models import Person
from tests.certificates.rows import certificates_of, make_certificate, serve
from tests.harness.factory import make_person
from tests.hours.rows import recorded, revision, states


@pytest.fixture
def double(cast, app) -> Person:
    """A second record of the secretary."""
    return make_person("黄淑兰")


def merge(cast, gone: Person):
    kept = db.session.get_one(Person, cast.secretary.person_id)
    made = duplicates.merge(None, cast.community, kept, gone, duplicates.Choice())
    db.session.commit()
    return made


def test_a_certificate_with_time_that_stood_twice_is_superseded(cast, double):
    mine, theirs = (serve(one, cast.community) for one in (cast.secretary, SimpleNamespace(person_id=double.id)))
    theirs.log_id = mine.log_id
    db.session.commit()
    make_certificate(cast.secretary, cast.community)
    issuing.issue_certificate(cast.chair, double, cast.community)
    merge(cast, double)
    assert approved_minutes(cast.secretary.person_id) == 120
    assert [one.superseded_reason for one in certificates_of(cast.secretary)] == ["", "corrected"]


def test_a_certificate_of_which_nothing_changed_stays_valid(cast, double):
    serve(cast.secretary, cast.community)
    db.session.commit()
    make_certificate(cast.secretary, cast.community)
    merge(cast, double)
    assert [one.superseded_reason for one in certificates_of(cast.secretary)] == [""]


def test_what_somebody_approved_of_the_other_record_waits_for_somebody_else(cast, double):
    entry = recorded(cast.leader, double, cast.community)
    hours.approve(cast.secretary, revision(entry))
    db.session.commit()
    made = merge(cast, double)
    assert (states(entry), approved_minutes(cast.secretary.person_id)) == ([(120, "pending")], 0)
    for barred in (cast.secretary, cast.leader):
        with pytest.raises(RuleError):
            hours.approve(barred, revision(entry))
    duplicates.undo_merge(None, made, db.session.get_one(Person, cast.secretary.person_id), double)
    assert (states(entry), approved_minutes(double.id)) == ([(120, "approved")], 120)
