"""The portal with two routes more, in its own server processes: a counter, and an act of several rows.

`python -m tests.faults.site PORT` serves it; the environment is that of `portal serve`.
"""

from __future__ import annotations

import sys

from flask import Flask, request
from sqlalchemy import Column, Integer, MetaData, Table, select, update

from portal import create_app, server
from portal.core import database
from portal.core.access import public
from portal.core.database import db
from portal.people import services as people
from portal.settings import from_environment

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


def make() -> Flask:
    app = create_app(from_environment())
    app.config["WTF_CSRF_ENABLED"] = False  # not what is tried here
    app.add_url_rule("/faults/count", "faults.count", count, methods=["POST"])
    app.add_url_rule("/faults/enter", "faults.enter", enter, methods=["POST"])
    return app


if __name__ == "__main__":
    site = make()
    server._Gunicorn(site, site.extensions["portal.settings"], f"127.0.0.1:{sys.argv[1]}", None).run()
