"""What follows in the register of honours from what happens elsewhere, and what waits in an office because of it."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from portal.associations import group_services
from portal.commendations.models import Nomination
from portal.core.calendar import at
from portal.core.database import db
from portal.dossiers.awards import awards_of
from portal.honours import queries, services, waiting
from portal.honours.models import Honour
from portal.own.deletion import delete_person
from portal.people.queries import get_own
from tests.harness.factory import make_group
from tests.harness.praise import make_call
from tests.honours.rows import honoured
from tests.notices.rows import acting
from tests.reviews.rows import put_forward


def count(statement) -> int:
    return db.session.scalar(statement)


def test_an_honour_is_an_award_of_the_dossier(app, cast, db_session):
    person, _group, moment = honoured(cast)
    (award,) = awards_of(person.person_id)
    assert (award.title, award.giver, award.given_on) == ("优秀志愿者", cast.street.name, person.decided_on)
    with at(moment):
        person.revoked_at, person.revoked_reason = moment, "推荐材料不实"
    db_session.flush()
    assert awards_of(person.person_id) == []


def test_deleted_the_honour_stays_without_the_name(app, cast, db_session):
    """Of every row of commendations; an open nomination ends with it."""
    person, _group, moment = honoured(cast)
    with at(moment):
        again = put_forward(acting(cast.secretary), make_call(cast.street), cast.community, get_own(person.person_id))
        delete_person(acting(cast.secretary), get_own(person.person_id), "zh-Hans")
    db_session.expire_all()
    assert again.state == "withdrawn"
    assert person.is_public is False
    (certificate,) = queries.list_own(person.person_id)[0].certificates
    assert certificate.superseded_reason == "removed"
    rows = [person.name, certificate.snapshot["name"], *db_session.scalars(select(Nomination.name))]
    assert "陈晓明" not in rows
    assert "陈晓明" not in str(db_session.scalars(select(Nomination.evidence)).all())


def test_a_group_that_is_dissolved_is_not_commended(app, cast, db_session):
    group = make_group(cast.community, "临时小组")
    made = put_forward(acting(cast.secretary), make_call(cast.street), cast.community, group=group)
    group_services.end_group(cast.secretary, cast.community, group)
    db_session.refresh(made)
    assert made.state == "withdrawn"


def test_what_waits(app, cast, db_session):
    """A certificate for 30 days, an answer at once; only for whoever can do something about it."""
    person, group, moment = honoured(cast)
    place = db.session.get_one(type(cast.street), cast.street.id)
    for days, expected in ((30, 0), (31, 2)):
        with at(moment + timedelta(days=days)):
            day = person.decided_on + timedelta(days=days)
            asked = waiting.questions(acting(cast.chair), place, day)
            assert count(asked["honours_waiting"]) == expected
    with at(moment):
        services.hand_over(acting(cast.chair), [person, group], person.decided_on)
    db_session.flush()
    assert count(asked["honours_waiting"]) == 0
    put_forward(acting(cast.secretary), make_call(cast.street), cast.community, acting(cast.member).person)
    found = waiting.questions(acting(cast.secretary), cast.community, person.decided_on)
    assert count(found["consents_waiting"]) == 1
    assert "honours_waiting" not in found
    assert waiting.questions(acting(cast.member), cast.community, person.decided_on) == {}


def test_a_mistaken_hand_over_is_taken_back(app, cast, db_session):
    person, _group, moment = honoured(cast)
    with at(moment):
        services.hand_over(acting(cast.chair), [person], person.decided_on)
    services.take_back(acting(cast.chair), person)
    assert person.handed_on is None
    assert count(select(func.count(Honour.id)).where(*queries.WAITS)) == 2
