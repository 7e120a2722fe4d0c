"""Ending a membership, and taking an end back on the day it was entered."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.core.calendar import at, now, today
from portal.core.errors import RuleError
from portal.members import queries, services, transfers
from portal.members.models import EndReason
from tests.harness.cases import each, either_engine
from tests.harness.factory import LONG_AGO, kind_of, make_membership, make_person, yesterday
from tests.members.refusals import refused_to_everybody_else

GONE = {"end_reason": "moved_away", "ended_on": str(yesterday()), "note": "搬到外地"}


def test_ended(cast, sign_in, url, held, now_of, stays_of, records_of, logged):
    secretary, group = sign_in(cast.secretary), cast.group.id
    response = secretary.submit(f"{url}/end", GONE)
    assert response.status_code == 303
    ended = now_of(held)
    assert (ended.ended_on, ended.end_reason, ended.end_note) == (yesterday(), "moved_away", "搬到外地")
    assert stays_of(held) == [(cast.community.id, group, LONG_AGO, yesterday())]
    assert records_of(held.person_id) == [(cast.community.id, group, yesterday())]
    assert logged() == ["members.end"]
    page = secretary.page(url)
    assert "搬到外地" in page.get_text()
    assert not page.find("a", href=f"{url}/suspend")


def test_the_page_says_what_follows(cast, sign_in):
    kind = kind_of(cast.community, 1)
    home = make_membership(make_person("户主"), cast.community, kind=kind)
    services.cover(None, home, kind, cast.community, None, make_person("家人"), home.joined_on)
    transfers.propose(cast.secretary, cast.secretary.person_id, home, cast.community, cast.village, cast.community,
                      "搬到上石村")  # fmt: skip
    text = sign_in(cast.secretary).page(f"/office/wangjiang/memberships/{home.public_id}/end").main.get_text()
    assert home.number in text
    assert "1" in text


@either_engine
@each(
    ("field", "value"),
    [
        ("ended_on", ""), ("ended_on", "2999-01-01"), ("ended_on", "2019-12-31"), ("ended_on", "soon"),
        ("end_reason", None), ("end_reason", "deleted"), ("end_reason", "dissolved"), ("end_reason", "x"),
        ("note", "长" * 201),
    ],
)  # fmt: skip
def test_bad_input(cast, sign_in, url, held, now_of, field, value):
    response = sign_in(cast.secretary).submit(f"{url}/end", {**GONE, field: value})
    assert response.status_code == 422
    assert f'href="#{field}' in response.text
    assert now_of(held).ended_on is None


def test_twice_and_by_get(cast, sign_in, url, held, now_of):
    secretary = sign_in(cast.secretary)
    assert secretary.get(f"{url}/end", query_string=GONE).status_code == 200
    assert now_of(held).ended_on is None
    assert secretary.submit(f"{url}/end", GONE).status_code == 303
    assert secretary.submit(f"{url}/end", {**GONE, "end_reason": "lapsed"}).status_code == 422
    assert now_of(held).end_reason == "moved_away"
    assert secretary.get(f"{url}/reinstate").status_code == 405


@either_engine
def test_who_may_not(cast, sign_in, client, url, held, now_of):
    for act in ("end", "reinstate"):
        refused_to_everybody_else(cast, sign_in, client, f"{url}/{act}", GONE)
    assert now_of(held).ended_on is None


@either_engine
def test_it_cannot_end_before_it_came_here(cast, held):
    services.settle(None, held, cast.sibling_community, None, today() - timedelta(days=5))
    with pytest.raises(RuleError) as refused:
        services.end_membership(None, held, today() - timedelta(days=6), EndReason.WITHDREW)
    assert refused.value.field == "ended_on"


def test_a_change_of_group_after_the_last_day_was_for_no_day(cast, held, stays_of):
    group, other = cast.group.id, cast.other_group.id
    services.settle(None, held, cast.community, cast.other_group, today() - timedelta(days=2))
    services.end_membership(None, held, today() - timedelta(days=9), EndReason.WITHDREW)
    last = today() - timedelta(days=9)
    assert [row[1:] for row in stays_of(held)] == [
        (group, LONG_AGO, last),
        (other, today() - timedelta(days=2), last),
    ]
    assert [stay.group_id for stay in queries.list_way(held)] == [group]


def test_a_waiting_transfer_is_withdrawn(cast, sign_in, url, held, transfers_of):
    transfers.propose(cast.secretary, cast.secretary.person_id, held, cast.community, cast.village, cast.community,
                      "搬到上石村")  # fmt: skip
    sign_in(cast.secretary).submit(f"{url}/end", GONE)
    assert transfers_of(held) == ["withdrawn"]


def test_another_membership_keeps_the_record(cast, held, records_of):
    make_membership_of_shop(cast, held)
    services.end_membership(None, held, yesterday(), EndReason.WITHDREW)
    assert records_of(held.person_id) == [(cast.community.id, cast.other_group.id, None)]


def make_membership_of_shop(cast, held):
    return services.join(
        None, cast.member.person, cast.community, kind_of(cast.community, 2), today(), cast.other_group,
        organisation_name="小店",
    )  # fmt: skip


# Taken back


def test_taken_back(cast, sign_in, url, held, now_of, stays_of, records_of, logged):
    secretary = sign_in(cast.secretary)
    before = stays_of(held), records_of(held.person_id)
    secretary.submit(f"{url}/end", GONE)
    assert secretary.submit(f"{url}/reinstate", page=url).status_code == 303
    back = now_of(held)
    assert (back.ended_on, back.end_reason, back.end_note) == (None, None, "")
    assert (stays_of(held), records_of(held.person_id)) == before
    assert logged() == ["members.end", "members.reinstate"], "the log keeps both"
    assert secretary.force(f"{url}/reinstate").status_code == 422, "twice"


def test_all_is_as_before(cast, stays_of, records_of, logged):
    """Suspended, with two covered of whom one was uncovered before, moved to another group: nothing is lost."""
    kind, people = kind_of(cast.community, 1), [make_person(name) for name in ("户主", "甲", "乙")]
    home = make_membership(people[0], cast.community, kind=kind)
    rows = [services.cover(None, home, kind, cast.community, None, person, LONG_AGO) for person in people[1:]]
    services.settle(None, home, cast.community, cast.group, today() - timedelta(days=3))
    services.uncover(cast.secretary, rows[0], home, today())
    services.suspend(cast.secretary, home, "长期外出")
    held = [[records_of(person.id) for person in people], stays_of(home)]
    services.end_membership(cast.secretary, home, today() - timedelta(days=8), EndReason.LAPSED)
    assert queries.list_covers(home) == []
    services.reinstate(cast.secretary, home, cast.community)
    assert (home.suspended_on, home.suspension_reason) == (today(), "长期外出")
    assert [row.person_id for row in queries.list_covers(home)] == [people[2].id]
    assert [[records_of(person.id) for person in people], stays_of(home)] == held


def test_not_on_the_next_day(cast, sign_in, url, held, now_of):
    sign_in(cast.secretary).submit(f"{url}/end", GONE)
    with at(now() + timedelta(days=1)):
        secretary = sign_in(cast.secretary)
        assert not [form for form in secretary.page(url).find_all("form") if "reinstate" in form.get("action", "")]
        assert secretary.force(f"{url}/reinstate").status_code == 422
    assert now_of(held).ended_on == yesterday()


def test_not_when_the_person_has_joined_anew(cast, sign_in, url, held, now_of):
    secretary = sign_in(cast.secretary)
    secretary.submit(f"{url}/end", GONE)
    join = f"/office/wangjiang/people/{cast.member.person.public_id}/join"
    assert secretary.submit(join, {"has_agreed": "y"}).status_code == 303
    assert secretary.force(f"{url}/reinstate").status_code == 422
    assert now_of(held).ended_on == yesterday()


def test_not_when_the_record_was_deleted(cast, sign_in, url, held, now_of):
    secretary = sign_in(cast.secretary)
    secretary.submit(f"{url}/end", GONE)
    cast.member.person.removed_at = now()
    assert not [form for form in secretary.page(url).find_all("form") if "reinstate" in form.get("action", "")]
    assert secretary.force(f"{url}/reinstate").status_code == 422
    assert now_of(held).ended_on == yesterday()
