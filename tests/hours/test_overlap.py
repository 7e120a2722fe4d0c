"""Time in the same hours: a reason is asked and kept, and no minute counts twice."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.core.audit import AuditEntry
from portal.core.calendar import now
from portal.core.database import db
from portal.core.errors import RuleError
from portal.hours import overlap, queries, services
from tests.activities.rows import who
from tests.harness.cases import either_engine
from tests.hours.rows import recorded, revision, states

MORNING = now().replace(hour=1, minute=0, second=0, microsecond=0) - timedelta(days=1)  # 9 o'clock there
OFFICE = "/office/wangjiang/hours"


def part(cast, first, last, minutes, title="江边步道清洁", person=None):
    """An entry from a minute of the morning to another, that waits."""
    span = {"starts_at": MORNING + timedelta(minutes=first), "ends_at": MORNING + timedelta(minutes=last)}
    return recorded(cast.secretary, person or who(cast.volunteer), cast.community, minutes, title=title, **span)


def approved(cast, *told, **values):
    entry = part(cast, *told, **values)
    services.approve(cast.chair, revision(entry), "已核对")
    db.session.commit()
    return entry


def total(cast):
    return queries.approved_minutes(cast.volunteer.person_id)


@either_engine
def test_the_second_of_two_needs_a_reason_which_is_kept(cast, sign_in):
    approved(cast, 0, 120, 60)
    second = part(cast, 60, 180, 120, title="义诊协助")
    client, url = sign_in(cast.chair), f"{OFFICE}/{second.public_id}"
    assert "两项都计入的理由" in client.page(url).text
    refused = client.submit(f"{url}/approve", {"despite": ""}, page=url)
    assert (refused.status_code, "已计入" in refused.text) == (422, True)
    assert states(second) == [(120, "pending")]
    done = client.submit(f"{url}/approve", {"despite": "九点到十点在步道，十点后在义诊"}, page=url)
    assert done.status_code == 303
    assert (states(second), total(cast)) == ([(120, "approved")], 180)
    assert revision(second).decision_reason == "九点到十点在步道，十点后在义诊"
    assert "九点到十点在步道" in client.page(url).text
    told = db.session.query(AuditEntry).filter_by(action="hours.approve").order_by(AuditEntry.id.desc()).first()
    assert told.changes["reason"] == "九点到十点在步道，十点后在义诊"


@either_engine
def test_more_than_has_passed_is_refused_whatever_is_said(cast):
    approved(cast, 0, 120, 120)
    second = part(cast, 60, 180, 120)
    with pytest.raises(RuleError) as refused:
        services.approve(cast.chair, revision(second), "两边都在")
    assert (refused.value.field, "1 小时" in str(refused.value)) == ("despite", True)
    services.correct(cast.secretary, second, 60, "十点前在步道")
    services.approve(cast.chair, revision(second), "更正后不重叠")
    assert total(cast) == 180


@pytest.mark.parametrize("last", [60, 61])
def test_one_that_begins_when_the_other_ends_needs_none(cast, last):
    """The control of the guard: a minute more, and it asks."""
    approved(cast, 60, 120, 60)
    entry = part(cast, 0, last, 60)
    if last == 60:
        services.approve(cast.chair, revision(entry))
    else:
        with pytest.raises(RuleError):
            services.approve(cast.chair, revision(entry))


@either_engine
def test_somebody_else_s_and_what_does_not_count_stand_in_nobody_s_way(cast):
    approved(cast, 0, 120, 120, person=who(cast.member))
    part(cast, 0, 120, 120, title="待审核")
    refused = part(cast, 0, 120, 120, title="未通过")
    services.refuse(cast.chair, revision(refused), "未到场")
    void = approved(cast, 0, 120, 120)
    services.void(cast.secretary, void, "没有到场")
    services.approve(cast.chair, revision(part(cast, 0, 120, 120)))
    assert total(cast) == 120


def test_a_chain_counts_no_minute_twice(cast):
    """Each pair would fit alone; the three together have four hours, and five would count."""
    approved(cast, 60, 180, 60)
    approved(cast, 0, 120, 120)
    third = part(cast, 120, 240, 120)
    assert overlap.room_of(third, overlap.list_beside(third)) == 60
    with pytest.raises(RuleError):
        services.approve(cast.chair, revision(third), "三处")


def test_what_comes_back_waits_if_it_no_longer_fits(cast):
    first = approved(cast, 0, 120, 120)
    services.void(cast.secretary, first, "记错")
    approved(cast, 0, 120, 120, title="替补")
    assert services.revive(cast.secretary, first)
    assert (states(first)[-1], total(cast)) == ((120, "pending"), 120)


def test_ticked_among_many_it_stays(cast, sign_in):
    approved(cast, 0, 120, 60)
    second, plain = part(cast, 60, 180, 60), part(cast, 0, 60, 60, person=who(cast.member))
    picked = [revision(second).public_id, revision(plain).public_id]
    sign_in(cast.chair).force(f"{OFFICE}/approve", {"pick": picked})
    assert (states(second), states(plain)) == ([(60, "pending")], [(60, "approved")])


def test_a_day_holds_no_more_than_its_hours(cast):
    """Entries without hours of the clock stand beside each other: together they are a day at most."""
    first, second = (recorded(cast.secretary, who(cast.volunteer), cast.community, 900) for _ in range(2))
    services.approve(cast.chair, revision(first))
    with pytest.raises(RuleError) as refused:
        services.approve(cast.chair, revision(second), "都在同一天")
    assert refused.value.field == "despite"
    services.correct(cast.secretary, second, 540, "核对后更正")
    services.approve(cast.chair, revision(second), "都在同一天")
    assert total(cast) == 1440
