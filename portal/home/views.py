"""The front page, the office's work list, one's own page, and the reader's preferences."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request

from portal.core import web
from portal.core.access import public, requires, signed_in
from portal.core.feature import Entry, Feature
from portal.core.i18n import lazy

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
def front() -> str:
    return web.page("home/front.html")


@blueprint.get("/me")
@signed_in
def own() -> str:
    return web.page("home/own.html")


@blueprint.get("/office/<code>")
@requires("office.enter")
def office(code: str) -> str:
    return web.page("home/office.html")


@blueprint.get("/preferences")
@public
def preferences() -> Response:
    """Keep how the reader wants to see pages, in a cookie of their own, and go back."""
    kept = {name: web.preference(name) for name in CHOICES}
    kept.update({name: request.args[name] for name in CHOICES if request.args.get(name) in CHOICES[name]})
    value = ".".join(f"{name}:{choice}" for name, choice in kept.items() if choice in CHOICES[name])
    response = redirect(web.own_path(request.args.get("back")) or "/", 303)
    response.set_cookie("prefs", value, max_age=YEAR, samesite="Lax", httponly=True, secure=request.is_secure)
    return response  # type: ignore[return-value]
