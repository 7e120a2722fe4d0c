"""Numbered pages of a list: the rows, their order, the count, and the address of each page."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Generic, TypeVar

from sqlalchemy import Integer, Select, bindparam, func, literal_column, select
from sqlalchemy.sql.base import ExecutableOption
from sqlalchemy.sql.elements import UnaryExpression
from sqlalchemy.sql.operators import desc_op

from portal.core.database import db

Row = TypeVar("Row")
LIMIT = 10_000  # beyond it a list says "10,000+": counting a million rows for a heading helps nobody


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Rows of page `number` (from 1) of `pages`; `total` is exact unless `is_capped`."""

    rows: Sequence[Row]
    number: int
    size: int
    total: int
    is_capped: bool = False

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def has_prev(self) -> bool:
        return self.number > 1

    @property
    def has_next(self) -> bool:
        return self.number < self.pages

    def href(self, number: int) -> str:
        from portal.core.web import address_with

        return address_with(page=number if number > 1 else None)


def page_number() -> int:
    """The page that the address asks for; the first if it names none."""
    from flask import request

    number = request.args.get("page", "")
    return int(number) if number.isascii() and number.isdecimal() and len(number) < 7 else 1


def asked_year(now: int, *, first: int = 2000, last: int | None = None) -> int:
    """The year that the address asks for, from `first` to `last` (default: now); now if it names none of these."""
    from flask import request

    year = request.args.get("year", "")
    known = year.isascii() and year.isdecimal() and len(year) == 4 and first <= int(year) <= (last or now)
    return int(year) if known else now


def sort_key(known: Collection[str]) -> str:
    """The order that the address asks for, downward with a minus; "" if it names none. Any other is a 400."""
    from flask import abort, request

    asked = request.args.get("sort", "")
    if asked and asked.removeprefix("-") not in known:
        abort(400)
    return asked


def paginate(
    statement: Select[Any],
    number: int,
    size: int = 25,
    *,
    scalars: bool = True,
    limit: int = 0,
    shown: Sequence[ExecutableOption] | None = None,
    total: int | None = None,
    is_sorted: bool = False,
) -> Page[Any]:
    """Page `number` of a statement; a number past the end gives the last page, and so does one past the limit.

    With `shown`, what a row shows, the page is settled by ids alone and only its own rows are read: of the thousand
    before page 50 an index is enough. `total` is the count where it is known already, to the limit at least. What
    is counted to few rows and has to be sorted is read once (`is_sorted`): its ids in their order are the count, too.
    """
    limit = limit or LIMIT
    if shown is not None and is_sorted:
        return _sorted_page(statement, number, size, limit, tuple(shown))
    total = count_rows(statement, limit) if total is None else min(total, limit)
    number = _within(number, total, size)
    asked = _window(statement) if shown is None else _late_window(statement, tuple(shown))
    result = db.session.execute(asked, {"page_size": size, "page_start": (number - 1) * size})
    rows = result.scalars().unique().all() if scalars else result.all()
    return Page(rows, number, size, total, total >= limit)


def _sorted_page(
    statement: Select[Any], number: int, size: int, limit: int, shown: tuple[ExecutableOption, ...]
) -> Page[Any]:
    """The same of a list that is read to its end for any page: not for a count before, and for the page again."""
    entity = statement.column_descriptions[0]["entity"]
    ids = db.session.scalars(_ids(statement, entity), {"most": limit}).all()
    number = _within(number, len(ids), size)
    here = ids[(number - 1) * size : number * size]
    found = db.session.scalars(_by_ids(entity, shown), {"ids": here}).unique().all() if here else ()
    by_id = {row.id: row for row in found}
    return Page([by_id[one] for one in here if one in by_id], number, size, len(ids), len(ids) >= limit)


def _within(number: int, total: int, size: int) -> int:
    """The number of a page that there is."""
    return min(max(1, number), max(1, -(-total // size)))


def count_rows(statement: Select[Any], limit: int) -> int:
    """How many rows a statement has, counted no further than the limit."""
    return db.session.scalar(_counting(statement), {"most": limit}) or 0


@lru_cache(maxsize=128)
def _ids(statement: Select[Any], entity: Any) -> Select[Any]:
    """The ids of a list in its order, up to a limit."""
    alone = statement.with_only_columns(entity.id, maintain_column_froms=True)
    return alone.limit(bindparam("most", type_=Integer()))


@lru_cache(maxsize=128)
def _by_ids(entity: Any, shown: tuple[ExecutableOption, ...]) -> Select[Any]:
    """The rows of a page with what they show, in no order."""
    return select(entity).where(entity.id.in_(bindparam("ids", expanding=True))).options(*shown)


@lru_cache(maxsize=128)
def _window(statement: Select[Any]) -> Select[Any]:
    """A page of the statement. Kept, for statements that are kept themselves: SQLAlchemy then knows them again."""
    return statement.limit(bindparam("page_size", type_=Integer())).offset(bindparam("page_start", type_=Integer()))


@lru_cache(maxsize=128)
def _late_window(statement: Select[Any], shown: tuple[ExecutableOption, ...]) -> Select[Any]:
    """A page whose ids and order are found first, and only then the rows with what they show."""
    entity = statement.column_descriptions[0]["entity"]
    keys = [_key(key) for key in statement._order_by_clauses]
    columns = [key.label(f"key_{place}") for place, (key, _descends) in enumerate(keys)]
    page = _window(statement.with_only_columns(entity.id, *columns, maintain_column_froms=True)).subquery("page")
    rows: Select[Any] = select(entity).join(page, page.c.id == entity.id).options(*shown)
    named = [page.c[column.name] for column in columns]
    return rows.order_by(*(at.desc() if key[1] else at for at, key in zip(named, keys, strict=True)))


def _key(clause: Any) -> tuple[Any, bool]:
    """What a list is ordered by, and whether downwards."""
    descends = isinstance(clause, UnaryExpression) and clause.modifier is desc_op
    return (clause.element, True) if descends else (clause, False)


@lru_cache(maxsize=128)
def _counting(statement: Select[Any]) -> Select[Any]:
    """How many rows the statement has, up to the limit; what stands in them need not be worked out for that."""
    if not getattr(statement, "_distinct", False):
        statement = statement.with_only_columns(literal_column("1"), maintain_column_froms=True)
    most = bindparam("most", type_=Integer())
    return select(func.count()).select_from(statement.order_by(None).limit(most).subquery())
