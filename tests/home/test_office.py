"""The work list, the offices one holds, one's own page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from portal.associations.models import Association
from portal.core.calendar import at, now, today
from portal.core.database import db
from portal.home import lending_tasks, letter_tasks
from portal.home.tasks import Task, grouped
from portal.levy import services as levies
from portal.members.models import MembershipCover
from portal.notices.models import Notice, NoticeVersion
from portal.offices.models import Term
from portal.surveys.models import Survey
from tests.harness.cases import each, either_engine
from tests.harness.factory import affiliate, appoint, make_account, make_membership, make_person
from tests.harness.money import make_period
from tests.harness.service import make_activity, make_session, make_sign_up
from tests.home.test_front import log

URL = "/office/wangjiang"


@either_engine
@each(
    ("who", "status"),
    [
        ("secretary", 200),
        ("treasurer", 200),
        ("leader", 200),
        ("chair", 200),
        ("sibling", 404),
        ("ended", 404),
        ("member", 404),
    ],
)
def test_who_may_open_it(cast, sign_in, who, status):
    assert sign_in(getattr(cast, who)).get(URL).status_code == status


@either_engine
def test_not_signed_in(cast, client):
    assert client.get(URL).location.startswith("/sign-in")


@either_engine
def test_an_incomplete_log_waits_with_its_deadline(cast, sign_in):
    log(cast.community, "湖滨清洁日", held_on=today() - timedelta(days=40), summary="", is_complete=False)
    page = sign_in(cast.secretary).page(URL)
    row = next(row for row in page.select(".work li") if "湖滨清洁日" in row.get_text())
    assert row.select_one(".due.late")
    assert row.a["href"].endswith("/edit")


def test_what_is_late_stands_above_and_what_can_wait_stands_close_together(cast):
    left = {"late": -1, "today": 0, "a week": 5, "longer": 6, "no day": None}
    found = grouped([Task(days, name, "", ("home.office", {}), "") for name, days in left.items()])
    assert [[task.title for task in group.tasks] for group in found] == [
        ["late"], ["today", "a week"], ["longer", "no day"],
    ]  # fmt: skip
    assert [group.is_calm for group in found] == [False, False, True]
    assert grouped([]) == []


def test_letters_are_one_line_and_so_is_what_sisters_ask(cast, app):
    """The most urgent is the line, the others stand beside it: they are done on one page."""
    day = today()
    letters = {"letters_overdue": 1, "letters_new": 2, "letters_oldest": now(), "letters_soon": 0}
    asked = {"lending_asked": 1, "lending_silent": 3, "lending_answered": 0}
    with app.test_request_context(headers={"Accept-Language": "en"}):
        (letter,) = letter_tasks.lines(letters)
        assert letter[:3] == (-1, "1 letter is overdue", "2 letters to acknowledge")
        (both,) = letter_tasks.lines(letters | {"letters_overdue": 0, "letters_soon": 1, "letters_due_on": day})
        assert both[:3] == (0, "1 letter is due soon", "2 letters to acknowledge")
        assert list(letter_tasks.lines({})) == []
        (lending,) = lending_tasks.lines(asked)
        assert lending[1] == "3 volunteers have not answered a request to help elsewhere"
        (silent,) = lending_tasks.lines(asked | {"lending_asked": 0})
        assert silent[0] == lending[1]


@either_engine
def test_late_on_a_sunday_though_no_working_day_has_passed(cast, sign_in):
    with at(datetime(2026, 11, 22, 4, tzinfo=UTC)):  # the deadline of 6 November was Friday the 20th
        log(cast.community, "湖滨清洁日", held_on=today() - timedelta(days=16), summary="", is_complete=False)
        page = sign_in(cast.secretary).page(URL)
    assert page.select_one(".work .due.late")


@either_engine
def test_a_month_without_an_entry_is_named(cast, sign_in):
    text = sign_in(cast.secretary).page(URL).select('.work a[href$="/activities/new"]')
    log(cast.community, "湖滨清洁日")
    after = sign_in(cast.secretary).page(URL)
    assert text
    assert not after.select('.work a[href$="/activities/new"]')


@either_engine
def test_drafts_wait(cast, sign_in):
    draft = Notice(association_id=cast.community.id, title="还没写完", kind="notice", status="draft")
    draft.versions = [NoticeVersion(number=1, title="还没写完", kind="notice", body="正文", issuer="协会")]
    db.session.add(draft)
    log(cast.community, "湖滨清洁日")
    page = sign_in(cast.secretary).page(URL)
    assert any("/notices" in a["href"] for a in page.select(".work a"))


@either_engine
def test_treasurer_has_no_writing_buttons(cast, sign_in):
    page = sign_in(cast.treasurer).page(URL)
    assert not page.select('a[href$="/activities/new"], a[href$="/notices/new"]')


def test_one_office_opens_at_once(cast, sign_in):
    assert sign_in(cast.secretary).get("/office").location == URL
    assert sign_in(cast.member).page("/office").select_one(".empty")


@either_engine
def test_own_page(cast, sign_in):
    name, association = cast.member.name, cast.community.name
    text = sign_in(cast.member).page("/me").get_text()
    assert name in text
    assert association in text


def test_own_page_lists_present_offices_only(cast, sign_in):
    assert not sign_in(cast.ended).page("/me").select('a[href^="/office/"]')
    assert sign_in(cast.secretary).page("/me").select('a[href="/office/wangjiang"]')


@either_engine
def test_the_figure_of_members_says_why_the_list_holds_fewer(cast, sign_in, db_session):
    """People are counted here and memberships in the list: a household's covers several."""
    note = ".figures .note"
    held = make_membership(make_person("户主"), cast.community)
    before = sign_in(cast.secretary).page(URL)
    covered = make_person("家人")
    db_session.add(MembershipCover(membership_id=held.id, person_id=covered.id, start_on=held.joined_on))
    affiliate(covered, cast.community)
    after = sign_in(cast.secretary).page(URL)
    assert [len(page.select(note)) for page in (before, after)] == [0, 1]
    assert "2" in after.select_one(note).get_text()


