"""The site of these tests in server processes of its own, on either database, and many visitors at once."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode, urlsplit

import pytest
import sqlalchemy

from tests.harness.apps import Apps
from tests.harness.installation import Installation, Serving, answering, free_port


@dataclass
class Site:
    """A served portal and a connection to its database."""

    serving: Serving
    engine: sqlalchemy.Engine

    def visitor(self) -> Visitor:
        return Visitor(urlsplit(self.serving.address).netloc)

    def scalar(self, statement: str) -> object:
        with self.engine.connect() as connection:
            return connection.exec_driver_sql(statement).scalar()

    def execute(self, *statements: str) -> None:
        with self.engine.begin() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)


class Visitor:
    """One connection, kept open between requests and made anew when it breaks."""

    def __init__(self, place: str) -> None:
        self.connection = HTTPConnection(place, timeout=30)

    def post(self, path: str, **fields: str) -> tuple[int | None, str]:
        """The status and the text; None when the connection broke, so that nobody knows what became of it."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        try:
            self.connection.request("POST", path, urlencode(fields), headers)
            answer = self.connection.getresponse()
            return answer.status, answer.read().decode()
        except (OSError, HTTPException):
            self.connection.close()
            return None, ""


@pytest.fixture
def site(engine_kind: str, apps: Apps, tmp_path) -> Iterator[Site]:
    database = apps.databases.migrated(engine_kind)
    with served(Installation(tmp_path / "data", database.url)) as found:
        yield found
    database.drop()


@contextmanager
def served(installation: Installation) -> Iterator[Site]:
    """Two workers of ten threads, as in the measurements that these tests repeat."""
    port = free_port()
    environment = {**installation.environment, "PORTAL_WORKERS": "2", "PORTAL_THREADS": "10"}
    command = [sys.executable, "-m", "tests.faults.site", str(port)]
    engine = sqlalchemy.create_engine(installation.url.replace("postgresql://", "postgresql+psycopg://"))
    with answering(command, environment, f"http://127.0.0.1:{port}", installation.data / "log") as serving:
        yield Site(serving, engine)
    engine.dispose()
