"""Commendations at every step, for walks through all pages: what everybody meets, and who opens which page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from portal.associations.models import Association
from portal.commendations import calls, kinds
from portal.core.calendar import today
from portal.core.database import db
from tests.harness.cast import Cast
from tests.harness.praise import commendation_kind, make_call

ABOVE, TOPMOST = "/office/liuan/commendations", "/office/qinghe/commendations"


def settle(cast: Cast) -> None:
    """A call that is open to anybody, one whose nominations are over, one withdrawn."""
    street = _street(cast)
    make_call(street, title="年度评选表彰", by_members=True, by_anyone=True)
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
    kinds.end_kind(cast.administrator, commendation_kind(street, "先进协会"))
    yield from (("administrator", f"{TOPMOST}/{what}") for what in ("kinds", "kinds/add"))


def _over() -> dict[str, object]:
    return {"opens_on": today() - timedelta(days=40), "closes_on": today() - timedelta(days=1)}


def _street(cast: Cast) -> Association:
    return db.session.get_one(Association, cast.street.id)
