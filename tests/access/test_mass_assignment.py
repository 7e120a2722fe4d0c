"""Nobody sets by a forged form what its page does not ask for (as in Galette, CVE-2025-58053).

Every form that a role meets is sent twice: as it is, and with a hostile value for every column of every table. What
changes in the database is the same both times.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import pytest
from flask import g, request
from sqlalchemy import JSON, Boolean, Column, Date, DateTime, Engine, Integer, event, text
from sqlalchemy.types import TypeDecorator

from portal.associations.models import Association
from portal.core.database import Base, db
from portal.core.encryption import decrypt
from tests.access.forms import FoundForm, forms_of
from tests.access.furnished import clients, tried
from tests.access.routes import routes
from tests.access.steps import NO_FORM
from tests.access.walk import Walk
from tests.harness.client import PortalClient

# What a form asks for does not depend on the database that keeps it.
pytestmark = pytest.mark.engines("sqlite")

NEW_EACH_TIME = re.compile(r"public_id|(\w+_)?at")
LEFT_OUT = ("account_session", "person_gram", "sign_in_attempt")
TEXT, NUMBER, DAY = "hostile", "918273", "2032-03-04"
BESIDES = {
    "id": NUMBER, "public_id": "hostile00000", "password_hash": TEXT, "is_admin": "y", "role": "administrator",
    "association": "1", "person": "hostile00000", "account": NUMBER, "rights": "members.write", "approved": "y",
}  # fmt: skip
WRITES = re.compile(r'\s*(?:INSERT\s+INTO|INSERT\s+OR\s+\w+\s+INTO|UPDATE)\s+"?(\w+)', re.IGNORECASE)
READS = re.compile(r"\s*(?:SELECT|PRAGMA|SAVEPOINT|RELEASE|ROLLBACK|BEGIN)\b", re.IGNORECASE)
Rows = dict[str, dict[Any, Any]]
Changes = dict[tuple[str, str, str], Any]


@cache
def hostile_values() -> dict[str, str]:
    """A value for every column of every model that would be seen if it were taken."""
    values: dict[str, str] = {}
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            values.setdefault(column.name, _hostile(column))
    return values | BESIDES


def _hostile(column: Column[Any]) -> str:
    kind = column.type.impl if isinstance(column.type, TypeDecorator) else column.type
    by_type = ((Boolean, "y"), ((Date, DateTime), DAY), (Integer, NUMBER), (JSON, f'{{"{TEXT}": 1}}'))
    return next((value for type_, value in by_type if isinstance(kind, type_)), TEXT)


@cache
def looked_at() -> tuple[str, ...]:
    return tuple(table.name for table in Base.metadata.sorted_tables if table.name not in LEFT_OUT)


def contents(among: set[str] | None = None) -> Rows:
    """Every row as it is stored: what is encrypted is read only where it changed."""
    found: Rows = {}
    for name in looked_at() if among is None else [name for name in looked_at() if name in among]:
        found[name] = {row.id: row for row in db.session.execute(text(f"SELECT * FROM {name}"))}
    return found


@contextmanager
def written() -> Iterator[set[str]]:
    """The tables that are written to inside. What is neither read nor added nor changed may reach any of them."""
    tables: set[str] = set()

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        found = WRITES.match(statement)
        if found:
            tables.add(found[1])
        elif not READS.match(statement):
            tables.update(Base.metadata.tables)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield tables
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def readable(value: Any) -> Any:
    return decrypt(value) if isinstance(value, str) and value.startswith("gAAAA") else value


def changes(before: Rows, after: Rows) -> Changes:
    """What differs, by table, row and column; new rows by their order, since their ids are the database's."""
    found: Changes = {}
    for name, rows in after.items():
        new = {key: f"+{number}" for number, key in enumerate(sorted(rows.keys() - before[name].keys()))}
        for key, row in rows.items():
            if row == before[name].get(key):
                continue
            old = before[name].get(key)
            for column, value in row._mapping.items():
                if old is None or old._mapping[column] != value:
                    found[name, new.get(key, str(key)), column] = readable(value)
        found |= {(name, str(key), "gone"): True for key in before[name].keys() - rows.keys()}
    return found


