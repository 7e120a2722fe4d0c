"""Moves of a sign-up and the places they take or free: each is one conditional statement."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Update, select, update
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.util import identity_key

from portal.core.calendar import now
from portal.core.database import change, db, hold
from portal.core.errors import RuleError
from portal.core.i18n import _
from portal.plans.models import ActivitySession, SessionNeed
from portal.signups.models import HOLDING, MOVES, SignUp, SignUpState

LEAVING = (SignUpState.WITHDRAWN, SignUpState.DECLINED, SignUpState.EXPIRED)
CHANGING = ("state", "offered_until", "in_at", "out_at")
ASKED_AGAIN = ("starts_at", "ends_at", "deadline_at", "cancelled_at")


def hold_session(session: ActivitySession) -> None:
    """What a session says is asked again with its row held, before any need is: cancelled in this moment, it takes
    nobody.
    """
    hold(session, *ASKED_AGAIN, shared=True)


def lock(sign_up: SignUp) -> None:
    """One change of a need's places at a time, made to what the sign-up is by then. The need comes first, always."""
    lock_need(sign_up.need_id)
    db.session.refresh(sign_up, CHANGING)


def lock_need(need_id: int) -> None:
    """On PostgreSQL the others wait for this row; on SQLite they already wait for the transaction."""
    statement = select(SessionNeed.id).where(SessionNeed.id == need_id)
    db.session.execute(statement.with_for_update(key_share=True))


def count_free(need_id: int) -> int:
    """Places of a need that nobody holds; ask it with the need locked."""
    left = select(SessionNeed.wanted - SessionNeed.taken).where(SessionNeed.id == need_id)
    return db.session.scalar(left) or 0


def take(need_id: int) -> bool:
    """One place of the need, unless the last one is gone: whoever is first has it."""
    statement = update(SessionNeed).where(SessionNeed.id == need_id, SessionNeed.taken < SessionNeed.wanted)
    return _count(need_id, statement.values(taken=SessionNeed.taken + 1))


def make_room(need_id: int) -> None:
    """One place more where none is free: for who came all the same."""
    full = update(SessionNeed).where(SessionNeed.id == need_id, SessionNeed.taken >= SessionNeed.wanted)
    change(full.values(wanted=SessionNeed.taken + 1))
    need = db.session().identity_map.get(identity_key(SessionNeed, need_id))
    if need is not None:
        db.session.expire(need, ["wanted"])


def free(need_id: int) -> None:
    """A place is nobody's again."""
    _count(need_id, update(SessionNeed).where(SessionNeed.id == need_id).values(taken=SessionNeed.taken - 1))


def move(sign_up: SignUp, state: str, **values: Any) -> None:
    """Let it be in another state, by MOVES and only if it still is what it was when it was read; places follow.

    `values` are written by the same statement. In that state already, nothing happens. Raises RuleError for a move
    that the map does not have, for a place that is not there, and when somebody else was first.
    """
    old, new = sign_up.state, str(state)
    if old == new:
        return
    if new not in MOVES[old]:
        raise RuleError("", _("This cannot be done any more: it stands at “%(state)s”.", state=sign_up.state_label))
    is_taking, is_freeing = old not in HOLDING and new in HOLDING, old in HOLDING and new not in HOLDING
    if is_freeing:
        lock_need(sign_up.need_id)
    if is_taking and not take(sign_up.need_id):
        raise RuleError("", _("No place is free."))
    if not _change(sign_up, old, _written(new, values)):
        if is_taking:
            free(sign_up.need_id)
        db.session.refresh(sign_up, CHANGING)
        raise RuleError("", _("Somebody changed this in the same moment. Look at it again."))
    if is_freeing:
        free(sign_up.need_id)


def _written(state: str, values: dict[str, Any]) -> dict[str, Any]:
    left = {"left_at": now()} if state in LEAVING else {}
    return {"state": state, "offered_until": None, "placed_at": None, **left, **values}


def _change(sign_up: SignUp, old: str, values: dict[str, Any]) -> bool:
    statement = update(SignUp).where(SignUp.id == sign_up.id, SignUp.state == old).values(**values)
    done = change(statement)
    if done == 1:
        for name, value in values.items():
            set_committed_value(sign_up, name, value)
    return done == 1


def _count(need_id: int, statement: Update) -> bool:
    """Whether the statement changed the need; the need that is loaded says the new number."""
    counted = statement.returning(SessionNeed.taken).execution_options(synchronize_session=False)
    taken = db.session.scalar(counted)
    need = db.session().identity_map.get(identity_key(SessionNeed, need_id))
    if taken is not None and need is not None:
        set_committed_value(need, "taken", taken)
    return taken is not None
