"""Brings the catalogues up to date: collects messages, keeps the Simplified Chinese, converts the Traditional.

zh_Hans is written by people. zh_Hant is converted from it by OpenCC with Taiwan's characters and words; what the
converter gets wrong stands in zh_Hant.toml. en repeats the messages, which are English already.
"""

from __future__ import annotations

import tempfile
import tomllib
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "portal/translations"
KEYWORDS = ("lazy", "lazy_pgettext:1c,2", "pgettext:1c,2", "ngettext:1,2")
Text = str | tuple[str, ...]


def collect() -> Catalog:
    """Every message of the code and the templates."""
    with tempfile.NamedTemporaryFile(suffix=".pot") as file:
        keywords = [part for keyword in KEYWORDS for part in ("-k", keyword)]
        command = ["pybabel", "-q", "extract", "-F", str(ROOT / "babel.cfg"), *keywords, "--no-location"]
        CommandLineInterface().run([*command, "-o", file.name, str(ROOT / "portal")])
        return read_po(file)


def load(language: str) -> Catalog:
    """A catalogue as it stands in the repository; empty where there is none yet."""
    path = FOLDER / language / "LC_MESSAGES/messages.po"
    return read_po(BytesIO(path.read_bytes() if path.exists() else b""), locale=language)


def store(catalogue: Catalog) -> None:
    path = FOLDER / str(catalogue.locale) / "LC_MESSAGES/messages.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue, width=0, sort_output=True)


def renewed(language: str, collected: Catalog, translate: dict[tuple[str, str | None], Text]) -> Catalog:
    """A catalogue of just the collected messages, each with its translation where there is one."""
    catalogue = Catalog(locale=language, project="association-portal", fuzzy=False)
    for message in messages(collected):
        catalogue.add(message.id, translate.get(key(message), ""), context=message.context, flags=message.flags)
    return catalogue


def messages(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def key(message: Message) -> tuple[str, str | None]:
    """A message by its (singular) text and context."""
    return (message.id if isinstance(message.id, str) else message.id[0]), message.context


def traditional(text: Text) -> Text:
    """The Traditional Chinese of a Simplified text."""
    if isinstance(text, tuple):
        return tuple(str(traditional(part)) for part in text)
    return exceptions().get(text) or str(converter().convert(text))


@cache
def exceptions() -> dict[str, str]:
    """Traditional texts that the converter would write otherwise, by the Simplified text."""
    return dict(tomllib.loads((FOLDER / "zh_Hant.toml").read_text(encoding="utf-8"))["exceptions"])


@cache
def converter() -> Any:
    from opencc import OpenCC

    return OpenCC("s2twp")


def main() -> None:
    collected = collect()
    written = {key(message): message.string for message in messages(load("zh_Hans"))}
    store(renewed("zh_Hans", collected, written))
    store(renewed("zh_Hant", collected, {name: traditional(text) for name, text in written.items() if text}))
    store(renewed("en", collected, {key(message): message.id for message in messages(collected)}))
    missing = [name for name, _ in map(key, messages(collected)) if not any(written.get((name, _), ""))]
    print(f"{len(messages(collected))} messages, {len(missing)} to translate in {FOLDER.relative_to(ROOT)}/zh_Hans")
    for name in missing:
        print(f"  {name!r}")


if __name__ == "__main__":
    main()