def send(client: PortalClient, form: FoundForm, before: Rows, more: dict[str, str]) -> tuple[int, Changes]:
    with tried(client), written() as tables:
        status = client.force(form.action, {**more, **form.filled()}).status_code
        return status, changes(before, contents(set(tables)))


def taken(client: PortalClient, form: FoundForm, before: Rows) -> tuple[bool, list[str]]:
    """Whether the form wrote anything, and what came of the values that it does not ask for."""
    more = {name: value for name, value in hostile_values().items() if name not in form.declared}
    status, plain = send(client, form, before, {})
    status_forged, forged = send(client, form, before, more)
    differing = {key for key in plain.keys() | forged.keys() if plain.get(key) != forged.get(key)}
    # A token or a moment is another one each time: where something else differs too, the form is sent once more.
    if not all(NEW_EACH_TIME.fullmatch(column) for _table, _row, column in differing):
        again = send(client, form, before, {})[1]
        differing = {key for key in differing if plain.get(key) == again.get(key)}
    else:
        differing = set()
    marked = {key for key, value in forged.items() if any(mark in str(value) for mark in (TEXT, NUMBER, DAY))}
    wrong = [] if status == status_forged else [f"{form.endpoint} answers {status_forged}"]
    wrong += [
        f"{form.endpoint} sets {key[0]}.{key[2]}: {plain.get(key)!r} became {forged.get(key)!r}"
        for key in sorted(differing | marked)
    ]
    return bool(plain), wrong


def takes_what_it_asks_for(app: Any, walked: Walk) -> None:
    """Each form takes what it asks for and nothing else; no route that takes a POST is left out."""
    assert not unmet(app, walked.forms)
    before, writing, wrong = contents(), [], []
    for endpoint, (client, form) in walked.forms.items():
        writes, taken_here = taken(client, form, before)
        writing += [endpoint] if writes else []
        wrong += taken_here
    assert not wrong, "\n".join(wrong)
    assert len(writing) > 150, f"only {len(writing)} forms wrote anything: {writing}"


def unmet(app: Any, found: Any) -> set[str]:
    """What takes a POST and is neither met as a form nor named as having none."""
    return {route.endpoint for route in routes(app) if route.method == "POST"} ^ {*found, *NO_FORM}


def careless(view: Callable[..., Any]) -> Callable[..., Any]:
    """A view that does what populate_obj over everything that was sent would do."""

    def planted(**values: Any) -> Any:
        response = view(**values)
        place = db.session.get_one(Association, g.association.id)
        for name in ("founded_on", "level", "covers_subtree", "email"):
            if request.form.get(name) and name != "founded_on":
                setattr(place, name, request.form[name])
        db.session.commit()
        return response

    planted.access = view.access  # type: ignore[attr-defined]
    return planted


def test_control_a_form_that_takes_everything_is_seen(app, cast, monkeypatch):
    visitors = clients(app, cast)
    client = visitors["secretary"]
    form = forms_of(app, client, ["/office/wangjiang/groups", "/office/wangjiang"])["associations.add_group"]
    before = contents()
    assert taken(client, form, before) == (True, [])
    endpoint = "associations.add_group"
    monkeypatch.setitem(app.view_functions, endpoint, careless(app.view_functions[endpoint]))
    _, wrong = taken(client, form, before)
    assert [line for line in wrong if "association.level" in line]


def test_control_a_route_that_no_form_leads_to_is_seen(app):
    met = {route.endpoint: None for route in routes(app) if route.method == "POST" and route.endpoint not in NO_FORM}
    assert not unmet(app, met)
    del met["register.end"]
    assert unmet(app, met) == {"register.end"}
