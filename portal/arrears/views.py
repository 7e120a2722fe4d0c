"""Arrears in the office: who owes since when, by age, and as a file."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request
from flask_login import current_user

from portal.arrears import exports, queries, round_views  # noqa: F401 - its pages hang on the blueprint
from portal.arrears.blueprint import blueprint
from portal.arrears.forms import ArrearsForm
from portal.arrears.queries import Filter
from portal.associations.queries import list_groups
from portal.core import downloads, web
from portal.core.access import requires
from portal.core.calendar import today
from portal.core.feature import Feature
from portal.core.forms import choices
from portal.core.i18n import _
from portal.core.paging import page_number, paginate
from portal.dues import rules

feature = Feature("arrears", blueprint)


@blueprint.get("/office/<code>/dues/arrears")
@requires("dues.read")
def arrears(code: str) -> str:
    """Who owes since when, the oldest debt first, with the sums by age."""
    form, wanted = _asked()
    day = today(g.association.time_zone)
    page = paginate(queries.owing(current_user, g.association, wanted, day), page_number(), scalars=False)
    ages = queries.by_age(current_user, g.association, wanted, day)
    reach = rules.reach(current_user, g.association)
    may = reach is None or bool(reach)
    return web.page("arrears/list.html", form=form, page=page, ages=ages, day=day, wanted=wanted, may_remind=may)


@blueprint.get("/office/<code>/dues/arrears/list.<any(xlsx, csv):form>")
@requires("dues.read")
def arrears_file(code: str, form: str) -> Response:
    """The same as a file."""
    day = today(g.association.time_zone)
    statement = queries.owing(current_user, g.association, _asked()[1], day)
    return downloads.send(form, exports.owing(statement, day, g.association.time_zone), "arrears.arrears")


def _asked() -> tuple[Any, Filter]:
    form = ArrearsForm(request.args)
    groups = list_groups(g.association)
    form.group.choices = choices({"": _("All"), **{one.public_id: one.name for one in groups}})
    form.validate()
    days = int(form.days.data) if not form.days.errors else 1
    group = next((one.id for one in groups if one.public_id == form.group.data), None)
    return form, Filter(days=days, group_id=group, below=bool(form.below.data))
