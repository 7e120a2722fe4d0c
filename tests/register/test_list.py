"""The list of members: what it asks for, what it finds, whom it shows to whom, and what it costs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from portal.associations.models import Association
from portal.core import search
from portal.core.calendar import today
from portal.core.database import db
from portal.core.encryption import blind_index
from portal.core.identity import demo_identity
from portal.members.models import Membership
from portal.offices.access import can, subtree, visible
from portal.register import drivers, finding, queries
from portal.register.queries import Filter
from portal.register.scope import Scope, scope_of
from tests.harness.cases import each, either_engine
from tests.harness.factory import kind_of
from tests.register.rows import LIST, born, cover, ended, join, names, organisation

NUMBER = demo_identity(7, date(1961, 3, 4), "female")


@pytest.fixture
def written(cast):
    """Members who differ in everything that can be asked for."""
    here = cast.community
    known = {"person_identity_number": NUMBER, "person_identity_index": blind_index(NUMBER, "identity")}
    first = {"phone": "13912345678", "number": "WJ-00077", "group_id": cast.group.id, "joined_on": date(2024, 3, 1)}
    join("钟若兰", here, person_birth_on=born(63), **first, **known)
    join("钟若梅", here, group_id=cast.other_group.id, suspended_on=date(2025, 1, 1), person_birth_on=born(30))
    ended("李远", here)
    organisation("江畔百货", "马建平", here)
    household = join("欧阳修", here, kind=kind_of(here, 1))
    cover(household, "欧阳小宝")
    join("邻居", cast.sibling_community)
    db.session.commit()


ASKED = [
    ("q=钟若兰", ["钟若兰"]),
    ("q=若", ["钟若兰", "钟若梅"]),
    ("q=zrl", ["钟若兰"]),
    ("q=zhongruo", ["钟若兰", "钟若梅"]),
    ("q=oyx", ["欧阳修"]),
    ("q=5678", ["钟若兰"]),
    ("q=139 1234 5678", ["钟若兰"]),
    (f"q={NUMBER}", ["钟若兰"]),
    ("q=wj-00077", ["钟若兰"]),
    ("q=江畔", ["江畔百货"]),
    ("q=马建平", ["江畔百货"]),
    ("q=%25", []),
    ("q=' OR 1=1 --", []),
    ("q=不存在", []),
    ("q=" + "王" * 500, []),
    ("state=ended", ["李远"]),
    ("state=suspended", ["钟若梅"]),
    ("state=active", ["江畔百货", "欧阳修", "王秀英", "钟若兰"]),
    ("state=all&q=李远", ["李远"]),
    ("age=60-69", ["钟若兰"]),
    ("age=18-34", ["钟若梅"]),
    ("joined_from=2024-01-01&joined_to=2024-12-31", ["钟若兰"]),
    ("joined_from=2024年3月2日", []),
    ("kind=nonsense&state=nonsense&age=nonsense&group=nonsense&columns=nonsense&page=x&q=若兰", ["钟若兰"]),
]


def test_what_is_asked_is_found(cast, sign_in, written):
    secretary = sign_in(cast.secretary)
    shown = {asked: sorted(names(secretary.page(f"{LIST}?{asked}"))) for asked, _found in ASKED}
    assert shown == {asked: sorted(found) for asked, found in ASKED}


LEADING = {
    "the place": {},
    "the name": {"FEW": 0},
    "the name, walked along": {"FEW": 0, "SORTED": 0},
}


@each("bounds", LEADING.values())
def test_whatever_leads_the_same_are_found(cast, written, monkeypatch, bounds):
    for name, value in bounds.items():
        monkeypatch.setattr(drivers, name, value)
    scope = scope_of(cast.secretary, cast.community)
    for text in ("钟若兰", "若", "zrl", "zhongruo", "马建平", "不存在"):
        page = queries.page_of(scope, Filter(text=text), 1)
        found = sorted(row.organisation_name or row.person.name for row in page.rows)
        assert (text, found) == (text, sorted(dict(ASKED)[f"q={text}"]))
        assert page.total == len(found)


def test_every_order_of_names_has_the_same_pages(cast, written, monkeypatch):
    """Read from the place or along all names: a district of many thousands is the same list."""
    scope, seen = Scope(cast.federation.id, cast.federation.path, below=True), {}
    for bound in (drivers.BOUND, 1):
        monkeypatch.setattr(drivers, "BOUND", bound)
        for at in (scope, replace(scope, association_id=cast.street.id, path=cast.street.path)):
            rows = queries.page_of(at, Filter(state="all"), 1).rows
            assert [row.sort_key for row in rows] == sorted(row.sort_key for row in rows)
            seen.setdefault(at, [row.id for row in rows])
            assert seen[at] == [row.id for row in rows] != []


def test_a_branch_is_counted_once(cast, written, query_count):
    """The count by which SQLite knows what leads is the list's own; PostgreSQL chooses by itself."""
    place = Scope(cast.street.id, cast.street.path, below=True)
    known = [row.id for row in db.session.scalars(queries.members(place)).unique()]
    with query_count() as asked:
        page = queries.page_of(place, Filter(), 1)
    assert ([row.id for row in page.rows], page.total) == (known, len(known))
    assert sum("count(" in statement for statement in asked) == 1, asked


