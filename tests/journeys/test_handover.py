"""An office is granted and ended: what its holder sees begins and ends with it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from portal.core.database import db
from tests.activities.rows import make_log
from tests.harness.browsing import DESK
from tests.harness.soaking import alternatives

LAST_MONDAY, YESTERDAY = "2026-06-08", "2026-06-14"
OURS, THEIRS = "一组清洁步道", "二组清洁楼道"

pytestmark = pytest.mark.engines("sqlite")


@pytest.mark.parametrize("javascript", alternatives("scripts", "plain", short="plain"))
def test_an_office_begins_and_ends(visit, cast, javascript):
    make_log(cast.community, title=OURS, group_id=cast.group.id)
    make_log(cast.community, title=THEIRS, group_id=cast.other_group.id)
    db.session.commit()
    chair = visit(cast.chair, javascript=javascript, size=DESK)
    into_the_community(chair)
    granted(chair, javascript=javascript)
    leader = visit(javascript=javascript)
    sees_the_group_only(leader, cast)
    ended(chair)
    shut_out(leader)


def into_the_community(chair):
    """From the street's office, by the association's public page."""
    chair.open("/office/liuan")
    chair.follow(chair.link("Association", "office"))
    chair.follow(chair.link("Associations below"))
    chair.follow(chair.main.get_by_role("link", name="望江社区协会", exact=True))
    chair.follow(chair.link("Open the office"))
    assert chair.path == "/office/wangjiang"


def granted(chair, *, javascript):
    """王秀英 leads the first group, since last Monday. A leader records dues: so it is the chair who appoints one."""
    chair.follow(chair.link("Groups and offices"))
    chair.follow(chair.link("Appoint somebody"))
    chair.type(chair.page.locator("#q"), "wxy")
    if not javascript:
        chair.send("Find")
    chair.follow(chair.page.locator(".found .person", has_text="王秀英").get_by_role("link"))
    chair.tap(chair.page.get_by_label(chair.say("Group leader")))
    chair.page.locator("#group").select_option(label="第一小组")
    chair.type(chair.page.locator("#start_on"), LAST_MONDAY)
    chair.send("Continue")
    chair.sees("王秀英", "第一小组", chair.say("log activities"))
    chair.send("Appoint")
    office = chair.say("Group leader")
    chair.sees(chair.say("%(name)s is appointed: %(office)s.", name="王秀英", office=office))


def sees_the_group_only(leader, cast):
    leader.sign_in(cast.member)
    assert leader.path == "/office/wangjiang"
    for section, own, others in (("Activities", OURS, THEIRS), ("Register", "王秀英", "陈晓明")):
        leader.tap(leader.page.locator("header summary"))
        leader.follow(leader.page.locator("header").get_by_role("link", name=leader.say(section), exact=True))
        expect(leader.main).to_contain_text(own)
        expect(leader.main).not_to_contain_text(others)


def ended(chair):
    chair.follow(chair.link("Groups and offices"))
    chair.follow(chair.main.get_by_role("link", name="王秀英"))
    chair.follow(chair.link("End", "offices"))
    chair.type(chair.page.locator("#end_on"), YESTERDAY)
    chair.send("End the office")
    chair.sees(chair.say("%(name)s: the last day is %(date)s.", name="王秀英", date="2026年6月14日"))


def shut_out(leader):
    """The page that is open still shows what it showed; the next click finds nothing, and one's own page stays."""
    leader.tap(leader.page.locator("header summary"))
    with leader.page.expect_response(lambda answer: answer.url.endswith("/office/wangjiang/activities")) as asked:
        leader.follow(leader.page.locator("header").get_by_role("link", name=leader.say("Activities"), exact=True))
    assert asked.value.status == 404
    leader.sees_not(OURS, THEIRS)
    leader.open("/me")
    leader.sees("王秀英")
