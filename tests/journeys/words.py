"""The portal's messages in a reader's language, so that a story finds a button by the words on it."""

from __future__ import annotations

import re
from functools import cache

from babel.support import NullTranslations, Translations

from portal.core.i18n import BABEL
from tests.harness.source import ROOT

# What a Chinese page says in Latin letters, because Chinese readers do: names of formats and things, and examples.
LATIN = frozenset(
    ("AA", "Atom", "Badges", "CSV", "Excel", "GB", "JSON", "JavaScript", "MB", "ODS", "Open", "PDF", "PowerPoint",
     "WCAG", "WPS", "Word", "ZIP", "csv", "hsl", "jpg", "wh", "xlsx")
)  # fmt: skip
# Codes of the cast, small in addresses and large in numbers, and the device that signs it in.
OF_THE_TESTS = frozenset(("QINGHE", "WANGJIANG", "liuan", "qinghe", "test", "tingyu", "wangjiang"))
LATIN_WORD = re.compile(r"[A-Za-z]{2,}")
# A reference such as 8YK1-JK6F-HQP0, an address, a part of the pattern of numbers.
APART = re.compile(r"\b[0-9A-Z]+(?:-[0-9A-Z]+)+\b|https?://\S+|\{[a-z]+\}")


class Words:
    """Messages of one language; English stands in the code itself."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._catalogue = _catalogue(language)

    def __call__(self, message: str, context: str | None = None, **values: object) -> str:
        text = self._catalogue.pgettext(context, message) if context else self._catalogue.gettext(message)
        return str(text) % values if values else str(text)

    def plural(self, singular: str, plural: str, number: int) -> str:
        return str(self._catalogue.ngettext(singular, plural, number)) % {"num": number}

    def beginning(self, message: str, context: str | None = None) -> re.Pattern[str]:
        """What begins with the message: a label is followed by "(optional)", a button by what it is about."""
        return re.compile(f"^{re.escape(self(message, context))}")

    def foreign(self, text: str) -> set[str]:
        """English words of a Chinese page's text."""
        return set() if self.language == "en" else set(LATIN_WORD.findall(APART.sub("", text))) - LATIN - OF_THE_TESTS


@cache
def _catalogue(language: str) -> NullTranslations:
    if language == "en":
        return NullTranslations()
    found = Translations.load(ROOT / "portal/translations", [BABEL[language]])
    assert isinstance(found, Translations), f"no catalogue of {language}"
    return found
