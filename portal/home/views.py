"""The front page, the office's work list, one's own page, and the reader's preferences."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, g, redirect, request
from flask_login import current_user

from portal.accounts.reader import me
from portal.activities import queries as activities
from portal.core import access, web
from portal.core.access import public, requires, signed_in
from portal.core.calendar import today
from portal.core.drawn import public_page
from portal.core.feature import Entry, Feature
from portal.core.i18n import lazy
from portal.core.shared import shared
from portal.home import queries, tasks
from portal.notices import queries as notices
from portal.objections.public_views import open_notice_periods
from portal.offices.queries import list_appointments_of
from portal.own.overview import overview
from portal.people.queries import get_own

blueprint = Blueprint("home", __name__)

feature = Feature(
    "home",
    blueprint,
    public=(Entry(lazy("Home"), "home.front", 0),),
    own=(Entry(lazy("My page"), "home.own", 0),),
    office=(Entry(lazy("To do today"), "home.office", 0, "office.enter"),),
)

CHOICES = {
    "language": ("zh-Hans", "zh-Hant", "en"),
    "size": ("large", "normal"),
    "contrast": ("high", "normal"),
    "scheme": ("light", "dark", "auto"),
}
YEAR = 365 * 24 * 3600


@blueprint.get("/")
@public
def front() -> Response | str:
    """What is new, for everybody: notices, activities, and totals."""
    day = today()
    figures = queries.front_figures(day)
    if figures is None:
        return web.page("home/empty.html")
    shown = {
        "figures": figures,
        "notices": tuple(notices.latest_published(7)),
        "activities": tuple(activities.latest_public(limit=4)),
        "periods": tuple(open_notice_periods()),
        "day": day,
    }
    return public_page("home/front.html", tuple(shown.values()), lambda: shown)


@blueprint.get("/me")
@signed_in
def own() -> str:
    """One's own page: the card, what waits, and the ways to what is mine."""
    return web.page("own/page.html", **overview(current_user.person_id))


@blueprint.get("/office")
@signed_in
def offices() -> Any:
    """The offices one holds; with only one, straight to it."""
    appointments = list_appointments_of(get_own(current_user.person_id), live=True)
    codes = {held.association.code for held in appointments}
    if len(codes) == 1:
        return web.go("home.office", code=codes.pop())
    return web.page("home/offices.html", appointments=appointments)


@blueprint.get("/office/<code>")
@requires("office.enter")
def office(code: str) -> str:
    """What is to be done today, and the association's figures."""
    account, association = me(), g.association
    day, may_read = today(association.time_zone), access.can("activities.read")
    months = activities.month_states(association, day.year)
    return web.page(
        "home/office.html",
        groups=tasks.grouped(tasks.list_tasks(account, association, months)),
        counts=queries.count_people(association.path),
        memberships=queries.count_memberships(association.path),
        year=activities.count_figures(association.path, day.year),
        months=months if may_read else [],
        latest=queries.latest_entries(account, association) if may_read else [],
        day=day,
    )


@blueprint.get("/accessibility")
@public
@shared
def accessibility() -> str:
    return web.page("home/accessibility.html")


@blueprint.get("/preferences")
@public
def preferences() -> Response:
    """Keep how the reader wants to see pages, in a cookie of their own, and go back."""
    kept = {name: web.preference(name) for name in CHOICES}
    kept.update({name: request.args[name] for name in CHOICES if request.args.get(name) in CHOICES[name]})
    value = ".".join(f"{name}:{choice}" for name, choice in kept.items() if choice in CHOICES[name])
    response = redirect(web.own_path(request.args.get("back")) or "/", 303)
    name = web.prefs_cookie()
    secure = name.startswith("__Host-")
    response.set_cookie(name, value, max_age=YEAR, samesite="Lax", httponly=True, secure=secure)
    return response  # type: ignore[return-value]


from portal.home import association_page, hearings, robots  # noqa: E402, F401 - their routes belong to this blueprint
