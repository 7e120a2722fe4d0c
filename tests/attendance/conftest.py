"""The clock stands still in these tests: what is some minutes ago stays so to the second."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from portal.core import calendar
from portal.core.calendar import now
from tests.attendance.rows import put, running


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with calendar.at(now().replace(microsecond=0)):
        yield


@pytest.fixture
def session(cast, app):
    return running(cast.community)


@pytest.fixture
def made(cast, session):
    return put(session, cast.volunteer.person)
