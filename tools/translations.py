"""`make translations`: collect the messages, keep what is translated, make Traditional from Simplified Chinese.

Messages are English in the code. translations/zh_Hans is written by hand; translations/zh_Hant is made from it by
OpenCC with Taiwan's phrases, except what translations/zh_Hant.toml says otherwise. English needs no catalogue.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po
from opencc import OpenCC

FOLDER = Path("portal/translations")
EXCEPTIONS = FOLDER / "zh_Hant.toml"
KEYWORDS = ("lazy", "lazy_pgettext:1c,2", "pgettext:1c,2", "ngettext:1,2")


def main() -> int:
    template = collect()
    simplified = update(template)
    write(simplified, "zh_Hans")
    write(traditional(simplified), "zh_Hant")
    missing = [message for message in simplified if message.id and not text_of(message)]
    for message in missing:
        print(f"not translated: {message.id!r}")
    print(f"{len(simplified)} messages, {len(missing)} without Chinese.")
    return 1 if missing else 0


def collect() -> Catalog:
    """Every message of the code and the templates."""
    with tempfile.NamedTemporaryFile(suffix=".pot") as pot:
        keywords = [part for keyword in KEYWORDS for part in ("-k", keyword)]
        command = [
            "pybabel",
            "-q",
            "extract",
            "-F",
            "babel.cfg",
            *keywords,
            "--no-location",
            "-o",
            pot.name,
            "portal",
        ]
        subprocess.run([Path(sys.executable).parent / command[0], *command[1:]], check=True)
        return read_po(pot)


def update(template: Catalog) -> Catalog:
    """The Simplified catalogue with exactly the messages of the template; what was translated stays."""
    path = FOLDER / "zh_Hans/LC_MESSAGES/messages.po"
    with path.open("rb") as file:
        known = read_po(file, locale="zh_Hans")
    fresh = Catalog(locale="zh_Hans", project="association-portal", fuzzy=False)
    for message in template:
        if message.id:
            old = known.get(first(message), message.context)
            fresh.add(
                message.id,
                as_forms(message, text_of(old) if old else ""),
                context=message.context,
                flags=message.flags,
            )
    return fresh


def traditional(simplified: Catalog) -> Catalog:
    """Character by character: what OpenCC knows of Taiwan is the language of computers (釋出 for 發布)."""
    settings = tomllib.loads(EXCEPTIONS.read_text(encoding="utf-8"))
    exceptions: dict[str, str] = settings.get("messages", {})
    characters = OpenCC("s2tw").convert

    def convert(text: str) -> str:
        text = characters(text)
        for word, better in settings.get("words", {}).items():
            text = text.replace(word, better)
        return text

    made = Catalog(locale="zh_Hant", project="association-portal", fuzzy=False)
    for message in simplified:
        if message.id:
            text = exceptions.get(first(message)) or convert(text_of(message))
            made.add(message.id, as_forms(message, text), context=message.context, flags=message.flags)
    return made


def write(catalogue: Catalog, locale: str) -> None:
    path = FOLDER / locale / "LC_MESSAGES/messages.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue, width=0, sort_output=True, omit_header=False)


def first(message: Message) -> str:
    """The message's key: its singular where it has two forms."""
    return message.id[0] if isinstance(message.id, (list, tuple)) else message.id


def text_of(message: Message) -> str:
    """The translation: Chinese has one form."""
    text = message.string[0] if isinstance(message.string, (list, tuple)) else message.string
    return text or ""


def as_forms(message: Message, text: str) -> str | tuple[str, ...]:
    return (text,) if isinstance(message.id, (list, tuple)) else text


if __name__ == "__main__":
    sys.exit(main())
