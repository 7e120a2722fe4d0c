"""So many people sign up for so many places at once, as they do: signed in, each from the page, over HTTP.

The portal serves with its workers as `portal serve` does. Everybody has opened the recruitment notice; at a barrier
all of them press the button, each on a connection of their own.
"""

from __future__ import annotations

import statistics
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import func, select

from portal.accounts import sessions
from portal.associations.models import Association
from portal.core.database import db
from portal.people.models import Person
from portal.plans.models import SessionNeed
from portal.signups.models import HOLDING, SignUp
from portal.volunteers.models import Volunteer
from tests.benchmarks.register import Installation
from tests.benchmarks.servers import serving_portal
from tests.harness.client import form_to, form_values
from tests.harness.factory import make_account
from tests.harness.service import make_activity, make_session

PATIENCE = 120  # seconds for one answer


@dataclass
class Rush:
    """What came back: answers by status, seconds of each and of all."""

    answers: Counter[str] = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def errors(self) -> int:
        """Everybody is sent back to the notice, with a place or on the waiting list; whatever else is an error."""
        return sum(count for status, count in self.answers.items() if status != "303")


@dataclass(frozen=True)
class Ready:
    """Somebody with the notice open and a finger on the button."""

    address: str
    path: str
    cookie: str
    body: str

    def press(self) -> str:
        connection = HTTPConnection(urlsplit(self.address).netloc, timeout=PATIENCE)
        headers = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        try:
            connection.request("POST", self.path, self.body, headers)
            answer = connection.getresponse()
            answer.read()
            return str(answer.status)
        except (OSError, HTTPException) as error:
            return type(error).__name__
        finally:
            connection.close()


def rush(app: Flask, home_id: int, people: int, wanted: int) -> None:
    """Print how long it took, what was answered, how many places were given, and whether one too many."""
    with app.app_context():
        session = make_session(make_activity(db.session.get_one(Association, home_id)), needs={None: wanted})
        cookies = [_cookie(app, person) for person in _volunteers(people)]
        db.session.commit()
        notice, session_id = f"/activities/sessions/{session.public_id}", session.id
        db.session.remove()
        db.engine.dispose()
    installation = Installation(
        app.config["SQLALCHEMY_DATABASE_URI"], Path(app.extensions["portal.settings"].data_dir)
    )
    with serving_portal(installation) as server:
        ready = [_open(server.address, notice, cookie) for cookie in cookies]
        done, workers = _all_at_once(ready), len(server.workers)
    with app.app_context():
        _tell(session_id, len(ready), workers, done)


def _volunteers(count: int) -> list[Person]:
    """Of different associations of the federation: everybody of it can sign up."""
    ids = select(Volunteer.person_id).where(Volunteer.ended_on.is_(None)).order_by(Volunteer.id).limit(count)
    return list(db.session.scalars(select(Person).where(Person.id.in_(ids))))


def _cookie(app: Flask, person: Person) -> str:
    """Signed in as through the page; passwords are not what is measured."""
    account = make_account(person, phone_index=f"rush-{person.id}")
    token = sessions.open_session(account, "benchmark", "127.0.0.1")
    return f"{sessions._cookie_name()}={sessions._signer().sign(token).decode('ascii')}"


def _open(address: str, notice: str, cookie: str) -> Ready:
    connection = HTTPConnection(urlsplit(address).netloc, timeout=PATIENCE)
    connection.request("GET", notice, headers={"Cookie": cookie})
    answer = connection.getresponse()
    page = BeautifulSoup(answer.read(), "html.parser")
    kept = [value.split(";")[0] for name, value in answer.getheaders() if name.lower() == "set-cookie"]
    connection.close()
    path = f"{notice}/sign-up"
    form = form_values(form_to(page, path, notice))
    # The browser keeps the newest of each name.
    known = dict(one.split("=", 1) for one in [cookie, *kept])
    return Ready(address, path, "; ".join(f"{name}={value}" for name, value in known.items()), urlencode(form))


def _all_at_once(ready: list[Ready]) -> Rush:
    found, lock, begin = Rush(), threading.Lock(), threading.Barrier(len(ready) + 1)

    def press(one: Ready) -> None:
        begin.wait(PATIENCE)
        began = time.perf_counter()
        status = one.press()
        with lock:
            found.answers[status] += 1
            found.times.append(time.perf_counter() - began)

    threads = [threading.Thread(target=press, args=(one,)) for one in ready]
    for thread in threads:
        thread.start()
    begin.wait(PATIENCE)
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    found.seconds = time.perf_counter() - began
    return found


def _tell(session_id: int, people: int, workers: int, done: Rush) -> None:
    need = db.session.scalars(select(SessionNeed).where(SessionNeed.session_id == session_id)).one()
    counted = select(SignUp.state, func.count()).where(SignUp.need_id == need.id).group_by(SignUp.state)
    states: dict[str, int] = dict(db.session.execute(counted).all())  # type: ignore[arg-type]
    held = sum(count for state, count in states.items() if state in HOLDING)
    over = max(0, held - need.wanted) + abs(held - need.taken)
    lost = people - sum(states.values())
    middle, slowest = statistics.median(done.times), max(done.times)
    print(
        f"{people} people for {need.wanted} places over HTTP, {workers} workers: {done.seconds:.2f} s, "
        f"each {middle:.2f} s in the middle, {slowest:.2f} s at most; {states}, answers {dict(done.answers)}, "
        f"{done.errors} errors, {lost} lost, {over} overbooked",
        flush=True,
    )
