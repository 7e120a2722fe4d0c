"""How the federation numbers what is published: looked at first, then settled."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_login import current_user

from portal.associations.list_desk import MANAGE
from portal.associations.models import Association
from portal.associations.topmost import topmost
from portal.core import web
from portal.core.access import requires
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import _
from portal.members.kind_queries import list_examples
from portal.notices import index_numbers
from portal.notices.blueprint import blueprint
from portal.notices.forms import IndexSchemeForm
from portal.notices.index_numbers import Scheme

PAGE = "notices/index_scheme.html"


@blueprint.route("/office/<code>/index-numbers", methods=["GET", "POST"])
@requires(MANAGE)
def index_scheme(code: str) -> Any:
    """The pattern and the digits; first what the next numbers would be, then it is settled."""
    root, form = topmost(), IndexSchemeForm()
    now = index_numbers.scheme_of(root)
    if not form.is_submitted():
        form.pattern.data, form.digits.data = now
    context: dict[str, Any] = {"now": now, "given": _examples(root, now), "examples": None}
    if not form.validate_on_submit():
        return web.form_page(PAGE, form, **context)
    try:
        said = index_numbers.checked(str(form.pattern.data), form.digits.data or 0)
        if request.form.get("settle") != "yes":
            return web.page(PAGE, form=form, **{**context, "examples": _examples(root, said)})
        index_numbers.set_scheme(current_user, root, *said)
    except RuleError as error:
        return web.refused(PAGE, form, error, **context)
    db.session.commit()
    return web.go(".manage_subjects", _("What is published from now on is numbered so."))


def _examples(root: Association, scheme: Scheme) -> list[tuple[str, str]]:
    """The next number at some associations."""
    return [(place.display_name, index_numbers.next_number(place, scheme)) for place in list_examples(root)]
