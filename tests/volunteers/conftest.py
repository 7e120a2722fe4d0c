"""Every test of volunteers has a privacy notice in force."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.core.calendar import today
from portal.people.services import default_notice, publish_notice


@pytest.fixture(autouse=True)
def notice(request) -> int:
    """The version in force; only tests that have a federation need one."""
    if "cast" not in request.fixturenames:
        return 0
    request.getfixturevalue("cast")
    session = request.getfixturevalue("db_session")
    version = publish_notice(None, default_notice(), today() - timedelta(days=400))
    session.commit()
    return version
