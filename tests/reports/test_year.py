"""The year in one view: in agreement with a slow count of its own, siblings only as a mean of three, as files."""

from __future__ import annotations

import io
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from docx import Document
from docx.oxml.ns import qn
from openpyxl import load_workbook
from sqlalchemy import select, update

from portal.activities.models import ActivityLog
from portal.associations.models import Association
from portal.associations.queries import get_association
from portal.core.calendar import at, today
from portal.core.database import db, new_public_id
from portal.core.web import own_path
from portal.disclosure.models import Disclosure
from portal.dues.models import Charge
from portal.honours.models import Honour
from portal.hours.models import HoursEntry, HoursRevision
from portal.letters.models import Letter, LetterAbout
from portal.members.models import MembershipStay
from portal.offices.access import forget_grants
from portal.payments.services import record
from portal.people.models import Person
from portal.reports.counts import NAMES, Counts, span_of
from portal.reports.measures import BY_KEY, MEASURES
from portal.reports.overview import View, ordered, view_of
from tests.activities.rows import make_log, who
from tests.disclosure.rows import make_duty
from tests.dossiers.rows import served
from tests.harness.cases import either_engine
from tests.harness.counting import query_count
from tests.harness.factory import appoint, make_association, make_membership, make_person
from tests.harness.money import make_charge, make_period

DAY = date(2026, 11, 22)
NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)
URL = "/office/wangjiang/year"


@pytest.fixture
def filled(cast):
    """Two years of two communities and the street above them."""
    with at(NOON):
        _fill(cast)
        yield cast


def _fill(cast):
    here, there, street = cast.community, cast.sibling_community, cast.street
    gone = make_membership(
        make_person("路远"), here, joined_on=date(2024, 1, 1), ended_on=date(2025, 11, 30), end_reason="withdrew"
    )
    make_membership(make_person("杭新"), here, joined_on=date(2026, 5, 1))
    make_membership(make_person("江月"), there, joined_on=date(2025, 12, 1))
    now, then = make_period(here, 2026), make_period(here, 2025)
    make_charge(gone, then, 2_000)
    make_charge(gone, now, 1_200, waived_fen=200, paid_fen=700)
    for day, known in (
        (date(2026, 3, 5), {}), (date(2026, 3, 9), {"is_complete": False}), (date(2026, 5, 29), {}),
        (date(2026, 11, 2), {}), (date(2025, 3, 5), {}), (date(2025, 12, 5), {}),
        (date(2026, 7, 1), {"removed_at": NOON}),
    ):  # fmt: skip
        make_log(here, held_on=day, **known)
    make_log(street, held_on=date(2026, 9, 25))
    volunteer = who(cast.volunteer)
    served(volunteer, here, 90, date(2026, 6, 1))
    served(volunteer, here, 30, date(2026, 6, 2), state="pending")
    served(volunteer, there, 600, date(2026, 6, 3))
    for came, closed in (("2026-02-01", "2026-02-09"), ("2026-10-01", None), ("2025-12-30", None)):
        _letter(here, came, closed)
    db.session.add(LetterAbout(letter_id=_letter(here, "2026-05-05", None).id, person_id=cast.secretary.person_id))
    make_duty(db.session.get_one(Association, here.path_ids[0]), frequency="half_year", level="grassroots")
    db.session.execute(update(Association).values(created_at=datetime(2025, 1, 1, tzinfo=UTC)))
    db.session.commit()


def _letter(association, came, closed):
    moments = {
        "received_at": datetime.fromisoformat(f"{came}T03:00:00+00:00"),
        "closed_at": datetime.fromisoformat(f"{closed}T03:00:00+00:00") if closed else None,
    }
    known = {"reference": f"L{came}", "kind": "question", "subject": "开放时间", "body": "几点", "due_on": DAY}
    state = {"state": "closed", "answered_at": moments["closed_at"]} if closed else {}
    places = {"association_id": association.id, "received_by_association_id": association.id}
    letter = Letter(**places, **known, **moments, **state)
    db.session.add(letter)
    db.session.flush()
    return letter


def view(account, association, year=2026) -> View:
    return view_of(account, get_association(association.code), year, DAY)


