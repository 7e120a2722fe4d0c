"""Honours at every step, for walks through all pages: what everybody meets, and who opens which page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from portal.commendations.models import CommendationCall
from portal.core.calendar import at, today
from portal.core.database import db
from portal.honours import revoking, services
from tests.harness.cast import Cast
from tests.harness.praise import make_call
from tests.honours.rows import honoured
from tests.notices.rows import acting
from tests.reviews.rows import CONTACT, put_forward

REGISTER, OWN = "/office/liuan/honours", "/me/commendations"
LONG_AGO = timedelta(days=90)  # the call opened; it was decided, and what is proposed since is over


def settle(cast: Cast) -> None:
    """The honour roll names somebody and a group."""
    honoured(cast, today() - LONG_AGO)


def addresses(cast: Cast) -> Iterator[tuple[str, str]]:
    """A role and the address of each page with a form that no link of a first page leads to."""
    chair = acting(cast.chair)
    person, group, moment = honoured(cast, today() - LONG_AGO)
    asked = put_forward(acting(cast.secretary), make_call(cast.street), cast.community, acting(cast.member).person)
    with at(moment):
        services.hand_over(chair, [group], group.decided_on)
        revoking.propose(chair, group, "推荐材料与记录不符。", CONTACT)
    call = db.session.get_one(CommendationCall, person.call_id).public_id
    for what in ("", "/reissue", "/hand-over", "/revoke"):
        yield "chair", f"{REGISTER}/{person.public_id}{what}"
    for what in ("", "/revoke/decide", "/revoke/keep"):
        yield "chair", f"{REGISTER}/{group.public_id}{what}"
    for what in ("", f"?call={call}", "/hand-over?state=waiting", f"/batch?call={call}", "/medals"):
        yield "chair", f"{REGISTER}{what}"
    yield "member", OWN
    yield "member", f"{OWN}/{asked.public_id}/refuse"
    yield "volunteer", f"{OWN}/honours/{person.public_id}/show"
    yield "volunteer", OWN
