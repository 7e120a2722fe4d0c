"""The two bare applications that the portal's speed is held beside, served with the portal's gunicorn settings.

/bytes  a Flask view that returns 10 kB: what the server and the framework cost, and nothing else
/rows   Flask, Jinja and SQLAlchemy Core: 25 rows of the demonstration's notices in a plain table

Run in a process of their own, which imports nothing of the portal: its listeners would slow them.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from flask import Flask, render_template
from gunicorn.app.base import BaseApplication
from jinja2 import DictLoader
from sqlalchemy import Date, DateTime, Engine, Integer, String, column, create_engine, select, table

TEN_KILOBYTES = "<p>" + "协会 association " * 540 + "</p>"
PAGE = """<!doctype html>
<html lang="zh-Hans">
  <head><meta charset="utf-8"><title>Notices</title></head>
  <body>
    <h1>Notices</h1>
    <table>
      {% for row in rows %}
        <tr>
          <td><a href="/notices/{{ row.public_id }}">{{ row.title }}</a></td>
          <td>{{ row.kind }}</td><td>{{ row.name }}</td>
          <td>{{ row.published_at.date().isoformat() }}</td>
          <td>{{ row.expires_on or "" }}</td>
        </tr>
      {% endfor %}
    </table>
  </body>
</html>
"""
notice = table(
    "notice",
    column("id", Integer),
    column("public_id", String),
    column("title", String),
    column("kind", String),
    column("status", String),
    column("association_id", Integer),
    column("published_at", DateTime),
    column("expires_on", Date),
)
association = table("association", column("id", Integer), column("name", String))
newest = (
    select(notice.c.public_id, notice.c.title, notice.c.kind, notice.c.published_at, notice.c.expires_on)
    .add_columns(association.c.name)
    .join(association, association.c.id == notice.c.association_id)
    .where(notice.c.status == "published")
    .order_by(notice.c.published_at.desc(), notice.c.id.desc())
    .limit(25)
)


def bare_app(engine: Engine) -> Flask:
    app = Flask(__name__)
    app.jinja_loader = DictLoader({"rows.html": PAGE})  # type: ignore[assignment]

    @app.get("/bytes")
    def ten_kilobytes() -> str:
        return TEN_KILOBYTES

    @app.get("/rows")
    def rows() -> str:
        with engine.connect() as connection:
            return render_template("rows.html", rows=connection.execute(newest).all())

    return app


class Server(BaseApplication):  # type: ignore[misc]
    """gunicorn with the options it is given."""

    def __init__(self, app: Flask, options: dict[str, Any]) -> None:
        self.app, self.given = app, options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.given.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self.app


if __name__ == "__main__":
    Server(bare_app(create_engine(sys.argv[1])), json.loads(sys.argv[2])).run()
