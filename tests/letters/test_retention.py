"""What stays of whom: closed in time, emptied in time, deleted with the record, moved with a merge, in one's copy."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.core import calendar
from portal.core.calendar import now
from portal.core.database import db
from portal.core.errors import RuleError
from portal.duplicates import services as duplicates
from portal.letters import publishing, queries, removal, retention, services
from portal.letters.models import LetterAbout
from tests.duplicates.rows import make_pair
from tests.harness.cases import either_engine
from tests.letters.rows import BODY, NAME, answered, read, written


def test_answered_and_not_opened_again_it_is_closed(cast):
    letter = answered(cast)
    with calendar.at(now() + timedelta(days=14)):
        assert retention.close_answered() == 0
    with calendar.at(now() + timedelta(days=60)):
        assert retention.close_answered() == 1
        assert retention.close_answered() == 0
    assert read(letter).state == "closed"


def test_three_years_after_closing_who_wrote_is_no_longer_kept(cast, client):
    letter, open_ = answered(cast, email="zhong@example.com", person_id=cast.member.person_id), answered(cast)
    services.close(cast.secretary, letter)
    with calendar.at(now() + timedelta(days=3 * 365 - 1)):
        assert retention.forget() == 0
    with calendar.at(now() + timedelta(days=3 * 365 + 1)):
        assert retention.forget() == 1
        assert retention.forget() == 0
    letter = read(letter)
    assert (letter.name, letter.phone, letter.email, letter.person_id) == (None, None, None, None)
    assert letter.emptied_at is not None
    assert letter.body == BODY
    assert read(open_).name == NAME
    assert client.get(f"/letters/{letter.reference}").status_code == 200


def test_deleted_with_the_record(cast):
    """What could hold the name is not published from then on: nothing is left to compare it with."""
    letter = answered(cast, person_id=cast.member.person_id, may_publish=True)
    removal.forget(cast.secretary, [cast.member.person])
    letter = read(letter)
    assert (letter.name, letter.phone, letter.person_id) == (None, None, None)
    assert list(db.session.scalars(queries.list_of_writer(cast.member.person_id))) == []
    with pytest.raises(RuleError):
        publishing.publish(cast.secretary, letter, f"我是{NAME}。", "开到八点。")


@either_engine
def test_in_the_writers_own_copy_and_in_nobody_elses(cast, sign_in):
    letter = written(cast, person_id=cast.member.person_id, about={cast.treasurer.person_id})
    services.note(cast.secretary, letter, "内部的话")
    services.ask(cast.secretary, letter, "几点下班？")
    held = sign_in(cast.member).get("/me/copy.json").json
    assert [row["body"] for row in held["letters_written"]] == [BODY]
    assert [row["kind"] for row in held["letter_steps"]] == ["received", "asked"]
    for role in ("treasurer", "secretary"):
        text = sign_in(getattr(cast, role)).get("/me/copy.json").text
        assert BODY not in text
        assert "内部的话" not in text


def test_two_records_made_one_keep_their_letters_and_conflicts(cast):
    """A letter about both is about one; one that was written by the one is the other's."""
    kept, gone = make_pair(cast.community)
    both = written(cast, about={kept.id, gone.id})
    single, own = written(cast, about={gone.id}), written(cast, person_id=gone.id)
    services.note(cast.secretary, own, "一步")
    db.session.commit()
    duplicates.merge(cast.secretary, cast.community, kept, gone, duplicates.Choice())
    db.session.commit()
    for letter in (both, single):
        rows = db.session.query(LetterAbout).filter_by(letter_id=letter.id).all()
        assert [row.person_id for row in rows] == [kept.id]
    assert read(own).person_id == kept.id
