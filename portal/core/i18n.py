"""Languages: which one a reader gets, and the gettext names used everywhere (no flask name needed)."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import get_locale, gettext, lazy_gettext, lazy_pgettext, ngettext, pgettext

# Babel's names on the left stay inside this module; pages and addresses use the tags on the right.
TAGS = {"zh_Hans": "zh-Hans", "zh_Hant": "zh-Hant", "en": "en"}
BABEL = {tag: name for name, tag in TAGS.items()}
NATIVE = {"zh-Hans": "简体", "zh-Hant": "繁體", "en": "English"}
_TRADITIONAL = ("zh-tw", "zh-hk", "zh-mo")

_ = gettext
lazy = lazy_gettext

__all__ = [
    "BABEL",
    "NATIVE",
    "TAGS",
    "_",
    "choose",
    "lazy",
    "lazy_pgettext",
    "locale",
    "ngettext",
    "pgettext",
]


def locale() -> str:
    """The reader's language as a tag: zh-Hans, zh-Hant or en."""
    current = get_locale()
    return TAGS.get(str(current), "zh-Hans") if current else "zh-Hans"


def choose(preferred: str | None, accepted: Iterable[str], default: str) -> str:
    """The language of a page: what the reader chose, else the first accepted one the portal has.

    Tags are mapped here and not by best_match, which sends zh-TW to Simplified and misses zh-HK.
    """
    if preferred in BABEL:
        return str(preferred)
    for tag in accepted:
        low = tag.lower().replace("_", "-")
        if low.startswith(_TRADITIONAL) or low.startswith("zh-hant"):
            return "zh-Hant"
        if low.startswith("zh"):
            return "zh-Hans"
        if low.startswith("en"):
            return "en"
    return default
