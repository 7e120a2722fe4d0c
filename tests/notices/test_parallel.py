"""Many at once: each index number once, each form one notice, of two texts one is told."""

from __future__ import annotations

from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.core.calendar import today
from portal.core.database import db
from portal.notices import desk
from portal.notices.drafts import revision_of
from portal.notices.models import Notice, NoticeVersion
from tests.harness.together import send_at_once, senders, told
from tests.notices.rows import BODY, OFFICE, TITLE, draft, published

MANY = 8


def publication(notice: Notice) -> tuple[str, dict[str, Any]]:
    seen = {"number": "1", "revision": revision_of(notice, desk.get_draft(notice))}
    return f"{OFFICE}/{notice.public_id}/publish", seen


def test_index_numbers_are_unique_and_without_a_gap(live_app, cast, rounds):
    for turn in range(1, rounds(2, 100) + 1):
        posts = [publication(draft(cast.secretary, cast.community)) for _ in range(MANY)]
        answers = send_at_once(live_app, cast.secretary, posts)
        assert [answer.location for answer in answers] == [f"{url}ed" for url, _data in posts]
        numbers = sorted(db.session.scalars(select(Notice.index_number)))
        assert numbers == [f"WANGJIANG-{today().year}-{number:04d}" for number in range(1, turn * MANY + 1)]


# On SQLite a request that writes takes the only write lock with its first statement: there is no race to show.
@pytest.mark.engines("postgresql")
def test_control_without_the_lock_two_read_the_same_last_number(live_app, cast, monkeypatch):
    both_have_read, last_serial = Barrier(2), desk.last_serial

    def read_together(association_id: int, before: str, after: str) -> int:
        last = last_serial(association_id, before, after)
        both_have_read.wait(timeout=20)
        return last

    posts = [publication(draft(cast.secretary, cast.community)) for _ in range(2)]
    monkeypatch.setattr(desk, "lock_association", lambda *_: None)
    monkeypatch.setattr(desk, "last_serial", read_together)
    assert sorted(told(live_app, senders(live_app, cast.secretary, posts))) == ["broken", "done"]


def test_the_same_publication_at_once_is_one(live_app, cast):
    notice = draft(cast.secretary, cast.community)
    post = publication(notice)
    answers = send_at_once(live_app, cast.secretary, [post] * MANY)
    assert {answer.location for answer in answers} == {f"{post[0]}ed"}
    assert notice.index_number.endswith("-0001")


def test_the_same_form_at_once_makes_one_notice(live_app, cast):
    data = {"title": TITLE, "kind": "notice", "body": BODY, "entry_key": "the key of this form"}
    answers = send_at_once(live_app, cast.secretary, [(f"{OFFICE}/new", data)] * MANY)
    assert {(answer.status_code, answer.location) for answer in answers} == {(303, answers[0].location)}
    assert db.session.scalar(select(func.count()).select_from(NoticeVersion)) == 1


def test_corrections_begun_at_once_are_one_draft(live_app, cast):
    url = f"{OFFICE}/{published(cast.secretary, cast.community).public_id}"
    answers = send_at_once(live_app, cast.secretary, [(f"{url}/correct", {})] * MANY)
    assert {answer.location for answer in answers} == {f"{url}/edit"}
    assert db.session.scalar(select(func.count()).select_from(NoticeVersion)) == 2


def test_of_two_texts_saved_at_once_one_is_kept_and_the_other_given_back(live_app, cast):
    notice = draft(cast.secretary, cast.community)
    seen = {"title": TITLE, "kind": "notice", "revision": publication(notice)[1]["revision"]}
    url, texts = f"{OFFICE}/{notice.public_id}/edit", ("甲的正文", "乙的正文")
    answers = send_at_once(live_app, cast.secretary, [(url, {**seen, "body": text}) for text in texts])
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    kept = [answer.status_code for answer in answers].index(303)
    assert desk.get_draft(notice).body == texts[kept]
    assert texts[1 - kept] in answers[1 - kept].text
