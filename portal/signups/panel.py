"""How somebody can sign up for a session: what the panel on the recruitment notice shows, and what the buttons do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_login import current_user

from portal.core.calendar import now
from portal.core.errors import RuleError
from portal.people.queries import get_own
from portal.plans.models import ActivitySession, SessionNeed
from portal.plans.parts import Part, part
from portal.signups import queries, rules
from portal.signups.models import SignUp, SignUpState


@dataclass(frozen=True)
class Panel:
    """How the reader stands to a session: their own sign-up, what hinders one, or the places they can have."""

    mine: SignUp | None = None
    before_me: int = 0
    hindrance: str = ""
    is_registered: bool = True
    needs: tuple[SessionNeed, ...] = ()
    error: str = ""


def panel_of(session: ActivitySession, error: str = "") -> Panel:
    """`session` is loaded as plans.queries.get_session does."""
    if not current_user.is_authenticated:
        return Panel(hindrance=_hindrance(session, None), is_registered=False)
    mine = queries.get_live(session.id, current_user.person_id)
    if mine is not None:
        waits = mine.state == SignUpState.WAITLISTED
        return Panel(mine, before_me=queries.count_before(mine) if waits else 0, error=error)
    helper = rules.helper_of(get_own(current_user.person_id))
    needs = sorted((need for need in session.needs if helper.has(need)), key=lambda need: need.skill_id is None)
    return Panel(
        hindrance=_hindrance(session, helper), is_registered=bool(helper.places), needs=tuple(needs), error=error
    )


def _hindrance(session: ActivitySession, helper: rules.Helper | None) -> str:
    """Why nobody, or not this volunteer, can sign up now; empty when nothing stands against it."""
    try:
        rules.check_open(session, now(), by_office=False)
        if helper is not None:
            rules.check_helper(session, helper)
            if not any(helper.has(need) for need in session.needs):
                rules.check_need(session, helper, session.needs[0])
            rules.check_clash(session, helper.person)
    except RuleError as error:
        return str(error)
    return ""


@part("notice", 10)
def how_to_sign_up(session: ActivitySession) -> Part:
    context: dict[str, Any] = {"panel": panel_of(session), "moment": now()}
    return Part("signups/_panel.html", context)
