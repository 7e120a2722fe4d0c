"""Invented names of people: common and compound surnames, each generation's given names, some rare."""

from __future__ import annotations

import random
import tomllib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any, Literal

from portal.demo.chance import seeded

Sex = Literal["female", "male"]
DATA = Path(__file__).parent / "data"
# Shares of everybody: a compound surname, a dotted name, a name of one word, a rare character.
COMPOUND, DOTTED, WHOLE, RARE = 0.012, 0.008, 0.004, 0.006
# A given name of one character, by generation: fashionable with those born from the sixties on.
SINGLE = {"old": 0.08, "middle": 0.3, "young": 0.14}
GENERATIONS = ((1966, "old"), (1988, "middle"), (9999, "young"))


@dataclass(frozen=True, slots=True)
class Invented:
    """Somebody who does not exist."""

    name: str
    sex: Sex
    birth_on: date


@cache
def parts() -> dict[str, Any]:
    return tomllib.loads((DATA / "names.toml").read_text("utf-8"))


@cache
def _surnames() -> tuple[list[str], list[int]]:
    words = parts()["surnames"]["weights"].split()
    return words[::2], list(accumulate(int(weight) for weight in words[1::2]))


@cache
def _namesakes() -> frozenset[int]:
    lines = (DATA / "namesakes.txt").read_text("ascii").splitlines()
    return frozenset(int(code, 16) for line in lines if not line.startswith("#") for code in line.split())


def is_well_known(name: str) -> bool:
    """Whether somebody whom everybody knows bears the name."""
    return zlib.crc32(name.encode()) in _namesakes()


def invent(chance: random.Random, oldest: date, youngest: date) -> Invented:
    """Somebody born between two days; the middle of life is the most common."""
    sex: Sex = "female" if chance.random() < 0.54 else "male"
    days = (youngest - oldest).days
    birth_on = oldest + timedelta(days=int(days * chance.betavariate(1.7, 2.3)))
    return Invented(name_for(chance, sex, birth_on.year), sex, birth_on)


def name_for(chance: random.Random, sex: Sex, born: int) -> str:
    """A name that fits the sex and the year of birth, and no well-known person bears."""
    name = _any_name(chance, sex, born)
    while is_well_known(name):
        name = _any_name(chance, sex, born)
    return name


def _any_name(chance: random.Random, sex: Sex, born: int) -> str:
    kind = chance.random()
    if kind < DOTTED:
        return f"{chance.choice(parts()['dotted'][sex])}·{chance.choice(parts()['dotted']['father'])}"
    if kind < DOTTED + WHOLE:
        return str(chance.choice(parts()["whole"][sex]))
    return _surname(chance) + _given(chance, sex, born)


def _surname(chance: random.Random) -> str:
    if chance.random() < COMPOUND:
        return str(chance.choice(parts()["surnames"]["compound"]))
    names, weights = _surnames()
    return chance.choices(names, cum_weights=weights)[0]


def _given(chance: random.Random, sex: Sex, born: int) -> str:
    if chance.random() < RARE:
        return str(chance.choice(parts()["rare"][sex]))
    generation = next(name for before, name in GENERATIONS if born < before)
    pool = parts()["given"][sex][generation]
    if chance.random() < SINGLE[generation]:
        return str(chance.choice(pool["single"]))
    first = chance.choice(pool["first"])
    return str(first + chance.choice([letter for letter in pool["second"] if letter != first]))


def crowd(seed: str, count: int, on: date) -> Iterator[Invented]:
    """`count` people between 18 and 84 on the day, the same ones for the same seed."""
    chance = seeded("crowd", seed)
    for _ in range(count):
        yield invent(chance, _years_before(on, 84), _years_before(on, 18))


def _years_before(day: date, years: int) -> date:
    """The first day of the year, so that the same people come out on every day of it."""
    return date(day.year - years, 1, 1)
