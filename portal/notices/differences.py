"""What changed from one text to another: by paragraph, and within a changed one by word, in Chinese by character.

Compared is what readers see, so that no sign of the writing (#, **, |) stands between them and the change.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import lru_cache
from html.parser import HTMLParser

SAME, CHANGED, REMOVED, ADDED, GAP = "same", "changed", "removed", "added", "gap"
CELLS = " | "
BLOCKS = {"p": "p", "pre": "p", "li": "li", "tr": "tr"} | {f"h{level}": "h" for level in range(1, 7)}
ALIKE = 0.35  # two paragraphs that share less are one taken out and another put in
AROUND = 1  # unchanged paragraphs that stay in sight on either side of a change
SHORT = 2  # so little between two changes is read as part of one
BUDGET = 2_000_000  # pairs of words compared for one page: beyond it paragraphs are told apart as wholes
LINES = 4_000
_SPACES = re.compile(r"[ \t\r]+")
_TOKEN = re.compile(r"[A-Za-z0-9]+(?:[.,:/-][A-Za-z0-9]+)*|\s+|.", re.DOTALL)


@dataclass(frozen=True)
class Part:
    """Some words of a paragraph, and whether they were there before, or are there now, or both."""

    kind: str
    text: str


@dataclass(frozen=True)
class Block:
    """A paragraph, heading, item or row of a table; as a gap, `count` unchanged ones."""

    kind: str
    tag: str = "p"
    parts: tuple[Part, ...] = ()
    count: int = 0


class _Reader(HTMLParser):
    """The paragraphs of a text, each as its tag and its words."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self.tag, self.words = "p", ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in ("td", "th"):
            self.words = f"{self.words.rstrip()}{CELLS}" if self.words.strip() else ""
        elif tag == "br":
            self.words += "\n"
        elif tag in BLOCKS and not (tag == "p" and self.tag == "li" and not self.words.strip()):
            self.close_block()
            self.tag = BLOCKS[tag]

    def handle_endtag(self, tag: str) -> None:
        if tag in BLOCKS:
            self.close_block()

    def handle_data(self, data: str) -> None:
        self.words += data.replace("\n", " ")

    def close_block(self) -> None:
        text = "\n".join(_SPACES.sub(" ", line).strip(" ") for line in self.words.strip().split("\n"))
        if text:
            self.found.append((self.tag, text))
        self.tag, self.words = "p", ""


@dataclass
class _Purse:
    """How much may still be compared."""

    left: int = field(default=BUDGET)

    def pays(self, amount: int) -> bool:
        self.left -= amount
        return self.left >= 0


@lru_cache(maxsize=16)
def compare(old_html: str, new_html: str) -> tuple[Block, ...]:
    """The new text with what was taken out of it and put into it; long unchanged stretches as gaps."""
    old, new = _read(old_html), _read(new_html)
    return tuple(_with_gaps(list(_blocks(old, new))))


def is_unchanged(blocks: Sequence[Block]) -> bool:
    return all(block.kind in (SAME, GAP) for block in blocks)


def words_of(old: str, new: str) -> tuple[Part, ...]:
    """One line compared with another, such as a title."""
    return tuple(_parts(old, new, _Purse()))


def _read(html: str) -> list[tuple[str, str]]:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.close_block()
    return reader.found[:LINES]


def _blocks(old: Sequence[tuple[str, str]], new: Sequence[tuple[str, str]]) -> Iterator[Block]:
    purse = _Purse()
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=True).get_opcodes():
        if what == "equal":
            yield from (Block(SAME, tag, (Part(SAME, text),)) for tag, text in new[c:d])
        else:
            yield from _replaced(old[a:b], new[c:d], purse)


def _replaced(old: Sequence[tuple[str, str]], new: Sequence[tuple[str, str]], purse: _Purse) -> Iterator[Block]:
    """Paragraphs that stand in the place of others: each beside the one it was made of, if it is like it."""
    here = 0
    for tag, text in new:
        match = _nearest(old, here, text, purse)
        if match is None:
            yield Block(ADDED, tag, (Part(ADDED, text),))
            continue
        yield from _removed(old[here:match])
        yield Block(CHANGED, tag, tuple(_parts(old[match][1], text, purse)))
        here = match + 1
    yield from _removed(old[here:])


def _removed(old: Sequence[tuple[str, str]]) -> Iterator[Block]:
    return (Block(REMOVED, tag, (Part(REMOVED, text),)) for tag, text in old)


def _nearest(old: Sequence[tuple[str, str]], start: int, text: str, purse: _Purse) -> int | None:
    """The first of the next few paragraphs that the text is like."""
    for place in range(start, min(start + 4, len(old))):
        before = _tokens(old[place][1])
        after = _tokens(text)
        if not purse.pays(len(before) * len(after)):
            return None
        matcher = SequenceMatcher(None, before, after, autojunk=False)
        if matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE:
            return place
    return None


def _tokens(text: str) -> list[str]:
    """Characters; numbers, dates and words of letters stay whole."""
    return _TOKEN.findall(text)


def _parts(old: str, new: str, purse: _Purse) -> list[Part]:
    before, after = _tokens(old), _tokens(new)
    if not purse.pays(len(before) * len(after)):
        return [part for part in (Part(REMOVED, old), Part(ADDED, new)) if part.text]
    found: list[list[str]] = []  # of each stretch: what stays, or what was taken out and what was put in
    for what, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        out, put = "".join(before[a:b]), "".join(after[c:d])
        _join(found, *((put, "", "") if what == "equal" else ("", out, put)))
    kinds = (SAME, REMOVED, ADDED)
    return [Part(kind, text) for stretch in found for kind, text in zip(kinds, stretch, strict=True) if text]


def _join(found: list[list[str]], same: str, out: str, put: str) -> None:
    """Add a stretch; two changes with next to nothing between them become one, for they are read as one."""
    between = found[-1][0] if found and not same else ""
    if len(found) > 1 and between and len(between) <= SHORT and between.strip() and not found[-1][1] + found[-1][2]:
        _same, before_out, before_put = found[-2]
        if before_out or before_put:
            found[-2:] = [["", before_out + between + out, before_put + between + put]]
            return
    found.append([same, out, put])


def _with_gaps(blocks: Sequence[Block]) -> Iterator[Block]:
    """Unchanged paragraphs far from any change are counted, not shown."""
    near = {
        place + step
        for place, block in enumerate(blocks)
        if block.kind != SAME
        for step in range(-AROUND, AROUND + 1)
    }
    hidden = 0
    for place, block in enumerate(blocks):
        if place not in near:
            hidden += 1
            continue
        if hidden:
            yield Block(GAP, count=hidden)
            hidden = 0
        yield block
    if hidden:
        yield Block(GAP, count=hidden)
