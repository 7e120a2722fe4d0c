"""Sessions of an activity: added, changed, cancelled, their needs and who is told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.core.calendar import now
from portal.core.database import db
from portal.core.errors import RuleError
from portal.plans import queries, services
from portal.plans.models import SessionNeed
from portal.volunteers.models import Skill
from tests.harness.service import make_activity, make_session, make_sign_up, make_skill

START = timedelta(days=7)


def details(**changes):
    start = changes.pop("starts_at", now() + START)
    known = {
        "starts_at": start,
        "ends_at": start + timedelta(hours=2),
        "deadline_at": start - timedelta(hours=12),
        "place": "望江桥头",
        "content": "清理步道",
        "conditions": "能走三公里",
        "risks": "路滑",
        "safeguards": "已购意外保险",
        "contact_name": "黄淑兰",
        "contact_phone": "13900000000",
        "needs": [(None, 10)],
        **changes,
    }
    return services.SessionDetails(**known)


def loaded(cast, activity):
    return queries.get_activity(cast.secretary, "activities.write", cast.community, activity.public_id)


def test_a_session_is_added_and_the_activity_follows(cast):
    activity = loaded(cast, make_activity(cast.community))
    skill = make_skill(cast.community, "急救")
    session = services.add_session(cast.secretary, activity, details(needs=[(None, 10), (skill, 2)]))
    assert (session.wanted, session.taken, activity.ends_at) == (12, 0, session.ends_at)
    found = queries.get_session(session.public_id)
    assert [need.skill.name if need.skill else None for need in found.needs] == [None, "急救"]
    assert db.session.query(Skill).count() >= 1


def test_places_that_are_taken_stay(cast):
    session = make_session(make_activity(cast.community), needs={None: 3})
    make_sign_up(session, cast.volunteer.person)
    make_sign_up(session, cast.member.person)
    session = queries.get_session(session.public_id)
    with pytest.raises(RuleError):
        services.change_session(cast.secretary, session, details(needs=[(None, 1)]))
    with pytest.raises(RuleError):
        services.change_session(cast.secretary, session, details(needs=[(make_skill(cast.community, "急救"), 9)]))
    services.change_session(cast.secretary, session, details(needs=[(None, 2)]))
    assert db.session.query(SessionNeed.wanted).filter_by(session_id=session.id).scalar() == 2
