"""Codes on what is printed: drawn at random, shown in fours, read forgivingly."""

from __future__ import annotations

import unicodedata

from portal.core.database import ALPHABET, drawn

LENGTH, GROUP = 16, 4
# Crockford's reading: what people take for a digit is one, and nothing of the alphabet is lost by it.
MISTAKEN = str.maketrans({"o": "0", "i": "1", "l": "1"})
LONGEST_TYPED = 100


def new_code() -> str:
    """16 characters of 32, from the system's own chance: 80 bits."""
    return drawn(LENGTH)


def shown(code: str) -> str:
    """As it is printed and read aloud: 7K3M-9XQ2-0TB5-WZ4C."""
    return "-".join(code[at : at + GROUP] for at in range(0, len(code), GROUP)).upper()


def read(typed: str) -> str:
    """What was meant by what was typed: small or capital, full width, with spaces or dashes, O for 0, I or L for 1.

    Whatever else it holds falls away; what is no code then is found nowhere, and is looked for all the same.
    """
    plain = unicodedata.normalize("NFKC", typed[:LONGEST_TYPED]).casefold().translate(MISTAKEN)
    return "".join(character for character in plain if character in ALPHABET)[: LENGTH + 1]