@either_engine
def test_queries(cast, sign_in, query_count):
    secretary = sign_in(cast.secretary)
    log(cast.community, "湖滨清洁日", summary="", is_complete=False)
    with query_count() as few:
        secretary.get(URL)
    for number in range(20):
        log(cast.community, f"第{number}次", summary="", is_complete=False)
    with query_count() as many:
        secretary.get(URL)
    assert len(many) == len(few) <= 13


@either_engine
def test_whoever_signed_up_and_has_not_heard_is_called(cast, sign_in):
    session = make_session(make_activity(cast.community), now() + timedelta(hours=20))
    make_sign_up(session, cast.volunteer.person, signed_up_at=now() - timedelta(days=3))
    for who, is_told in (("secretary", True), ("leader", False), ("treasurer", False)):
        link = sign_in(getattr(cast, who)).page(URL).find("a", href=f"{URL}/sign-ups/to-call")
        assert (link is not None) == is_told, who


def test_what_comes_to_its_end_is_named(cast, sign_in):
    """An appraisal that is over, a term of office, a levy: those of this association, for whoever acts on them."""
    past, soon = today() - timedelta(days=3), today() + timedelta(days=30)
    place = {"association_id": cast.community.id}
    asked = {"title": "评议", "audience": "members", "opens_on": past, "closes_on": past}
    db.session.add_all(
        [Survey(state="open", **asked, **place), Term(name="第一届", start_on=past, end_on=soon, **place)]
    )
    _lay_levy(cast)
    pages = {who: sign_in(getattr(cast, who)).page(URL) for who in ("secretary", "treasurer")}
    links = {who: {a["href"].split("?")[0] for a in page.select(".work a")} for who, page in pages.items()}
    assert {f"{URL}/appraisals", f"{URL}/terms"} <= links["secretary"]
    assert f"{URL}/dues/levy" in links["treasurer"]
    assert f"{URL}/appraisals" not in links["treasurer"]
    assert pages["secretary"].select(f'a[href="{URL}/deadlines"]')


def _lay_levy(cast):
    """The street counts the community's member, and the community owes for one."""
    person = make_person("柳大有")
    appoint(person, db.session.get_one(Association, cast.street.id), "treasurer", covers_subtree=True)
    street = db.session.get_one(Association, cast.street.id)
    levies.lay(make_account(person), street, make_period(street), 100, today(), "2026 年 3 号决议")
    db.session.commit()
