"""What was adopted is published as it stands; what is consulted on is shown whole, and no table is filled by one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import delete, insert, update
from sqlalchemy.exc import DatabaseError

from portal.charters import adopting, commenting, drafting, queries, services
from portal.charters.models import CharterDraft, CharterParagraph
from portal.notices import desk
from portal.notices import services as notices
from portal.notices.drafts import Content
from tests.charters.rows import adopted, after, at, begun, finished, opened, said
from tests.notices.rows import acting
from tests.objections.test_period import refused


def test_what_was_adopted_is_published_as_it_stands(cast, db_session):
    cast.federation.reviews_notices = True
    charter, secretary, place = adopted(cast), acting(cast.secretary), cast.community
    with at(after(34)):
        notice = adopting.publish(secretary, charter)
        draft = desk.get_draft(notice)
        content, before = Content.of(draft), draft.body
        others = {
            "title": "另一个章程", "kind": "notice", "signed_on": date(2020, 1, 1), "effective_on": date(2020, 1, 1),
        }  # fmt: skip
        for name, value in others.items():
            assert (
                refused(notices.save_draft, secretary, place, replace(content, **{name: value}), notice=notice)
                == name
            )
        for word, other in (("按年", "按月"), ("20", "24")):  # of the text, and of the votes that stand before it
            changed = replace(content, body=before.replace(word, other))
            assert changed != content
            assert refused(notices.save_draft, secretary, place, changed, notice=notice) == "body"
        filed = replace(content, keywords="章程", body=before.replace("\n", "\r\n") + "\r\n")
        notices.save_draft(secretary, place, filed, notice=notice)
        draft.body = before.replace("按年", "按月")  # edited before this was a rule
        db_session.flush()
        assert refused(notices.submit, secretary, notice, number=1) == "body"
        draft.body = before
        notices.submit(secretary, notice, number=1)


def test_published_its_corrections_leave_the_text(cast, db_session):
    charter, secretary = adopted(cast), acting(cast.secretary)
    with at(after(34)):
        notice = adopting.publish(secretary, charter)
        content = replace(Content.of(notices.begin_correction(secretary, notice)), correction_note="补充联系方式")
        changed = replace(content, body=content.body + "\n\n第四条 另加一条。")
        assert refused(notices.save_draft, secretary, cast.community, changed, notice=notice) == "body"
        notices.save_draft(secretary, cast.community, replace(content, contact="社区活动室"), notice=notice)
        assert notices.publish(secretary, notice, number=2).contact == "社区活动室"


def test_the_database_keeps_what_was_settled(cast, db_session):
    charter = begun(cast)
    opened(cast, charter)
    draft = queries.get_draft(charter, 1)
    paragraph = queries.paragraphs_of(draft)[3]
    of_draft, of_text = update(CharterDraft).where(CharterDraft.id == draft.id), CharterParagraph.id == paragraph.id
    refuse = (
        update(CharterParagraph).where(of_text).values(body="改了"),
        update(CharterParagraph).where(of_text).values(position=90),
        delete(CharterParagraph).where(of_text),
        of_draft.values(settled_at=None),
        of_draft.values(note="改了"),
        delete(CharterDraft).where(CharterDraft.id == draft.id),
        insert(CharterParagraph).values(
            draft_id=draft.id, position=90, body="第九十条 塞进来的。", public_id="x" * 12
        ),
    )
    for statement in refuse:
        with pytest.raises(DatabaseError), db_session.begin_nested():
            db_session.execute(statement)
    db_session.execute(of_draft.values(written_by_id=None))  # who wrote it may be forgotten
    with at(after(15)):
        second = services.close_round(acting(cast.secretary), charter)
    of_second = CharterParagraph.draft_id == second.id
    db_session.execute(update(CharterParagraph).where(of_second).values(body="改了"))
    with pytest.raises(DatabaseError), db_session.begin_nested():  # nor is one carried over from a draft in hand
        db_session.execute(update(CharterParagraph).where(of_second).values(draft_id=draft.id, position=90))


def test_no_row_is_put_in_the_place_of_what_was_settled(cast, db_session):
    """SQLite's REPLACE takes the row in the way without asking who refuses its deletion."""
    charter = begun(cast)
    opened(cast, charter)
    draft = queries.get_draft(charter, 1)
    paragraph = queries.paragraphs_of(draft)[3]
    known = {"is_heading": False, "body": "改了", "position": 90}
    beside = CharterDraft(charter_id=charter.id, number=9)
    db_session.add(beside)
    db_session.flush()
    text = insert(CharterParagraph).prefix_with("OR REPLACE", dialect="sqlite")
    one = insert(CharterDraft).prefix_with("OR REPLACE", dialect="sqlite")
    for statement in (
        text.values(id=paragraph.id, public_id="y" * 12, draft_id=beside.id, **known),
        text.values(public_id=paragraph.public_id, draft_id=beside.id, **known),
        text.values(public_id="y" * 12, draft_id=draft.id, **known),
        one.values(id=draft.id, charter_id=charter.id, number=8, note=""),
        one.values(charter_id=charter.id, number=1, note=""),
    ):
        with pytest.raises(DatabaseError), db_session.begin_nested():
            db_session.execute(statement)


def test_a_long_one_is_shown_whole_and_a_longer_one_is_not_begun(cast, db_session, monkeypatch):
    pasted = "\n".join(f"第{number}条 {'居民' * 1500}第{number}条完" for number in range(1, 9))
    charter = finished(cast, pasted=pasted)
    with at(after(33)):
        period = adopting.put_on_notice(acting(cast.secretary), charter, "望江社区协会")
    assert len(period.body) > 20_000
    assert period.body.endswith("第8条完")
    monkeypatch.setattr("portal.charters.services.LONGEST_TEXT", 20_000)
    assert refused(begun, cast, kind="rules", pasted=pasted) == "pasted"
    short = begun(cast, kind="rules")
    monkeypatch.setattr(drafting, "LONGEST_TEXT", 200)
    secretary, last = acting(cast.secretary), queries.paragraphs_of(queries.get_draft(short, 1))[-1]
    long = "长" * 150
    assert refused(drafting.add, secretary, short, long, is_heading=False) == "body"
    assert refused(drafting.rewrite, secretary, short, last.public_id, long, is_heading=False) == "body"
    drafting.rewrite(secretary, short, last.public_id, "第三条 短", is_heading=False)


def test_one_member_comments_so_often_in_a_round(cast, db_session, monkeypatch):
    monkeypatch.setattr(commenting, "MOST_COMMENTS", 2)
    charter = begun(cast)
    opened(cast, charter)
    first = said(cast, charter)
    said(cast, charter)
    assert refused(said, cast, charter) == ""
    given = commenting.Said(body="第三条请写明减免办法。")
    first.key = "sent-before"
    db_session.flush()
    assert commenting.comment(charter, cast.member.person_id, given, key="sent-before") is first
