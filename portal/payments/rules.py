"""Who may take which money from whom: the checks before a payment is recorded or what it settles is changed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core.errors import RuleError
from portal.core.i18n import lazy
from portal.core.money import MOST_FEN
from portal.dues.models import Charge
from portal.dues.rules import REASON, RIGHT, SECOND, check_may_change, check_may_decide, check_reason, reach
from portal.ledger import queries as journal
from portal.payments import queries
from portal.payments.models import Method, Payment

if TYPE_CHECKING:
    from portal.payments.services import Received

__all__ = [
    "NOTE", "REASON", "RIGHT", "SECOND", "check_amount", "check_may_change", "check_may_decide", "check_opening",
    "check_parts", "check_reason", "check_received", "own_first", "reach",
]  # fmt: skip
NOTE = 200
NOBODY = lazy("This association knows nobody of this name: only its own members pay here.")


def check_amount(amount_fen: int, field: str = "amount") -> None:
    if amount_fen <= 0:
        raise RuleError(field, lazy("The amount is more than nothing."))
    if amount_fen > MOST_FEN:
        raise RuleError(field, lazy("At most 10,000,000 yuan at once: count the digits again."))


def check_received(
    actor: Account | None, association: Association, taken: Received, *, is_known: bool = False
) -> None:
    """Whether the money may be recorded so. Raises RuleError by the field at fault. Who is charged there is known."""
    check_amount(taken.amount_fen)
    if taken.method not in set(Method):
        raise RuleError("method", lazy("Choose how the money came."))
    if taken.collector_id is not None and taken.method != Method.CASH:
        raise RuleError("collector", lazy("A collector holds cash only."))
    if not taken.key:
        raise ValueError("a payment needs the key of its form")
    if not queries.hold_payers([taken.payer_id]) or not (is_known or queries.is_known(association, taken.payer_id)):
        raise RuleError("payer", NOBODY)
    groups = reach(actor, association)
    if actor is not None and groups is not None:
        _check_leader(actor, groups, taken)


def _check_leader(actor: Account, groups: list[int], taken: Received) -> None:
    """A leader takes cash from their own group, and holds it; whoever keeps all the dues may do everything."""
    if not groups:
        raise RuleError("", lazy("You do not record dues here."))
    if taken.group_id not in groups:
        raise RuleError("payer", lazy("A group leader collects from their own group only."))
    if taken.method != Method.CASH:
        raise RuleError("method", lazy("A group leader takes cash only; the treasurer records the rest."))
    if taken.collector_id != actor.person_id:
        raise RuleError("collector", lazy("A group leader records what they took themselves."))


def check_opening(association: Association, field: str) -> None:
    """What there was before the books is entered until the first of them is closed: afterwards nobody alone says that
    something was paid, or was in the cash box, before anybody looked.
    """
    if journal.is_begun(association):
        raise RuleError(field, lazy("The first book is closed: what there was before it stands."))


def own_first(actor: Account | None, association: Association, groups: list[int]) -> int | None:
    """The group to which money of somebody in these groups counts: the actor's own before others."""
    own = reach(actor, association)
    return next((one for one in groups if own is None or one in own), next(iter(groups), None))


def check_parts(
    actor: Account | None, association: Association, parts: Iterable[tuple[Charge, int]], payment: Payment
) -> None:
    """What is to be settled are standing charges of the same association, within the actor's reach."""
    for charge, amount_fen in parts:
        check_amount(amount_fen)
        if charge.association_id != association.id:
            raise RuleError("amount", lazy("This is owed to another association."))
        if charge.voided_at is not None:
            raise RuleError("amount", lazy("This charge is void: nothing is owed of it."))
        check_may_change(actor, association, charge.group_id)
    if payment.reversed_at is not None:
        raise RuleError("", lazy("This payment was taken back: nothing is left of it."))
