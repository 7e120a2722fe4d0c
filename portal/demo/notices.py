"""The notices: read from their files, their days counted back from today, their numbers given out."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from portal.demo.days import last_occurrence, working_day_before
from portal.demo.names import DATA

SILENT, SLOW = "wh-11", "lx-07"  # whose plan of the year nobody has read; whose came too late
PLANNED = """{Y}年度活动计划已经理事会讨论通过，现予公布。

- 每月至少安排一次志愿服务，由小组轮流承担；
- 每季度举办一次培训或者讲座，会员和居民都可以参加；
- 春节、重阳节前走访慰问老会员和有困难的会员家庭；
- 四月、九月各开展一次环境清洁和楼道安全巡查；
- 十二月召开会员大会，报告全年工作和会费收支。

各场活动的时间、地点和报名办法，提前一周在活动页面发布。计划如有调整，另行公布。对计划有意见和建议，可以到办公室、打电话或者在网上提出。"""
HAN = str.maketrans("0123456789", "〇一二三四五六七八九")
_SLOT = re.compile(r"\{(Yh|Y|D|d)([+-]\d+)?\}|\{old\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A notice as its file has it, with its day."""

    slug: str
    meta: dict[str, Any]
    body: str
    signed_on: date

    @property
    def issuer(self) -> str:
        return str(self.meta["issuer"])

    @property
    def title(self) -> str:
        return fill(self.meta["title"], self.signed_on)

    def day(self, field: str) -> date | None:
        """`effective` and `ends` are given in days after the signing."""
        return self.signed_on + timedelta(days=self.meta[field]) if field in self.meta else None


@cache
def _files() -> tuple[tuple[str, dict[str, Any], str], ...]:
    read = []
    for path in sorted((DATA / "notices").glob("*.md")):
        _, head, body = path.read_text("utf-8").split("+++\n", 2)
        read.append((path.stem, tomllib.loads(head), body.strip()))
    return tuple(read)


def drafts(today: date) -> list[Draft]:
    """Every notice, the oldest first. Those of a season keep their day of the year; the newest are days old."""
    found = [Draft(slug=slug, meta=meta, body=body, signed_on=_signed(meta, today)) for slug, meta, body in _files()]
    return sorted(found, key=in_order)


def in_order(draft: Draft) -> tuple[date, str]:
    return draft.signed_on, draft.slug


def announced(today: date, issuers: Iterable[str]) -> list[Draft]:
    """What nearly every association tells each January, the oldest first: what it plans for the year. One never did,
    one was late.
    """
    year = today.year if today >= date(today.year, 1, 25) else today.year - 1
    meta, title = {"kind": "notice", "keywords": ["活动计划"]}, "{Y}年度活动计划"
    found = []
    for number, code in enumerate(one for one in issuers if one != SILENT):
        day = working_day_before(date(year, 1, 8) + timedelta(days=number % 15 if code != SLOW else 45))
        said = meta | {"issuer": code, "title": title}
        found.append(Draft(slug=f"plan-{code}", meta=said, body=PLANNED, signed_on=day))
    return sorted((draft for draft in found if draft.signed_on <= today), key=in_order)


def _signed(meta: dict[str, Any], today: date) -> date:
    if "days" in meta:
        return working_day_before(today - timedelta(days=meta["days"]))
    return working_day_before(last_occurrence(meta["when"], today, meta.get("back", 0)))


def fill(text: str, signed: date, old: str = "") -> str:
    """{Y} is the year of signing, {Yh} the same in characters, {d+8} a day of that year, {D+8} with its year."""

    def slot(match: re.Match[str]) -> str:
        kind, offset = match.group(1), int(match.group(2) or 0)
        if kind is None:
            return old
        if kind in ("Y", "Yh"):
            year = str(signed.year + offset)
            return year.translate(HAN) if kind == "Yh" else year
        day = signed + timedelta(days=offset)
        return f"{day.year}年{day.month}月{day.day}日" if kind == "D" else f"{day.month}月{day.day}日"

    return _SLOT.sub(slot, text)


def reference(draft: Draft, number: str) -> str:
    """How a later document names this one."""
    return f"《{draft.title}》（{number}）"
