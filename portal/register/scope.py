"""How far a list of the register reaches: one association, all below it too, or some of its groups."""

from __future__ import annotations

from dataclasses import dataclass

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.offices.access import grants_of, group_ids
from portal.offices.rights import gives


@dataclass(frozen=True)
class Scope:
    """The rows of a list before anything is asked of them. `groups` are the only ones, if they are named."""

    association_id: int
    path: str
    below: bool = False
    groups: tuple[int, ...] | None = None

    @property
    def is_sorted(self) -> bool:
        """Whether one index holds all of its rows in the order of names."""
        return not self.below and (self.groups is None or len(self.groups) == 1)


def scope_of(account: Account, association: Association, right: str = "members.read") -> Scope:
    """What the account's live appointments reach by a right at an association: the rule of `offices.access`.

    A right that covers the tree reaches what is below; a group leader reaches the groups, and nobody else in them.
    """
    below = any(gives(grant.position, right) and grant.reaches_below(association) for grant in grants_of(account))
    groups = group_ids(account, right, association)
    return Scope(association.id, association.path, below, None if groups is None else tuple(groups))
