"""A draft beside the one before it, by paragraph: what stayed, changed, moved, came in and went out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from portal.charters.models import CharterParagraph
from portal.notices.differences import Part, words_of

SAME, CHANGED, ADDED, REMOVED = "same", "changed", "added", "removed"


@dataclass(frozen=True)
class Line:
    """A paragraph as it is shown: `parts` are its words with what was taken out and put in."""

    paragraph: CharterParagraph
    kind: str = SAME
    parts: tuple[Part, ...] = ()
    is_moved: bool = False


def plain(paragraphs: Sequence[CharterParagraph]) -> list[Line]:
    """A draft by itself."""
    return [Line(one) for one in paragraphs]


def compare(old: Sequence[CharterParagraph], new: Sequence[CharterParagraph]) -> list[Line]:
    """The new draft in its order; what went out stands where it stood, after what came before it."""
    known, kept = {one.id: one for one in old}, {one.follows_id for one in new}
    gone: dict[int | None, list[CharterParagraph]] = {}
    before: int | None = None
    for one in old:
        if one.id in kept:
            before = one.id
        else:
            gone.setdefault(before, []).append(one)
    steady = _steady(
        [one.id for one in old if one.id in kept], [one.follows_id for one in new if one.follows_id in known]
    )
    lines = [Line(one, REMOVED) for one in gone.get(None, [])]
    for one in new:
        lines.append(_line(one, known.get(one.follows_id or 0), steady))
        lines += [Line(lost, REMOVED) for lost in (gone.get(one.follows_id, []) if one.follows_id in known else [])]
    return lines


def count(lines: Sequence[Line]) -> dict[str, int]:
    """How many paragraphs changed, came in, went out, moved."""
    found = {kind: sum(line.kind == kind for line in lines) for kind in (CHANGED, ADDED, REMOVED)}
    return found | {"moved": sum(line.is_moved for line in lines)}


def _line(one: CharterParagraph, old: CharterParagraph | None, steady: set[int]) -> Line:
    if old is None:
        return Line(one, ADDED)
    is_same = old.body == one.body and old.is_heading == one.is_heading
    parts = () if is_same else words_of(old.body, one.body)
    return Line(one, SAME if is_same else CHANGED, parts, is_moved=old.id not in steady)


def _steady(old: list[int], new: list[int | None]) -> set[int]:
    """Those whose order among each other is as before; the others were moved."""
    return set(_in_both(old, new))


def _in_both(old: list[int], new: list[int | None]) -> Iterator[int]:
    for block in SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks():
        yield from old[block.a : block.a + block.size]
