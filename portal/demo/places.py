"""The invented district: Qinghe, with the street Wanghu and the town Linxi, and the associations of each."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from math import ceil
from typing import Any

from portal.associations.models import Level
from portal.demo.chance import seeded
from portal.demo.names import DATA

FEDERATION, STREET, TOWN = "qh", "wh", "lx"
MEMBERS_PER_GROUP = 22
NUMERALS = "一二三四五六七八九十"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An association to be; `land` is upper, community, village, firm or shops."""

    code: str
    name: str
    short: str
    level: Level
    land: str
    formation: str | None
    parent: str | None
    members: int
    address: str
    phone: str
    about: str

    @property
    def top(self) -> str:
        """The street or town to which it belongs: wh of wh-04."""
        return self.code.partition("-")[0]

    @property
    def where(self) -> str:
        """What its places are called after: an attached association meets at its community's."""
        if self.formation != "affiliated":
            return self.short
        return next(place.short for place in places() if place.code == self.parent)

    @property
    def group_names(self) -> list[str]:
        """One group for some twenty members, three at least; none above the grass roots."""
        count = min(8, max(3, ceil(self.members / MEMBERS_PER_GROUP))) if self.members else 0
        return [f"{NUMERALS[number]}组" for number in range(count)]

    def area(self, number: int) -> str:
        """What the group of this number covers."""
        areas = _data()["areas"][self.land]
        return str(areas[number % len(areas)])


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads((DATA / "places.toml").read_text("utf-8"))


@cache
def places() -> tuple[Place, ...]:
    """Every association, parents before children."""
    upper = [_upper(entry) for entry in _data()["association"]]
    lower = [_lower(code, *row) for code, row in _data()["grassroots"].items()]
    return (*upper, *sorted(lower, key=lambda place: place.formation == "affiliated"))


def _upper(entry: dict[str, str]) -> Place:
    return Place(
        code=entry["code"],
        name=entry["name"],
        short=entry["short"],
        level=Level(entry["level"]),
        land="upper",
        formation=None,
        parent=entry.get("parent"),
        members=0,
        address=entry["address"],
        phone=entry["phone"],
        about=entry["about"],
    )


def _lower(code: str, name: str, short: str, land: str, formation: str, parent: str, members: int) -> Place:
    chance = seeded("place", code)
    number = int(code[-2:])
    road = {"wh": "望湖街道", "lx": "临溪镇"}[code[:2]]
    return Place(
        code=code,
        name=name,
        short=short,
        level=Level.GRASSROOTS,
        land=land,
        formation=formation,
        parent=parent,
        members=members,
        address=f"青禾区{road}{short}{chance.randrange(1, 180)}号",
        phone=f"6200-{ {'wh': 2, 'lx': 4}[code[:2]] }{number:03d}" if code != "wh-04" else "6200-0204",
        about=chance.choice(_data()["abouts"][land]).format(short=short),
    )
