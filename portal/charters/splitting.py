"""From a pasted text to headings and articles, and from them to the text of a notice."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from portal.core import text

NUMBER = r"[〇零一二三四五六七八九十百千0-9０-９]{1,8}"
HEADING = re.compile(rf"^(?:第\s*{NUMBER}\s*[章节編编]|#{{1,6}}\s)")
ARTICLE = re.compile(rf"^第\s*{NUMBER}\s*[条條]")
MARKS = re.compile(r"([\\`*_{}\[\]<>#|~])")
LISTED = re.compile(r"^(\s*)(\d+)([.)])", re.MULTILINE)


@dataclass(frozen=True)
class Piece:
    """A heading or an article of a text."""

    body: str
    is_heading: bool = False


def split(pasted: str) -> list[Piece]:
    """Headings (第一章, # …) and articles (第一条 …); what follows an article belongs to it up to the next one.

    Before the first article each line is a paragraph of its own.
    """
    found: list[Piece] = []
    for line in map(_cleaned, text.printable(pasted).splitlines()):
        if not line:
            continue
        if HEADING.match(line):
            found.append(Piece(line.lstrip("# "), is_heading=True))
        elif found and ARTICLE.match(found[-1].body) and not ARTICLE.match(line):
            found[-1] = Piece(f"{found[-1].body}\n{line}")
        else:
            found.append(Piece(line))
    return found


def as_markdown(paragraphs: Iterable[Any]) -> str:
    """The same as the text of a notice: what was typed stands as it was, no sign in it means anything."""
    return "\n\n".join(f"## {_quoted(one.body)}" if one.is_heading else _quoted(one.body) for one in paragraphs)


def _cleaned(line: str) -> str:
    """Without the indents that Word and typists leave, full-width ones too."""
    return " ".join(line.replace("\u3000", " ").split())


def _quoted(body: str) -> str:
    quoted = LISTED.sub(r"\1\2\\\3", MARKS.sub(r"\\\1", body))
    return "  \n".join(re.sub(r"^([-+=])", r"\\\1", line) for line in quoted.splitlines())
