"""Who signed up, on a session's page in the office."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from portal.core import access, mail
from portal.core.calendar import now
from portal.core.i18n import _
from portal.plans.models import ActivitySession, SessionNeed
from portal.plans.parts import Part, part
from portal.signups import clashes, lent, queries, telling
from portal.signups.models import HOLDING, SignUp, SignUpState

GONE = (SignUpState.WITHDRAWN, SignUpState.DECLINED, SignUpState.EXPIRED)


@dataclass
class Line:
    """A need of the session with those who come, those who wait or think about an offer, and those who left."""

    need: SessionNeed
    coming: list[SignUp] = field(default_factory=list)
    waiting: list[SignUp] = field(default_factory=list)
    left: list[SignUp] = field(default_factory=list)

    def put(self, sign_up: SignUp) -> None:
        if sign_up.state in GONE:
            self.left.append(sign_up)
        elif sign_up.state in HOLDING and sign_up.state != SignUpState.OFFERED:
            self.coming.append(sign_up)
        else:
            self.waiting.append(sign_up)


def lines_of(session: ActivitySession, sign_ups: Sequence[SignUp]) -> list[Line]:
    """The needs in their order; in a waiting list those who have an offer stand first."""
    found = {need.id: Line(need) for need in session.needs}
    for one in sign_ups:
        found[one.need_id].put(one)
    for line in found.values():
        line.waiting.sort(key=lambda one: one.state != SignUpState.OFFERED)
    return list(found.values())


@part("office", 10)
def who_signed_up(session: ActivitySession) -> Part | None:
    """Names are seen by whoever may see the roster; before anybody can sign up there is nothing to show."""
    if session.activity.opened_at is None or not access.can("volunteers.read"):
        return None
    moment = now()
    sign_ups = queries.list_of_session(session)
    lines = lines_of(session, sign_ups)
    news = {one.id: said for one in sign_ups if (said := telling.news_of(one, session, moment))}
    context = {
        "lines": lines,
        "coming": sum(len(line.coming) for line in lines),
        "news": news,
        "no_longer_lent": lent.list_gone(session, sign_ups),
        "clashes": clashes.of_session(session, sign_ups),
        "to_call": telling.list_to_call(session, by_mail=mail.is_set()) if news else [],
        "may_add": _may_add(session),
        "moment": moment,
    }
    return Part("signups/_office.html", context, _("Who signed up"))


def _may_add(session: ActivitySession) -> bool:
    is_open = session.cancelled_at is None and session.activity.logged_at is None
    return is_open and access.can("activities.write")
