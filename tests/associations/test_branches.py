"""Associations below an office: listed, added, moved, archived, restored, each asked for before it happens."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from portal.applications.models import MembershipApplication
from portal.associations import services, ties
from portal.associations.models import Association, Formation, Level
from portal.charters.models import Charter
from portal.core.audit import AuditEntry
from portal.core.calendar import now, today
from portal.core.errors import RuleError
from portal.hours.models import HoursRevision
from portal.letters.models import Letter
from portal.objections.models import NoticePeriod
from portal.offices.rights import Position
from portal.payments.models import Payment
from portal.people import services as people
from portal.plans.models import ActivitySession
from portal.surveys.models import Survey
from tests.applications.filling import applied
from tests.charters.rows import begun, opened
from tests.harness.cases import either_engine
from tests.harness.factory import appoint, make_account, make_association, make_person
from tests.harness.money import make_payment
from tests.harness.service import make_activity, make_session
from tests.hours.rows import recorded
from tests.letters.rows import answered, written
from tests.objections.rows import make_period
from tests.surveys.rows import make_survey

URL = "/office/liuan/associations"
NEW = {
    "name": "新江社区协会",
    "short_name": "新江",
    "code": "xinjiang-01",
    "level": "grassroots",
    "formation": "joint",
}
MOVE = "/office/qinghe/associations/wangjiang/move"


@pytest.fixture
def head(cast):
    """The chair of the whole federation."""
    person = make_person("总会长")
    appoint(person, cast.federation, Position.CHAIR, covers_subtree=True)
    return make_account(person)


def find(db_session, code: str) -> Association | None:
    return db_session.scalar(select(Association).where(Association.code == code))


def actions(db_session) -> list[str]:
    return list(db_session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


# The list


def test_listed_with_totals(cast, sign_in):
    page = sign_in(cast.chair).page(URL, headers={"Accept-Language": "en"})
    rows = [[cell.get_text(strip=True) for cell in row.select("th, td")[:4]] for row in page.select("tbody tr")]
    assert rows == [["听雨社区协会", "Joint", "—", "0"], ["望江社区协会", "Independent", "—", "1"]]


def test_found_in_the_whole_branch_and_not_outside(cast, sign_in, head):
    assert "望江社区协会" in sign_in(head).page("/office/qinghe/associations?q=望江").find("tbody").get_text()
    assert sign_in(cast.chair).page(f"{URL}?q=石").select("tbody tr") == []


@either_engine
def test_acts_are_offered_to_who_may(cast, sign_in):
    assert sign_in(cast.chair).page(URL).find("a", href=f"{URL}/wangjiang/archive")
    page = sign_in(cast.treasurer).page("/office/wangjiang/associations")
    assert page.find("a", href="/office/wangjiang/associations/add") is None


# Adding


def test_added_below(cast, sign_in, client, db_session):
    assert sign_in(cast.chair).submit(f"{URL}/add", NEW).status_code == 303
    added = find(db_session, "xinjiang-01")
    assert added.path == f"{cast.street.path}{added.id}/"
    assert added.formation == Formation.JOINT
    assert actions(db_session) == ["associations.create"]
    assert client.get("/associations/xinjiang-01").status_code == 200
    assert sign_in(cast.chair).get("/office/xinjiang-01/settings").status_code == 200
    assert sign_in(cast.secretary).get("/office/xinjiang-01/settings").status_code == 404


def test_its_days_are_those_of_the_one_above(cast, sign_in, db_session):
    cast.street.time_zone = "Asia/Urumqi"
    assert sign_in(cast.chair).submit(f"{URL}/add", NEW).status_code == 303
    assert find(db_session, "xinjiang-01").time_zone == "Asia/Urumqi"


def test_twice_is_refused(cast, sign_in, db_session):
    chair = sign_in(cast.chair)
    assert chair.submit(f"{URL}/add", NEW).status_code == 303
    again = chair.submit(f"{URL}/add", NEW)
    assert again.status_code == 422
    assert 'id="code-error"' in again.text
    assert actions(db_session) == ["associations.create"]


WRONG = [
    ("name", ""),
    ("name", "望江社区协会"),
    ("code", ""),
    ("code", "wangjiang"),
    ("code", "With Capitals"),
    ("code", "-a"),
    ("code", "a--b"),
    ("code", "a"),
    ("code", "1a"),
    ("code", "x" * 33),
    ("code", "../x"),
    ("code", "中文"),
    ("level", ""),
    ("level", "federation"),
    ("level", "town"),
    ("formation", None),
    ("formation", "affiliated"),
    ("formation", "none"),
]


@either_engine
def test_bad_input(cast, sign_in, db_session):
    chair = sign_in(cast.chair)
    for field, value in WRONG:
        response = chair.submit(f"{URL}/add", {**NEW, field: value})
        assert response.status_code == 422, (field, value)
        assert f'id="{field}-error"' in response.text, (field, value)
        assert "新江" in response.text, "what was typed comes back"
    assert find(db_session, "xinjiang-01") is None


def test_an_upper_one_takes_no_formation(cast, sign_in, head, db_session):
    data = {**NEW, "level": "town", "code": "newtown"}
    assert sign_in(head).submit("/office/qinghe/associations/add", data).status_code == 303
    assert find(db_session, "newtown").formation is None


def test_attached_to_a_community(cast, sign_in, db_session):
    url = "/office/wangjiang/associations/add"
    form = sign_in(cast.secretary).page(url)
    assert [box["value"] for box in form.select("input[name=formation]")] == ["affiliated"]
    assert sign_in(cast.secretary).submit(url, {"name": "江边商户分会", "code": "shops"}).status_code == 303
    assert find(db_session, "shops").path.startswith(cast.community.path)


def test_nothing_below_an_affiliated_one(cast):
    shops = make_association("商户分会", cast.community, formation=Formation.AFFILIATED)
    with pytest.raises(RuleError) as refused:
        services.create_association(
            None, shops, code="deeper", name="更小", level=Level.GRASSROOTS, formation=Formation.AFFILIATED
        )
    assert refused.value.field == "formation"


def test_one_root(cast):
    with pytest.raises(RuleError) as refused:
        services.create_association(None, None, code="second", name="第二个", level=Level.FEDERATION)
    assert refused.value.field == "parent"


def test_nothing_below_an_archived_one(cast):
    cast.town.archived_on = today()
    with pytest.raises(RuleError):
        services.create_association(
            None, cast.town, code="late", name="晚来", level=Level.GRASSROOTS, formation=Formation.JOINT
        )


# Moving


def test_moved_with_all_that_belongs_to_it(cast, sign_in, head, db_session):
    shops = make_association("江边商户分会", cast.community, formation=Formation.AFFILIATED, code="shops")
    chair, before = sign_in(cast.chair), shops.path
    assert chair.get("/office/shops/groups").status_code == 200
    client = sign_in(head)
    choice = client.page(MOVE)
    assert choice.find("a", href=f"{MOVE}?parent=shiqiao")
    assert choice.find("a", href=f"{MOVE}?parent=liuan") is None, "it stands there already"
    page = client.page(f"{MOVE}?parent=shiqiao")
    assert "柳岸街道协会" in page.main.get_text()
    assert find(db_session, "shops").path == before, "a GET changes nothing"
    assert client.submit(MOVE, page=f"{MOVE}?parent=shiqiao").status_code == 303
    moved = find(db_session, "wangjiang")
    assert moved.path == f"{cast.town.path}{moved.id}/"
    assert find(db_session, "shops").path == f"{moved.path}{shops.id}/"
    assert chair.get("/office/shops/groups").status_code == 404
    assert chair.get("/office/wangjiang").status_code == 404
    assert sign_in(cast.secretary).get("/office/wangjiang").status_code == 200
    entry = db_session.scalar(select(AuditEntry).where(AuditEntry.action == "associations.move"))
    assert entry.changes == {"parent": ["liuan", "shiqiao"]}


def test_moved_twice_is_refused(cast, sign_in, head, db_session):
    client = sign_in(head)
    assert client.force(MOVE, {"parent": "shiqiao"}).status_code == 303
    assert client.force(MOVE, {"parent": "shiqiao"}).status_code == 422
    assert actions(db_session) == ["associations.move"]


def test_a_branch_moves_whole(cast, sign_in, head, db_session):
    district = make_association("东片", cast.federation, level=Level.FEDERATION, code="east")
    url = "/office/qinghe/associations/liuan/move"
    assert sign_in(head).force(url, {"parent": "east"}).status_code == 303
    assert find(db_session, "tingyu").path.startswith(district.path + str(cast.street.id))


IMPOSSIBLE = [
    ("liuan", "wangjiang", 422),  # below itself
    ("liuan", "liuan", 422),
    ("liuan", "qinghe", 422),  # where it is
    ("liuan", "shiqiao", 422),  # a street below a town
    ("wangjiang", "tingyu", 422),  # a community below another
    ("wangjiang", "nowhere", 404),
    ("qinghe", "liuan", 404),  # the office itself
    ("nowhere", "liuan", 404),
]


@either_engine
def test_moves_that_cannot_be(cast, sign_in, head, db_session):
    paths, client = set(db_session.scalars(select(Association.path))), sign_in(head)
    for child, parent, status in IMPOSSIBLE:
        response = client.force(f"/office/qinghe/associations/{child}/move", {"parent": parent})
        assert response.status_code == status, (child, parent)
    assert set(db_session.scalars(select(Association.path))) == paths
    assert actions(db_session) == []


def test_the_root_stays(cast):
    with pytest.raises(RuleError):
        services.move_association(None, cast.federation, cast.town)


def test_not_beside_one_of_the_same_name(cast, sign_in, head):
    make_association("望江社区协会", cast.town, formation=Formation.JOINT)
    assert sign_in(head).force(MOVE, {"parent": "shiqiao"}).status_code == 422


def test_not_to_or_from_what_is_archived(cast):
    cast.town.archived_on = today()
    with pytest.raises(RuleError):
        services.move_association(None, cast.community, cast.town)
    cast.town.archived_on, cast.community.archived_on = None, today()
    with pytest.raises(RuleError):
        services.move_association(None, cast.community, cast.town)


def test_only_within_what_one_manages(cast, sign_in):
    """The street's chair moves nothing to another town, nor away from a place that is not the chair's."""
    chair = sign_in(cast.chair)
    assert chair.force(f"{URL}/wangjiang/move", {"parent": "shiqiao"}).status_code == 404
    assert chair.force(f"{URL}/shangshi/move", {"parent": "liuan"}).status_code == 404
    assert chair.force(MOVE, {"parent": "shiqiao"}).status_code == 404


def test_whoever_manages_the_place_alone_moves_nothing_below(cast, sign_in, db_session):
    person = make_person("联合会秘书长")
    appoint(person, cast.federation, Position.SECRETARY)
    assert sign_in(make_account(person)).force(MOVE, {"parent": "shiqiao"}).status_code == 403
    assert find(db_session, "wangjiang").parent_id == cast.street.id


# Archiving and restoring


def test_archived_and_restored(cast, sign_in, client, db_session):
    chair = sign_in(cast.chair)
    page = chair.page(f"{URL}/wangjiang/archive")
    assert page.select_one("form.confirm")
    assert find(db_session, "wangjiang").archived_on is None, "a GET changes nothing"
    assert chair.submit(f"{URL}/wangjiang/archive").status_code == 303
    assert find(db_session, "wangjiang").archived_on == today()
    assert client.page("/associations/wangjiang").select_one(".notice")
    assert sign_in(cast.secretary).get("/office/wangjiang/groups/add").status_code == 403
    assert chair.force(f"{URL}/wangjiang/archive").status_code == 422, "twice"
    listed = chair.page(f"{URL}?archived=1").find("tbody")
    assert "望江社区协会" in listed.get_text()
    assert listed.select_one(f'a[href="{URL}/wangjiang/restore"]')
    assert chair.submit(f"{URL}/wangjiang/restore").status_code == 303
    assert find(db_session, "wangjiang").archived_on is None
    assert chair.submit(f"{URL}/wangjiang/restore").status_code == 422, "twice"
    assert sign_in(cast.secretary).get("/office/wangjiang/groups/add").status_code == 200
    assert actions(db_session) == ["associations.archive", "associations.restore"]


def test_not_while_others_stand_below(cast, sign_in, head, db_session):
    office, url = sign_in(head), "/office/qinghe/associations/liuan/archive"
    page = office.page(url).main
    assert "请先把它们调走或归档" in page.text
    assert page.select_one("button.danger") is None, "what would be refused is not offered"
    assert office.force(url).status_code == 422
    assert find(db_session, "liuan").archived_on is None


@either_engine
def test_not_while_somebody_outside_waits_for_it(cast, sign_in, head, db_session):
    """Each of these would stand open for ever: nobody decides in an archived association."""
    people.publish_notice(None, people.default_notice(), today())
    applied(cast)
    written(cast)
    make_period(cast.secretary, cast.community)
    make_survey(cast.secretary, cast.community)
    opened(cast, begun(cast))
    make_session(make_activity(cast.community))
    recorded(cast.secretary, cast.volunteer.person, cast.community)
    make_payment(cast.member.person, cast.community, 500, collector=cast.leader.person)
    db_session.commit()
    office, url = sign_in(head), "/office/liuan/associations/wangjiang/archive"
    told = office.page(url).main.text
    for what in (
        "1 封未答复的来信",
        "1 项未作决定的公示",
        "1 项进行中的评议",
        "1 份待决定的申请",
        "1 轮进行中的征求意见",
        "1 条待审核的时长",
        "1 位收款人未上交的现金",
    ):
        assert what in told
    assert office.force(url).status_code == 422
    place = find(db_session, "wangjiang")
    ends = {
        MembershipApplication: {"state": "withdrawn"},
        Letter: {"state": "answered", "answered_at": now()},
        NoticePeriod: {"state": "passed", "decided_at": now()},
        Survey: {"state": "closed"},
        Charter: {"state": "finishing"},
        ActivitySession: {"cancelled_at": now(), "cancel_reason": "暴雨"},
        HoursRevision: {"state": "refused", "decided_at": now()},
        Payment: {"collector_id": None},
    }
    for number, (entity, values) in enumerate(ends.items()):
        assert len(ties.list_open(place)) == len(ends) - number
        db_session.execute(update(entity).values(**values))
    assert services.why_not_archive(place) == ""


def test_answered_letters_of_an_archived_one_are_read_above(cast, sign_in, head, db_session):
    letter = answered(cast)
    services.archive_association(None, find(db_session, "wangjiang"))
    db_session.commit()
    office, at = sign_in(head), f"/office/liuan/letters/{letter.public_id}"
    assert letter.subject in office.page(at).main.text
    assert letter.subject in office.page("/office/liuan/letters?state=answered").main.text


def test_an_archived_parent_is_restored_first(cast):
    for place in (cast.village, cast.town):
        services.archive_association(None, place)
    with pytest.raises(RuleError):
        services.restore_association(None, cast.village)
    services.restore_association(None, cast.town)
    services.restore_association(None, cast.village)


def test_the_root_is_not_archived(cast):
    cast.street.archived_on = cast.town.archived_on = today()
    with pytest.raises(RuleError):
        services.archive_association(None, cast.federation)


# Who may

WRITES = [
    ("add", NEW),
    ("wangjiang/move", {"parent": "liuan"}),
    ("wangjiang/archive", {}),
    ("wangjiang/restore", {}),
]


def answers(client) -> list[int]:
    return [client.force(f"{URL}/{path}", data).status_code for path, data in WRITES]


@either_engine
def test_who_may_not(cast, sign_in, client, db_session):
    accounts = cast.accounts()
    for who in ("secretary", "treasurer", "sibling", "member", "stranger", "ended"):
        assert answers(sign_in(accounts[who])) == [404] * 4, who
    assert answers(client) == [303] * 4, "not signed in"
    supervisor = make_person("街道监督")
    appoint(supervisor, cast.street, Position.SUPERVISOR, covers_subtree=True)
    assert answers(sign_in(make_account(supervisor))) == [403] * 4, "an office without the right"
    assert actions(db_session) == []


def test_a_secretary_does_it_not_to_her_own(cast, sign_in):
    secretary = sign_in(cast.secretary)
    for act in ("move", "archive", "restore"):
        url = f"/office/wangjiang/associations/wangjiang/{act}"
        assert secretary.force(url, {"parent": "liuan"}).status_code == 404
