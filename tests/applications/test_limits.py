"""Nobody floods an association: applications and drafts of one address are counted by the hour."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.applications import limits
from portal.core import calendar
from portal.core.calendar import now
from portal.core.errors import RuleError
from tests.applications.filling import answers_of, count, fill_in


@pytest.mark.parametrize(("what", "most"), [(limits.count_sent, limits.SENT), (limits.count_begun, limits.BEGUN)])
def test_so_many_an_hour(cast, db_session, what, most):
    for _ in range(most):
        what("192.0.2.1")
    with pytest.raises(RuleError):
        what("192.0.2.1")
    what("192.0.2.2")
    with calendar.at(now() + timedelta(hours=1, seconds=1)):
        what("192.0.2.1")


def test_whoever_must_wait_loses_nothing(cast, client, db_session):
    fill_in(client, answers_of(cast))
    for _ in range(limits.SENT):
        limits.count_sent("127.0.0.1")
    db_session.commit()
    response = client.submit("/join/send", page="/join/check")
    assert response.status_code == 422
    assert "钟若兰" in response.text
    assert count() == 0
    with calendar.at(now() + timedelta(hours=2)):
        assert client.submit("/join/send", page="/join/check").status_code == 303
    assert count() == 1
