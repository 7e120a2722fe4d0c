"""Lists of offices: present, coming, past; what somebody holds; who can see somebody's record."""

from __future__ import annotations

from datetime import timedelta

from portal.core.calendar import now, today
from portal.offices import access, queries
from portal.offices.rights import Position
from portal.people.models import AffiliationKind, Consent, ConsentPurpose
from tests.harness.cases import either_engine
from tests.harness.factory import affiliate, appoint, make_person, yesterday

URL = "/office/wangjiang/appointments"


def names(page, table: int = 0) -> list[str]:
    return [cell.get_text() for cell in page.select("table")[table].select("tbody th a")]


def test_by_office_then_by_group(cast, sign_in):
    second = make_person("二组长")
    appoint(second, cast.community, Position.GROUP_LEADER, group_id=cast.other_group.id)
    chair = make_person("望会长")
    appoint(chair, cast.community, Position.CHAIR)
    page = sign_in(cast.secretary).page(URL)
    assert names(page) == ["望会长", "黄淑兰", "周明德", "沈思远", "吴桂芳", "二组长"]


def test_vacant_offices_are_named(cast, sign_in):
    page = sign_in(cast.secretary).page(URL, headers={"Accept-Language": "en"})
    vacant = next(p.get_text() for p in page.select("main p") if p.get_text().startswith("Vacant"))
    assert vacant == "Vacant: Chair, Vice-chair, Volunteer coordinator, Supervisor"


def test_coming_and_past(cast, sign_in):
    appoint(make_person("将任"), cast.community, Position.SUPERVISOR, start_on=today() + timedelta(days=3))
    secretary = sign_in(cast.secretary)
    page = secretary.page(URL)
    assert "将任" not in names(page)
    assert names(page, 1) == ["将任"]
    assert names(secretary.page(f"{URL}?past=1")) == ["孙立新"]


def test_the_past_is_paged(cast, sign_in):
    for number in range(30):
        appoint(make_person(f"前任{number:02}"), cast.community, Position.SUPERVISOR, end_on=yesterday())
    secretary = sign_in(cast.secretary)
    assert len(names(secretary.page(f"{URL}?past=1"))) == 25
    assert len(names(secretary.page(f"{URL}?past=1&page=2"))) == 6


def test_whether_the_public_sees_them(cast, sign_in, db_session):
    shown, flagged = make_person("公开者"), make_person("缺同意")
    for person in (shown, flagged):
        appoint(person, cast.community, Position.SUPERVISOR, is_public=True)
    db_session.add(Consent(person_id=shown.id, purpose=ConsentPurpose.PUBLIC_NAME, notice_version=1, given_at=now()))
    page = sign_in(cast.secretary).page(URL, headers={"Accept-Language": "en"})
    state = {row.th.get_text(): row.select("td")[-1].get_text(strip=True) for row in page.select("tbody tr")}
    assert state["公开者"] == "Shown in public"
    assert state["缺同意"] == "Consent missing"
    assert state["黄淑兰"] == "Not shown"


def test_one_appointment_says_what_it_gives(cast, sign_in, held):
    held_by_leader = held(cast.leader.person_id)[0].public_id
    page = sign_in(cast.treasurer).page(f"{URL}/{held_by_leader}", headers={"Accept-Language": "en"})
    assert "record dues" in [item.get_text() for item in page.select(".rights li")]
    assert "第一小组" in page.select_one(".summary-list").get_text()
    assert page.select("main form") == []


@either_engine
def test_nobody_else_sees_them(cast, sign_in, held):
    office, accounts = held(cast.secretary.person_id)[0].public_id, cast.accounts()
    for who in ("sibling", "member", "stranger", "ended"):
        client = sign_in(accounts[who])
        for path in (URL, f"{URL}?past=1", f"{URL}/{office}"):
            assert client.get(path).status_code == 404, who


@either_engine
def test_of_another_association_there_is_none(cast, sign_in, held):
    foreign = held(cast.sibling.person_id)[0].public_id
    assert sign_in(cast.secretary).get(f"{URL}/{foreign}").status_code == 404
    assert sign_in(cast.secretary).get(f"{URL}/nowhere").status_code == 404


@either_engine
def test_queries_do_not_grow(cast, sign_in, query_count):
    secretary = sign_in(cast.secretary)
    with query_count() as few:
        secretary.page(URL)
    for number in range(20):
        appoint(make_person(f"监督{number}"), cast.community, Position.SUPERVISOR)
        appoint(
            make_person(f"将任{number}"), cast.community, Position.SUPERVISOR, start_on=today() + timedelta(days=9)
        )
    with query_count() as many:
        secretary.page(URL)
    assert len(many) == len(few) <= 12


@either_engine
def test_navigation_marks_the_page(cast, sign_in, terms):
    secretary = sign_in(cast.secretary)
    for path in ("appointments", "appointments/grant", "groups", "groups/add", "terms", "terms/open"):
        page = secretary.page(f"/office/wangjiang/{path}")
        current = [link["href"] for link in page.select(".side a[aria-current=page]")]
        assert current == [URL], path


# What somebody holds


def test_offices_of_somebody(cast):
    person = cast.leader.person
    appoint(make_person("别人"), cast.community, Position.CHAIR)
    former = appoint(person, cast.sibling_community, Position.SECRETARY, end_on=yesterday())
    coming = appoint(person, cast.street, Position.SUPERVISOR, start_on=today() + timedelta(days=2))
    found = queries.list_appointments_of(person)
    assert [each.association.code for each in found] == ["wangjiang", "liuan", "tingyu"]
    assert found[1:] == [coming, former]
    assert queries.list_appointments_of(person, live=True) == found[:1]


def test_officers_on_a_day(cast):
    past = today() - timedelta(days=30)
    assert cast.ended.person_id in [each.person_id for each in queries.list_officers(cast.community, past)]
    assert cast.ended.person_id not in [each.person_id for each in queries.list_officers(cast.community, today())]


# Who can see somebody


def seers(person) -> set[str]:
    return {sight.appointment.person.name for sight in access.who_sees(person.id)}


def test_who_can_see_a_member_of_a_group(cast):
    assert seers(cast.member.person) == {"林建国", "黄淑兰", "周明德", "吴桂芳"}


@either_engine
def test_the_leader_of_another_group_cannot(cast):
    appoint(make_person("二组长"), cast.community, Position.GROUP_LEADER, group_id=cast.other_group.id)
    assert "二组长" not in seers(cast.member.person)
    assert seers(cast.volunteer.person) == {"林建国", "黄淑兰", "周明德"}


def test_it_agrees_with_the_rule(cast, db_session):
    """For everybody of the cast: whoever is said to see them sees them, and nobody else does."""
    from sqlalchemy import select

    from portal.people.models import Person

    affiliate(cast.stranger.person, cast.sibling_community, AffiliationKind.VOLUNTEER)
    accounts = cast.accounts().values()
    for shown in accounts:
        seeing = {
            account.person.name
            for account in accounts
            if db_session.scalar(
                select(Person.id).where(access.reached(account, "members.read"), Person.id == shown.person_id)
            )
        }
        assert seers(shown.person) == seeing, shown.person.name


def test_whoever_left_is_seen_by_nobody(cast):
    left = make_person("已退")
    affiliate(left, cast.community, end_on=yesterday())
    assert seers(left) == set()
