"""What a federation settles for all its associations: the kinds of membership and how numbers are made."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask_login import current_user

from portal.associations import list_queries
from portal.associations.list_desk import MANAGE, Desk, Told
from portal.associations.models import Association
from portal.associations.topmost import topmost
from portal.core import downloads
from portal.core.access import requires
from portal.core.calendar import today
from portal.core.i18n import lazy
from portal.members import exports, kind_queries, kinds, numbers, queries
from portal.members.blueprint import blueprint
from portal.members.forms import KindForm, NewKindForm
from portal.members.models import Holder, MembershipKind
from portal.members.numbering import Numbering

NUMBERING = Numbering(
    scheme_of=numbers.scheme_of,
    checked=numbers.checked,
    next_number=lambda place, scheme: numbers.preview(*scheme, place, today()),
    set_scheme=numbers.set_scheme,
    title=lazy("Members’ numbers"),
    promise=lazy(
        "New members get the next number of this pattern. Numbers that were given never change, and no number comes"
        " twice."
    ),
    hint=lazy(
        "Write {code} where the association’s code belongs, {year} for the year of joining, {serial} for the running"
        " number."
    ),
    coming=lazy("The next members would get these numbers:"),
    done=lazy("New members are numbered so from now on."),
    back="members.manage_kinds",
)


def _shown(root: Association) -> dict[str, Any]:
    scheme = numbers.scheme_of(root)
    return {
        "kinds": queries.list_kinds(root),
        "holders": Holder.labels(),
        "pattern": scheme[0],
        "digits": scheme[1],
        "examples": NUMBERING.examples(root, scheme),
    }


def _add(root: Association, form: Any) -> MembershipKind:
    fixed = {"holder": Holder(form.holder.data), "is_open": form.is_open.data}
    return kinds.KINDS.add(current_user, root, form.name.data, fixed)


def _rename(kind: MembershipKind, form: Any) -> None:
    kinds.KINDS.rename(current_user, kind, form.name.data, is_open=form.is_open.data)


Desk(
    blueprint=blueprint, address="kinds", kept=kinds.KINDS, counts=kind_queries.count_by_kind, shown=_shown,
    new_form=NewKindForm, form=KindForm, add=_add, rename=_rename,
    told=Told(
        lazy("The kind “%(name)s” was added."), lazy("The kind was changed."),
        lazy("Nobody joins as “%(name)s” any more."), lazy("“%(name)s” is in use again."),
    ),
).open()  # fmt: skip


@blueprint.get("/office/<code>/kinds/list.<any(xlsx, csv):form>")
@requires(MANAGE)
def kinds_file(code: str, form: str) -> Response:
    """The kinds as a file, those in use no longer at the end."""
    root = topmost()
    found = [*queries.list_kinds(root), *list_queries.ended(MembershipKind, root.id)]
    return downloads.send(form, exports.kinds(found, kind_queries.count_by_kind(root.id)), "members.manage_kinds")


@blueprint.route("/office/<code>/number-scheme", methods=["GET", "POST"])
@requires(MANAGE)
def number_scheme(code: str) -> Any:
    return NUMBERING.page()
