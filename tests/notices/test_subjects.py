"""What notices are filed under: what is published keeps the word it stood under, a draft takes the new one."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.core.errors import RuleError
from portal.notices import desk, services, subjects
from portal.notices.models import NoticeSubject
from tests.harness.cases import each, either_engine
from tests.notices.rows import OFFICE, draft, published


@pytest.fixture
def finance(cast, db_session) -> NoticeSubject:
    return db_session.scalars(select(NoticeSubject).where(NoticeSubject.name == "财务公开")).one()


def test_what_is_published_keeps_its_word_and_a_draft_takes_the_new_one(cast, client, sign_in, db_session, finance):
    old = published(cast.secretary, cast.community, subject="财务公开")
    new = draft(cast.secretary, cast.community, subject="财务公开")
    subjects.SUBJECTS.rename(cast.administrator, finance, "财务与会费")
    form = sign_in(cast.secretary).page(f"{OFFICE}/{new.public_id}/edit")
    assert form.select_one("#subject option[selected]").get_text() == "财务公开"
    sign_in(cast.secretary).submit(f"{OFFICE}/{new.public_id}/edit", {"body": "别的正文"})
    assert desk.get_draft(new).subject_id == finance.id
    services.publish(cast.secretary, new, number=1)
    assert [desk.get_current(one).subject for one in (old, new)] == ["财务公开", "财务与会费"]
    assert old.subject_id == new.subject_id == finance.id
    assert "财务公开" in client.page(f"/notices/{old.public_id}").select_one(".facts").get_text()


@either_engine
def test_a_correction_is_filed_where_the_notice_was(cast, db_session, finance):
    notice = published(cast.secretary, cast.community, subject="财务公开")
    assert services.begin_correction(cast.secretary, notice).subject_id == finance.id


@either_engine
@each("name", ["没有这个主题", "财务公开 ", "<b>"])
def test_only_what_stands_in_the_list_is_chosen(cast, sign_in, db_session, name):
    form = {"title": "标题", "kind": "notice", "subject": name}
    assert sign_in(cast.secretary).submit(f"{OFFICE}/new", form).status_code == 422
    with pytest.raises(RuleError) as refused:
        draft(cast.secretary, cast.community, subject=name)
    assert refused.value.field == "subject"


@either_engine
def test_an_ended_one_is_not_chosen_anew(cast, sign_in, db_session, finance):
    kept = draft(cast.secretary, cast.community, subject="财务公开")
    subjects.SUBJECTS.end(cast.administrator, finance)
    with pytest.raises(RuleError):
        draft(cast.secretary, cast.community, subject="财务公开")
    assert sign_in(cast.secretary).submit(f"{OFFICE}/{kept.public_id}/edit", {"body": "别的"}).status_code == 303
    assert desk.get_draft(kept).subject_id == finance.id