def slowly(places, year, last, reader) -> Counter[str]:
    """The same from all rows, one by one, in Python."""
    ids = {place.id for place in places}
    found = Counter[str]()
    for stay in db.session.scalars(select(MembershipStay).where(MembershipStay.association_id.in_(ids))):
        found.update(members=stay.start_on <= last and (stay.end_on is None or stay.end_on >= last))
    for one in db.session.scalars(select(ActivityLog).where(ActivityLog.association_id.in_(ids))):
        found.update(entries=one.removed_at is None and date(year, 1, 1) <= one.held_on <= last)
    approved = select(HoursEntry, HoursRevision).join(HoursRevision, HoursRevision.entry_id == HoursEntry.id)
    for entry, revision in db.session.execute(approved.where(HoursEntry.association_id.in_(ids))):
        if revision.state == "approved" and entry.category == "service" and date(year, 1, 1) <= entry.held_on <= last:
            found.update(minutes=revision.minutes)
    about = set(db.session.scalars(select(LetterAbout.letter_id).where(LetterAbout.person_id == reader.person_id)))
    for one in db.session.scalars(select(Letter).where(Letter.association_id.in_(ids))):
        if one.id not in about and date(year, 1, 1) <= one.received_at.date() <= last:
            found.update(letters=1, closed=one.closed_at is not None and one.closed_at.date() <= last)
    return found


ALIKE = ("members", "entries", "minutes", "letters", "closed")


def test_figures_against_a_slow_count(filled):
    cast, street = filled, [filled.street, filled.community, filled.sibling_community]
    for reader, place, places in (
        (cast.secretary, cast.community, [cast.community]),
        (cast.chair, cast.street, street),
        (cast.administrator, cast.federation, [*street, cast.federation, cast.town, cast.village]),
    ):
        found = view(reader, place)
        for counts, year, last in ((found.now, 2026, DAY), (found.before, 2025, date(2025, 11, 22))):
            slow = slowly(places, year, last, reader)
            assert {name: getattr(counts, name) for name in ALIKE} == {name: slow[name] for name in ALIKE}
    own = view(cast.secretary, cast.community).now
    assert (own.charged_fen, own.due_fen, own.paid_fen) == (1_200, 1_000, 700)
    assert (own.months, own.elapsed) == (3, 10)  # March, May and June; November is not over
    assert (own.letters, own.closed) == (2, 1)
    assert (own.duties, own.on_time) == (2, 0)  # the second half of 2025, the first of 2026
    assert BY_KEY["net"].of(own) == 0.7
    assert BY_KEY["net"].shown(BY_KEY["net"].of(Counts())) == "—"


def test_months_are_those_in_which_it_stood(filled):
    """Neither what was entered before the founding nor what was in the month of archiving makes a share above all."""
    cast = filled
    late, gone = (db.session.get_one(Association, one.id) for one in (cast.community, cast.sibling_community))
    late.founded_on, gone.archived_on = date(2026, 5, 10), date(2026, 9, 10)
    for day in (date(2026, 8, 1), date(2026, 9, 5)):
        make_log(gone, held_on=day)
    db.session.commit()
    rows = {row.code: row.counts for row in view(cast.chair, cast.street).rows}
    assert [(rows[code].months, rows[code].elapsed) for code in ("wangjiang", "tingyu")] == [(2, 6), (2, 8)]
    assert rows["wangjiang"].entries == 6, "what was entered is counted all the same"
    make_log(gone, held_on=date(2025, 4, 4))
    for archived_on, expected in ((date(2026, 9, 10), (1, 12)), (date(2024, 12, 31), (0, 0))):
        gone.archived_on = archived_on
        db.session.commit()
        rows = {row.code: row.counts for row in view(cast.chair, cast.street, 2025).rows}
        assert (rows["tingyu"].months, rows["tingyu"].elapsed) == expected


