"""Lending in the office: what was asked of whom, whom to ask, and asking."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, g, request
from flask_login import current_user

from portal.associations import list_queries
from portal.core import downloads, web
from portal.core.access import requires
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.feature import Feature
from portal.core.forms import choices
from portal.core.i18n import _, lazy
from portal.core.paging import page_number, paginate
from portal.lending import exports, queries, services, sisters
from portal.lending.blueprint import blueprint
from portal.lending.forms import AskForm, WhereForm
from portal.lending.queries import RIGHT
from portal.members.queries import root_id
from portal.volunteers.models import DayPart, Skill, SkillKind
from portal.volunteers.queries import list_skills
from portal.volunteers.roster_words import WEEKDAYS

feature = Feature("lending", blueprint)

ASKED_BY, ASKED_OF = "by", "of"


def _listed() -> tuple[str, Any]:
    """Which side the address asks for, and its requests."""
    side = ASKED_OF if request.args.get("side") == ASKED_OF else ASKED_BY
    asked = queries.asked_of if side == ASKED_OF else queries.asked_by
    return side, asked(current_user, g.association).options(*queries.SHOWN)


@blueprint.get("/office/<code>/lending")
@requires(RIGHT)
def office_list(code: str) -> str:
    """What this association asked of others, or others of it."""
    side, statement = _listed()
    waiting = db.session.scalar(queries.counting_to_answer(g.association)) or 0
    page = paginate(statement, page_number())
    return web.page("lending/list.html", asking=side, page=page, waiting=waiting, day=today())


@blueprint.get("/office/<code>/lending/list.<any(xlsx, csv):form>")
@requires(RIGHT)
def list_file(code: str, form: str) -> Response:
    """The same as a file."""
    return downloads.send(form, exports.requests(_listed()[1]), "lending.office_list")


@blueprint.get("/office/<code>/lending/ask")
@requires(RIGHT)
def where(code: str) -> str:
    """A skill, and which sisters have volunteers with it and time: numbers, no names."""
    form = _where_form()
    skill = list_queries.get(Skill, root_id(g.association), form.skill.data or "")
    day, part = form.day.data or "", form.part.data or ""
    weekday = int(day) if day in map(str, range(7)) else None
    part = part if part in set(DayPart) else ""
    rows = sisters.list_lenders(g.association, skill.id, weekday, part) if skill else ()
    return web.page("lending/where.html", form=form, skill=skill, rows=rows)


def _where_form() -> WhereForm:
    form = WhereForm(formdata=request.args)
    skills = [(skill.public_id, skill.name) for skill in list_skills(root_id(g.association), SkillKind.SKILL)]
    form.skill.choices = choices([("", lazy("Choose")), *skills])
    form.day.choices = choices([("", _("Any day")), *((str(number), day) for number, day in enumerate(WEEKDAYS))])
    form.part.choices = choices([("", _("Any time of day")), *DayPart.labels().items()])
    return form


@blueprint.route("/office/<code>/lending/ask/<lender>", methods=["GET", "POST"])
@requires(RIGHT)
def ask(code: str, lender: str) -> Any:
    """How many, for what, from when to when. The skill stands in the address."""
    sister = sisters.get_sister(g.association, lender) or abort(404)
    skill = list_queries.get(Skill, root_id(g.association), request.args.get("skill", "")) or abort(404)
    form, context = AskForm(), {"lender": sister, "skill": skill}
    if not form.validate_on_submit():
        return web.form_page("lending/ask.html", form, **context)
    try:
        asked = services.ask(current_user, g.association, sister, skill, **form.values())
    except RuleError as error:
        return web.refused("lending/ask.html", form, error, **context)
    db.session.commit()
    message = _("Asked. %(association)s sees it on its work list.", association=sister.display_name)
    return web.go("lending.show", message, public_id=asked.public_id)


from portal.lending import answer_views, own_views  # noqa: E402, F401 - their routes belong to this blueprint
