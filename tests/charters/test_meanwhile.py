"""A comment is answered anew while the next draft is settled: what stands, stands."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.charters import commenting, queries, services
from portal.charters.models import Charter
from portal.core.calendar import at, today
from portal.core.database import db
from portal.core.errors import RuleError
from tests.charters.rows import CLOSES, after, answered, begun, opened, said
from tests.harness.meanwhile import COMMITTED, WAITS, Meanwhile
from tests.notices.rows import acting


@pytest.mark.engines("postgresql")
def test_an_answer_stays_once_the_next_draft_stands(live_app, cast, db_session, monkeypatch):
    charter = begun(cast)
    opened(cast, charter)
    comment = said(cast, charter)
    with at(after(15)):
        services.close_round(acting(cast.secretary), charter)
        answered(cast, charter)
    db_session.commit()

    def open_second():
        with at(after(15)):
            day, found = today(), db.session.get_one(Charter, charter.id)
            services.open_round(acting(cast.secretary), found, day, day + timedelta(days=CLOSES), "按意见修改第三条")

    def answer():
        commenting.answer(acting(cast.secretary), charter, comment, "not_taken_up", "再想一想，还是不写。")

    waiting = Meanwhile(live_app, open_second)
    waiting.after(monkeypatch, queries, "get_draft")
    answer()
    assert waiting.told == [WAITS]
    db_session.rollback()
    opening = Meanwhile(live_app, open_second)
    opening.before(monkeypatch, commenting, "hold")
    following = queries.get_draft(charter, 2)
    assert following is not None
    assert following.settled_at is None
    with pytest.raises(RuleError):
        answer()
    db_session.rollback()
    assert (opening.told, comment.outcome) == ([COMMITTED], "taken_up")
