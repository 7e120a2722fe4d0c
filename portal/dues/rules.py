"""Who may record something about dues, who signs second, and a reason that says something."""

from __future__ import annotations

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core.errors import RuleError
from portal.core.i18n import lazy
from portal.offices.access import can, group_ids

RIGHT, SECOND = "dues.record", "dues.approve"
REASON = 200


def reach(actor: Account | None, association: Association) -> list[int] | None:
    """The groups whose dues the actor may record; None for all of the association. Nobody at all: the portal."""
    return group_ids(actor, RIGHT, association) if actor is not None else None


def check_may_change(actor: Account | None, association: Association, group_id: int | None) -> None:
    """Whether the actor may record something about a payment or a charge of a group."""
    groups = reach(actor, association)
    if groups is not None and group_id not in groups:
        raise RuleError("", lazy("You do not record dues here."))


def check_may_decide(actor: Account, association: Association, asked_by_id: int) -> None:
    """The second signature is another's than the first."""
    if not can(actor, SECOND, association, whole=True):
        raise RuleError("", lazy("You do not decide on dues here."))
    if actor.person_id == asked_by_id:
        raise RuleError("", lazy("You asked for it: somebody else decides."))


def check_reason(reason: str) -> str:
    """The reason without spaces around it. Raises RuleError("reason") for none, or a long one."""
    plain = reason.strip()
    if not plain:
        raise RuleError("reason", lazy("Say why."))
    if len(plain) > REASON:
        raise RuleError("reason", lazy("At most %(count)s characters", count=REASON))
    return plain