@pytest.mark.parametrize(
    ("key", "now", "before", "page", "number"),
    [
        ("months", Counts(months=1, elapsed=3), Counts(months=2, elapsed=7), "4.8", 4.8),  # 33.3 and 28.6
        ("hours", Counts(minutes=66), Counts(minutes=59), "+0.1", 0.1),  # 1.1 and 0.9
        ("hours", Counts(minutes=59), Counts(minutes=66), "-0.1", -0.1),
        ("paid", Counts(paid_fen=105), Counts(paid_fen=205), "-1.00", Decimal(-1)),
        ("entries", Counts(entries=3), Counts(entries=3), "0", 0),
    ],
)
def test_a_difference_is_the_same_on_the_page_and_in_the_workbook(app, key, now, before, page, number):
    with app.test_request_context():
        assert page in BY_KEY[key].change(now, before)
    assert BY_KEY[key].difference(now, before) == number


def test_a_share_short_of_the_whole_is_short_of_it_in_the_workbook_too(app):
    nearly = Counts(months=9_999, elapsed=10_000)
    with app.test_request_context():
        assert BY_KEY["months"].shown(BY_KEY["months"].of(nearly)) == "99.9%"
    assert BY_KEY["months"].plain(BY_KEY["months"].of(nearly)) == 99.9


def test_last_year_up_to_the_same_day(filled):
    """Dues as the books stood then: what was paid in December is not counted in November."""
    cast = filled
    membership = make_membership(make_person("苏晓"), cast.community)
    with at(datetime(2025, 3, 1, 4, tzinfo=UTC)):
        charge = make_charge(membership, make_period(cast.community, 2025), 1_200)
        _paid(cast, membership, 500)
    with at(datetime(2025, 12, 1, 4, tzinfo=UTC)):
        _paid(cast, membership, 700)
    assert db.session.get_one(Charge, charge.id, populate_existing=True).paid_fen == 1_200
    with at(NOON):
        running, whole = view(cast.secretary, cast.community), view(cast.secretary, cast.community, 2025)
    assert (running.before.due_fen, running.before.paid_fen) == (3_200 - 2_000, 500)
    assert (whole.now.due_fen, whole.now.paid_fen) == (3_200, 1_200)
    assert not whole.span.is_running
    assert span_of(2024, date(2024, 2, 29)).before.last == date(2023, 2, 28)


def _paid(cast, membership, amount):
    """Received in cash and settled by the treasurer."""
    place, payer = (
        db.session.get_one(*one) for one in ((Association, cast.community.id), (Person, membership.person_id))
    )
    known = {"amount_fen": amount, "received_on": today(), "method": "transfer", "key": new_public_id()}
    record(cast.treasurer, place, payer=payer, bank_reference=new_public_id(), **known)
    db.session.commit()


@either_engine
def test_of_siblings_a_mean_of_three_or_none(filled):
    cast = filled
    assert view(cast.secretary, cast.community).siblings == []
    street = db.session.get_one(Association, cast.street.id)
    more = [
        make_association(name, street, level="grassroots", formation="independent") for name in ("甲社区", "乙社区")
    ]
    make_log(more[0], held_on=date(2026, 4, 1))
    for number, place in enumerate(more):
        make_charge(
            make_membership(make_person(f"人{number}"), place), make_period(place, 2026), 1_000, paid_fen=1_000
        )
    db.session.commit()
    found = view(cast.secretary, cast.community)
    assert len(found.siblings) == 3
    assert BY_KEY["entries"].mean(found.siblings) == pytest.approx(2 / 3)
    assert BY_KEY["net"].mean(found.siblings) is None  # two of the three had something to collect
    assert found.rows == []


@either_engine
def test_parts_as_far_as_they_are_seen(filled):
    cast = filled
    found = view(cast.chair, cast.street)
    assert [row.code for row in found.rows] == ["tingyu", "wangjiang", "liuan"]
    for name in NAMES:
        assert sum(getattr(row.counts, name) for row in found.rows) == getattr(found.now, name), name
    assert ordered(found.rows, "-members")[0].code == "wangjiang"
    assert ordered(found.rows, "net")[0].code == "wangjiang"  # of the others there is no rate
    alone = cast.sibling.person
    appoint(alone, db.session.get_one(Association, cast.street.id), "secretary")
    db.session.commit()
    forget_grants(cast.sibling)
    seen = view(cast.sibling, cast.street)
    assert [row.code for row in seen.rows] == ["tingyu", "liuan"]
    assert seen.now.members == found.now.members - view(cast.secretary, cast.community).now.members


