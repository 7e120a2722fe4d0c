"""Makes portal/core/readings.txt: the phrases in which pypinyin reads a character otherwise than alone.

With a phrase of that list go those that hold it and are read otherwise than it says (出血 xie, 内出血 xue).
Run it after pypinyin was renewed: `.venv/bin/python -m tools.readings`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

FILE = Path(__file__).resolve().parents[1] / "portal/core/readings.txt"


def needed() -> dict[str, list[str]]:
    """Each phrase of the list with the reading of its characters, from all of pypinyin's."""
    assert "PYPINYIN_NO_PHRASES" not in os.environ
    from pypinyin.constants import PHRASES_DICT

    read = {phrase: _read(phrase) for phrase in PHRASES_DICT}
    alone = {character: _read(character)[0] for phrase in read for character in phrase}
    whole = {phrase: said for phrase, said in read.items() if len(said) == len(phrase)}
    odd = {phrase: said for phrase, said in whole.items() if said != [alone[one] for one in phrase]}
    return {phrase: said for phrase, said in whole.items() if phrase in odd or _holds(phrase, odd)}


def _read(text: str) -> list[str]:
    from pypinyin import lazy_pinyin

    return list(lazy_pinyin(text))


def _holds(phrase: str, odd: Mapping[str, object]) -> bool:
    """Whether a phrase of the list stands within this one."""
    size = len(phrase)
    return any(phrase[begin:end] in odd for begin in range(size) for end in range(begin + 2, size + 1))


def written(phrases: Mapping[str, list[str]]) -> str:
    return "".join(f"{phrase} {' '.join(said)}\n" for phrase, said in sorted(phrases.items()))


if __name__ == "__main__":
    FILE.write_text(written(needed()), encoding="utf-8")
