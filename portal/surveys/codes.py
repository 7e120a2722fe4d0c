"""Codes of appraisals: drawn at random, printed once, kept as a keyed hash only."""

from __future__ import annotations

import secrets

from portal.core.database import ALPHABET
from portal.core.encryption import blind_index, blind_indexes
from portal.verification import codes

LENGTH = 12  # 60 bits: not to be guessed, and short enough to type on a phone
PURPOSE = "appraisal"


def new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def shown(code: str) -> str:
    """As it is printed: 7K3M-9XQ2-0TB5."""
    return codes.shown(code)


def read(typed: str) -> str:
    """What was meant by what was typed, as everywhere."""
    return codes.read(typed)


def hash_of(code: str) -> str:
    """What is kept of a code: of no use to whoever reads the table."""
    return blind_index(code, PURPOSE)


def hashes(typed: str) -> list[str]:
    """The hashes under which a typed code may be kept: the first key's, and those of older keys."""
    return blind_indexes(read(typed), PURPOSE)
