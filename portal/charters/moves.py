"""The way of a charter as data: from which state which step leads where. No other module changes a state."""

from __future__ import annotations

from sqlalchemy import update

from portal.charters.models import Charter, CharterState
from portal.core.calendar import now
from portal.core.database import change, db
from portal.core.errors import RuleError
from portal.core.i18n import _

S = CharterState
UNDER_WAY = (S.DRAFTING, S.FIRST_ROUND, S.REDRAFTING, S.SECOND_ROUND, S.FINISHING, S.FINAL)
MOVES: dict[str, dict[CharterState, CharterState]] = {
    "open_round": {S.DRAFTING: S.FIRST_ROUND, S.REDRAFTING: S.SECOND_ROUND},
    "close_round": {S.FIRST_ROUND: S.REDRAFTING, S.SECOND_ROUND: S.FINISHING},
    "settle": {S.FINISHING: S.FINAL},
    "adopt": {S.FINAL: S.ADOPTED},
    "reject": {S.FINAL: S.REJECTED},
    "abandon": dict.fromkeys(UNDER_WAY, S.ABANDONED),
}
WRITING = {S.DRAFTING: 1, S.REDRAFTING: 2, S.FINISHING: 3}  # the draft that is being written
CONSULTING = {S.FIRST_ROUND: 1, S.SECOND_ROUND: 2}  # the round that runs
ENDED = (S.ADOPTED, S.REJECTED, S.ABANDONED)


def can_move(charter: Charter, act: str) -> bool:
    """Whether the step can be taken from where the charter stands."""
    return charter.state in MOVES[act]


def move(charter: Charter, act: str) -> CharterState:
    """Take a step; of two at once one takes it. Raises RuleError("") where it does not follow."""
    before = CharterState(charter.state)
    after = MOVES[act].get(before)
    if after is None:
        raise RuleError("", _("This step does not follow: the charter stands at “%(state)s”.", state=before.label))
    values = {"state": after, **({"ended_at": now()} if after in ENDED else {})}
    db.session.flush()
    if not change(update(Charter).where(Charter.id == charter.id, Charter.state == before).values(**values)):
        raise RuleError("", _("Somebody else took this step already. Look at the page again."))
    db.session.refresh(charter, list(values))
    return after
