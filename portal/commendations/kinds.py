"""The kinds of commendation that a federation keeps: begun, added, renamed, ordered, ended. Never commits."""

from __future__ import annotations

from portal.associations.models import Association
from portal.commendations.models import CommendationKind, Scope
from portal.core.database import db

# The list that a federation begins with; it changes it as it likes.
FIRST_KINDS = (
    ("优秀会员", Scope.INDIVIDUAL, "Outstanding Member"),
    ("优秀志愿者", Scope.INDIVIDUAL, "Outstanding Volunteer"),
    ("优秀会长", Scope.CHAIR, "Outstanding Chair"),
    ("先进集体", Scope.COLLECTIVE, "Exemplary Group"),
    ("先进协会", Scope.ASSOCIATION, "Exemplary Association"),
)


def begin_commendations(root: Association) -> None:
    """The first list of a federation."""
    for position, (name, scope, english) in enumerate(FIRST_KINDS):
        kind = CommendationKind(association_id=root.id, name=name, position=position, scope=scope, english=english)
        db.session.add(kind)
    db.session.flush()
