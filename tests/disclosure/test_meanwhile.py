"""Two officers link a notice in the place of one that was withdrawn: the second sees the first's."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from portal.associations.models import Association
from portal.core.database import db
from portal.disclosure import queries, services
from portal.disclosure.models import Disclosure, DisclosureDuty
from portal.notices import services as notices
from portal.notices.models import Notice
from tests.disclosure.rows import make_duty
from tests.harness.meanwhile import REFUSED, WAITS, Meanwhile
from tests.notices.rows import acting, published

PERIOD = date(2025, 1, 1)


@pytest.mark.engines("postgresql")
def test_of_two_who_link_at_once_the_second_is_told(live_app, cast, db_session, monkeypatch):
    duty = make_duty(cast.federation)
    gone, one, other = (published(cast.secretary, cast.community, title=f"收支情况{n}") for n in range(3))
    services.record(cast.secretary, cast.community, duty, PERIOD, gone)
    notices.withdraw(acting(cast.secretary), gone, "数字有误")
    db_session.commit()

    def link(notice):
        place, duty_ = db.session.get_one(Association, cast.community.id), db.session.get_one(DisclosureDuty, duty.id)
        services.record(acting(cast.secretary), place, duty_, PERIOD, db.session.get_one(Notice, notice.id))

    second = Meanwhile(live_app, lambda: link(other))
    second.after(monkeypatch, queries, "get_disclosure")
    link(one)
    db_session.commit()
    assert second.told == [WAITS]
    assert second.run() == REFUSED
    assert db_session.scalars(select(Disclosure.notice_id)).all() == [one.id]
