"""The people who can sign in to the demonstration. Their password is public: never load this for real use."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache

from portal.demo.names import DATA, Invented, Sex
from portal.demo.places import places

PASSWORD = "qinghe-demo-2026"  # noqa: S105 - printed by `portal serve`, for invented people only
ROLES = {
    "administrator": "管理员 / administrator",
    "chair": "会长 / chair",
    "secretary": "秘书长 / secretary",
    "treasurer": "财务 / treasurer",
    "volunteer_coordinator": "志愿者负责人 / volunteer coordinator",
    "publisher": "信息员 / publisher",
    "group_leader": "小组长 / group leader",
    "member": "会员 / member",
    "volunteer": "志愿者 / volunteer",
}


@dataclass(frozen=True, slots=True)
class Role:
    """Somebody of the cast: where, as what (a position, member or volunteer), in which group."""

    at: str
    role: str
    group: int | None  # counted from 0
    who: Invented
    phone: str


@cache
def cast() -> tuple[Role, ...]:
    entries = tomllib.loads((DATA / "cast.toml").read_text("utf-8"))["person"]
    return tuple(
        Role(
            at=entry["at"],
            role=entry["as"],
            group=entry["group"] - 1 if "group" in entry else None,
            who=_invented(entry["name"], entry["sex"], entry["birth"]),
            phone=entry["phone"],
        )
        for entry in entries
    )


def _invented(name: str, sex: Sex, birth: date) -> Invented:
    return Invented(name, sex, birth)


def cast_at(code: str) -> list[Role]:
    return [role for role in cast() if role.at == code]


def demo_accounts() -> list[tuple[str, str, str]]:
    """Who can sign in to the demonstration: role, login and password of each."""
    names = {place.code: place.name for place in places()}
    return [(f"{names[role.at]} {ROLES[role.role]}", role.phone, PASSWORD) for role in cast()]
