"""The second signature: whoever asked takes the question back, another decides, and of two at once the first counts.

Never commits.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import update

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core.calendar import now
from portal.core.database import change, db
from portal.core.errors import RuleError
from portal.core.i18n import lazy
from portal.dues import rules
from portal.dues.models import SecondSignature

# States by which all that takes a second signature begins, and ends where it is not made.
ASKED, REFUSED, WITHDRAWN = "asked", "refused", "withdrawn"
DECIDED = ("state", "decided_at", "decided_by_id", "decision_note", "entry_id")


def refuse(actor: Account, row: SecondSignature, association: Association, reason: str) -> str:
    """It stays as it is, for a reason, which is given back plain. Raises RuleError as rules.check_may_decide does."""
    rules.check_may_decide(actor, association, row.asked_by_id)
    note = rules.check_reason(reason)
    decide(row, REFUSED, decided_by_id=actor.person_id, decision_note=note)
    return note


def withdraw(actor: Account, row: SecondSignature) -> None:
    """Whoever asked takes the question back."""
    if row.asked_by_id != actor.person_id:
        raise RuleError("", lazy("Only whoever asked takes it back."))
    decide(row, WITHDRAWN)


def decide(row: SecondSignature, state: str, **values: Any) -> None:
    """What waits is decided by one conditional update: a second decision changes nothing, and says so."""
    kind = type(row)
    statement = update(kind).where(kind.id == row.id, kind.state == ASKED)
    if change(statement.values(state=str(state), decided_at=now(), **values)) != 1:
        raise RuleError("", lazy("Somebody decided this meanwhile."))
    db.session.expire(row, DECIDED)
