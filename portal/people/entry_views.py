"""A volunteer is entered from a signed paper form. Members are entered with their membership (portal.members)."""

from __future__ import annotations

from typing import Any

from flask import g
from flask_login import current_user
from wtforms import SelectField
from wtforms.validators import Optional

from portal.associations.queries import list_groups
from portal.core import web
from portal.core.access import requires
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.forms import choices
from portal.core.i18n import _, lazy, locale
from portal.people import paper, queries, services
from portal.people.models import AffiliationKind, Person
from portal.people.paper import PaperForm
from portal.people.views import blueprint


class VolunteerForm(PaperForm):
    """Somebody who helps without being a member."""

    group = SelectField(lazy("Group"), [Optional()])


@blueprint.route("/office/<code>/people/new", methods=["GET", "POST"])
@requires("members.write")
def new(code: str) -> Any:
    """Enter a volunteer from a signed paper form."""
    form, groups = VolunteerForm(), list_groups(g.association)
    form.group.choices = choices([("", _("None")), *((group.public_id, group.name) for group in groups)])
    notice = queries.current_notice(locale())
    if not form.validate_on_submit():
        show = web.invalid if form.is_submitted() else web.page
        return show("people/new.html", form=form, notice=notice)
    asked = paper.known(form, "members.write")
    if asked:
        paper.ask(form, asked)
        return web.invalid("people/new.html", form, notice=notice, asked=asked)
    try:
        created = _enter(form, groups, notice.version if notice else 0)
    except RuleError as error:
        return web.refused("people/new.html", form, error, notice=notice)
    db.session.commit()
    return web.go("people.person", _("%(name)s is in the register.", name=created.name), public_id=created.public_id)


def _enter(form: VolunteerForm, groups: Any, version: int) -> Person:
    """One act of entering: the record, what it is held as, and the consent on paper."""
    created = paper.enter(current_user, form, version)
    group = next((group for group in groups if group.public_id == form.group.data), None)
    services.affiliate(current_user, created, g.association, AffiliationKind.VOLUNTEER, today(), group)
    return created
