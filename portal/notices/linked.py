"""What a notice is, for search engines: schema.org in JSON-LD.

A DigitalDocument, whatever its kind: a notice of an association is neither a law (Legislation) nor a report of a
newspaper (NewsArticle). The block is data; a browser runs nothing of it, and so the CSP has no say in it.
"""

from __future__ import annotations

import json
from typing import Any

from markupsafe import Markup

from portal.core.text import beginning

# What would end the block, or begin a comment in it, is written as JSON can write any character.
_ESCAPES = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def block(document: Any, holds: Any, base_url: str, site_name: str) -> Markup:
    """The element that holds it."""
    data = json.dumps(described(document, holds, base_url, site_name), ensure_ascii=False).translate(_ESCAPES)
    return Markup('<script type="application/ld+json">') + Markup(data) + Markup("</script>")  # noqa: S704 - escaped


def described(document: Any, holds: Any, base_url: str, site_name: str) -> dict[str, Any]:
    """The document as an object of schema.org; what is not known is left out."""
    address = f"{base_url}/notices/{document.public_id}"
    found = {
        "@context": "https://schema.org",
        "@type": "DigitalDocument",
        "@id": address,
        "url": address,
        "name": document.title,
        "identifier": document.index_number,
        "abstract": beginning(document.html, 200) if document.html else "",
        "author": _named("Organization", document.issuer),
        "publisher": _named("Organization", document.association, f"{base_url}/associations/{document.code}"),
        "version": document.number,
        "creativeWorkStatus": str(holds.label),
        "keywords": document.keywords.split(),
        "about": _named("Thing", document.subject),
        "inLanguage": "zh",
        "isAccessibleForFree": True,
        "isPartOf": _named("WebSite", site_name, f"{base_url}/"),
        **_dates(document),
    }
    return {name: value for name, value in found.items() if value not in (None, "", [])}


def _named(kind: str, name: str, address: str = "") -> dict[str, str] | None:
    if not name:
        return None
    return {"@type": kind, "name": name, **({"url": address} if address else {})}


def _dates(document: Any) -> dict[str, str | None]:
    """Signed, published, corrected, and until when it holds."""
    days = {
        "dateCreated": document.signed_on,
        "datePublished": document.published_at,
        "dateModified": document.version_published_at,
        "expires": document.expires_on,
    }
    return {name: day.isoformat() if day else None for name, day in days.items()}
