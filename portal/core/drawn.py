"""Public pages that are drawn once from the same values: what has not changed looks the same to every visitor.

What a page shows of the database is never out of date: the values are read for each visitor, and other values are
another page. Only what stands around it (the name of the site, say) may be a minute old, as it is anywhere.
"""

from __future__ import annotations

import gzip
import secrets
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from time import monotonic
from typing import Any

import brotli  # type: ignore[import-untyped]
from flask import Response, current_app, g, render_template, request, session
from flask_login import current_user
from flask_wtf.csrf import generate_csrf

from portal.core.i18n import locale
from portal.core.shared import mark_of, marked, share
from portal.core.web import preferences

MOST, LONGEST, LONGEST_ADDRESS = 200, 60_000, 300  # pages of a worker, characters of each: at most some megabytes
# Stands in a drawing where each visitor's own token goes. Nobody can guess it: an address that held it would have a
# visitor's token written into a link.
TOKEN = secrets.token_hex(16)
PACKERS: dict[str, Callable[[bytes, int], bytes]] = {
    "br": lambda content, level: bytes(brotli.compress(content, quality=level)),
    "gzip": lambda content, level: gzip.compress(content, level),
}
QUICK, WELL = 1, 6  # a page for one reader, and one that is asked for again


class Drawing:
    """A page as it was drawn, and as it was packed for browsers that take it so."""

    def __init__(self, html: str) -> None:
        self.html = html
        self.packed: dict[str, bytes] = {}
        self.is_asked_again = False
        self.mark = "" if TOKEN in html else mark_of(html.encode())  # a page with a token is nobody else's

    def answer(self) -> Response:
        if not self.mark:
            return Response(self.html.replace(TOKEN, generate_csrf()), mimetype="text/html")
        return marked(self.mark, self._packed)

    def _packed(self) -> Response:
        """Whoever is the first to see a page gets it packed quickly; for those after, it is worth more."""
        for name, pack in PACKERS.items():
            if request.accept_encodings[name]:
                content = self.packed.get(name) or pack(self.html.encode(), WELL if self.is_asked_again else QUICK)
                if self.is_asked_again:
                    self.packed[name] = content
                self.is_asked_again = True
                headers = {"Content-Encoding": name, "Vary": "Accept-Encoding"}
                return Response(content, mimetype="text/html", headers=headers)
        return Response(self.html, mimetype="text/html")


class Shelf:
    """Drawings by what they were drawn from; the one not asked for the longest time makes room."""

    def __init__(self) -> None:
        self.drawings: OrderedDict[Hashable, Drawing] = OrderedDict()
        self.lock = Lock()

    def get(self, key: Hashable) -> Drawing | None:
        with self.lock:
            drawing = self.drawings.get(key)
            if drawing is not None:
                self.drawings.move_to_end(key)
            return drawing

    def keep(self, key: Hashable, drawing: Drawing) -> None:
        with self.lock:
            self.drawings[key] = drawing
            if len(self.drawings) > MOST:
                self.drawings.popitem(last=False)


def public_page(template: str, values: Hashable, context: Callable[[], dict[str, Any]]) -> Response:
    """A whole page for everybody; for visitors who are not signed in it is drawn from `values` once.

    What the page shows must follow from `values` and the address, beside what every page shows. `context` reads
    what else the template needs, and is asked only when the page is drawn. A form may stand on it that is the same
    for everybody: no key under which it would be taken for sent before.
    """
    key = _key(template, values)
    if key is None:
        return share(render_template(template, **context()))
    shelf: Shelf = current_app.extensions.setdefault("portal.drawn", Shelf())
    drawing = shelf.get(key)
    if drawing is None:
        drawing = Drawing(_without_token(render_template(template, **context())))
        if len(drawing.html) <= LONGEST:
            shelf.keep(key, drawing)
    return drawing.answer()


def _without_token(html: str) -> str:
    """No visitor's token is kept: each gets one of their own when the page is handed out."""
    token = g.get(current_app.config["WTF_CSRF_FIELD_NAME"])
    return html.replace(token, TOKEN) if token else html


def _key(template: str, values: Hashable) -> Hashable | None:
    """All that the page follows from; None for a reader who gets a page of their own."""
    seconds, address = current_app.config["FIGURES_SECONDS"], request.full_path
    if (
        not seconds
        or len(address) > LONGEST_ADDRESS
        or current_user.is_authenticated
        or set(session) - {"csrf_token"}
    ):
        return None
    preferred = preferences()
    looks = preferred and tuple(preferred.get(name) for name in ("size", "contrast", "scheme"))
    return template, address, values, locale(), looks or None, monotonic() // seconds
