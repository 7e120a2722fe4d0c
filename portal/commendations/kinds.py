"""The kinds of commendation that a federation keeps: begun, added, renamed, ordered, ended. Never commits."""

from __future__ import annotations

from portal.associations import lists
from portal.associations.models import Association
from portal.commendations.models import CommendationKind, Scope
from portal.commendations.queries import list_kinds
from portal.core.audit import Actor, changed, record
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import _, lazy
from portal.core.text import is_blank, printable

# The list that a federation begins with; it changes it as it likes.
FIRST_KINDS = (
    ("优秀会员", Scope.INDIVIDUAL, "Outstanding Member"),
    ("优秀志愿者", Scope.INDIVIDUAL, "Outstanding Volunteer"),
    ("优秀会长", Scope.CHAIR, "Outstanding Chair"),
    ("先进集体", Scope.COLLECTIVE, "Exemplary Group"),
    ("先进协会", Scope.ASSOCIATION, "Exemplary Association"),
)
LONGEST, LONGEST_ENGLISH = 20, 60


def begin_commendations(root: Association) -> None:
    """The first list of a federation."""
    for position, (name, scope, english) in enumerate(FIRST_KINDS):
        kind = CommendationKind(association_id=root.id, name=name, position=position, scope=scope, english=english)
        db.session.add(kind)
    db.session.flush()


def add_kind(actor: Actor, root: Association, name: str, scope: str, english: str = "") -> CommendationKind:
    """A new kind at the end of the list. Who is commended under it is chosen now and stays."""
    if scope not in set(Scope):
        raise RuleError("scope", lazy("Choose who is commended."))
    position = lists.end_of(list_kinds(root.id))
    kind = CommendationKind(association_id=root.id, position=position, scope=Scope(scope).value)
    _write(kind, name, english)
    record(actor, "commendations.add_kind", kind, {"name": kind.name, "scope": kind.scope})
    return kind


def rename_kind(actor: Actor, kind: CommendationKind, name: str, english: str) -> None:
    """Other words for the same, in calls too. Whoever was honoured keeps the words of that day."""
    before = {"name": kind.name, "english": kind.english}
    _write(kind, name, english)
    changes = changed(before, {"name": kind.name, "english": kind.english})
    if changes:
        record(actor, "commendations.rename_kind", kind, changes)


def order_kind(actor: Actor, root: Association, kind: CommendationKind, *, up: bool) -> None:
    lists.order(actor, "commendations.order_kinds", list_kinds(root.id), kind, up=up)


def end_kind(actor: Actor, kind: CommendationKind) -> None:
    """No new call names it; calls that name it go on."""
    if kind.ended_on is not None:
        raise RuleError("", lazy("This has ended already."))
    kind.ended_on = today()
    record(actor, "commendations.end_kind", kind, {"name": kind.name})


def restore_kind(actor: Actor, root: Association, kind: CommendationKind) -> None:
    """What had ended can be chosen again, at the end of the list."""
    if kind.ended_on is None:
        raise RuleError("", lazy("This is in use."))
    taken = lazy("Another one has this name now: rename that one first.")
    lists.restore(kind, list_kinds(root.id), taken)
    record(actor, "commendations.restore_kind", kind, {"name": kind.name})


def _write(kind: CommendationKind, name: str, english: str) -> None:
    plain, foreign = (" ".join(printable(words).split()) for words in (name, english))
    if is_blank(plain):
        raise RuleError("name", lazy("Enter a name."))
    for field, words, most in (("name", plain, LONGEST), ("english", foreign, LONGEST_ENGLISH)):
        if len(words) > most:
            raise RuleError(field, _("At most %(count)s characters", count=most))
    if not foreign.isascii():
        raise RuleError("english", lazy("Write it in English: it stands on the English certificate."))
    lists.write(kind, lazy("Another one has this name."), name=plain, english=foreign)
