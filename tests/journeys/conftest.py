"""Fixtures of the stories.

clock   stands at a Monday morning, for the test and for the server; clock.move(minutes=31) lets time pass
visit   visit(cast.secretary, language="en", javascript=False, size=DESK) is a Visitor, on a phone unless said
        otherwise; when the test ends, nothing may have been found on any page, and no page left without a look
sound   when the test ends, the proof of everything published holds
photos  two photographs as a phone makes them, with the place where they were taken
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page

from portal.accounts.models import Account
from portal.core import calendar
from portal.upkeep import proofs
from tests.harness.browsing import PHONE
from tests.harness.findings import none_of
from tests.journeys.camera import photograph
from tests.journeys.visitor import Visitor
from tests.journeys.words import Words

FOLDER = Path(__file__).parent
MONDAY = datetime(2026, 6, 15, 2, tzinfo=UTC)  # ten in the morning in Beijing; 13 June was a Saturday


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Each story has a long form: there every page is asked of axe, in `make test` what is made of something new."""
    for item in items:
        if FOLDER in item.path.parents and item.get_closest_marker("soak") is None:
            item.add_marker("soak")


class Clock:
    """The moment that the server believes."""

    def __init__(self) -> None:
        self.moment = MONDAY

    def move(self, **by: float) -> None:
        self.moment += timedelta(**by)


@pytest.fixture(autouse=True)
def clock() -> Iterator[Clock]:
    with calendar.at(MONDAY):
        yield Clock()


@pytest.fixture
def live_app(app: Flask, clock: Clock) -> Flask:
    """The server answers in threads of its own, each of which must be told the time."""
    answer = app.wsgi_app

    def at_the_time(environ: Any, start_response: Any) -> Any:
        with calendar.at(clock.moment):
            return answer(environ, start_response)

    app.wsgi_app = at_the_time  # type: ignore[method-assign]
    return app


@pytest.fixture
def visit(open_page: Callable[..., Page]) -> Iterator[Callable[..., Visitor]]:
    visitors: list[Visitor] = []
    checker = cache(open_page)  # one for all of them: what axe judges by is in the markup

    def visit(account: Account | None = None, *, language: str = "zh-Hans", javascript: bool = True,
              size: dict[str, int] = PHONE) -> Visitor:  # fmt: skip
        page = open_page(account, javascript=javascript, language=language, size=size)
        visitors.append(Visitor(page, Words(language), checker, scripts=javascript))
        return visitors[-1]

    yield visit
    none_of(finding for visitor in visitors for finding in visitor.leaves())


@pytest.fixture
def sound(live_app: Flask) -> Iterator[None]:
    """In the end whatever was published follows from the rows that stand in the database."""
    yield
    assert list(proofs.list_faults()) == []


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    return [photograph(tmp_path / f"江边{number}.jpg", number) for number in (1, 2)]