def test_ages_are_those_of_the_birthdays(cast, written):
    """Beside a slow reading of everybody, in one association and in the whole tree; an organisation has no age."""
    for number, age in enumerate((13, 14, 17, 18, 34, 35, 59, 60, 79, 80, 101)):
        join(f"岁{number}", cast.community, person_birth_on=born(age))
    db.session.flush()
    top = Scope(cast.federation.id, cast.federation.path, below=True)
    for place in (Scope(cast.community.id, cast.community.path), top):
        rows = db.session.scalars(queries.members(place)).unique()
        ages = [(row.id, row.person.age_on(today())) for row in rows if not row.organisation_name]
        for band, (youngest, oldest) in {**queries.BANDS, queries.UNKNOWN_AGE: (-1, -1)}.items():
            of_age = [key for key, age in ages if youngest <= (-1 if age is None else age) <= oldest]
            page = queries.page_of(place, Filter(age=band), 1)
            assert ([row.id for row in page.rows], page.total) == (of_age[:25], len(of_age)), band


@pytest.mark.engines("sqlite")  # PostgreSQL joins the people it needs
def test_ages_are_read_in_the_order_of_names(cast, written, query_count):
    top = Scope(cast.federation.id, cast.federation.path, below=True)
    with query_count() as asked:
        queries.page_of(top, Filter(age="60-69"), 1)
    (counted,) = (one for one in asked if "birth_on" in one and "count(" in one)
    plan = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {counted}", (1,) * counted.count("?"))
    steps = [row.detail for row in plan]
    assert "SEARCH person USING COVERING INDEX ix_person_sort_key (sort_key=? AND id>? AND id<?)" in steps, steps


def test_members_of_today_by_name(cast, sign_in, written):
    shown = names(sign_in(cast.secretary).page(LIST))
    assert shown == ["江畔百货", "欧阳修", "王秀英", "钟若兰", "钟若梅"]


def test_kind_and_group(cast, sign_in, written):
    client = sign_in(cast.secretary)
    assert names(client.page(f"{LIST}?kind={kind_of(cast.community, 2).public_id}")) == ["江畔百货"]
    assert names(client.page(f"{LIST}?group={cast.other_group.public_id}")) == ["钟若梅"]


def test_a_household_shows_how_many_it_covers(cast, sign_in, written):
    row = sign_in(cast.secretary).page(f"{LIST}?q=欧阳修").select_one("tbody tr")
    assert "1" in row.td.get_text()


def test_numbers_are_masked(cast, sign_in, written):
    text = sign_in(cast.secretary).page(f"{LIST}?q=钟若兰").select_one("#found").get_text()
    assert "*******5678" in text
    assert "13912345678" not in text
    assert NUMBER not in text


def test_columns_are_chosen_and_carried(cast, sign_in, written):
    page = sign_in(cast.secretary).page(f"{LIST}?columns=age&columns=joined_on&q=钟若")
    assert len(page.select("#found thead th")) == 3
    assert {"columns", "q"} <= {field["name"] for field in page.select("#found form input[type=hidden]")}
    export = page.select_one("#found .downloads a")["href"]
    assert "columns=age" in export
    assert "columns=joined_on" in export


def test_pages_keep_the_filter_and_stand_in_the_title(cast, sign_in):
    for number in range(27):
        join(f"赵{number:02}", cast.community)
    page = sign_in(cast.secretary).page(f"{LIST}?columns=number&state=active&page=2")
    assert "2" in page.title.get_text().split("·")[1]
    assert all(
        "columns=number" in link["href"] and "state=active" in link["href"] for link in page.select(".paging a")
    )


@either_engine
def test_an_unreadable_day_is_said_and_kept(cast, sign_in, written):
    page = sign_in(cast.secretary).page(f"{LIST}?joined_from=neulich")
    assert page.select_one("#joined_from")["value"] == "neulich"
    assert page.select_one(".msg")


def test_officers_of_the_tree_ask_for_a_place_below(cast, sign_in, written):
    chair = sign_in(cast.chair)
    assert "邻居" in names(chair.page("/office/liuan/members"))
    assert names(chair.page("/office/liuan/members?place=tingyu")) == ["邻居"]
    assert chair.get("/office/liuan/members?place=shangshi").status_code == 404
    assert chair.get("/office/liuan/members?place=nowhere").status_code == 404


