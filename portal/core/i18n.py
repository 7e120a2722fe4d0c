"""Languages: which one a reader gets, and the gettext names used everywhere (no flask name needed)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache
from gettext import NullTranslations
from typing import Any

from flask import Flask, g, has_app_context
from flask_babel import Locale, get_locale, get_translations
from flask_babel.speaklater import LazyString
from jinja2 import pass_eval_context
from markupsafe import Markup

# Babel's names on the left stay inside this module; pages and addresses use the tags on the right.
TAGS = {"zh_Hans": "zh-Hans", "zh_Hant": "zh-Hant", "en": "en"}
BABEL = {tag: name for name, tag in TAGS.items()}
NATIVE = {"zh-Hans": "简体", "zh-Hant": "繁體", "en": "English"}
_TRADITIONAL = ("zh-tw", "zh-hk", "zh-mo")

__all__ = [
    "BABEL",
    "NATIVE",
    "TAGS",
    "_",
    "babel_locale",
    "choose",
    "install",
    "lazy",
    "lazy_pgettext",
    "locale",
    "ngettext",
    "pgettext",
]


def install(app: Flask) -> None:
    """The names under which templates translate; what is put into a message is escaped, the message is ours."""
    app.jinja_env.globals.update(_=_in_page, gettext=_in_page, ngettext=_plural_in_page, pgettext=_context_in_page)


def _(message: str, /, **variables: Any) -> str:
    """A message in the reader's language."""
    text = _catalogue().gettext(message)
    return text % variables if variables else text


def ngettext(singular: str, plural: str, num: int, /, **variables: Any) -> str:
    """A message about `num` things, which it names as %(num)d."""
    return _catalogue().ngettext(singular, plural, num) % {"num": num, **variables}


def pgettext(context: str, message: str, /, **variables: Any) -> str:
    """A message whose one English wording needs several in Chinese; the context tells which."""
    text = _catalogue().pgettext(context, message)
    return text % variables if variables else text


def lazy(message: str, /, **variables: Any) -> Any:
    """A message of a class or module, translated each time it is shown."""
    return LazyString(_, message, **variables)


def lazy_pgettext(context: str, message: str, /, **variables: Any) -> Any:
    return LazyString(pgettext, context, message, **variables)


def _catalogue() -> NullTranslations:
    """The reader's catalogue. Flask-Babel would look it up for every message, a quarter of the time of a page; the
    place where it is kept for the request is the one that Flask-Babel empties when the language changes.
    """
    found: NullTranslations | None
    if not has_app_context():
        found = get_translations()
        return found
    kept = vars(g._get_current_object())  # the object itself: a proxy asks who it is at each step
    found = getattr(kept.get("_flask_babel"), "babel_translations", None)
    if found is None:
        found = get_translations()
        kept["_flask_babel"].babel_translations = found
    return found


@pass_eval_context
def _in_page(context: Any, message: str, /, **variables: Any) -> str:
    return _filled(context, _catalogue().gettext(message), variables)


@pass_eval_context
def _plural_in_page(context: Any, singular: str, plural: str, num: int, /, **variables: Any) -> str:
    return _filled(context, _catalogue().ngettext(singular, plural, num), {"num": num, **variables})


@pass_eval_context
def _context_in_page(context: Any, kind: str, message: str, /, **variables: Any) -> str:
    return _filled(context, _catalogue().pgettext(kind, message), {"context": kind, **variables})


def _filled(context: Any, text: str, variables: dict[str, Any]) -> str:
    """As Jinja's own: a per cent sign in a message of a page is written twice."""
    shown = _marked(text) if context.autoescape else text
    return shown % variables if "%" in text else shown


@lru_cache(maxsize=4096)
def _marked(text: str) -> Markup:
    """A message as markup; there are as many as the catalogues have, and each is asked for again and again."""
    return Markup(text)  # noqa: S704 - messages are written by us


def locale() -> str:
    """The reader's language as a tag: zh-Hans, zh-Hant or en."""
    current = get_locale() if has_app_context() else None
    if current is None or current.language == "zh":
        return "zh-Hant" if current is not None and current.script == "Hant" else "zh-Hans"
    return "en"


@cache
def babel_locale(tag: str) -> Locale:
    """Babel's locale of a tag."""
    return Locale.parse(BABEL[tag])


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
