"""The federation's kinds of commendation, where they are changed."""

from __future__ import annotations

from typing import Any

from flask_login import current_user

from portal.associations.list_desk import Desk
from portal.associations.models import Association
from portal.commendations import kinds, queries
from portal.commendations.blueprint import blueprint
from portal.commendations.forms import KindForm, NewKindForm
from portal.commendations.models import CommendationKind


def _shown(root: Association) -> dict[str, Any]:
    return {"kinds": queries.list_kinds(root.id)}


def _add(root: Association, form: Any) -> CommendationKind:
    return kinds.add_kind(current_user, root, form.name.data, form.scope.data, form.english.data or "")


def _rename(kind: CommendationKind, form: Any) -> None:
    kinds.rename_kind(current_user, kind, form.name.data, form.english.data or "")


Desk(
    blueprint=blueprint, address="commendations/kinds", kept=kinds.KINDS, counts=queries.count_by_kind, shown=_shown,
    new_form=NewKindForm, form=KindForm, add=_add, rename=_rename,
).open()  # fmt: skip
