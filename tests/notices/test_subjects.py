"""The federation's list of subjects: kept in its order; what is published keeps the word it was published under."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.core.audit import AuditEntry
from portal.core.errors import RuleError
from portal.notices import desk, services, subjects
from portal.notices.models import NoticeSubject
from portal.notices.queries import list_subjects
from tests.harness.cases import each, either_engine
from tests.notices.rows import OFFICE, draft, published

URL = "/office/qinghe/subjects"


@pytest.fixture
def finance(cast, db_session) -> NoticeSubject:
    return db_session.scalars(select(NoticeSubject).where(NoticeSubject.name == "财务公开")).one()


def names(cast) -> list[str]:
    return [one.name for one in list_subjects(cast.federation.id)]


def test_added_renamed_ordered_ended_restored(cast, sign_in, db_session, finance):
    administrator = sign_in(cast.administrator)
    assert administrator.submit(f"{URL}/add", {"name": "  安全 提示 "}).headers["Location"] == URL
    assert names(cast)[-1] == "安全 提示"
    administrator.submit(f"{URL}/{finance.public_id}", {"name": "财务与会费"})
    where = names(cast).index("财务与会费")
    administrator.force(f"{URL}/{finance.public_id}/order", {"step": "up"})
    assert names(cast).index("财务与会费") == where - 1
    assert administrator.submit(f"{URL}/{finance.public_id}/end").status_code == 303
    assert "财务与会费" not in names(cast)
    assert administrator.page(URL).select_one("details .person b").get_text() == "财务与会费"
    administrator.force(f"{URL}/{finance.public_id}/restore")
    assert names(cast)[-1] == "财务与会费"
    actions = db_session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert [action for action in actions if "subject" in action] == [
        f"notices.{verb}"
        for verb in ("add_subject", "rename_subject", "order_subjects", "end_subject", "restore_subject")
    ]


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


@either_engine
def test_bad_input_and_twice(cast, sign_in, db_session, finance):
    administrator = sign_in(cast.administrator)
    for name in ("", " \u200b", "财务公开", "长" * 21):
        assert administrator.submit(f"{URL}/add", {"name": name}).status_code == 422
    assert administrator.submit(f"{URL}/{finance.public_id}", {"name": "志愿服务"}).status_code == 422
    assert administrator.force(f"{URL}/{finance.public_id}/order", {"step": "sideways"}).status_code == 400
    for _ in range(2):
        administrator.force(f"{URL}/{finance.public_id}/end")
    assert administrator.get(f"{URL}/{finance.public_id}/end").status_code == 404
    subjects.SUBJECTS.add(cast.administrator, cast.federation, "财务公开")
    assert administrator.force(f"{URL}/{finance.public_id}/restore").status_code == 422
    assert names(cast).count("财务公开") == 1


@either_engine
@each(("who", "where", "status"), [
    ("secretary", "qinghe", 404), ("chair", "liuan", 404), ("secretary", "wangjiang", 404), ("member", "qinghe", 404),
    ("publisher", "wangjiang", 403),
])  # fmt: skip
def test_who_may_not(cast, sign_in, db_session, finance, who, where, status):
    somebody, url = sign_in(getattr(cast, who)), f"/office/{where}/subjects"
    for address in (url, f"{url}/add", f"{url}/{finance.public_id}", f"{url}/{finance.public_id}/end"):
        assert somebody.get(address).status_code == status
    for step in ("order", "restore", "end"):
        assert somebody.force(f"{url}/{finance.public_id}/{step}", {"step": "up"}).status_code == status
    assert finance.ended_on is None


@either_engine
def test_not_signed_in_and_by_get(cast, client, sign_in, finance):
    assert client.get(URL).headers["Location"].startswith("/sign-in")
    for step in ("order", "restore"):
        assert sign_in(cast.administrator).get(f"{URL}/{finance.public_id}/{step}").status_code == 405
