"""Office pages of training: the courses of a year, who learned in it, one course; each with its files."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, g
from flask_login import current_user

from portal.accounts.reader import me
from portal.associations.models import Level
from portal.core import downloads, web
from portal.core.access import requires
from portal.core.calendar import today
from portal.core.paging import asked_year, page_number, paginate
from portal.dossiers import training_exports
from portal.dossiers.blueprint import blueprint
from portal.dossiers.course import Course, attendees, get_course
from portal.dossiers.training import (
    RIGHT,
    WANTED,
    Reach,
    by_association,
    by_person,
    counts_of,
    courses,
    totals,
)


@blueprint.get("/office/<code>/training")
@requires(RIGHT)
def training(code: str) -> str:
    """The courses of a year with who attended and what was studied, beside how many are wanted."""
    reach = _reach()
    page = paginate(courses(reach), page_number(), scalars=False)
    counts = counts_of(reach, [row.course for row in page.rows])
    return web.page("dossiers/training.html", page=page, counts=counts, totals=totals(reach), **_around(reach))


@blueprint.get("/office/<code>/training/courses.<any(xlsx, csv):form>")
@requires(RIGHT)
def training_file(code: str, form: str) -> Response:
    return downloads.send(form, training_exports.courses(_reach()), ".training")


@blueprint.get("/office/<code>/training/associations")
@requires(RIGHT)
def training_places(code: str) -> str:
    """Each association of the branch: courses of the year beside four."""
    reach = _reach()
    page = paginate(by_association(reach), page_number(), 50, scalars=False)
    return web.page("dossiers/training_places.html", page=page, **_around(reach))


@blueprint.get("/office/<code>/training/associations.<any(xlsx, csv):form>")
@requires(RIGHT)
def training_places_file(code: str, form: str) -> Response:
    return downloads.send(form, training_exports.places(_reach()), ".training_places")


@blueprint.get("/office/<code>/training/people")
@requires(RIGHT)
def training_people(code: str) -> str:
    """Everybody who attended a course in the year, with study hours."""
    reach = _reach()
    page = paginate(by_person(reach), page_number(), 50, scalars=False)
    return web.page("dossiers/training_people.html", page=page, **_around(reach))


@blueprint.get("/office/<code>/training/people.<any(xlsx, csv):form>")
@requires(RIGHT)
def training_people_file(code: str, form: str) -> Response:
    return downloads.send(form, training_exports.people(_reach()), ".training_people")


@blueprint.get("/office/<code>/training/<public_id>")
@requires(RIGHT)
def course(code: str, public_id: str) -> str:
    """One course: its sessions, and who attended how many of them."""
    found = _course(public_id)
    page = paginate(attendees(current_user, found), page_number(), 50, scalars=False)
    return web.page("dossiers/course.html", course=found, page=page)


@blueprint.get("/office/<code>/training/<public_id>.<any(xlsx, csv):form>")
@requires(RIGHT)
def course_file(code: str, public_id: str, form: str) -> Response:
    found = _course(public_id)
    return downloads.send(form, training_exports.attendance(found, attendees(current_user, found)), ".training")


def _course(public_id: str) -> Course:
    return get_course(current_user, g.association, public_id) or abort(404)


def _reach() -> Reach:
    """The year that the address asks for, else the present one."""
    now = today(g.association.time_zone).year
    return Reach(me(), g.association, asked_year(now, last=now + 1))


def _around(reach: Reach) -> dict[str, Any]:
    is_branch = g.association.level != Level.GRASSROOTS
    this_year = today(g.association.time_zone).year
    return {"year": reach.year, "this_year": this_year, "wanted": WANTED, "is_branch": is_branch}
