"""The demonstration federation in a database of its own, and what a benchmark asks of it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

from bs4 import BeautifulSoup
from sqlalchemy import Engine, create_engine, make_url, text

from portal.demo.cast import PASSWORD, cast
from tests.benchmarks import load
from tests.harness.client import form_to, form_values
from tests.harness.postgres import HOW, Cluster

COMMUNITY = "wh-04"
OFFICE = f"/office/{COMMUNITY}"
PEOPLE = 5  # who took part in the activity that is saved
BOUNDARY = "portal-benchmark-boundary"


@dataclass(frozen=True)
class Federation:
    """Where the demonstration lies."""

    url: str
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """The settings of an installation on this database, everything else as it comes."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
        return kept | {"PORTAL_DATA_DIR": str(self.folder), "PORTAL_DATABASE_URL": self.url}

    @property
    def engine(self) -> Engine:
        return create_engine(make_url(self.url))

    def value(self, statement: str) -> str:
        """The one value that a statement gives."""
        engine = self.engine
        with engine.connect() as connection:
            found = str(connection.execute(text(statement)).scalar_one())
        engine.dispose()
        return found


@contextmanager
def demonstration(kind: str, folder: Path) -> Iterator[Federation]:
    """A loaded federation on SQLite or PostgreSQL; gone afterwards."""
    cluster = Cluster()
    try:
        federation = Federation(_address(kind, folder, cluster), folder)
        command = [sys.executable, "-m", "portal", "demo"]
        subprocess.run(command, env=federation.environment, check=True, stdout=subprocess.DEVNULL)
        yield federation
    finally:
        cluster.stop()


def _address(kind: str, folder: Path, cluster: Cluster) -> str:
    if kind == "sqlite":
        return f"sqlite:///{folder / 'portal.sqlite3'}"
    address = cluster.address()
    if address is None:
        raise SystemExit(f"PostgreSQL is missing: {HOW}")
    return make_url(address).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


class Officer:
    """An officer of the demonstration, signed in through the page as anybody is."""

    def __init__(self, address: str, at: str = COMMUNITY, role: str = "secretary") -> None:
        self.address = address
        self.cookies = CookieJar()
        self._opener = build_opener(HTTPCookieProcessor(self.cookies))
        officer = next(known for known in cast() if known.at == at and known.role == role)
        sent = form_values(form_to(self.page("/sign-in"), "/sign-in", "/sign-in"))
        sent |= {"login": officer.phone, "password": PASSWORD}
        self._opener.open(f"{address}/sign-in", urlencode(sent).encode()).close()

    def page(self, path: str) -> BeautifulSoup:
        return BeautifulSoup(self._opener.open(self.address + path).read(), "html.parser")

    def file(self, path: str) -> bytes:
        """What a link on a page leads to."""
        content: bytes = self._opener.open(self.address + path).read()
        return content

    def submit(self, path: str) -> str:
        """Send a page's form as it stands; where that leads."""
        sent = form_values(form_to(self.page(path), path, path))
        with self._opener.open(self.address + path, urlencode(sent).encode()) as answer:
            return str(answer.url).removeprefix(self.address)

    @property
    def headers(self) -> dict[str, str]:
        return {"Cookie": "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.cookies)}

    def entry_list(self) -> load.Request:
        return load.Request(f"{self.address}{OFFICE}/activities", self.headers)

    def entry(self) -> load.Request:
        """An activity with people, filled in as a browser sends it; each request has a key of its own."""
        path = f"{OFFICE}/activities/new"
        page = self.page(path)
        people = [box["value"] for box in page.select("input[name=person]")][:PEOPLE]
        if len(people) < PEOPLE:
            raise load.FailedError(f"{path}: the form offers {len(people)} people")
        values = form_values(form_to(page, path, path)) | {
            "kind": "safety",
            "title": "周六楼道清理",
            "place": "一号楼前",
            "length": "90",
            "summary": "清理楼道堆物，检查消防通道，和住户约定不再堆放。",
            "person": people,
            "volunteer": people,
            "entry_key": load.KEY,
        }
        content = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
        return load.Request(self.address + path, self.headers | content, _multipart(values))


def _multipart(values: dict[str, object]) -> str:
    pairs = [(name, one) for name, value in values.items() for one in (value if isinstance(value, list) else [value])]
    parts = [f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in pairs]
    return "".join(parts) + f"--{BOUNDARY}--\r\n"
