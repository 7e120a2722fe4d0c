"""A person who objected or commented: in the copy of the own data, and forgotten on deletion."""

from __future__ import annotations

from portal.charters import removal as charters
from portal.core.database import db
from portal.objections import objecting, removal
from portal.own.exports import copy_of
from portal.people.models import Person
from tests.charters.rows import begun, opened, said
from tests.objections.rows import SAID, make_period


def test_the_copy_tells_it_and_deletion_forgets_who(cast, db_session):
    period, charter = make_period(cast.secretary, cast.community), begun(cast)
    opened(cast, charter)
    person_id = cast.member.person_id
    given = objecting.Given(body=SAID, name="王秀英", phone="13912340001", in_the_open=True)
    made = objecting.record_objection(period, given, person_id=person_id)
    comment = said(cast, charter, shows_name=True)
    copy = copy_of(person_id)
    assert (copy["objections"][0]["body"], copy["objections"][0]["period"]) == (SAID, period.title)
    assert copy["charter_comments"][0]["body"] == comment.body
    people = [db.session.get_one(Person, person_id)]
    removal.forget(people)
    charters.forget(people)
    db.session.expire_all()
    assert (made.name, made.phone, made.in_the_open, made.body) == (None, None, False, SAID)
    assert not comment.shows_name
