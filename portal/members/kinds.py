"""The kinds of membership that a federation keeps. Never commits."""

from __future__ import annotations

from portal.associations.lists import Kept
from portal.associations.models import Association
from portal.core.audit import Actor
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import lazy
from portal.members.models import Holder, MembershipKind

# The kinds that a federation begins with, and who holds each; it changes the list as it likes.
FIRST_KINDS = (("个人会员", Holder.PERSON), ("家庭会员", Holder.HOUSEHOLD), ("单位会员", Holder.ORGANISATION),
    ("荣誉会员", Holder.PERSON))  # fmt: skip


class Kinds(Kept[MembershipKind]):
    def end(self, actor: Actor, row: MembershipKind) -> None:
        """Nobody joins as this any more; memberships of the kind go on. One kind at least is always in use."""
        if list(self.beside(row)) == [row]:
            raise RuleError("", lazy("This is the only kind in use: add another first."))
        super().end(actor, row)


KINDS = Kinds(
    model=MembershipKind, room="members", noun="kind", renaming="update", taken=lazy("Another kind has this name."),
    taken_by_now=lazy("Another kind has this name now: rename that one first."),
)  # fmt: skip


def begin_kinds(root: Association) -> None:
    """The first list of kinds of a federation. Honorary members are made, they do not apply."""
    for position, (name, holder) in enumerate(FIRST_KINDS):
        is_open = position < len(FIRST_KINDS) - 1
        row = MembershipKind(association_id=root.id, name=name, holder=holder, position=position, is_open=is_open)
        db.session.add(row)
    db.session.flush()
