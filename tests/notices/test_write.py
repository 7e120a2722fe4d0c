"""Writing a draft: kept once, by who may, and nothing typed is ever lost."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select

from portal.core.audit import AuditEntry
from portal.notices import desk, services
from portal.notices.drafts import Content, revision_of
from portal.notices.models import Notice, NoticeVersion
from tests.harness.cases import each, either_engine
from tests.notices.rows import BODY, OFFICE, TITLE, WHO_MAY_NOT, draft, published

NEW = f"{OFFICE}/new"
FILLED = {
    "title": TITLE,
    "kind": "policy",
    "body": BODY,
    "document_number": "望协〔2026〕12号",
    "signed_on": "2026年11月7日",
    "effective_on": "2026-12-01",
    "expires_on": "2027.12.31",
    "subject": "财务公开",
    "keywords": "会费，减免、会费",
    "contact": "秘书处 6200-0118",
}


def only(db_session) -> Notice:
    return db_session.scalars(select(Notice)).one()


def count(db_session, table=Notice) -> int:
    return db_session.scalar(select(func.count()).select_from(table))


def test_a_draft_is_kept_and_shown_as_the_public_will_see_it(cast, sign_in, db_session):
    name, secretary = cast.secretary.name, sign_in(cast.secretary)
    response = secretary.submit(NEW, FILLED)
    notice = only(db_session)
    version = desk.get_draft(notice)
    assert response.headers["Location"] == f"{OFFICE}/{notice.public_id}/check"
    assert (notice.status, notice.index_number, version.number) == ("draft", None, 1)
    assert version.issuer == "望江社区协会"
    assert version.keywords == "会费 减免"
    assert (version.signed_on, version.expires_on) == (date(2026, 11, 7), date(2027, 12, 31))
    page = secretary.page(response.headers["Location"])
    assert page.select_one(".document td.r").get_text() == "12.00"
    assert name in page.get_text()


@either_engine
def test_the_form_offers_issuer_and_today(cast, sign_in):
    page = sign_in(cast.secretary).page(NEW)
    assert page.select_one("#issuer")["value"] == "望江社区协会"
    assert page.select_one("#signed_on")["value"]
    assert page.select_one("#kind-0").has_attr("checked")


def test_a_title_is_enough_for_later(cast, sign_in, db_session):
    secretary = sign_in(cast.secretary)
    response = secretary.submit(NEW, {"title": TITLE, "later": "yes"})
    assert response.headers["Location"] == f"{OFFICE}/{only(db_session).public_id}/edit"
    page = secretary.page(response.headers["Location"])
    assert page.select_one("#title")["value"] == TITLE


def test_sent_twice_it_is_made_once(cast, sign_in, db_session):
    secretary = sign_in(cast.secretary)
    data = {**FILLED, "entry_key": "a-key-of-this-form"}
    first, second = (secretary.submit(NEW, data) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert count(db_session) == count(db_session, NoticeVersion) == 1
    assert count(db_session, AuditEntry) == 1


@either_engine
def test_sent_again_with_another_text_nothing_is_lost(cast, sign_in, db_session):
    secretary = sign_in(cast.secretary)
    data = {**FILLED, "entry_key": "a-key-of-this-form"}
    secretary.submit(NEW, data)
    response = secretary.submit(NEW, {**data, "body": "改过的正文"})
    assert response.status_code == 409
    assert "改过的正文" in response.text
    assert "为规范会费收缴" in response.text
    assert count(db_session) == 1


def test_a_key_that_somebody_else_used_makes_nothing(cast, sign_in, db_session):
    sign_in(cast.publisher).submit(NEW, {**FILLED, "entry_key": "a-key-of-this-form"})
    response = sign_in(cast.secretary).submit(NEW, {**FILLED, "entry_key": "a-key-of-this-form"})
    assert response.status_code == 422
    assert count(db_session) == 1


@either_engine
@each(
    ("fault", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": " \u200b "}, "title"),
        ({"title": "长" * 121}, "title"),
        ({"kind": "rumour"}, "kind"),
        ({"body": "长" * 100_001}, "body"),
        ({"document_number": "长" * 61}, "document_number"),
        ({"signed_on": "昨天"}, "signed_on"),
        ({"effective_on": "2026-12-02", "expires_on": "2026-12-01"}, "expires_on"),
        ({"supersedes": "zzzzzzzzzzzz"}, "supersedes"),
        ({"contact": "长" * 201}, "contact"),
    ],
)
def test_bad_input_is_said_by_its_field_and_kept(cast, sign_in, db_session, fault, field):
    response = sign_in(cast.secretary).submit(NEW, {**FILLED, **fault})
    assert response.status_code == 422
    assert f'id="{field}-error"' in response.text
    assert "秘书处 6200-0118" in response.text or field == "contact"
    assert count(db_session) == 0


def test_control_characters_and_windows_line_ends_do_no_harm(cast, sign_in, db_session):
    data = {"title": "标\x00题\x07\r\n甲", "body": "一\r\n\r\n二\x00", "keywords": "\x00"}
    assert sign_in(cast.secretary).submit(NEW, data).status_code == 303
    version = desk.get_draft(only(db_session))
    assert (version.title, version.body, version.keywords) == ("标题 甲", "一\n\n二", "")


@either_engine
@each(("who", "status"), WHO_MAY_NOT)
def test_who_may_not(cast, sign_in, db_session, who, status):
    somebody = sign_in(getattr(cast, who))
    assert somebody.get(NEW).status_code == status
    assert somebody.force(NEW, {**FILLED, "entry_key": "k"}).status_code == status
    assert count(db_session) == 0


@either_engine
def test_not_signed_in(cast, client, db_session):
    for response in (client.get(NEW), client.force(NEW, {**FILLED, "entry_key": "k"})):
        assert (response.status_code, response.headers["Location"][:8]) == (303, "/sign-in")
    assert count(db_session) == 0


def test_without_a_token(cast, sign_in, db_session):
    assert sign_in(cast.secretary).post(NEW, data=FILLED).status_code == 400
    assert count(db_session) == 0


@either_engine
def test_another_associations_notice_is_not_there(cast, sign_in, db_session):
    notice = draft(cast.sibling, cast.sibling_community)
    secretary = sign_in(cast.secretary)
    for page in ("", "/check", "/edit", "/discard", "/published", "/withdraw"):
        assert secretary.get(f"{OFFICE}/{notice.public_id}{page}").status_code == 404
    assert secretary.force(f"{OFFICE}/{notice.public_id}/edit", FILLED).status_code == 404
    assert desk.get_draft(notice).title == TITLE


def test_the_chair_of_the_street_writes_below(cast, sign_in, db_session):
    assert sign_in(cast.chair).submit(NEW, FILLED).status_code == 303
    assert only(db_session).association_id == cast.community.id


def test_preview_without_script_keeps_everything_and_saves_nothing(cast, sign_in, db_session):
    response = sign_in(cast.secretary).submit(NEW, {**FILLED, "title": "", "preview": "yes"})
    assert response.status_code == 200
    assert '<td class="r">12.00</td>' in response.text
    assert "秘书处 6200-0118" in response.text
    assert count(db_session) == 0


def test_preview_while_typing_is_the_text_alone(cast, sign_in, db_session):
    secretary = sign_in(cast.secretary)
    response = secretary.force(f"{OFFICE}/preview", {"body": "**“重点”**内容"}, headers={"HX-Request": "true"})
    assert "<strong>“重点”</strong>内容" in response.text
    assert "<html" not in response.text
    assert secretary.get(f"{OFFICE}/preview").status_code == 404
    assert sign_in(cast.treasurer).force(f"{OFFICE}/preview", {"body": "x"}).status_code == 403


def test_edit_changes_the_draft_and_the_log_names_the_fields(cast, sign_in, db_session):
    notice, name = draft(cast.secretary, cast.community), cast.publisher.name
    url = f"{OFFICE}/{notice.public_id}/edit"
    assert sign_in(cast.publisher).submit(url, {"body": "新的正文"}).status_code == 303
    version = desk.get_draft(notice)
    assert (version.body, version.author.name) == ("新的正文", name)
    entry = db_session.scalars(select(AuditEntry).where(AuditEntry.action == "notices.edit")).one()
    assert entry.changes == {"version": 1, "fields": ["body"]}


def test_two_editors_the_second_sees_both_texts(cast, sign_in, db_session):
    notice, name = draft(cast.secretary, cast.community), cast.publisher.name
    url = f"{OFFICE}/{notice.public_id}/edit"
    seen = revision_of(notice, desk.get_draft(notice))
    sign_in(cast.publisher).submit(url, {"body": "信息员的正文"})
    secretary = sign_in(cast.secretary)
    response = secretary.submit(url, {"body": "秘书长的正文", "revision": seen})
    assert response.status_code == 409
    for part in ("信息员的正文", "秘书长的正文", name):
        assert part in response.text
    assert desk.get_draft(notice).body == "信息员的正文"
    now_seen = revision_of(notice, desk.get_draft(notice))
    assert f'value="{now_seen}"' in response.text
    secretary.submit(url, {"body": "秘书长的正文", "revision": now_seen})
    assert desk.get_draft(notice).body == "秘书长的正文"


def test_control_without_a_revision_the_second_text_replaces_the_first(cast):
    notice = draft(cast.secretary, cast.community)
    for body in ("信息员的正文", "秘书长的正文"):
        services.save_draft(cast.secretary, cast.community, Content(title=TITLE, body=body), notice=notice)
    assert desk.get_draft(notice).body == "秘书长的正文"


def test_discarded_meanwhile_what_was_typed_is_offered_as_a_new_draft(cast, sign_in, db_session):
    notice = draft(cast.secretary, cast.community)
    url = f"{OFFICE}/{notice.public_id}/edit"
    services.discard_draft(cast.publisher, notice)
    secretary = sign_in(cast.secretary)
    response = secretary.force(url, {**FILLED, "body": "还在写的正文", "revision": "x"})
    assert response.status_code == 422
    assert "还在写的正文" in response.text
    assert f'action="{NEW}"' in response.text


def test_published_meanwhile_what_was_typed_stays_in_the_form(cast, sign_in, db_session):
    notice = published(cast.secretary, cast.community)
    response = sign_in(cast.publisher).force(
        f"{OFFICE}/{notice.public_id}/edit",
        {**FILLED, "body": "还在写的正文", "correction_note": "改", "revision": "x"},
    )
    assert response.status_code == 422
    assert "还在写的正文" in response.text
    assert "还在写的正文" not in desk.get_current(notice).body


def test_what_it_supersedes_is_ones_own_and_published(cast, sign_in, db_session):
    old = published(cast.secretary, cast.community, title="旧办法")
    foreign = published(cast.sibling, cast.sibling_community, title="邻居的办法")
    unpublished = draft(cast.secretary, cast.community, title="没有发布的办法")
    secretary = sign_in(cast.secretary)
    offered = {option["value"] for option in secretary.page(NEW).select("#supersedes option")}
    assert offered == {"", old.public_id}
    for wrong in (foreign, unpublished):
        assert secretary.submit(NEW, {**FILLED, "supersedes": wrong.public_id}).status_code == 422
    assert secretary.submit(NEW, {**FILLED, "supersedes": old.public_id}).status_code == 303
    assert db_session.scalars(select(Notice).where(Notice.supersedes_id == old.id)).one().title == TITLE
