"""What a federation settles for all its associations: the kinds of membership and how numbers are made."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from flask_login import current_user

from portal.associations import list_queries
from portal.associations.list_desk import MANAGE, Desk, Told
from portal.associations.models import Association
from portal.associations.topmost import topmost
from portal.core import downloads, web
from portal.core.access import requires
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import _, lazy
from portal.members import exports, kind_queries, kinds, numbers, queries
from portal.members.blueprint import blueprint
from portal.members.forms import KindForm, NewKindForm, SchemeForm
from portal.members.models import Holder, MembershipKind


def _shown(root: Association) -> dict[str, Any]:
    pattern, digits = numbers.scheme_of(root)
    return {
        "kinds": queries.list_kinds(root),
        "holders": Holder.labels(),
        "pattern": pattern,
        "digits": digits,
        "examples": _examples(root, pattern, digits),
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
    """The pattern and the digits; first what the next numbers would be, then it is settled."""
    root, form, now = topmost(), SchemeForm(), numbers.scheme_of(topmost())
    if not form.is_submitted():
        form.pattern.data, form.digits.data = now
    context: dict[str, Any] = {"now": now, "given": _examples(root, *now), "examples": None}
    if not form.validate_on_submit():
        return web.form_page("members/number_scheme.html", form, **context)
    pattern, digits = numbers.tidy(str(form.pattern.data)), form.digits.data or 0
    try:
        numbers.check_pattern(pattern, digits)
        if request.form.get("settle") != "yes":
            context["examples"] = _examples(root, pattern, digits)
            return web.page("members/number_scheme.html", form=form, **context)
        numbers.set_scheme(current_user, root, pattern, digits)
    except RuleError as error:
        return web.refused("members/number_scheme.html", form, error, **context)
    db.session.commit()
    return web.go("members.manage_kinds", _("New members are numbered so from now on."))


def _examples(root: Association, pattern: str, digits: int) -> list[tuple[str, str]]:
    """The next number at some associations."""
    places = kind_queries.list_examples(root)
    return [(place.display_name, numbers.preview(pattern, digits, place, today())) for place in places]
