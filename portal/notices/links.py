"""The links of a text, before it is published: whether those into the portal lead anywhere. Nothing is fetched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from re import compile as pattern
from urllib.parse import urlsplit

from flask import current_app
from werkzeug.exceptions import HTTPException

from portal.core.i18n import _
from portal.notices import attachments, queries

_LINK = pattern(r'<(?:a|img)\b[^>]*?\b(?:href|src)="([^"]*)"')
MOST = 200


@dataclass(frozen=True)
class Link:
    """An address of the text; `fault` says in words what is wrong with it."""

    address: str
    fault: str = ""


def check(html: str) -> list[Link]:
    """Each link of a rendered text once: those that lead nowhere first, then those that lead out of the portal."""
    found = list(dict.fromkeys(_addresses(html)))[:MOST]
    checked = [link for address in found if (link := _checked(address))]
    return sorted(checked, key=lambda link: not link.fault)


def _checked(address: str) -> Link | None:
    """What there is to say of an address; nothing of one that leads to a page of ours."""
    parts = urlsplit(address)
    if parts.scheme in ("mailto", "tel"):
        return None
    own = urlsplit(current_app.extensions["portal.settings"].base_url).netloc
    if parts.netloc in ("", own) and parts.path.startswith("/"):
        return None if _leads_somewhere(parts.path) else Link(address, _("No page of the portal is found there."))
    if "." not in parts.netloc:
        return Link(address, _("This address is not complete: it begins with https:// or with /."))
    return Link(address)


def _leads_somewhere(path: str) -> bool:
    """Whether the portal has such a page; of notices and their files, whether this one is there."""
    try:
        endpoint, values = current_app.url_map.bind("").match(path, "GET")
    except HTTPException:
        return False
    if endpoint == "notices.public_page":
        return queries.get_public(values["public_id"]) is not None
    if endpoint == "notices.file":
        return attachments.is_there(values["file_id"])
    return True


def _addresses(html: str) -> Iterator[str]:
    return (unescape(address) for address in _LINK.findall(html))
