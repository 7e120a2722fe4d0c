"""The way of a charter: two rounds, each comment answered, a meeting whose figures add up; nothing skips a step."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import DatabaseError

from portal.charters import adopting, commenting, drafting, moves, queries, services
from portal.charters.comparing import compare
from portal.charters.comparing import count as counted
from portal.charters.models import Charter, CharterAdoption, CharterParagraph, CharterState, ConsultationRound
from portal.charters.splitting import as_markdown, split
from portal.core.calendar import at, today
from portal.core.database import db
from portal.core.text import render
from portal.notices import services as notices
from portal.notices.models import Notice
from portal.objections import services as periods
from portal.transparency import kinds
from portal.transparency.chain import digest_of
from portal.transparency.queries import get_entry
from tests.charters.rows import OFFICE, TEXT, VOTES, adopted, after, answered, begun, finished, meeting, opened, said
from tests.harness.cases import each, either_engine
from tests.notices.rows import acting
from tests.objections.rows import make_objection
from tests.objections.test_period import refused


def bodies(draft) -> list[str]:
    return [one.body for one in queries.paragraphs_of(draft)]


def test_a_pasted_text_becomes_headings_and_articles():
    pieces = split(TEXT)
    assert [piece.is_heading for piece in pieces] == [False, True, False, False, True, False]
    assert pieces[3].body == "第二条 本会宗旨：\n（一）团结会员；\n（二）服务居民。"
    assert split("# 总则\n\n1. 第一项 *重要*")[0].is_heading
    html = render(as_markdown(split("第一章 总则\n第一条 甲\n1. 乙 *丙* <b>\n- 丁")))
    assert "<h2>第一章 总则</h2>" in html
    for word in ("*丙*", "&lt;b&gt;", "1. 乙", "- 丁"):
        assert word in html
    assert "<li>" not in html
    assert "<em>" not in html


def test_two_rounds_to_the_meeting_and_publication(cast, db_session):
    secretary, charter = acting(cast.secretary), begun(cast)
    opened(cast, charter)
    third = queries.paragraphs_of(queries.get_draft(charter, 1))[5]
    comment = said(cast, charter, paragraph=third.public_id)
    assert refused(commenting.answer, secretary, charter, comment, "taken_up", "还没有结束") == ""
    with at(after(15)):
        second = services.close_round(secretary, charter)
        assert bodies(second) == bodies(queries.get_draft(charter, 1))
        copy = queries.paragraphs_of(second)[5]
        drafting.rewrite(secretary, charter, copy.public_id, third.body + "困难会员可以减免。", is_heading=False)
        assert refused(opened, cast, charter) == ""  # a comment waits
        answered(cast, charter)
        assert refused(opened, cast, charter, " ") == "note"
        opened(cast, charter)
        assert charter.state == CharterState.SECOND_ROUND
        assert refused(commenting.answer, secretary, charter, comment, "in_part", "想改答复") == ""
    lines = compare(queries.paragraphs_of(queries.get_draft(charter, 1)), queries.paragraphs_of(second))
    assert counted(lines) == {"changed": 1, "added": 0, "removed": 0, "moved": 0}
    with at(after(31)):
        services.close_round(secretary, charter)
        services.settle(secretary, charter, "文字校订")
        adopting.record(secretary, charter, meeting(today()))
        assert charter.state == CharterState.ADOPTED
        notice = adopting.publish(secretary, charter)
        assert adopting.publish(secretary, charter) is notice
    assert (notice.kind, notice.status, charter.notice_id) == ("policy", "published", notice.id)
    entry = get_entry("charter", charter.public_id, 1)
    assert entry.digest == digest_of(kinds.content_of("charter", charter.public_id, 1))
    charter.title = "改了名称的章程"
    db.session.flush()
    assert entry.digest != digest_of(kinds.content_of("charter", charter.public_id, 1))


def test_the_next_one_supersedes_the_former(cast, db_session):
    first = adopted(cast)
    with at(after(34)):
        old = adopting.publish(acting(cast.secretary), first)
        second = adopted(cast, follows=first, pasted="")
        assert second.follows_id == first.id
        assert bodies(queries.get_draft(second, 1)) == bodies(queries.get_draft(first, 3))
    with at(after(70)):
        new = adopting.publish(acting(cast.secretary), second)
    assert db.session.get_one(Notice, new.id).supersedes_id == old.id


@either_engine
def test_nothing_skips_a_step(cast, db_session):
    """From every state every step that the map does not know is refused; the control: what it knows is taken."""
    charter = begun(cast)
    for state in CharterState:
        for act, known in moves.MOVES.items():
            charter.state = state
            db.session.flush()
            if state in known:
                assert moves.move(charter, act) == known[state]
            else:
                assert refused(moves.move, charter, act) == ""
                assert charter.state == state


def test_of_two_at_once_one_takes_the_step(cast, db_session):
    """Somebody else was faster: what this one has read is old. The control: read anew, it is taken."""
    charter = begun(cast)
    ahead = update(Charter).where(Charter.id == charter.id).values(state="redrafting")
    db.session.execute(ahead.execution_options(synchronize_session=False))
    assert refused(moves.move, charter, "open_round") == ""
    db.session.refresh(charter, ["state"])
    assert moves.move(charter, "open_round") == CharterState.SECOND_ROUND


@either_engine
def test_days_of_a_round(cast, db_session):
    secretary, charter, day = acting(cast.secretary), begun(cast), today()
    for opens, closes, field in ((-1, 14, "opens_on"), (0, 6, "closes_on"), (0, 400, "closes_on")):
        first, last = day + timedelta(days=opens), day + timedelta(days=closes)
        assert refused(services.open_round, secretary, charter, first, last) == field
    services.open_round(secretary, charter, day + timedelta(days=1), day + timedelta(days=8))
    assert refused(said, cast, charter) == ""  # it begins tomorrow
    assert refused(services.close_round, secretary, charter) == ""
    with at(after(8)):
        said(cast, charter)
        assert refused(services.close_round, secretary, charter) == ""
    with at(after(9)):
        assert refused(said, cast, charter) == ""
        services.close_round(secretary, charter)


def test_a_round_is_put_off_and_never_shortened(cast, db_session):
    charter = begun(cast)
    opened(cast, charter)
    running = services.running_round(charter)
    before = running.closes_on
    assert refused(services.extend_round, acting(cast.secretary), charter, before) == "closes_on"
    with at(after(40)):
        late = before + timedelta(days=3)
        assert refused(services.extend_round, acting(cast.secretary), charter, late) == "closes_on", "it is over"
    services.extend_round(acting(cast.secretary), charter, before + timedelta(days=3))
    db.session.flush()
    shorter = update(ConsultationRound).where(ConsultationRound.id == running.id).values(closes_on=before)
    with pytest.raises(DatabaseError), db.session.begin_nested():
        db.session.execute(shorter)


def test_writing_by_paragraph(cast, db_session):
    secretary, charter = acting(cast.secretary), begun(cast, pasted="第一条 甲\n第二条 乙\n第三条 丙")
    draft = queries.get_draft(charter, 1)
    first, second, third = queries.paragraphs_of(draft)
    made = drafting.add(secretary, charter, "第一章 总则", is_heading=True)
    drafting.add(secretary, charter, "第四条 丁", is_heading=False, after=third.public_id)
    drafting.shift(secretary, charter, second.public_id, is_up=True)
    drafting.shift(secretary, charter, made.public_id, is_up=True)  # at the edge it stays
    drafting.remove(secretary, charter, third.public_id)
    db.session.expire_all()
    assert bodies(draft) == ["第一章 总则", "第二条 乙", "第一条 甲", "第四条 丁"]
    assert refused(drafting.rewrite, secretary, charter, third.public_id, "丙", is_heading=False) == ""
    assert refused(drafting.add, secretary, charter, " ", is_heading=False) == "body"
    opened(cast, charter)
    assert refused(drafting.rewrite, secretary, charter, first.public_id, "改", is_heading=False) == ""
    assert refused(drafting.add, secretary, charter, "添", is_heading=False) == ""


def test_the_difference_tells_moved_added_and_removed():
    def drawn(number, body, follows=None):
        return CharterParagraph(id=number, body=body, is_heading=False, follows_id=follows)

    old = [drawn(n, body) for n, body in enumerate(("甲", "乙", "丙", "丁"), 1)]
    new = [drawn(11, "丙", 3), drawn(12, "甲。", 1), drawn(13, "戊"), drawn(14, "丁", 4)]
    lines = compare(old, new)
    told = [(line.paragraph.body, line.kind) for line in lines]
    assert told == [("丙", "same"), ("甲。", "changed"), ("乙", "removed"), ("戊", "added"), ("丁", "same")]
    assert counted(lines) == {"changed": 1, "added": 1, "removed": 1, "moved": 1}


@either_engine
def test_who_comments(cast, db_session):
    """Members, here and below; the officer of another association and the stranger do not."""
    charter = begun(cast)
    opened(cast, charter)
    for account in (cast.stranger, cast.sibling, cast.secretary):
        assert refused(commenting.comment, charter, account.person_id, commenting.Said(body="我有意见")) == ""
    key = {"key": "one"}
    first = commenting.comment(charter, cast.member.person_id, commenting.Said(body="我有意见"), **key)
    assert commenting.comment(charter, cast.member.person_id, commenting.Said(body="我有意见"), **key) is first
    assert refused(said, cast, charter, body=" ") == "body"
    assert refused(said, cast, charter, paragraph="x" * 12) == "paragraph"


@either_engine
def test_figures_of_the_meeting(cast, db_session):
    charter = finished(cast)
    with at(after(33)):
        day = today()

        def fault(**values) -> str:
            return refused(adopting.check, charter, meeting(values.pop("held_on", day), **values))

        assert fault(in_favour=21) == "in_favour"
        assert fault(present=31) == "present"
        assert fault(entitled=40) == "present"  # 24 of 40 are fewer than two thirds
        assert fault(held_on=day + timedelta(days=1)) == "held_on"
        assert fault(held_on=day - timedelta(days=20)) == "held_on"
        assert fault(effective_on=day - timedelta(days=1)) == "effective_on"
        assert fault(place=" ") == "place"
        assert adopting.check(charter, meeting(day, in_favour=16, against=8, abstained=0))
        assert not adopting.check(charter, meeting(day, in_favour=15, against=9, abstained=0))
    assert adopting.is_adopted_by("rules", 24, 13)
    assert not adopting.is_adopted_by("compact", 24, 12)


def test_not_adopted_and_what_was_recorded_stays(cast, db_session):
    charter, votes = finished(cast), {**VOTES, "in_favour": 10, "against": 14, "abstained": 0}
    with at(after(33)):
        made = adopting.record(acting(cast.secretary), charter, meeting(today(), **votes))
        assert (charter.state, made.is_adopted, made.effective_on) == ("rejected", False, None)
        assert refused(adopting.publish, acting(cast.secretary), charter) == ""
        assert refused(adopting.record, acting(cast.secretary), charter, meeting(today())) == ""
    assert get_entry("charter", charter.public_id, 1) is None
    for values in ({"in_favour": 20, "against": 4}, {"is_adopted": True}):
        with pytest.raises(DatabaseError), db.session.begin_nested():
            db.session.execute(update(CharterAdoption).where(CharterAdoption.id == made.id).values(**values))


def test_a_notice_period_before_the_meeting_locks_it(cast, db_session):
    charter = finished(cast)
    with at(after(33)):
        period = adopting.put_on_notice(acting(cast.secretary), charter, "望江社区协会")
        assert adopting.put_on_notice(acting(cast.secretary), charter, "望江社区协会") is period
        assert refused(adopting.record, acting(cast.secretary), charter, meeting(today())) == "held_on"
    with at(after(60)):
        adopting.record(acting(cast.secretary), charter, meeting(today()))
    assert (charter.state, period.state) == ("adopted", "passed")


@either_engine
@each(("values", "field"), [({"kind": "x"}, "kind"), ({"title": " "}, "title"), ({"pasted": "长" * 4001}, "pasted")])
def test_what_cannot_begin(cast, db_session, values, field):
    assert refused(begun, cast, **values) == field


def test_one_of_a_kind_is_under_way(cast, db_session):
    first = begun(cast, entry_key="one")
    assert begun(cast, entry_key="one") is first
    assert refused(begun, cast) == "kind"
    begun(cast, kind="rules", title="活动室管理办法")
    services.abandon(acting(cast.secretary), first, "并入街道章程")
    db.session.flush()
    assert first.state == "abandoned"
    begun(cast)


def test_what_was_on_notice_is_adopted_only_by_way_of_it(cast, sign_in, db_session):
    """Withdrawing the notice period is no way past an objection; what was stopped is not adopted."""
    secretary, charter = acting(cast.secretary), finished(cast)
    with at(after(33)):
        first = adopting.put_on_notice(secretary, charter, "望江社区协会")
        make_objection(first)
        periods.withdraw(secretary, first, "先撤回公示")
    with at(after(60)):
        assert refused(adopting.record, secretary, charter, meeting(today())) == ""
        second = adopting.put_on_notice(secretary, charter, "望江社区协会")
        assert second is not first
        periods.stop(secretary, second, "暂不表决")
    with at(after(90)):
        assert refused(adopting.record, secretary, charter, meeting(today())) == ""
        assert refused(adopting.put_on_notice, secretary, charter, "望江社区协会") == ""
        assert charter.state == "final"
        assert "请终止制定" in sign_in(cast.secretary).page(f"{OFFICE}/{charter.public_id}").main.text


def test_given_up_while_on_notice_nothing_stays_open(cast):
    secretary, charter = acting(cast.secretary), finished(cast)
    with at(after(33)):
        period = adopting.put_on_notice(secretary, charter, "望江社区协会")
        services.abandon(secretary, charter, "并入街道章程")
    assert (period.state, period.decision) == ("withdrawn", "并入街道章程")


def test_its_draft_discarded_it_is_published_by_another(cast, db_session):
    cast.federation.reviews_notices = True
    charter = adopted(cast)
    with at(after(34)):
        first = adopting.publish(acting(cast.secretary), charter)
        notices.discard_draft(acting(cast.secretary), first)
        db.session.expire(charter)
        assert adopting.publish(acting(cast.secretary), charter) is not first
