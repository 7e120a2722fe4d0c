"""Nobody sets by a forged form what its page does not ask for (as in Galette, CVE-2025-58053).

Every form that a role meets is sent twice: as it is, and with a hostile value for every column of every table. What
changes in the database is the same both times.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import g, request
from sqlalchemy import JSON, Boolean, Column, Date, DateTime, Integer, text
from sqlalchemy.types import TypeDecorator

from portal.associations.models import Association
from portal.core.database import Base, db
from portal.core.encryption import decrypt
from tests.access.forms import FoundForm, forms_of
from tests.access.furnished import STARTS, clients, furnish, tried
from tests.access.routes import routes
from tests.access.steps import NO_FORM, forms_behind
from tests.harness.client import PortalClient

# What a form asks for does not depend on the database that keeps it.
pytestmark = pytest.mark.engines("sqlite")

LEFT_OUT = ("account_session", "person_gram", "sign_in_attempt")
TEXT, NUMBER, DAY = "hostile", "918273", "2032-03-04"
BESIDES = {
    "id": NUMBER, "public_id": "hostile00000", "password_hash": TEXT, "is_admin": "y", "role": "administrator",
    "association": "1", "person": "hostile00000", "account": NUMBER, "rights": "members.write", "approved": "y",
}  # fmt: skip
Rows = dict[str, dict[Any, Any]]
Changes = dict[tuple[str, str, str], Any]


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


def contents() -> Rows:
    """Every row as it is stored: what is encrypted is read only where it changed."""
    tables = [table for table in Base.metadata.sorted_tables if table.name not in LEFT_OUT]
    found: Rows = {}
    for table in tables:
        rows = db.session.execute(text(f"SELECT * FROM {table.name}")).all()
        found[table.name] = {row.id: row for row in rows}
    return found


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
    with tried(client):
        status = client.force(form.action, {**more, **form.filled()}).status_code
        return status, changes(before, contents())


def taken(client: PortalClient, form: FoundForm, before: Rows) -> tuple[bool, list[str]]:
    """Whether the form wrote anything, and what came of the values that it does not ask for."""
    more = {name: value for name, value in hostile_values().items() if name not in form.declared}
    status, plain = send(client, form, before, {})
    status_forged, forged = send(client, form, before, more)
    again = plain if plain == forged else send(client, form, before, {})[1]
    wrong = [] if status == status_forged else [f"{form.endpoint} answers {status_forged}"]
    for key in sorted(plain.keys() | forged.keys()):
        differs = plain.get(key) != forged.get(key)
        is_random = plain.get(key) != again.get(key)  # a token, a moment: another one each time
        if (differs and not is_random) or any(mark in str(forged.get(key)) for mark in (TEXT, NUMBER, DAY)):
            wrong.append(f"{form.endpoint} sets {key[0]}.{key[2]}: {plain.get(key)!r} became {forged.get(key)!r}")
    return bool(plain), wrong


@pytest.fixture
def found(app: Any, cast: Any) -> dict[str, tuple[PortalClient, FoundForm]]:
    """The forms by what they post to, each with somebody who may send it."""
    beyond, visitors = furnish(cast), clients(app, cast)
    known: dict[str, tuple[PortalClient, FoundForm]] = {}
    for role, client in visitors.items():
        for endpoint, form in forms_of(
            app, client, [*STARTS[role], *(beyond if role == "secretary" else ())]
        ).items():
            known.setdefault(endpoint, (client, form))
    return forms_behind(app, cast, visitors) | known


def test_a_form_takes_what_it_asks_for_and_nothing_else(app, found):
    assert not unmet(app, found)
    before, writing, wrong = contents(), [], []
    for endpoint, (client, form) in found.items():
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