@either_engine
def test_a_place_outside_is_not_there(cast, sign_in, written):
    assert sign_in(cast.secretary).get(f"{LIST}?place=tingyu").status_code == 404


def test_leader_sees_the_group_only(cast, sign_in, written):
    leader = sign_in(cast.leader)
    assert names(leader.page(LIST)) == ["王秀英", "钟若兰"]
    assert names(leader.page(f"{LIST}?q=钟若")) == ["钟若兰"]
    assert names(leader.page(f"{LIST}?group={cast.other_group.public_id}")) == ["王秀英", "钟若兰"]
    assert "2" in leader.page(LIST).select_one(".count").get_text()


def test_the_list_is_what_the_one_rule_shows(cast, sign_in, written):
    """For everybody of the cast, at every place that opens: the list and `access.visible` name the same rows."""
    for account in cast.accounts().values():
        for place in (cast.community, cast.street, cast.sibling_community, cast.federation, cast.village):
            below = select(Association.id).where(subtree(place.path))
            rule = visible(select(Membership.id), account, "members.read", Membership)
            wanted = set(db.session.scalars(rule.where(Membership.association_id.in_(below))))
            wanted = wanted if can(account, "members.read", place) else set()
            listed = queries.members(scope_of(account, place), Filter(state="all"))
            assert {row.id for row in db.session.scalars(listed).unique()} == wanted, (account.name, place.code)


@either_engine
@each(
    ("who", "status"),
    [("secretary", 200), ("treasurer", 200), ("sibling", 404), ("ended", 404), ("member", 404), ("publisher", 403)],
)
def test_who_may_open_it(cast, sign_in, who, status):
    assert sign_in(getattr(cast, who)).get(LIST).status_code == status


@either_engine
def test_not_signed_in_goes_to_sign_in(cast, client):
    assert client.get(LIST).location.startswith("/sign-in")


@either_engine
@pytest.mark.parametrize(("who", "code"), [("secretary", "wangjiang"), ("chair", "liuan")])
def test_queries_do_not_grow_with_rows(cast, sign_in, query_count, who, code):
    officer, url = sign_in(getattr(cast, who)), f"/office/{code}/members"
    join("钟若兰", cast.community)
    with query_count() as few:
        officer.get(url)
    for _ in range(20):
        join("钟若兰", cast.community)
    with query_count() as many:
        officer.get(f"{url}?q=钟")
    assert len(few) <= 12, few
    assert len(many) <= 12, many


def test_htmx_gets_the_rows_alone(cast, sign_in):
    name = cast.member.name
    answer = sign_in(cast.secretary).get(LIST, headers={"HX-Request": "true"}).text
    assert "<html" not in answer
    assert name in answer


def test_whoever_joins_tomorrow_grows_older_on_the_birthday():
    assert queries.years_before(date(2026, 3, 1), 18) == date(2008, 3, 1)
    assert queries.years_before(date(2028, 2, 29), 18) == date(2010, 2, 28)
    assert queries.years_before(today(), 0) == today()


@either_engine
def test_a_name_is_found_in_a_branch_however_it_is_typed(cast, db_session, monkeypatch):
    """Where the place leads: what is passed over for its sort key never bears the name; one that was cut is asked.
    In a whole branch only those of the initial are looked through, and whoever bears the letters elsewhere.
    """
    monkeypatch.setattr(drivers, "FEW", 10_000)
    long = f"{'Abcdefghi ' * 8}Zyx Lijun"
    names_ = ("李军", "黎君", "Li Jun", "刘娟", "王丽军", f"{'长' * 40}李军", long, "Anna Ljung")
    bearers = {join(name, cast.community).person_id: name for name in names_}
    bearers[organisation("江畔百货", "李军", cast.community).person_id] = "李军"
    elsewhere = join("李军", cast.sibling_community).person_id
    db_session.flush()
    asked, known = [], finding.begun
    monkeypatch.setattr(finding, "begun", lambda *how: asked.append(how[1]) or known(*how))
    for below in (False, True):
        place = Scope(cast.community.id, cast.community.path, below=below)
        for typed in ("lj", "l", "lijun", "jun", "军", "李军", "zyx"):
            page = queries.page_of(place, Filter(text=typed), 1)
            found = {row.person_id for row in page.rows}
            assert elsewhere not in found
            assert page.total == len(page.rows)
            expected = {key for key, name in bearers.items() if search.matches(name, typed)}
            assert found & bearers.keys() == expected, (below, typed)
    assert asked == ["lj", "l", "lijun", "jun", "zyx"]
