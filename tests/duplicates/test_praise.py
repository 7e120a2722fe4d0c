"""Two records that are one person in commendations: nominated twice, a reviewer twice, commended under each."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from portal.commendations import consenting
from portal.commendations.models import CommendationCall, Nomination
from portal.core.calendar import at
from portal.core.database import db
from portal.core.errors import RuleError
from portal.duplicates import services
from portal.people.models import Person
from portal.reviews import services as reviewing
from portal.reviews.models import Reviewer
from tests.harness.factory import make_account, make_membership, make_person
from tests.harness.praise import make_call
from tests.honours.rows import honoured
from tests.notices.rows import acting
from tests.reviews.rows import put_forward


@pytest.fixture
def pair(cast) -> tuple[Person, Person]:
    """Two members of the community, with records of their own."""
    found = make_person("钟若兰"), make_person("钟若岚")
    for one in found:
        make_membership(one, cast.community)
        make_account(one)
    return found


def merge(cast, kept, gone):
    staying = [one.public_id for one in services.queries.list_memberships((kept.id,))]
    done = services.merge(None, cast.community, kept, gone, services.Choice((), staying))
    db.session.expire_all()
    return done


def nominated(cast, pair, **values) -> list[Nomination]:
    call = make_call(cast.street, **values)
    return [put_forward(acting(cast.secretary), call, cast.community, one) for one in pair]


def test_nominated_twice_the_one_with_consent_stays(app, cast, pair):
    kept, gone = pair
    first, second = nominated(cast, pair)
    consenting.enter_consent(acting(cast.secretary), second, "paper")
    done = merge(cast, kept, gone)
    rows = db.session.scalars(select(Nomination).order_by(Nomination.id)).all()
    assert [(one.person_id, one.state) for one in rows] == [(kept.id, "withdrawn"), (kept.id, "nominated")]
    assert rows[1].consented_at is not None
    services.undo_merge(None, done, kept, gone)
    db.session.expire_all()
    assert [(one.person_id, one.state) for one in (first, second)] == [(kept.id, "nominated"), (gone.id, "nominated")]


def test_a_reviewer_twice_is_one(app, cast, pair):
    kept, gone = pair
    call, chair = make_call(cast.street), acting(cast.chair)
    for one in pair:
        reviewing.ask_reviewer(chair, call, one)
    done = merge(cast, kept, gone)
    assert db.session.scalars(select(Reviewer.person_id)).all() == [kept.id]
    services.undo_merge(None, done, kept, gone)
    assert set(db.session.scalars(select(Reviewer.person_id))) == {kept.id, gone.id}


def test_commended_under_both_they_are_kept_apart(app, cast, pair):
    """What was decided never changes; commended under one, that nomination stays and the other falls away."""
    kept, gone = pair
    first, second = nominated(cast, pair)
    for one in (first, second):
        consenting.enter_consent(acting(cast.secretary), one, "paper")
    db.session.execute(update(CommendationCall).values(state="decided"))  # the database asks it of who is honoured
    second.state = "honoured"
    with db.session.begin_nested() as nested:
        first.state = "honoured"
        db.session.flush()
        with pytest.raises(RuleError):
            merge(cast, kept, gone)
        nested.rollback()
    db.session.expire_all()
    merge(cast, kept, gone)
    assert [(one.person_id, one.state) for one in (first, second)] == [(kept.id, "withdrawn"), (kept.id, "honoured")]


def test_an_honour_moves(app, cast, pair):
    honour, _group, moment = honoured(cast)
    was, kept = db.session.get_one(Person, honour.person_id), pair[0]
    with at(moment):
        merge(cast, kept, was)
    assert (honour.person_id, honour.name, honour.is_public) == (kept.id, "陈晓明", True)
