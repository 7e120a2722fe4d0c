"""What stands around a page: the site, the reader's preferences, the navigations, the public header and footer."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Flask, current_app, g, request
from flask_login import current_user
from markupsafe import Markup

from portal.core import access
from portal.core.i18n import NATIVE, _, locale
from portal.core.navigation import Navigation, Site
from portal.core.recent import last_known, recent
from portal.core.web import preference, prefs_link, way_back

BACK = "way-back-to-this-page"


class Preferences:
    """How the reader wants to see the pages."""

    @property
    def large(self) -> bool:
        return preference("size") == "large"

    @property
    def contrast(self) -> bool:
        return preference("contrast") == "high"

    @property
    def scheme(self) -> str:
        kept = preference("scheme")
        return kept if kept in ("light", "dark") else "auto"


class Frame:
    """The public header and footer. They are drawn once a minute for all visitors who would get the same.

    Those who are signed in get their own. The one thing that differs between visitors on the same kind of page, the
    way back to it in the links of the preferences, is put in afterwards.
    """

    def __init__(self, context: dict[str, Any]) -> None:
        self.context = context

    @property
    def header(self) -> str:
        return self._part("header")

    @property
    def footer(self) -> str:
        return self._part("footer")

    def _part(self, name: str) -> str:
        if current_user.is_authenticated or request.endpoint is None or g.get("site_is_away"):
            return self._draw(name, way_back())
        prefs: Preferences = self.context["prefs"]
        shown = (name, self.context["locale"], prefs.large, prefs.contrast, prefs.scheme, request.endpoint)
        drawn = recent(f"frame:{shown}", lambda: self._draw(name, BACK))
        return Markup(drawn.replace(BACK, way_back()))  # noqa: S704 - quoted for an address, so safe in an attribute

    def _draw(self, name: str, back: str) -> str:
        """The macro's text. It is asked for in the reader's language and preferences, which the key names."""
        page = {**self.context, "user": current_user, **_links(back)}
        macros: Any = current_app.jinja_env.get_template("macros/site.html").module
        return Markup(getattr(macros, name)(page))  # noqa: S704 - a macro escapes what it is given


def install(app: Flask) -> None:
    app.context_processor(_context)
    app.jinja_env.filters["in_sight"] = access.in_sight
    app.jinja_env.globals["can"] = access.can  # macros see what is global and nothing else


def _context() -> dict[str, Any]:
    context = {
        "navigation": Navigation(),
        "prefs": Preferences(),
        "locale": locale(),
        "site": _site(),
        "association": g.get("association"),
        "form_failed": g.get("form_failed", False),
        **_links(way_back()),
    }
    return {**context, "frame": Frame(context)}


def _links(back: str) -> dict[str, Any]:
    link = partial(prefs_link, back)
    return {"prefs_url": link, "languages": [(tag, name, link(language=tag)) for tag, name in NATIVE.items()]}


def _site() -> Site:
    """The federation's name and contact; an error page, which may not ask the database, shows the last known."""
    key = f"site:{locale()}"
    if g.get("site_is_away"):
        known: Site | None = last_known(key)
        return known or Site(str(_("Association portal")), "")
    site: Callable[[], Site] = current_app.extensions["portal.site"]
    return recent(key, site)
