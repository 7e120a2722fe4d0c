"""Moving a membership to another group of its association."""

from __future__ import annotations

from datetime import timedelta

from portal.core.calendar import today
from portal.members import services
from tests.harness.cases import each, either_engine
from tests.harness.factory import LONG_AGO, kind_of, make_group
from tests.members.refusals import refused_to_everybody_else


def test_moved_and_the_leader_sees_it_no_longer(cast, sign_in, url, held, now_of, stays_of, records_of):
    here, group, other = cast.community.id, cast.group.id, cast.other_group
    leader, other_id = sign_in(cast.leader), other.id
    assert leader.get(url).status_code == 200
    assert sign_in(cast.secretary).submit(f"{url}/group", {"group": other.public_id}).status_code == 303
    assert now_of(held).group_id == other_id
    last = today() - timedelta(days=1)
    assert stays_of(held) == [(here, group, LONG_AGO, last), (here, other_id, today(), None)]
    assert records_of(held.person_id) == [(here, other_id, None)]
    assert leader.get(url).status_code == 404


def test_twice_on_a_day_leaves_no_overlap(cast, sign_in, url, held, stays_of):
    secretary, here, group = sign_in(cast.secretary), cast.community.id, cast.group.id
    for chosen in (cast.other_group.public_id, "", "", cast.group.public_id):
        assert secretary.submit(f"{url}/group", {"group": chosen}).status_code == 303
    on_today = [row for row in stays_of(held) if row[2] <= today() and (row[3] is None or row[3] >= today())]
    assert on_today == [(here, group, today(), None)]


@each("where", ["ended", "elsewhere", "nowhere"])
def test_only_a_group_at_work_here(cast, sign_in, url, held, now_of, where):
    ended = make_group(cast.community, "老组", ended_on=today())
    group, other = cast.group.id, make_group(cast.sibling_community, "别组")
    chosen = {"ended": ended.public_id, "elsewhere": other.public_id, "nowhere": "x"}[where]
    response = sign_in(cast.secretary).submit(f"{url}/group", {"group": chosen})
    assert response.status_code == 422
    assert 'href="#group"' in response.text
    assert now_of(held).group_id == group


@either_engine
def test_who_may_not(cast, sign_in, client, url, held, now_of):
    group = cast.group.id
    refused_to_everybody_else(cast, sign_in, client, f"{url}/group", {"group": cast.other_group.public_id})
    assert sign_in(cast.secretary).get(f"{url}/group?group=").status_code == 200
    assert now_of(held).group_id == group


def test_what_has_ended_stays_where_it_was(cast, sign_in, url, held):
    held.ended_on, held.end_reason = today(), "withdrew"
    assert sign_in(cast.secretary).submit(f"{url}/group", {"group": ""}).status_code == 422


def test_the_own_membership_decides_the_group_of_the_record(cast, held, records_of):
    """A household in another group that covers a member, or a shop, takes nobody out of the leader's sight."""
    services.join(
        None, cast.member.person, cast.community, kind_of(cast.community, 2), today(), cast.other_group,
        organisation_name="小店",
    )  # fmt: skip
    assert records_of(held.person_id) == [(cast.community.id, cast.group.id, None)]
    services.change_group(cast.secretary, held, cast.community, None)
    assert records_of(held.person_id) == [(cast.community.id, None, None)]


def test_a_group_does_not_end_under_an_organisation(cast, sign_in, held):
    """Whose contact stands in another group with the own membership: no person is in this one."""
    secretary, firm = sign_in(cast.secretary), kind_of(cast.community, 2)
    group = cast.other_group
    second = services.join(None, held.person, cast.community, firm, today(), group, organisation_name="望江茶厂")
    url = f"/office/wangjiang/groups/{group.public_id}/end"
    page = secretary.page(url)
    assert page.select_one("form.confirm") is None
    assert page.select_one(f'a[href$="members?group={group.public_id}"]')
    assert secretary.force(url).status_code == 422
    services.change_group(None, second, cast.community, None)
    assert secretary.submit(url).status_code == 303
