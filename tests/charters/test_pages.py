"""The pages of a charter: begun and written in the office, commented on by members, read by everybody."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.charters import queries, services
from portal.charters.models import Charter, CharterComment
from portal.core.calendar import at, today
from portal.core.database import db
from tests.charters.rows import MINUTES, OFFICE, TEXT, adopted, after, answered, begun, finished, opened, said
from tests.harness.cases import each, either_engine
from tests.notices.rows import acting


@pytest.fixture
def charter(cast) -> Charter:
    return begun(cast)


def test_begun_written_and_opened(cast, client, sign_in, db_session):
    secretary = sign_in(cast.secretary)
    given = {"kind": "compact", "title": "望江小区自治公约", "source": "pasted", "pasted": TEXT}
    assert secretary.submit(f"{OFFICE}/new", {**given, "pasted": ""}).status_code == 422
    assert secretary.submit(f"{OFFICE}/new", {**given, "source": "in_force"}).status_code == 422
    made = secretary.submit(f"{OFFICE}/new", given)
    assert made.status_code == 303
    charter = db.session.scalars(select(Charter)).one()
    url = f"{OFFICE}/{charter.public_id}"
    first = queries.paragraphs_of(queries.get_draft(charter, 1))[0].public_id
    assert secretary.submit(f"{url}/draft/add?after={first}", {"body": "序言", "is_heading": "y"}).status_code == 303
    assert secretary.submit(f"{url}/draft/{first}", {"body": ""}).status_code == 422
    assert secretary.submit(f"{url}/draft/{first}", {"body": "望江小区自治公约（草案）"}).status_code == 303
    assert secretary.submit(f"{url}/draft/{first}/move", {"step": "down"}, page=f"{url}/draft").status_code == 303
    page = secretary.page(f"{url}/draft").get_text()
    assert page.index("序言") < page.index("（草案）")
    assert secretary.force(f"{url}/draft/{first}/remove").status_code == 303
    assert client.get(f"/charters/{charter.public_id}").status_code == 404  # nobody has been shown it
    assert secretary.submit(f"{url}/open-round", {"closes_on": today().isoformat()}).status_code == 422
    assert secretary.submit(f"{url}/open-round").status_code == 303
    assert "第三条 会员按年缴纳会费" in client.page(f"/charters/{charter.public_id}").get_text()
    assert secretary.get(f"{url}/draft").location == url
    later = (today() + timedelta(days=30)).isoformat()
    assert secretary.submit(f"{url}/extend-round", {"closes_on": later}).status_code == 303
    assert "望江小区自治公约" in secretary.get(f"{OFFICE}/list.csv").text
    assert "望江小区自治公约" in client.page("/charters?association=wangjiang").get_text()


def test_a_member_comments_and_reads_the_answer(cast, client, sign_in, db_session, charter):
    opened(cast, charter)
    third = queries.paragraphs_of(queries.get_draft(charter, 1))[5].public_id
    page = f"/charters/{charter.public_id}"
    url = f"{page}/comment"
    assert "/sign-in" in client.get(url).location
    member = sign_in(cast.member)
    form = {**member.form(url), "paragraph": third}
    assert member.send(url, {**form, "body": ""}).status_code == 422
    for _again in range(2):
        assert member.send(url, {**form, "body": "请写明减免办法。"}).status_code == 303
    assert len(db.session.scalars(select(CharterComment)).all()) == 1
    assert "请写明减免办法" in member.page(page).get_text()
    assert "请写明减免办法" not in client.page(page).get_text()  # the round runs
    stranger = sign_in(cast.stranger)
    assert not stranger.page(url).find("textarea")
    assert stranger.force(url, {"body": "我也有意见", "key": "x"}).status_code == 422
    said(cast, charter, body="名字可以写上。", shows_name=True)
    office = f"{OFFICE}/{charter.public_id}"
    with at(after(15)):
        secretary = sign_in(cast.secretary)
        assert secretary.submit(f"{office}/close-round", page=office).status_code == 303
        one = queries.comments_of(charter)[-1]  # on the paragraph
        answer = {"outcome": "in_part", "answer": "已在第三条中说明。"}
        assert secretary.submit(f"{office}/comments/{one.public_id}", {**answer, "outcome": ""}).status_code == 422
        assert secretary.submit(f"{office}/comments/{one.public_id}", answer).status_code == 303
        text = client.page(page).get_text()
        for word in ("请写明减免办法", "已在第三条中说明", "名字可以写上"):
            assert word in text
        assert text.count("王秀英") == 1  # who agreed to it


def test_paper_is_entered_for_a_member(cast, sign_in, db_session, charter):
    opened(cast, charter)
    secretary, url = sign_in(cast.secretary), f"{OFFICE}/{charter.public_id}/comments/new"
    for who, status in (("无此人", 422), ("王秀英", 303)):
        assert secretary.submit(url, {"who": who, "body": "会费标准偏高。"}).status_code == status
    made = db.session.scalars(select(CharterComment)).one()
    assert (made.channel, made.person_id, made.entered_by_id) == (
        "paper", cast.member.person_id, cast.secretary.person_id,
    )  # fmt: skip


def test_the_second_draft_stands_with_its_differences(cast, client, sign_in, db_session, charter):
    opened(cast, charter)
    url = f"{OFFICE}/{charter.public_id}"
    with at(after(15)):
        secretary = sign_in(cast.secretary)
        secretary.submit(f"{url}/close-round", page=url)
        third = queries.paragraphs_of(queries.get_draft(charter, 2))[5].public_id
        secretary.submit(f"{url}/draft/{third}", {"body": "第三条 会员按年缴纳会费，困难会员可以减免。"})
        assert secretary.submit(f"{url}/open-round", {"note": ""}).status_code == 422
        assert secretary.submit(f"{url}/open-round", {"note": "第三条补充减免。"}).status_code == 303
        page = client.page(f"/charters/{charter.public_id}")
        assert "困难会员可以减免" in page.select_one(".changes ins").get_text()
        assert "第三条补充减免。" in page.get_text()
        assert not client.page(f"/charters/{charter.public_id}?draft=1").select_one(".changes ins")


def test_the_meeting_is_checked_recorded_and_published(cast, client, sign_in, db_session):
    charter = finished(cast)
    url = f"{OFFICE}/{charter.public_id}"
    with at(after(33)):
        secretary = sign_in(cast.secretary)
        given = {**MINUTES, "held_on": today().isoformat()}
        assert secretary.submit(f"{url}/meeting", {**given, "in_favour": "23"}).status_code == 422
        checked = secretary.submit(f"{url}/meeting", given)
        assert checked.status_code == 200
        form = {**secretary.form(f"{url}/meeting"), **given}
        assert 'value="24"' in secretary.send(f"{url}/meeting", {**form, "change": "yes"}).text
        assert secretary.send(f"{url}/meeting/record", form).status_code == 303
        assert secretary.send(f"{url}/meeting/record", form).status_code == 303
        assert secretary.submit(f"{url}/publish", page=url).status_code == 303
        page = client.page(f"/charters/{charter.public_id}")
        assert page.find("a", string=lambda text: text and text.startswith("WANGJIANG-"))
        assert "社区活动室" in page.get_text()


def test_the_notice_period_and_giving_it_up(cast, sign_in, db_session):
    charter = finished(cast)
    url = f"{OFFICE}/{charter.public_id}"
    with at(after(33)):
        secretary = sign_in(cast.secretary)
        assert secretary.submit(f"{url}/notice-period", {"contact": ""}).status_code == 422
        assert secretary.submit(f"{url}/notice-period").status_code == 303
        given = {**MINUTES, "held_on": today().isoformat()}
        assert secretary.submit(f"{url}/meeting", given).status_code == 422
        assert secretary.submit(f"{url}/abandon", {"reason": ""}).status_code == 422
        assert secretary.submit(f"{url}/abandon", {"reason": "并入街道章程"}).status_code == 303
    assert charter.state == "abandoned"


@either_engine
@each(
    ("who", "reads", "writes", "opens"),
    [
        ("publisher", 200, 200, 200), ("treasurer", 200, 403, 403), ("leader", 403, 403, 403),
        ("sibling", 404, 404, 404), ("member", 404, 404, 404),
    ],
)  # fmt: skip
def test_who_may(cast, sign_in, db_session, who, reads, writes, opens):
    charter, somebody = begun(cast), sign_in(getattr(cast, who))
    url = f"{OFFICE}/{charter.public_id}"
    for path, status in (("", reads), ("/draft", writes), ("/open-round", opens), ("/abandon", opens)):
        assert somebody.get(url + path).status_code == status
    if writes != 200:
        assert somebody.force(f"{url}/draft/add", {"body": "添一条"}).status_code == writes
    assert somebody.get(f"/office/wangjiang/charters/{'x' * 12}").status_code == (404 if reads == 200 else reads)


@either_engine
def test_few_statements_however_much_was_said(cast, client, sign_in, db_session, query_count):
    charter = begun(cast)
    opened(cast, charter)
    said(cast, charter)
    with at(after(15)):
        services.close_round(acting(cast.secretary), charter)
        answered(cast, charter)
        secretary = sign_in(cast.secretary)

        def asked() -> list[int]:
            found = []
            for visitor, address in ((client, f"/charters/{charter.public_id}"), (client, "/charters"),
                                     (secretary, f"{OFFICE}/{charter.public_id}"), (secretary, OFFICE)):  # fmt: skip
                visitor.get(address)
                with query_count() as statements:
                    visitor.get(address)
                found.append(len(statements))
            return found

        few = asked()
        for row in list(queries.comments_of(charter)):
            for number in range(5):
                copied = {"round_id": row.round_id, "person_id": row.person_id, "body": f"意见 {number}"}
                db.session.add(CharterComment(**copied))
        assert asked() == few
        assert max(few) <= 12, few


def test_the_work_list_tells(cast, sign_in, db_session, charter):
    opened(cast, charter)
    said(cast, charter)
    with at(after(15)):
        secretary = sign_in(cast.secretary)
        assert secretary.page("/office/wangjiang").find("a", href=OFFICE)


def test_an_adopted_one_is_to_be_published(cast, sign_in, db_session):
    charter = adopted(cast)
    with at(after(34)):
        assert sign_in(cast.secretary).page("/office/wangjiang").find("a", href=OFFICE)
        assert charter.notice_id is None