def test_punctual_is_by_the_day(filled):
    """Published after its day it is published, and not on time; honours count where they are held."""
    assert not db.session.scalar(select(Disclosure.id))
    assert not db.session.scalar(select(Honour.id))
    half = view(filled.chair, filled.street).now
    assert (half.duties, half.on_time, half.honours) == (4, 0, 0)


@either_engine
def test_page_and_who_may_open_it(filled, sign_in):
    cast = filled
    secretary = sign_in(cast.secretary)
    page = secretary.page(URL)
    values = [row.td.get_text(" ", strip=True) for row in page.select("table tr")[1:]]
    rows = dict(zip((one.key for one in MEASURES), values, strict=True))
    assert rows["net"] == "70.0%"
    assert rows["months"].startswith("30.0% 3")
    assert {a["href"].split("?")[0].removeprefix("/office/wangjiang") for a in page.select("table a")} >= {
        "/members", "/dues/rates", "/activities", "/activities/months", "/volunteers/figures", "/letters/figures",
        "/disclosure", "/honours",
    }  # fmt: skip
    assert all(own_path(a["href"]) for a in page.select("table a"))
    for asked in ("1999", "2027", "abc", "99999999999", "020259", ""):
        assert "2026" in secretary.page(f"{URL}?year={asked}").h1.get_text()
    assert "2025" in secretary.page(f"{URL}?year=2025").h1.get_text()
    for account, status in ((cast.leader, 403), (cast.sibling, 404), (cast.member, 404)):
        client = sign_in(account)
        assert [client.get(f"{URL}{form}").status_code for form in ("", ".xlsx", ".docx")] == [status] * 3
    assert sign_in(cast.chair).page("/office/liuan/year?sort=-entries").select("progress")


def test_not_signed_in(client):
    assert client.get(URL).location.startswith("/sign-in")


@either_engine
def test_as_excel_and_word(filled, sign_in):
    cast = filled
    chair, found = sign_in(cast.chair), view(cast.chair, cast.street)
    book = load_workbook(io.BytesIO(chair.get("/office/liuan/year.xlsx").data))
    own, parts = (list(sheet.values) for sheet in book.worksheets)
    assert [row[2] for row in own[1:]] == [_as_read(one.plain(one.of(found.now))) for one in MEASURES]
    assert [list(row[1:]) for row in parts[1:-1]] == [
        [_as_read(one.plain(one.of(row.counts))) for one in MEASURES] for row in found.rows
    ]
    paper = Document(io.BytesIO(chair.get("/office/liuan/year.docx").data))
    first, second = paper.tables
    assert [row.cells[1].text for row in first.rows[1:]] == [one.shown(one.of(found.now)) for one in MEASURES]
    assert [cell.text for cell in second.rows[-1].cells][1:] == [one.shown(one.of(found.now)) for one in MEASURES]
    fonts = {name: paper.styles[name].element.rPr.rFonts.values() for name in ("Normal", "Title", "Heading 1")}
    assert ["宋体" in fonts["Normal"], "黑体" in fonts["Title"], "黑体" in fonts["Heading 1"]] == [True] * 3
    east = {one.get(qn("w:eastAsia")) for one in paper.styles.element.iter(qn("w:lang"))}
    assert (east, [round(section.page_width.mm) for section in paper.sections]) == ({"zh-CN"}, [210, 297])
    words = "\n".join(paragraph.text for paragraph in paper.paragraphs)
    assert "柳岸街道协会" in words
    assert words.count("________________") == 6


def _as_read(value):
    return float(value) if isinstance(value, Decimal) else value


def test_questions_do_not_grow_with_the_tree(filled):
    cast = filled
    with query_count() as few:
        view(cast.chair, cast.street)
    street = db.session.get_one(Association, cast.street.id)
    for number in range(5):
        make_log(make_association(f"社区{number}", street, level="grassroots"), held_on=DAY - timedelta(days=9))
    with query_count() as many:
        view(cast.chair, cast.street)
    assert len(many) <= len(few) <= 24
