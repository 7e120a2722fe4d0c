"""A call: drafted, opened into the chain, put off, withdrawn, reviewed. Once it is open its terms stand, by the
service and by the database.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import DatabaseError

from portal.commendations import calls, kinds, queries
from portal.commendations.models import CallCategory, CallCriterion, CommendationCall
from portal.commendations.terms import CategoryTerms, CriterionTerms, next_year
from portal.core.audit import AuditEntry
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.transparency import kinds as proofs
from portal.transparency.chain import digest_of
from portal.transparency.queries import get_entry
from tests.harness.cases import each, either_engine, unwritten
from tests.harness.client import form_in, form_values
from tests.harness.praise import commendation_kind, make_call, make_terms
from tests.notices.rows import acting

OURS, BELOW = "/office/liuan/commendations", "/office/wangjiang/commendations"
WHY = "报名的小组还没有到齐。"


def past() -> dict[str, date]:
    """Nominations were taken, until yesterday."""
    return {"opens_on": today() - timedelta(days=40), "closes_on": today() - timedelta(days=1)}


def refused(action, *arguments, **named) -> str:
    """The field at fault; nothing of the attempt stays."""
    with pytest.raises(RuleError) as error, db.session.begin_nested():
        action(*arguments, **named)
    return error.value.field


def test_drafted_changed_opened_once_and_entered(cast, db_session):
    chair = acting(cast.chair)
    made = calls.draft(chair, cast.street, make_terms(cast.street), entry_key="one")
    assert calls.draft(chair, cast.street, make_terms(cast.street), entry_key="one") is made
    assert refused(calls.draft, chair, cast.community, make_terms(cast.community), entry_key="one") == ""
    assert "<strong>热心服务</strong>" in made.html
    other = replace(make_terms(cast.street, title="另一个"), criteria=(CriterionTerms(name="服务", points=100),))
    calls.change(chair, made, other)
    assert (made.title, [one.points for one in made.criteria]) == ("另一个", [100])
    assert [one.kind.name for one in made.categories] == ["优秀志愿者", "先进集体"]
    assert queries.get_opened(made.public_id) is None
    calls.open_call(chair, made)
    calls.open_call(chair, made)
    assert (made.state, made.opens_on) == ("open", today())
    entry = get_entry("call", made.public_id, 1)
    assert entry.digest == digest_of(proofs.content_of("call", made.public_id, 1))
    actions = db_session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == ["commendations.draft", "commendations.change", "commendations.open"]


@either_engine
def test_what_is_refused_by_field(cast, db_session):
    volunteers, foreign = commendation_kind(cast.street), commendation_kind(cast.street, "优秀会员")
    kinds.KINDS.end(cast.administrator, foreign)
    one = CategoryTerms(kind=volunteers, places=3)
    cases = [
        ("title", {"title": " "}), ("title", {"title": "长" * 121}), ("basis", {"basis": "\u200b"}),
        ("body", {"body": ""}), ("contact", {"contact": " "}), ("end_on", {"end_on": date(2020, 1, 1)}),
        ("closes_on", {"closes_on": today() - timedelta(days=1)}), ("end_on", {"start_on": date(1990, 1, 1)}),
        ("categories", {"categories": (one, one)}), ("categories", {"categories": (replace(one, kind=foreign),)}),
        ("categories", {"categories": (replace(one, places=0),)}),
        ("categories", {"categories": (replace(one, per_association=4),)}),
        ("categories", {"categories": (replace(one, least_stars=10),)}),
        ("criteria", {"criteria": (CriterionTerms(name=" ", points=5),)}),
        ("criteria", {"criteria": (CriterionTerms(name="服务", points=101),)}),
        ("criteria", {"criteria": (CriterionTerms(name="服务", points=5),) * 2}),
        ("criteria", {"criteria": tuple(CriterionTerms(name=f"第{n}", points=5) for n in range(13))}),
    ]  # fmt: skip
    for field, wrong in cases:
        assert refused(calls.draft, None, cast.street, make_terms(cast.street, **wrong)) == field, wrong


@either_engine
def test_what_is_not_complete_is_not_opened(cast, db_session):
    for lacking in ({"categories": ()}, {"criteria": ()}):
        assert refused(calls.open_call, None, make_call(cast.street, is_open=False, **lacking)) == ""
    late, ended = make_call(cast.street, is_open=False, **past()), make_call(cast.street, is_open=False)
    assert refused(calls.open_call, None, late) == ""
    kinds.KINDS.end(cast.administrator, commendation_kind(cast.street))
    assert refused(calls.open_call, None, ended) == ""
    assert {one.state for one in (ended, late)} == {"draft"}


def test_terms_stand_once_it_is_open(cast, db_session):
    """The service refuses, and so does the database: each term, each category and criterion."""
    call = make_call(cast.street)
    assert refused(calls.change, None, call, make_terms(cast.street, title="另一个")) == ""
    this = CommendationCall.id == call.id
    other = {
        "title": "另", "basis": "另", "body": "另", "html": "另", "contact": "另", "start_on": date(2026, 2, 1),
        "end_on": date(2027, 1, 1), "opens_on": date(2026, 1, 1), "closes_on": today(), "by_groups": False,
        "by_members": True, "by_anyone": True, "keeps_own_out": False, "state": "draft",
    }  # fmt: skip
    tries = [update(CommendationCall).where(this).values({name: value}) for name, value in other.items()]
    tries += [delete(CommendationCall).where(this)]
    for rows, column in ((CallCategory, "places"), (CallCriterion, "points")):
        tries += [update(rows).where(rows.call_id == call.id).values({column: 99}), delete(rows)]
    tries += [insert(CallCriterion).values(call_id=call.id, position=9, name="补", description="", points=1)]
    for attempt in tries:
        with pytest.raises(DatabaseError), db.session.begin_nested():
            db.session.execute(attempt.execution_options(synchronize_session=False))


def test_control_without_the_guards_they_change(cast, db_session):
    call = make_call(cast.street)
    on_postgresql = db.session.get_bind().dialect.name == "postgresql"
    dropped = (
        ("commendation_call_terms_stand ON commendation_call", "call_criterion_stands ON call_criterion")
        if on_postgresql
        else ("commendation_call_terms_stand", "call_criterion_stands_update", "call_criterion_stands_move")
    )
    with unwritten():
        for name in dropped:
            db.session.execute(text(f"DROP TRIGGER {name}"))
        db.session.execute(update(CommendationCall).values(basis="另"))
        db.session.execute(update(CallCriterion).values(points=99))
        assert db.session.scalar(select(CommendationCall.basis).where(CommendationCall.id == call.id)) == "另"
        db.session.rollback()


def test_put_off_and_review(cast, db_session):
    call, last = make_call(cast.street), today() + timedelta(days=30)
    assert refused(calls.begin_review, None, call) == ""
    for day in (last, today(), last + timedelta(days=400)):
        assert refused(calls.put_off, None, call, day, WHY) == "closes_on"
    later = last + timedelta(days=10)
    assert refused(calls.put_off, None, call, later, " ") == "reason"
    for days in (5, 10):
        calls.put_off(None, call, last + timedelta(days=days), WHY)
    assert (call.closes_on, call.put_off_reason) == (later, f"{WHY}\n{WHY}")
    over = make_call(cast.street, **past())
    calls.begin_review(None, over)
    calls.begin_review(None, over)
    assert over.state == "review"
    assert refused(calls.put_off, None, over, later, WHY) == ""
    assert refused(calls.open_call, None, over) == ""


@either_engine
def test_withdrawn_with_a_reason_and_for_good(cast, db_session):
    for call in (make_call(cast.street, is_open=False), make_call(cast.street), make_call(cast.street, **past())):
        assert refused(calls.withdraw, None, call, "因") == "reason"
        calls.withdraw(None, call, WHY)
        assert (call.state, call.end_reason) == ("withdrawn", WHY)
        assert refused(calls.withdraw, None, call, WHY) == ""
    for state in ("shown", "decided"):
        assert refused(calls.withdraw, None, make_call(cast.street, state=state), WHY) == ""


@either_engine
def test_a_year_later(cast, db_session):
    call = make_call(
        cast.street, title="2024年度评选（2024）", opens_on=date(2024, 2, 29), closes_on=date(2024, 3, 20),
        start_on=date(2024, 1, 1), end_on=date(2024, 12, 31),
    )  # fmt: skip
    said = next_year(call, date(2026, 3, 1))
    assert (said.title, said.opens_on, said.closes_on) == (
        "2026年度评选（2026）",
        date(2026, 2, 28),
        date(2026, 3, 20),
    )
    assert (said.start_on, said.end_on, len(said.categories)) == (date(2026, 1, 1), date(2026, 12, 31), 2)
    assert next_year(call, date(2026, 3, 21)).closes_on == date(2027, 3, 20)


def test_written_opened_and_read_in_pages(cast, client, sign_in, db_session):
    chair, kind = sign_in(cast.chair), commendation_kind(cast.street).public_id
    form = chair.form(f"{OURS}/calls/new")
    given = {
        **form, "title": "2026年度评选", "basis": "表彰办法第三条", "body": "由**协会**推荐。",
        "category_kind": [kind, ""], "category_places": ["１０", ""], "category_per_association": ["2", ""],
        "category_hours": ["20", ""], "category_years": ["", ""], "category_led": ["", ""],
        "category_stars": ["", ""], "category_dues": "0",
        "criterion_name": ["服务", "口碑"], "criterion_points": ["60", "40"], "criterion_description": ["", "邻里"],
    }  # fmt: skip
    page = chair.send(f"{OURS}/calls/new", given).headers["Location"]
    call = db_session.scalars(select(CommendationCall)).one()
    assert chair.send(f"{OURS}/calls/new", given).headers["Location"] == page
    [category] = queries.get_call(cast.chair, cast.street, call.public_id).categories
    assert (category.places, category.per_association, category.least_minutes) == (10, 2, 1200)
    assert (category.needs_dues, call.by_groups, call.by_anyone) == (True, True, False)
    assert client.get(f"/commendations/calls/{call.public_id}").status_code == 404
    kept = chair.form(f"{page}/edit")
    assert (kept["category_hours"], kept["criterion_points"]) == ("20", ["60", "40"])
    assert chair.send(f"{page}/edit", {**kept, "contact": "街道协会 何素云"}).status_code == 303
    stale = chair.send(f"{page}/edit", {**kept, "title": "2026年度评选表彰"})  # opened before that was saved
    assert (stale.status_code, "何素云" in stale.text, 'value="2026年度评选表彰"' in stale.text) == (422, True, True)
    again = form_values(form_in(stale.text, f"{page}/edit", page))
    assert chair.send(f"{page}/edit", again).status_code == 303  # knowing of it, it takes the other's place
    call = db_session.scalars(select(CommendationCall).execution_options(populate_existing=True)).one()
    assert (call.title, call.contact) == ("2026年度评选表彰", kept["contact"])
    assert chair.submit(f"{page}/open").headers["Location"] == page
    assert chair.submit(f"{page}/put-off", {"closes_on": "", "reason": ""}).status_code == 422
    later = (call.closes_on + timedelta(days=3)).isoformat()
    chair.submit(f"{page}/put-off", {"closes_on": later, "reason": WHY})
    read = client.page(f"/commendations/calls/{call.public_id}").get_text()
    for said in ("2026年度评选表彰", "表彰办法第三条", "服务满 20 小时", "口碑", WHY):
        assert said in read
    assert "2026年度评选表彰" in client.page("/commendations").get_text()
    assert client.get(f"/commendations/calls/{call.public_id}/print").status_code == 200
    nominating = sign_in(cast.secretary)
    assert "还剩 33 天" in nominating.page(BELOW).get_text()
    assert not nominating.page(f"{BELOW}/calls/{call.public_id}").select("form[method=post] .danger, .actions a")
    chair.submit(f"{page}/withdraw", {"reason": WHY})
    assert "已撤回" in client.page(f"/commendations/calls/{call.public_id}").get_text()


@either_engine
def test_rows_are_added_and_taken_out_without_a_script(cast, sign_in, db_session):
    chair, url = sign_in(cast.chair), f"{OURS}/calls/new"
    typed = {**chair.form(url), "criterion_name": ["服务", "口碑"], "criterion_points": ["6", "4"],
             "criterion_description": ["", ""]}  # fmt: skip
    more = chair.send(url, {**typed, "add": "criterion"})
    assert (more.status_code, more.text.count('name="criterion_name"'), "有 1 处" in more.text) == (200, 3, False)
    less = chair.send(url, {**typed, "remove": "criterion-0"})
    assert (less.text.count('name="criterion_name"'), 'value="服务"' in less.text) == (1, False)
    wrong = {**typed, "title": "标题", "basis": "依据", "body": "正文", "criterion_points": ["many", "4"],
             "category_kind": "nobody", "category_places": "0"}  # fmt: skip
    answer = chair.send(url, wrong)
    assert answer.status_code == 422
    for said in ("第 1 行“满分”", "第 1 行“名额总数”", "请从列表中选择", 'value="many"'):
        assert said in answer.text
    assert chair.send(url, {**typed, "title": "", "start_on": "soon"}).status_code == 422
    assert db_session.scalars(select(CommendationCall)).all() == []


@either_engine
def test_copied_from_last_year(cast, sign_in, db_session):
    old = make_call(cast.street, opens_on=date(2025, 11, 1), closes_on=date(2025, 11, 30), title="2025年度评选")
    form = sign_in(cast.chair).form(f"{OURS}/calls/new?copy={old.public_id}")
    assert form["title"] != "2025年度评选"
    assert (form["category_places"], form["criterion_points"]) == (["10", "3"], ["50", "30", "20"])
    assert sign_in(cast.chair).get(f"{BELOW}/calls/new?copy={old.public_id}").status_code == 404


@either_engine
@each(("who", "where", "status"), [
    ("secretary", "wangjiang", 403), ("treasurer", "wangjiang", 403), ("secretary", "liuan", 404),
    ("chair", "wangjiang", 404),
])  # fmt: skip
def test_who_may_not(cast, sign_in, db_session, who, where, status):
    """Whoever nominates writes and ends no call; nor does the chair in the name of an association below."""
    draft, running = make_call(cast.street, is_open=False), make_call(cast.street)
    somebody, url = sign_in(getattr(cast, who)), f"/office/{where}/commendations/calls"
    if who != "chair":
        assert somebody.force(f"{url}/new", {"title": "x"}).status_code == status
    for call, steps in ((draft, ("edit", "open")), (running, ("put-off", "withdraw", "begin-review"))):
        assert somebody.get(f"{url}/{call.public_id}/{steps[0]}").status_code == status
        for step in steps:
            assert somebody.force(f"{url}/{call.public_id}/{step}", {"reason": WHY}).status_code == status
    assert (draft.state, running.state) == ("draft", "open")
    assert somebody.get(f"{url}/{draft.public_id}").status_code in (403, 404)


@either_engine
def test_whose_calls_one_sees(cast, client, sign_in, db_session):
    """Those of associations above; not those of a sibling, of one below, or still a draft."""
    own, above = make_call(cast.community, title="本社区评选"), make_call(cast.street, title="街道评选")
    others = (
        make_call(cast.sibling_community, title="听雨评选"),
        make_call(cast.federation, title="联合会评选", is_open=False),
    )
    read = sign_in(cast.secretary).page(BELOW).get_text()
    assert (own.title in read, above.title in read) == (True, True)
    assert not any(one.title in read for one in others)
    for one in others:
        assert sign_in(cast.secretary).get(f"{BELOW}/calls/{one.public_id}").status_code == 404
    assert {one.title for one in queries.calls_of(cast.community)} == {own.title, above.title}
    assert len(queries.open_calls(today())) == 3
    assert client.get(BELOW).headers["Location"].startswith("/sign-in")
    assert "本社区评选" in sign_in(cast.secretary).get(f"{BELOW}/list.csv").text


@either_engine
def test_the_next_step_is_said(cast, sign_in, db_session):
    chair = sign_in(cast.chair)
    steps = {
        "请先添加表彰项目": make_call(cast.street, is_open=False, categories=()),
        "草稿已填写完整": make_call(cast.street, is_open=False),
        "起接受推荐": make_call(cast.street, opens_on=today() + timedelta(days=5)),
        "推荐还剩 30 天": make_call(cast.street),
        "请开始评审": make_call(cast.street, **past()),
        "评审员正在打分": make_call(cast.street, state="review"),
        "名单正在公示": make_call(cast.street, state="shown"),
    }
    for said, call in steps.items():
        assert said in chair.page(f"{OURS}/calls/{call.public_id}").select_one(".notice").get_text(), said
    assert chair.submit(f"{OURS}/calls/{steps['请开始评审'].public_id}/begin-review").status_code == 303
    assert chair.submit(f"{OURS}/calls/{steps['推荐还剩 30 天'].public_id}/begin-review").status_code == 422
