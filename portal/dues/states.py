"""What a charge is, told from its amounts: asked of many in the database, of one in the same words."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement

from portal.core.i18n import lazy_pgettext
from portal.core.labels import Labelled
from portal.dues.models import Charge
from portal.dues.queries import OPEN_FEN, STANDS


class ChargeState(Labelled):
    """What a list of charges can be limited to; of one charge the first that holds is shown."""

    VOID = "void", lazy_pgettext("charge", "Void")
    OVERDUE = "overdue", lazy_pgettext("charge", "Overdue")
    PART = "part", lazy_pgettext("charge", "Part paid")
    OPEN = "open", lazy_pgettext("charge", "Open")
    PAID = "paid", lazy_pgettext("charge", "Paid")
    WRITTEN_OFF = "written_off", lazy_pgettext("charge", "Written off")
    WAIVED = "waived", lazy_pgettext("charge", "Waived")


TONES = {
    ChargeState.VOID: "grey",
    ChargeState.OVERDUE: "red",
    ChargeState.PART: "amber",
    ChargeState.OPEN: "blue",
    ChargeState.PAID: "green",
    ChargeState.WRITTEN_OFF: "grey",
    ChargeState.WAIVED: "grey",
}


def state_of(charge: Charge, day: date) -> ChargeState:
    """Overdue comes before part paid: it says what to do next."""
    if charge.voided_at is not None:
        return ChargeState.VOID
    if charge.open_fen:
        if charge.due_on < day:
            return ChargeState.OVERDUE
        return ChargeState.PART if charge.open_fen < charge.amount_fen else ChargeState.OPEN
    if charge.paid_fen:
        return ChargeState.PAID
    return ChargeState.WRITTEN_OFF if charge.written_off_fen else ChargeState.WAIVED


def in_state(state: str, day: date) -> tuple[ColumnElement[bool], ...]:
    """The conditions of a list. Part paid asks for what was paid; open for all that is still owed; no state for all
    that stand.
    """
    conditions: dict[str, tuple[Any, ...]] = {
        ChargeState.VOID: (Charge.voided_at.is_not(None),),
        ChargeState.OVERDUE: (STANDS, OPEN_FEN > 0, Charge.due_on < day),
        ChargeState.PART: (STANDS, OPEN_FEN > 0, Charge.paid_fen > 0),
        ChargeState.OPEN: (STANDS, OPEN_FEN > 0),
        ChargeState.PAID: (STANDS, OPEN_FEN == 0, Charge.paid_fen > 0),
        ChargeState.WRITTEN_OFF: (STANDS, Charge.written_off_fen > 0),
        ChargeState.WAIVED: (STANDS, Charge.waived_fen > 0),
    }
    return conditions.get(state, (STANDS,))
