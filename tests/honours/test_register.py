"""The register of honours: entered by the decision, once; reissued, handed over, taken back; nothing is deleted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from portal.associations.models import Association
from portal.core.calendar import at
from portal.core.database import db
from portal.core.errors import RuleError
from portal.honours import queries, revoking, roll, services
from portal.honours.models import Honour, HonourCertificate
from portal.reviews import meetings
from tests.honours.rows import honoured, shown
from tests.notices.rows import acting
from tests.reviews.rows import CONTACT, noon


def refused(field, what, *values, **more):
    with pytest.raises(RuleError) as error:
        what(*values, **more)
    assert error.value.field == field
    return str(error.value)


def test_a_decision_enters_each_once(app, cast, db_session):
    call, moment = shown(cast)
    db_session.get_one(Association, cast.street.id).seal_text = "望湖街道之印"  # of the settings
    with at(moment):
        meetings.decide(acting(cast.chair), call)
        refused("", meetings.decide, acting(cast.chair), call)
    person, group = db_session.scalars(select(Honour).order_by(Honour.id)).all()
    assert (person.name, person.is_public, person.of_id) == ("陈晓明", True, cast.community.id)
    assert (group.name, group.person_id, group.is_public) == ("第一小组", None, True)
    first, second = (queries.in_force(one.id) for one in (person, group))
    serials = [int(one.number.split("第")[1].rstrip("号")) for one in (first, second)]
    assert serials[1] == serials[0] + 1
    assert first.code.code != second.code.code
    assert (first.snapshot["of"], first.snapshot["seal"]) == ("望江社区协会", "望湖街道之印")
    again = HonourCertificate(number="x", honour_id=person.id, code_id=second.code_id, snapshot={})
    with db_session.begin_nested() as nested:
        db_session.add(again)
        with pytest.raises(DBAPIError):
            db_session.flush()
        nested.rollback()


def test_a_name_that_cannot_be_printed_stops_the_decision(app, cast, db_session):
    call, moment = shown(cast)
    db_session.execute(
        text("UPDATE nomination SET name = :name WHERE person_id IS NOT NULL"), {"name": "陈\U000323b0明"}
    )
    db_session.expire_all()
    with at(moment), db_session.begin_nested() as nested:
        assert "U+323B0" in refused("name", meetings.decide, acting(cast.chair), call)
        nested.rollback()
    db_session.expire_all()
    assert db_session.scalar(select(func.count(Honour.id))) == 0
    assert call.state == "shown"


def test_a_new_certificate_takes_the_place_of_the_one_before(app, cast, db_session):
    person, _group, _moment = honoured(cast)
    before = queries.in_force(person.id)
    chair = acting(cast.chair)
    assert services.reissue(chair, person, name="陈晓明", layout="classic") is before
    after = services.reissue(chair, person, name="陈晓鸣", layout="upright")
    assert (before.superseded_reason, before.snapshot["name"]) == ("reissued", "陈晓明")
    assert (after.number != before.number, after.snapshot["name"], person.name) == (True, "陈晓鸣", "陈晓鸣")
    refused("", services.reissue, acting(cast.secretary), person, name="陈晓明", layout="classic")
    refused("name", services.reissue, chair, person, name=" ", layout="classic")
    refused("layout", services.reissue, chair, person, name="陈晓明", layout="gold")


def test_only_the_holder_shows_the_name(app, cast, db_session):
    person, group, _moment = honoured(cast)
    asked = roll.Asked(person.decided_on.year, place=cast.community)
    assert set(db_session.scalars(roll.rows(asked))) == {person, group}
    services.show_in_public(acting(cast.volunteer), person, is_public=False)
    assert db_session.scalars(roll.rows(asked)).all() == [group]
    refused("", services.show_in_public, acting(cast.chair), person, is_public=True)


def test_taken_back_with_a_reason_and_on_notice(app, cast, db_session):
    person, _group, moment = honoured(cast)
    chair = acting(cast.chair)
    with at(moment):
        refused("reason", revoking.propose, chair, person, "错", CONTACT)
        refused("", revoking.propose, acting(cast.secretary), person, "推荐材料不实", CONTACT)
        made = revoking.propose(chair, person, "推荐材料不实", CONTACT)
        assert revoking.propose(chair, person, "推荐材料不实", CONTACT) is made
        refused("", revoking.decide, chair, made)
    period = queries.period_of(made)
    with at(noon(period.end_on + timedelta(days=1))):
        revoking.decide(chair, made)
        refused("", revoking.decide, chair, made)
        refused("", services.reissue, chair, person, name="陈晓明", layout="plain")
    assert person.revoked_reason == "推荐材料不实"
    assert person not in db_session.scalars(roll.rows(roll.Asked(person.decided_on.year))).all()


def test_nothing_is_deleted_and_no_way_back(app, cast, db_session):
    person, _group, _moment = honoured(cast)
    for statement in (
        "DELETE FROM honour", "DELETE FROM honour_certificate", "DELETE FROM nomination",
        "UPDATE nomination SET state = 'nominated' WHERE state = 'honoured'",
        "UPDATE honour SET decided_on = '2020-01-01'",
        "UPDATE selection_meeting SET in_favour = 1", "UPDATE commendation_call SET state = 'open'",
    ):  # fmt: skip
        with db.session.begin_nested() as nested:
            with pytest.raises(DBAPIError):
                db.session.execute(text(statement))
            nested.rollback()
    assert db_session.get(Honour, person.id) is not None
