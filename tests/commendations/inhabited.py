"""Commendations at every step, for walks through all pages: what everybody meets, and who opens which page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from portal.associations.models import Association
from portal.commendations import calls, kinds, nominating
from portal.commendations.models import CommendationCall
from portal.core.calendar import today
from portal.core.database import db
from tests.commendations.rows import NOT_NOW, REASON, category_of, make_nomination, make_words
from tests.harness.cast import Cast
from tests.harness.praise import commendation_kind, make_call
from tests.notices.rows import acting

ABOVE, TOPMOST = "/office/liuan/commendations", "/office/qinghe/commendations"
BELOW = "/office/wangjiang/commendations"


def settle(cast: Cast) -> None:
    """A call that is open to anybody, with somebody put forward and words for others; one whose nominations are over,
    one withdrawn.
    """
    street = _street(cast)
    call = make_call(street, title="年度评选表彰", by_members=True, by_anyone=True)
    make_nomination(cast, call)
    declined = make_words(call, _community(cast), nominee="周老师")
    nominating.decline(acting(cast.secretary), declined, NOT_NOW)
    make_words(call, _community(cast), by=acting(cast.member), source="member", nominee="河道巡查队")
    make_call(street, title="上半年志愿服务评选", **_over())
    calls.withdraw(None, make_call(street, title="重复的评选"), "与联合会的评选重复，合并进行。")


def addresses(cast: Cast) -> Iterator[tuple[str, str]]:
    """A role and the address of each page with a form that no link of a first page leads to."""
    street = _street(cast)
    draft, running = make_call(street, title="起草中的评选", is_open=False), make_call(street, title="另一项评选")
    over = make_call(street, title="待评审的评选", **_over())
    calls.put_off(None, running, running.closes_on + timedelta(days=3), "报名的小组还没有到齐。")
    yield from (("chair", f"{ABOVE}/calls/{draft.public_id}{what}") for what in ("", "/edit", "/open"))
    yield from (("chair", f"{ABOVE}/calls/{running.public_id}{what}") for what in ("", "/put-off", "/withdraw"))
    yield from (("chair", f"{ABOVE}/calls/{over.public_id}{what}") for what in ("", "/begin-review"))
    yield from (("chair", f"{ABOVE}{what}") for what in ("", "/calls/new", f"/calls/new?copy={over.public_id}"))
    yield from _nominating(cast, running)
    kinds.KINDS.end(cast.administrator, commendation_kind(street, "先进协会"))
    yield from (("administrator", f"{TOPMOST}/{what}") for what in ("kinds", "kinds/add"))


def checks(cast: Cast, visitor: Any) -> Iterator[tuple[Any, Any]]:
    """What was typed, shown before it is sent."""
    call = make_call(_street(cast), title="公众推荐的评选", by_anyone=True)
    given = {"category": category_of(call).public_id, "nominee": "陈师傅", "reason": REASON}
    url = f"/commendations/calls/{call.public_id}/nominate"
    yield visitor, visitor.submit(f"{url}?at=wangjiang", {**given, "name": "路人甲", "phone": "13912340001"})


def _nominating(cast: Cast, call: CommendationCall) -> Iterator[tuple[str, str]]:
    """Whoever can be put forward, who is, and what was said."""
    here, person = f"{BELOW}/calls/{call.public_id}", cast.member.person.public_id
    people, group = category_of(call).public_id, category_of(call, 1).public_id
    waits = make_words(make_call(_street(cast), title="等候答复的评选", by_anyone=True), _community(cast))
    nominated = f"{BELOW}/nominations/{make_nomination(cast, call).public_id}"
    found = ("nominations", "candidates", f"put-forward/{people}?q=wang", f"put-forward/{people}?person={person}")
    several = f"candidates/put-forward?category={people}&person={person}"
    for what in (*found, f"put-forward/{group}", several):
        yield "secretary", f"{here}/{what}"
    yield from (("secretary", page) for page in (nominated, f"{nominated}/take-back"))
    yield "secretary", f"{BELOW}/suggestions/{waits.public_id}"
    yield "leader", f"{BELOW}/for-a-group"


def _over() -> dict[str, object]:
    return {"opens_on": today() - timedelta(days=40), "closes_on": today() - timedelta(days=1)}


def _community(cast: Cast) -> Association:
    return db.session.get_one(Association, cast.community.id)


def _street(cast: Cast) -> Association:
    return db.session.get_one(Association, cast.street.id)
