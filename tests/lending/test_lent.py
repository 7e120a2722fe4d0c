"""Who is lent may sign up for what the borrower keeps to its own volunteers, on the days of the span and no other."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from portal.core.calendar import now
from portal.core.database import db
from portal.people.models import Person
from portal.plans.models import ActivitySession, SessionNeed
from portal.signups.models import SignUp
from portal.signups.queries import list_waiting
from tests.harness.cases import either_engine
from tests.harness.service import make_activity, make_session, make_sign_up
from tests.lending.rows import agree, answered, ask, helpers


@pytest.fixture
def made(cast):
    return helpers(cast)


def kept_to_own(cast, days: int = 4) -> str:
    activity = make_activity(cast.community, "重阳义剪")
    session = make_session(activity, now() + timedelta(days=days), own_only=True)
    db.session.commit()
    return session.public_id


def sign_up(sign_in, account, public_id: str) -> int:
    session = db.session.scalars(select(ActivitySession).where(ActivitySession.public_id == public_id)).one()
    need = db.session.scalars(select(SessionNeed).where(SessionNeed.session_id == session.id)).one()
    url = f"/activities/sessions/{public_id}/sign-up"
    return sign_in(account).force(url, {"need": need.public_id}).status_code


@either_engine
def test_signs_up_in_the_span(cast, sign_in, made):
    session = kept_to_own(cast)
    assert sign_up(sign_in, made.account, session) == 422, "the control: nobody has lent the volunteer yet"
    lent = agree(cast, request := ask(cast, made.skill), made.first)
    assert sign_up(sign_in, made.account, session) == 422, "nor has the volunteer agreed"
    assert "重阳义剪" not in sign_in(made.account).get("/me/sign-ups/find").text
    answered(request, lent[0])
    assert "重阳义剪" in sign_in(made.account).get("/me/sign-ups/find").text
    assert sign_up(sign_in, made.account, session) == 303
    assert len(db.session.scalars(select(SignUp)).all()) == 1


@either_engine
def test_waits_like_one_of_the_own(cast, made):
    """On the waiting list somebody lent counts like the association's own; the control: without the yes, nobody."""
    public_id = kept_to_own(cast)
    session = db.session.scalars(
        select(ActivitySession)
        .where(ActivitySession.public_id == public_id)
        .options(joinedload(ActivitySession.association), selectinload(ActivitySession.needs))
    ).one()
    make_sign_up(session, db.session.get(Person, made.account.person_id), "waitlisted")
    lent = agree(cast, request := ask(cast, made.skill), made.first)
    assert list_waiting(session, session.needs[0], 5) == []
    answered(request, lent[0])
    assert len(list_waiting(session, session.needs[0], 5)) == 1


def test_on_no_other_day(cast, sign_in, made):
    lent = agree(cast, request := ask(cast, made.skill), made.first)
    answered(request, lent[0])
    assert sign_up(sign_in, made.account, kept_to_own(cast, days=9)) == 422
