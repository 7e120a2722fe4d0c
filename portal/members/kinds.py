"""The kinds of membership that a federation keeps: added, renamed, ordered, opened, ended. Never commits."""

from __future__ import annotations

from portal.associations import lists
from portal.associations.models import Association
from portal.core.audit import Actor, changed, record
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import lazy
from portal.members import queries
from portal.members.models import Holder, MembershipKind

# The kinds that a federation begins with, and who holds each; it changes the list as it likes.
FIRST_KINDS = (("个人会员", Holder.PERSON), ("家庭会员", Holder.HOUSEHOLD), ("单位会员", Holder.ORGANISATION),
    ("荣誉会员", Holder.PERSON))  # fmt: skip
SAME_NAME = lazy("Another kind has this name.")


def begin_kinds(root: Association) -> None:
    """The first list of kinds of a federation. Honorary members are made, they do not apply."""
    for position, (name, holder) in enumerate(FIRST_KINDS):
        is_open = position < len(FIRST_KINDS) - 1
        row = MembershipKind(association_id=root.id, name=name, holder=holder, position=position, is_open=is_open)
        db.session.add(row)
    db.session.flush()


def add_kind(actor: Actor, root: Association, name: str, holder: Holder, is_open: bool) -> MembershipKind:
    """A new kind at the end of the list. Who holds it is settled now: memberships will stand on it."""
    position = lists.end_of(queries.list_kinds(root))
    kind = MembershipKind(association_id=root.id, holder=holder, position=position)
    lists.write(kind, SAME_NAME, name=name.strip(), is_open=is_open)
    record(actor, "members.add_kind", kind, {"name": kind.name, "holder": holder, "is_open": is_open})
    return kind


def update_kind(actor: Actor, kind: MembershipKind, name: str, is_open: bool) -> None:
    """Another name, or opened or closed for applications; memberships of the kind show the new name."""
    before = {"name": kind.name, "is_open": kind.is_open}
    lists.write(kind, SAME_NAME, name=name.strip(), is_open=is_open)
    changes = changed(before, {"name": kind.name, "is_open": is_open})
    if changes:
        record(actor, "members.update_kind", kind, changes)


def order_kind(actor: Actor, root: Association, kind: MembershipKind, *, up: bool) -> None:
    lists.order(actor, "members.order_kinds", queries.list_kinds(root), kind, up=up)


def end_kind(actor: Actor, root: Association, kind: MembershipKind) -> None:
    """Nobody joins as this any more; memberships of the kind go on. One kind at least is always in use."""
    kinds = queries.list_kinds(root)
    if kind not in kinds:
        raise RuleError("", lazy("This kind has ended already."))
    if len(kinds) == 1:
        raise RuleError("", lazy("This is the only kind in use: add another first."))
    kind.ended_on = today()
    record(actor, "members.end_kind", kind, {"name": kind.name})


def restore_kind(actor: Actor, root: Association, kind: MembershipKind) -> None:
    """A kind that had ended is in use again, at the end of the list."""
    if kind.ended_on is None:
        raise RuleError("", lazy("This kind is in use."))
    taken = lazy("Another kind has this name now: rename that one first.")
    lists.restore(kind, queries.list_kinds(root), taken)
    record(actor, "members.restore_kind", kind, {"name": kind.name})
