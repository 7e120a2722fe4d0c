"""Who paid a line, and what with it: by a member's number, else by the name, and by the amount. Only arithmetic.

A match is one person and one thing to settle, exactly. Everything else is left to an officer, with its reason.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import NamedTuple, Protocol

DIGITS_ALONE = 6  # a number of fewer digits and no letter is as likely a year, or an amount
_RUN = re.compile(r"[A-Z0-9]+", re.ASCII)
_JOINED = 4  # QH-0102-2026-00012 has so many runs


class Owed(NamedTuple):
    """A charge of which something is open, with its payer's name and its member's number."""

    charge_id: int
    payer_id: int
    name: str
    membership_id: int
    number: str
    period_id: int
    due_on: date
    open_fen: int
    member: str = ""  # for whom, where another pays
    period: str = ""
    organisation: str = ""  # whose membership it is, where it is no person's


class Came(Protocol):
    """As much of a line as matching asks for."""

    @property
    def amount_fen(self) -> int: ...
    @property
    def payer_name(self) -> str: ...
    @property
    def memo(self) -> str: ...


@dataclass(frozen=True)
class Match:
    """One payer, and what the amount settles to the last fen. `how` is a key of reasons.HOW."""

    payer_id: int
    parts: list[Owed]
    how: str


class Why(NamedTuple):
    """Why a line waits: a key of reasons.WAITS and its figures."""

    code: str
    figures: tuple[int, ...] = ()


class Owing:
    """What is owed to an association, found by name and by number; what is matched is taken out of it.

    `members` are those of each name, whoever owes: of two of one name nobody says whose the money is.
    """

    def __init__(self, rows: Iterable[Owed], members: Mapping[str, set[int]] | None = None) -> None:
        self._members = {} if members is None else members
        self._organisations: set[str] = set()
        self.of: dict[int, list[Owed]] = {}
        self._names: dict[str, set[int]] = {}
        self._about: dict[str, set[int]] = {}
        self._numbers: dict[str, set[int]] = {}
        for row in sorted(rows, key=lambda row: (row.due_on, row.period_id, row.charge_id)):
            self.of.setdefault(row.payer_id, []).append(row)
            self._names.setdefault(row.name, set()).add(row.payer_id)
            if row.organisation:
                self._names.setdefault(row.organisation, set()).add(row.payer_id)
                self._organisations.add(row.organisation)
            self._about.setdefault(row.member, set()).add(row.payer_id)
            self._numbers.setdefault(compact(row.number), set()).add(row.membership_id)
        self._payers = {row.membership_id: row.payer_id for rows in self.of.values() for row in rows}

    def judge(self, came: Came) -> Match | Why:
        """Whose money it is and what it settles, if there is one answer."""
        members = self.numbered(f"{came.memo} {came.payer_name}")
        if members:
            return self._by_number(came, members)
        if not came.payer_name:
            return Why("no_name")
        payers = self.named(came.payer_name)
        if not payers:
            return Why("nobody")
        people = {*payers, *self._members.get(came.payer_name, ())}
        if len(people) > 1:
            return Why("namesakes", (len(people),))
        return self._fitting(came, payers[0], self._rows_of(came.payer_name, payers[0]), "by_name")

    def _rows_of(self, name: str, payer: int) -> list[Owed]:
        """What somebody owes; an organisation's money is for its own membership, not for its contact's."""
        rows = self.of[payer]
        return [row for row in rows if row.organisation == name] if name in self._organisations else rows

    def take(self, match: Match) -> None:
        """It is settled now."""
        settled = {row.charge_id for row in match.parts}
        left = [row for row in self.of[match.payer_id] if row.charge_id not in settled]
        self.of[match.payer_id] = left

    def named(self, name: str) -> list[int]:
        """Payers of exactly this name who owe something still."""
        return sorted(payer for payer in self._names.get(name, ()) if self.of[payer])

    def about(self, name: str) -> list[int]:
        """Payers who owe for a member of this name."""
        return sorted(payer for payer in self._about.get(name, ()) if self.of[payer])

    def payer_of(self, membership_id: int) -> int:
        return self._payers[membership_id]

    def numbered(self, text: str) -> set[int]:
        """Memberships whose numbers stand in a text, whatever stands between their letters and digits."""
        return {
            member
            for number in numbers_in(text)
            for member in self._numbers.get(number, ())
            if self.of[self._payers[member]]
        }

    def _by_number(self, came: Came, members: set[int]) -> Match | Why:
        payers = {self._payers[member] for member in members}
        if len(payers) > 1:
            return Why("several_numbers")
        (payer,) = payers
        named = [row for row in self.of[payer] if row.membership_id in members]
        found = self._fitting(came, payer, named, "by_number")
        return found if isinstance(found, Match) else self._fitting(came, payer, self.of[payer], "by_number")

    def _fitting(self, came: Came, payer: int, rows: list[Owed], how: str) -> Match | Why:
        parts = fitting(came.amount_fen, rows)
        if parts is None:
            return Why("which", (came.amount_fen,))
        if parts:
            return Match(payer, parts, how)
        return Why("amount", (sum(row.open_fen for row in self.of[payer]), came.amount_fen))


def fitting(amount_fen: int, rows: Sequence[Owed]) -> list[Owed] | None:
    """What of it the amount settles to the last fen: all, a period, one charge, the oldest of equal ones.

    Nothing fits: an empty list. Charges of different members fit: None, for it is not said whose it is.
    """
    if rows and sum(row.open_fen for row in rows) == amount_fen:
        return list(rows)
    by_period = [list(found) for _id, found in groupby(rows, key=lambda row: (row.due_on, row.period_id))]
    for of_period in by_period:
        if sum(row.open_fen for row in of_period) == amount_fen:
            return of_period
    single = [row for row in rows if row.open_fen == amount_fen]
    if len({row.membership_id for row in single}) > 1:
        return None
    return single[:1]


def numbers_in(text: str) -> set[str]:
    """What in a text may be a member's number, letters and digits alone: QH0102-00012 is qh 0102 00012 too."""
    runs = _RUN.findall(unicodedata.normalize("NFKC", text).upper())[:20]
    joined = {"".join(runs[at : at + size]) for at in range(len(runs)) for size in range(1, _JOINED + 1)}
    return {one for one in joined if any(c.isdecimal() for c in one) and (len(one) >= DIGITS_ALONE or _lettered(one))}


def _lettered(text: str) -> bool:
    return any(c.isalpha() for c in text)


def compact(number: str) -> str:
    """A number without what stands between its letters and digits."""
    return "".join(_RUN.findall(number.upper()))
