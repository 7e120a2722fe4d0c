"""The kinds of commendation that a federation keeps: begun, added, renamed, ordered, ended. Never commits."""

from __future__ import annotations

from portal.associations.lists import Kept
from portal.associations.models import Association
from portal.commendations.models import CommendationKind, Scope
from portal.core.audit import Actor
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import _, lazy
from portal.core.text import printable

# The list that a federation begins with; it changes it as it likes.
FIRST_KINDS = (
    ("优秀会员", Scope.INDIVIDUAL, "Outstanding Member"),
    ("优秀志愿者", Scope.INDIVIDUAL, "Outstanding Volunteer"),
    ("优秀会长", Scope.CHAIR, "Outstanding Chair"),
    ("先进集体", Scope.COLLECTIVE, "Exemplary Group"),
    ("先进协会", Scope.ASSOCIATION, "Exemplary Association"),
)
LONGEST_ENGLISH = 60
KINDS = Kept(model=CommendationKind, room="commendations", noun="kind")


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
    return KINDS.add(actor, root, name, {"scope": Scope(scope).value}, english=_checked(english))


def rename_kind(actor: Actor, kind: CommendationKind, name: str, english: str) -> None:
    """Other words for the same, in calls too. Whoever was honoured keeps the words of that day."""
    KINDS.rename(actor, kind, name, english=_checked(english))


def _checked(english: str) -> str:
    said = " ".join(printable(english).split())
    if len(said) > LONGEST_ENGLISH:
        raise RuleError("english", _("At most %(count)s characters", count=LONGEST_ENGLISH))
    if not said.isascii():
        raise RuleError("english", lazy("Write it in English: it stands on the English certificate."))
    return said
