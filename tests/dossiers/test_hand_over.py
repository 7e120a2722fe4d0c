"""A volunteer hands over: what is in hand is shown, printed, and passes to another volunteer, all of it or none."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.associations.models import Association, Group
from portal.core.audit import AuditEntry
from portal.core.calendar import now
from portal.core.database import db
from portal.core.errors import RuleError
from portal.dossiers import handing_over, tasks
from portal.offices.rights import Position
from portal.plans.models import Activity
from portal.signups.models import SignUp
from tests.activities.rows import who
from tests.dossiers.rows import volunteer_of
from tests.harness.cases import either_engine
from tests.harness.factory import appoint, make_account, make_person
from tests.harness.money import make_payment
from tests.harness.service import make_activity, make_session, make_sign_up, make_volunteer


@pytest.fixture
def leaving(cast):
    """In charge of one activity, with a place in it; what is logged, cancelled, over or elsewhere is not in hand."""
    person = who(cast.volunteer)
    mine = make_activity(cast.community, "江边清洁", in_charge_id=person.id)
    session = make_session(mine, needs={None: 1}, contact_name=person.name)
    make_sign_up(session, person)
    make_activity(cast.community, "已入簿", in_charge_id=person.id, logged_at=now())
    make_activity(cast.community, "已取消", in_charge_id=person.id, cancelled_at=now(), cancel_reason="下雨")
    for where, start in ((cast.community, now() - timedelta(days=2)), (cast.sibling_community, None)):
        make_sign_up(make_session(make_activity(where, "别处"), start), person)
    db.session.commit()
    return loaded(cast, volunteer_of(person))


@pytest.fixture
def successor(cast, leaving):
    made = make_volunteer(make_person("接手人"), cast.community)
    db.session.commit()
    return loaded(cast, made)


def loaded(cast, volunteer):
    """As the page loads it."""
    return tasks.get_volunteer(
        cast.secretary, db.session.get_one(Association, cast.community.id), volunteer.public_id
    )


def url(volunteer, code="wangjiang"):
    return f"/office/{code}/volunteers/{volunteer.public_id}/hand-over"


def sent(volunteer, account, to):
    """All that is in hand, to somebody."""
    found = tasks.tasks_of(account, volunteer)
    given = {name: [one.public_id for one in getattr(found, name)] for name in ("activities", "places")}
    return {"to": to.public_id, **given}


def standing(title="江边清洁"):
    """Who is in charge of an activity, and who has what in its sessions."""
    db.session.expire_all()
    activity = db.session.query(Activity).filter_by(title=title).one()
    rows = db.session.query(SignUp.person_id, SignUp.state).filter(SignUp.session.has(activity_id=activity.id))
    return activity.in_charge_id, dict(row for row in rows if row.state != "withdrawn")


def test_what_is_in_hand_passes_on(cast, sign_in, leaving, successor, query_count):
    secretary, given = sign_in(cast.secretary), sent(leaving, cast.secretary, successor)
    secretary.get(url(leaving))
    with query_count() as asked:
        page = secretary.page(url(leaving))
    assert len(asked) <= 12
    assert [len(page.select(f"input[name={name}][checked]")) for name in ("activities", "places")] == [1, 1]
    assert not {"已入簿", "已取消", "别处"} & set(page.main.get_text().split())
    sheet = secretary.page(url(leaving) + "/sheet").get_text()
    assert "江边清洁" in sheet
    assert "望江桥头" in sheet
    assert secretary.submit(url(leaving), given).status_code == 303
    assert standing() == (successor.person_id, {successor.person_id: "confirmed"})
    assert (
        db.session.query(AuditEntry).filter_by(action="dossiers.hand_over", person_id=leaving.person_id).count() == 1
    )
    assert secretary.force(url(leaving), given).status_code == 422
    assert not secretary.page(url(leaving)).select("form input[name=activities]")


def test_a_place_for_which_others_wait_goes_to_the_first_of_them(cast, leaving, successor):
    (mine,) = tasks.list_places(cast.secretary, leaving)
    first = make_person("先来的")
    make_volunteer(first, cast.community)
    make_sign_up(mine.session, first, "waitlisted")
    db.session.commit()
    done = handing_over.hand_over(cast.secretary, leaving, successor, places=[mine])
    assert (done.places, done.waiting) == (0, 1)
    assert standing()[1] == {first.id: "offered", successor.person_id: "waitlisted"}


@either_engine
def test_all_of_it_or_none(cast, sign_in, leaving, successor):
    """Whoever takes over is somewhere else at that time: nothing passes on, and the page says why."""
    (mine,) = tasks.list_places(cast.secretary, leaving)
    make_sign_up(make_session(make_activity(cast.community, "义诊"), mine.session.starts_at), successor.person)
    db.session.commit()
    answer = sign_in(cast.secretary).submit(url(leaving), sent(leaving, cast.secretary, successor))
    assert (answer.status_code, "江边清洁：" in answer.text, "义诊" in answer.text) == (422, True, True)
    assert standing() == (leaving.person_id, {leaving.person_id: "confirmed"})


@either_engine
def test_what_is_wrong_is_refused(cast, leaving, successor):
    mine = {"activities": tasks.list_activities(cast.secretary, leaving)}
    ended = make_volunteer(make_person("已离开"), cast.community, ended_on=leaving.started_on, end_reason="own_wish")
    elsewhere = make_volunteer(make_person("别处的"), cast.sibling_community)
    for to, given in ((leaving, mine), (ended, mine), (elsewhere, mine), (successor, {})):
        with pytest.raises(RuleError):
            handing_over.hand_over(cast.secretary, leaving, to, **given)
    assert standing()[0] == leaving.person_id
    offered = {one.person_id for one in tasks.list_successors(cast.secretary, leaving)}
    assert offered & {leaving.person_id, successor.person_id, ended.person_id, elsewhere.person_id} == {
        successor.person_id
    }


def test_groups_led_are_shown_with_who_comes_next_and_cash(cast, sign_in):
    """An office passes on by an appointment, not here; the treasurer's figure of cash stands beside it."""
    leader, group = who(cast.leader), db.session.get_one(Group, cast.group.id)
    make_volunteer(leader, cast.community)
    appoint(make_person("新组长"), cast.community, Position.GROUP_LEADER, group=group)
    make_payment(leader, cast.community, 1200, collector=leader, actor=cast.treasurer)
    db.session.commit()
    found = tasks.tasks_of(cast.secretary, loaded(cast, volunteer_of(leader)))
    assert [(one.held.group_id, [other.person.name for other in one.others]) for one in found.led] == [
        (group.id, ["新组长"])
    ]
    assert found.cash_fen == 1200
    page = sign_in(cast.secretary).page(url(volunteer_of(leader))).main.get_text()
    assert ("新组长" in page, "12.00" in page) == (True, True)


@either_engine
def test_who_may(cast, sign_in, client, leaving, successor):
    open_to = {"treasurer": 403, "publisher": 403, "leader": 403, "sibling": 404, "ended": 404, "member": 404}
    for role, status in open_to.items():
        visitor = sign_in(getattr(cast, role))
        assert (role, visitor.get(url(leaving)).status_code) == (role, status)
        assert (role, visitor.force(url(leaving), {"to": successor.public_id}).status_code) == (role, status)
    assert client.force(url(leaving), {"to": successor.public_id}).location.startswith("/sign-in")
    assert sign_in(cast.sibling).get(url(leaving, "tingyu")).status_code == 404
    coordinator = make_person("志愿者负责人")
    appoint(coordinator, cast.community, Position.VOLUNTEER_COORDINATOR)
    account = make_account(coordinator)
    db.session.commit()
    assert sign_in(account).get(url(leaving)).status_code == 200
    assert standing()[0] == leaving.person_id
