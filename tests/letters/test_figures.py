"""Figures by period and part of the tree, beside a slow count; nobody counts what is about them."""

from __future__ import annotations

import csv
import io
import random
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from portal.core import calendar
from portal.letters import services
from portal.letters.deadlines import day_of
from portal.letters.figures import Counts, Period, figures_of
from portal.letters.models import Letter, LetterAbout
from tests.harness.cases import each, either_engine
from tests.letters.rows import answered, written

TODAY = date(2026, 11, 20)
ZONE = ZoneInfo("Asia/Shanghai")


def some(cast, db_session, number: int) -> list[Letter]:
    """Letters of two years, in every state, at three associations."""
    chance, made = random.Random(7), []
    places = (cast.community, cast.street, cast.sibling_community)
    for _ in range(number):
        came = datetime(2025, 1, 1, tzinfo=ZONE) + timedelta(hours=chance.randrange(24 * 680))
        state = chance.choice(("received", "in_hand", "answered", "closed", "closed"))
        answered = came + timedelta(hours=chance.randrange(24 * 40)) if state in ("answered", "closed") else None
        letter = Letter(
            reference=f"{len(made):012}", association_id=chance.choice(places).id, subject="一件事", body="一件事",
            received_by_association_id=cast.community.id, kind=chance.choice(("question", "thanks")),
            channel=chance.choice(("web", "visit")), received_at=came, state=state, answered_at=answered,
            due_on=came.date() + timedelta(days=20), closed_at=answered if state == "closed" else None,
            reopened=chance.randrange(2), rating=chance.choice((None, 2, 3, 4, 5)) if answered else None,
            entered_by_id=chance.choice((None, None, cast.secretary.person_id)),
        )  # fmt: skip
        made.append(letter)
    db_session.add_all(made)
    db_session.commit()
    return made


def slowly(letters: list[Letter], period: Period) -> Counts:
    found = Counts()
    for one in letters:
        if not period.first <= day_of(one.received_at) < period.after:
            continue
        closed = one.state == "closed"
        in_time = one.answered_at is not None and day_of(one.answered_at) <= one.due_on
        rated, entered = one.rating is not None, one.entered_by_id is not None
        content = rated and one.rating > 3
        found += Counts(1, one.answered_at is not None, in_time, closed, closed and not one.reopened,
                        rated and not entered, content and not entered, rated and entered, content and entered,
                        one.answered_at is None and one.due_on < TODAY)  # fmt: skip
    return found


@each("period", [Period(2026), Period(2025), Period(2026, 1), Period(2025, 4)])
def test_as_counted_slowly(cast, db_session, query_count, period):
    letters = some(cast, db_session, 60)
    here = [one for one in letters if one.association_id != cast.sibling_community.id]
    with query_count() as queries:
        found = figures_of(cast.chair, cast.street, period, TODAY)
    assert len(queries) <= 5  # of which one is the reader's rights, one the associations of the next step
    assert found.total == slowly(letters, period)
    assert found.earlier == slowly(letters, period.before)
    rows = dict(found.rows)
    assert rows["望江社区协会"] == slowly([one for one in letters if one.association_id == cast.community.id], period)
    assert rows["柳岸街道协会"] == slowly([one for one in letters if one.association_id == cast.street.id], period)
    assert sum(found.kinds.values()) == sum(found.channels.values()) == found.total.received
    assert len(here) < len(letters)


def test_what_is_about_the_reader_is_in_no_figure(cast, db_session):
    letters = some(cast, db_session, 20)
    about = next(one for one in letters if one.association_id == cast.community.id)
    db_session.add(LetterAbout(letter_id=about.id, person_id=cast.secretary.person_id))
    db_session.commit()
    period = Period(day_of(about.received_at).year)
    of_others = [one for one in letters if one.association_id == cast.community.id]
    assert figures_of(cast.secretary, cast.community, period, TODAY).total == slowly(
        [one for one in of_others if one is not about], period
    )
    assert figures_of(cast.chair, cast.community, period, TODAY).total == slowly(of_others, period)


def test_who_knows_the_reference_in_the_office_raises_no_rate(cast, client):
    """The secretary notes the reference of what she entered, signs out and rates it as if she had written it."""
    own = answered(cast)
    entered = written(cast, entered_by=cast.secretary, channel="phone")
    services.settle(cast.secretary, entered, "星期三、星期五开到晚上八点。")
    assert client.force(f"/letters/{entered.reference}/rate", {"rating": "5"}).status_code == 303
    assert client.force(f"/letters/{own.reference}/rate", {"rating": "2"}).status_code == 303
    today = calendar.today()
    total = figures_of(cast.chair, cast.community, Period(today.year), today).total
    assert (total.rated, total.satisfied, total.rated_apart, total.satisfied_apart) == (1, 0, 1, 1)


@either_engine
def test_the_page_and_its_file(cast, sign_in):
    with calendar.at(calendar.now() - timedelta(days=2)):
        written(cast)
    client, at = sign_in(cast.secretary), "/office/wangjiang/letters/figures"
    year = calendar.today().year
    assert client.page(at).find(class_="figures")
    for asked in (f"?year={year - 1}", "?year=x&quarter=9", "?year=0000", "?year=020259", f"?year={year}&quarter=1"):
        assert client.get(f"{at}{asked}").status_code == 200, asked
    rows = list(csv.reader(io.StringIO(client.get(f"{at}.csv").text.lstrip("\ufeff"))))
    assert len({len(row) for row in rows}) == 1
    assert client.get(f"{at}.xlsx").status_code == 200
    assert sign_in(cast.treasurer).get(at).status_code == 403
    assert sign_in(cast.sibling).get(at).status_code == 404
