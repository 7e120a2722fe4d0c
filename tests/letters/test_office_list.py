"""The office's list: what is overdue on top, filtered, searched, as a file; who wrote stands in none of it."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

from portal.core import calendar
from portal.core.calendar import now, today
from portal.letters import services
from tests.harness.cases import each, either_engine
from tests.letters.rows import NAME, OFFICE, PHONE, answered, do, url, written


def subjects(page) -> list[str]:
    return [row.find("a").get_text() for row in page.find("table").find_all("tr")[1:]] if page.find("table") else []


def test_what_is_overdue_stands_on_top(cast, sign_in):
    with calendar.at(now() - timedelta(days=40)):
        written(cast, subject="很久以前")
    written(cast, subject="一般的建议")
    written(cast, subject="要快一点", kind="question")
    answered(cast, subject="已经答复")
    client = sign_in(cast.secretary)
    page = client.page(OFFICE)
    assert subjects(page) == ["很久以前", "要快一点", "一般的建议"]
    assert len(page.find_all(class_="late")) == 1
    assert subjects(client.page(f"{OFFICE}?state=answered")) == ["已经答复"]
    assert NAME not in page.get_text()


def test_filtered_and_searched(cast, sign_in):
    first = written(cast, subject="活动室的灯", kind="complaint")
    second = written(cast, subject="会费怎么交", kind="question", channel="phone", entered_by=cast.secretary)
    services.assign(cast.secretary, second, cast.secretary.person)
    client = sign_in(cast.secretary)
    found = {
        "kind=complaint": [first], "channel=phone": [second], "assigned=me": [second], "assigned=nobody": [first],
        "q=灯": [first], f"q={second.reference.upper()}": [second], f"q={NAME}": [], "q=%25": [],
        f"start={today()}": [second, first], f"end={today() - timedelta(days=1)}": [],
        "kind=sheep&state=sheep&start=x": [second, first],
    }  # fmt: skip
    for query, letters in found.items():
        assert sorted(subjects(client.page(f"{OFFICE}?{query}"))) == sorted(one.subject for one in letters), query


def test_as_a_file_without_a_name(cast, sign_in):
    letter = answered(cast)
    services.close(cast.secretary, letter)
    client = sign_in(cast.secretary)
    rows = list(csv.reader(io.StringIO(client.get(f"{OFFICE}/list.csv?state=closed").text.lstrip("\ufeff"))))
    assert len(rows) == 2
    assert len(rows[0]) == len(rows[1])
    assert letter.subject in rows[1]
    text = str(rows)
    assert not any(one in text for one in (NAME, PHONE, letter.reference))
    assert client.get(f"{OFFICE}/list.xlsx").status_code == 200


@either_engine
def test_only_ones_own_branch(cast, sign_in):
    """The chair of the street sees the community's; next door and without the right nobody does."""
    letter = written(cast)
    assert subjects(sign_in(cast.chair).page("/office/liuan/letters")) == [letter.subject]
    assert sign_in(cast.chair).get(f"/office/liuan/letters/{letter.public_id}").status_code == 200
    assert subjects(sign_in(cast.sibling).page("/office/tingyu/letters")) == []
    assert sign_in(cast.sibling).get(f"/office/tingyu/letters/{letter.public_id}").status_code == 404
    for role in ("treasurer", "publisher", "leader"):
        assert sign_in(getattr(cast, role)).get(url(letter)).status_code == 403
    for role in ("sibling", "member", "ended"):
        assert sign_in(getattr(cast, role)).get(url(letter)).status_code == 404


def test_who_wrote_is_shown_to_who_deals_with_it(cast, sign_in):
    letter = written(cast)
    assert NAME in sign_in(cast.secretary).page(url(letter)).get_text()
    chair = sign_in(cast.chair)
    at = f"/office/liuan/letters/{letter.public_id}"
    assert NAME not in chair.page(at).get_text()
    assert PHONE[-4:] not in chair.page(at).get_text()
    services.pass_on(cast.secretary, letter, cast.street)
    assert NAME in chair.page(at).get_text()
    assert do(sign_in(cast.secretary), letter, "note", note="还能看吗").status_code == 404


@either_engine
def test_more_letters_cost_no_more_questions(cast, sign_in, query_count):
    client = sign_in(cast.secretary)
    written(cast)
    with query_count() as few:
        client.get(OFFICE)
    for _ in range(20):
        written(cast)
    with query_count() as many:
        client.get(OFFICE)
    assert len(many) == len(few) <= 12


@either_engine
@each("which", ["letters_new", "letters_soon", "letters_overdue"])
def test_the_work_list_says_what_waits(cast, sign_in, which):
    letter = written(cast, kind="question")
    if which != "letters_new":
        services.acknowledge(cast.secretary, letter)
    moved = {"letters_new": 0, "letters_soon": 4, "letters_overdue": 30}[which]
    letter.due_on -= timedelta(days=moved)
    page = sign_in(cast.secretary).page("/office/wangjiang")
    assert page.find("ul", class_="work").find("a", href=OFFICE)
    assert not sign_in(cast.treasurer).page("/office/wangjiang").find("a", href=OFFICE)


@either_engine
def test_days_beyond_any_calendar_ask_for_everything(cast, sign_in):
    letter, secretary = written(cast), sign_in(cast.secretary)
    assert secretary.page(f"{OFFICE}?start=0001-01-01&end=9999-12-31").find("a", href=url(letter))
