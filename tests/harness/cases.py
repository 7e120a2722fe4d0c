"""Many cases in one test: what stands before them is made once."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import pytest
from flask import has_app_context
from sqlalchemy import Connection

from portal.core.database import db
from tests.harness.soaking import SOAKING

Test = TypeVar("Test", bound=Callable[..., None])


def either_engine(test: Test) -> Test:
    """A refusal, a word on a page, a number of statements: decided in Python, with questions that the tests of what
    succeeds put to both databases. tests/access asks both who may do what where, and opens every page on both. So
    `make test` asks one of them, `make soak` both.
    """
    marked: Test = pytest.mark.soak(test)
    return marked if SOAKING else pytest.mark.engines("sqlite")(marked)


def each(names: str | tuple[str, ...], cases: Iterable[Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """As `pytest.mark.parametrize`, but one test: its fixtures are made once for all cases, which is most of the time
    of a short one. What a case writes to the database is rolled back before the next; cookies of `client` and what
    else a fixture holds stay, so that a case which needs them fresh is a test of its own.
    """
    known = [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)
    listed = [case if len(known) > 1 else (case,) for case in cases]
    assert listed, "no case"
    assert all(len(case) == len(known) for case in listed), "a case has a value for each name"

    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        def run(**fixtures: Any) -> None:
            for case in listed:
                values = dict(zip(known, case, strict=True))
                try:
                    with unwritten():
                        test(**fixtures, **values)
                except Exception as error:
                    error.add_note(f"in the case {values}")
                    raise

        signature = inspect.signature(test)
        asked = [one for name, one in signature.parameters.items() if name not in known]
        run.__name__, run.__doc__, run.__module__ = test.__name__, test.__doc__, test.__module__
        run.__signature__ = signature.replace(parameters=asked)  # type: ignore[attr-defined]
        run.pytestmark = getattr(test, "pytestmark", [])  # type: ignore[attr-defined]
        return run

    return decorate


@contextmanager
def unwritten() -> Iterator[None]:
    """What is written inside is gone afterwards, from the database and from the test's session."""
    if not has_app_context():
        yield
        return
    connection = db.engines[None]
    assert isinstance(connection, Connection), "a database with real commits keeps what a case writes"
    db.session.commit()
    before = set(db.session)
    savepoint = connection.begin_nested()
    try:
        yield
    finally:
        db.session.rollback()
        savepoint.rollback()
        for row in set(db.session) - before:
            db.session.expunge(row)
        db.session.expire_all()
