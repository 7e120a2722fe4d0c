"""The portal with some routes more, in its own server processes: a counter, and acts of several rows.

`python -m tests.faults.site PORT` serves it; the environment is that of `portal serve`.
"""

from __future__ import annotations

import sys
import time
from functools import partial

from flask import Flask, Response, current_app, request
from sqlalchemy import Column, Integer, MetaData, Table, select, update

from portal import create_app, server
from portal.associations.models import Association, Level
from portal.core import database
from portal.core.access import public
from portal.core.calendar import today
from portal.core.database import db
from portal.ledger.models import DuesPeriod
from portal.payments import services as payments
from portal.people import services as people
from portal.people.models import Affiliation, Person
from portal.settings import from_environment
from portal.upkeep.ledger import list_faults

LONG = 60  # seconds, in which the worker is killed
counter = Table("fault_counter", MetaData(), Column("value", Integer))


@public
def count() -> str:
    """Read, add one, write. The guard is what every writing request has (SQLite), or asks for (PostgreSQL)."""
    statement = select(counter.c.value)
    if request.form["guard"] == "off":
        database.writing.set(False)
    else:
        statement = statement.with_for_update()
    value = db.session.scalar(statement)
    db.session.execute(update(counter).values(value=value + 1))
    db.session.commit()
    return str(value + 1)


@public
def enter() -> str:
    """Somebody in the register: a person, a row for each gram of the name, and an entry of the audit log."""
    people.create_person(None, request.form["name"])
    db.session.commit()
    return "entered"


@public
def begin() -> str:
    """An association in which somebody can pay: a year's period, and a member who owes the dues of it."""
    day = today()
    first = day.replace(month=1, day=1)
    place = Association(code="begin", name="望江社区协会", short_name="望江", level=Level.GRASSROOTS)
    db.session.add(place)
    db.session.flush()
    place.path = f"{place.id}/"
    person = people.create_person(None, "付方")
    year = {"name": str(day.year), "start_on": first, "end_on": day.replace(month=12, day=31), "due_on": day}
    affiliation = Affiliation(person_id=person.id, association_id=place.id, kind="member", start_on=first)
    db.session.add_all([DuesPeriod(association_id=place.id, **year), affiliation])
    db.session.commit()
    return "begun"


@public
def pay() -> str:
    """A payment under the key that is sent: the row, its entry in the journal, its receipt under the next number."""
    _record(request.form["name"])
    return "paid"


@public
def careless() -> Response:
    """The control of the kills: half of a payment is committed, and another acknowledged before it is."""
    with payments.recorded.muted():
        _record("half")
    answer = Response("paid")
    answer.call_on_close(partial(_record_later, current_app._get_current_object()))  # type: ignore[attr-defined]
    return answer


def _record(key: str) -> None:
    place = db.session.scalars(select(Association)).one()
    payer = db.session.scalars(select(Person).where(Person.name == "付方")).one()
    payments.record(None, place, amount_fen=100, payer=payer, received_on=today(), method="cash", key=key)
    db.session.commit()


def _record_later(app: Flask) -> None:
    time.sleep(LONG)
    with app.app_context():
        _record("late")


@public
def faults() -> str:
    """What `portal check-ledger` has to say."""
    return "".join(f"{fault}\n" for fault in list_faults())


def make() -> Flask:
    app = create_app(from_environment())
    app.config["WTF_CSRF_ENABLED"] = False  # not what is tried here
    app.add_url_rule("/faults/count", "faults.count", count, methods=["POST"])
    for view in (enter, begin, pay, careless, faults):
        app.add_url_rule(f"/faults/{view.__name__}", f"faults.{view.__name__}", view, methods=["POST"])
    return app


if __name__ == "__main__":
    site = make()
    server._Gunicorn(site, site.extensions["portal.settings"], f"127.0.0.1:{sys.argv[1]}", None).run()
