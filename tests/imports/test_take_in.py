"""A list becomes members: everything or nothing, by the same rules as one by one, and twice changes nothing."""

from __future__ import annotations

import io
from datetime import date

import pytest
from sqlalchemy import event

from portal.core.audit import AuditEntry
from portal.core.calendar import today
from portal.core.database import db
from portal.imports import queries
from portal.imports.models import ImportRow, RegisterImport
from portal.members import services as members
from portal.members.models import Membership, MembershipStay
from portal.offices.rights import Position
from portal.people import services as people
from portal.people.models import Affiliation, AffiliationKind, Consent, ConsentPurpose, Person, person_gram
from tests.access.content import digest
from tests.harness.cases import each, either_engine
from tests.harness.factory import appoint, kind_of
from tests.imports.files import BASE, as_csv, as_xlsx, checked, found, lines, number, taken_in, verdicts

FULL = [
    "姓名",
    "性别",
    "身份证号",
    "出生年月",
    "联系电话",
    "电子邮箱",
    "住址",
    "所在小组",
    "会员证号",
    "会员类别",
    "入会时间",
]


def person_named(name: str) -> Person:
    return db.session.query(Person).filter_by(name=name).one()


def test_a_list_becomes_members(app, cast, sign_in):
    client = sign_in(cast.secretary)
    public_id = taken_in(client, as_xlsx(lines(12), title="望江社区会员花名册"))
    shown = found(public_id)
    assert (shown.state, shown.counts["entered"], shown.counts["joined"]) == ("done", 12, 12)
    person = person_named("林甲春")
    held = db.session.query(Membership).filter_by(person_id=person.id).one()
    assert (held.association_id, held.group_id, held.joined_on) == (
        cast.community.id, cast.group.id, date(2021, 3, 5)
    )  # fmt: skip
    page = client.page(f"{BASE}/{public_id}/result")
    assert shown.reference in page.get_text()
    assert "林甲春" in client.page(f"/office/wangjiang/people/{person.public_id}").get_text()
    assert db.session.query(AuditEntry).filter_by(action="imports.take_in", target_type="RegisterImport").count() == 1


def test_the_file_is_encrypted_and_goes(app, cast, sign_in, apps):
    client = sign_in(cast.secretary)
    public_id = checked(client, as_csv(lines(3)), "会员.csv")
    from portal.core.files import store

    key = found(public_id).file_key
    assert number(0).encode() not in store.read(key)
    client.submit(f"{BASE}/{public_id}/confirm", {"has_forms": "y"})
    assert found(public_id).file_key is None
    assert not store.has(key)
    assert number(0) not in str([(row.reasons, row.choice) for row in db.session.query(ImportRow)])


def values(row, *left_out: str) -> dict[str, object]:
    return {
        column.name: getattr(row, column.name)
        for column in row.__table__.columns
        if column.name not in ("id", "public_id", "created_at", "given_at", *left_out)
    }


def grams_of(person: Person) -> list[tuple[str, str]]:
    rows = db.session.execute(person_gram.select().where(person_gram.c.person_id == person.id))
    return sorted((row.gram, row.sort_key) for row in rows)


def test_a_row_equals_one_made_by_the_services(app, cast, sign_in):
    """Column by column: the person, the grams, the affiliation, the membership, the stay, the consent."""
    known = {"phone": "13800001111", "email": "a@example.com", "residence": "柳岸路9号"}
    made = people.create_person(None, "黄淑云", identity_number=number(1), **known)
    joined = date(2021, 3, 5)
    held = members.join(None, made, cast.community, kind_of(cast.community), joined, cast.group, number="WJ-1")
    people.give_consent(None, made, ConsentPurpose.REGISTER, 0, by="paper")
    db.session.commit()
    row = ["李 明", "女", number(2), "1960-03-05", "138-0000-2222", "a@example.com", "柳岸路9号", "第一小组", "WJ-2",
           "个人会员", "2021.3.5"]  # fmt: skip
    taken_in(sign_in(cast.secretary), as_xlsx([row], FULL))
    other = person_named("李明")
    unlike = ("name", "sort_key", "identity_number", "identity_index", "identity_last4", "phone", "phone_index",
              "phone_last4")  # fmt: skip
    assert values(other, *unlike) == values(made, *unlike)
    assert (other.identity_number, other.identity_last4) == (number(2), number(2)[-4:])
    assert people.queries.get_by_identity(number(2)).id == other.id
    assert (other.phone, other.phone_last4) == ("13800002222", "2222")
    twin = db.session.query(Membership).filter_by(person_id=other.id).one()
    ids = ("person_id", "membership_id", "number", "sort_key")
    assert values(twin, *ids) == values(held, *ids)
    assert (twin.number, twin.sort_key, other.sort_key) == ("WJ-2", other.sort_key, people.search.sort_key("李明"))
    for model, key in ((Affiliation, "person_id"), (Consent, "person_id")):
        first, second = (db.session.query(model).filter_by(**{key: p.id}).one() for p in (made, other))
        assert values(first, *ids) == values(second, *ids), model
    stays = [db.session.query(MembershipStay).filter_by(membership_id=m.id).one() for m in (held, twin)]
    assert values(stays[0], *ids) == values(stays[1], *ids)
    assert grams_of(other) == sorted((gram, other.sort_key) for gram in people.search.name_grams("李明"))


def test_the_same_file_twice_changes_nothing(app, cast, sign_in):
    client = sign_in(cast.secretary)
    rows = [*lines(5), ["钱无号", "", "", "", ""]]
    taken_in(client, as_xlsx(rows))
    kept = (Person, Membership, MembershipStay, Affiliation, Consent)
    before = {model: sorted(repr(values(row)) for row in db.session.query(model)) for model in kept}
    public_id = checked(client, as_xlsx(rows))
    assert verdicts(public_id)[2] == ("same", ["member_here"])
    assert verdicts(public_id)[7][0] == "possible", "a name alone is asked about"
    client.submit(f"{BASE}/{public_id}/rows/7", {"choice": "same"}, page=f"{BASE}/{public_id}/rows")
    client.submit(f"{BASE}/{public_id}/confirm", {"has_forms": "y"})
    assert found(public_id).state == "done"
    assert {model: sorted(repr(values(row)) for row in db.session.query(model)) for model in kept} == before


@either_engine
def test_empty_fields_are_filled_and_nothing_is_overwritten(app, cast, sign_in):
    made = people.create_person(None, "黄淑云", identity_number=number(1), phone="13800001111")
    people.affiliate(None, made, cast.community, AffiliationKind.VOLUNTEER, today())
    db.session.commit()
    row = ["黄淑云", "女", number(1), "", "13899999999", "h@example.com", "柳岸路9号", "第一小组", "", "", ""]
    public_id = taken_in(sign_in(cast.secretary), as_xlsx([row], FULL))
    assert verdicts(public_id)[2] == ("same", ["joins", "fills"])
    db.session.refresh(made)
    assert (made.phone, made.email, made.residence) == ("13800001111", "h@example.com", "柳岸路9号")
    assert found(public_id).counts["filled"] == 1
    assert db.session.query(Membership).filter_by(person_id=made.id).one().group_id == cast.group.id


def test_numbers_of_the_scheme_and_of_the_file(app, cast, sign_in):
    rows = [["甲一", "", "", "", "", "", "", "", "wangjiang-00002", "", ""]]
    rows += [[name, "", "", "", "", "", "", "", "", "", ""] for name in ("甲二", "甲三", "甲四")]
    rows[0][8] = "WANGJIANG-00002"
    taken_in(sign_in(cast.secretary), as_xlsx(rows, FULL))
    held = db.session.query(Person.name, Membership.number).join(Person, Person.id == Membership.person_id)
    given = {name: number_ for name, number_ in held if name.startswith("甲")}
    assert given["甲一"] == "WANGJIANG-00002"
    assert len(set(given.values())) == 4


def test_a_hundred_faults_are_a_hundred_reports_and_no_rows(app, cast, sign_in):
    client, rows = sign_in(cast.secretary), lines(100)
    wrong = [
        (0, ""), (1, "11010119600305001"), (1, "110101600305001"), (1, "3.20106E+17"), (1, "990000196003050000"),
        (2, "1380000"), (2, "13800001111/13900002222"), (3, "没有的组"), (4, "2099-01-01"), (4, "昨天"),
    ]  # fmt: skip
    for at, row in enumerate(rows):
        column, value = wrong[at % 10]
        row[column] = value
    before = db.session.query(Person).count()
    public_id = checked(client, as_csv(rows), "会员.csv")
    seen = verdicts(public_id)
    assert len(seen) == 100
    assert all(verdict == "faulty" and reasons for verdict, reasons in seen.values())
    response = client.submit(f"{BASE}/{public_id}/confirm", {"has_forms": "y"})
    assert response.status_code == 422
    assert db.session.query(Person).count() == before
    assert client.get(f"{BASE}/{public_id}/faults").data.decode("utf-8-sig").count("\n") == 101


class Cut(Exception):
    """The machine stops in the middle of the writing."""


@pytest.mark.parametrize(
    "statement", ["INSERT INTO membership_stay", "INSERT INTO consent", "INSERT INTO person_gram"]
)
def test_all_or_nothing(app, cast, sign_in, statement):
    client = sign_in(cast.secretary)
    public_id = checked(client, as_csv(lines(5)))
    left = {model: db.session.query(model).count() for model in (Person, Membership, Affiliation, Consent)}

    def cut(_connection, _cursor, text, *_rest) -> None:
        if text.startswith(statement):
            raise Cut

    event.listen(db.engine, "before_cursor_execute", cut)
    try:
        client.submit(f"{BASE}/{public_id}/confirm", {"has_forms": "y"})
    finally:
        event.remove(db.engine, "before_cursor_execute", cut)
    assert {model: db.session.query(model).count() for model in left} == left
    assert found(public_id).state == "failed"
    page = client.page(f"{BASE}/{public_id}/result")
    assert "Nothing was taken in" in page.get_text() or "没有" in page.get_text()
    client.submit(f"{BASE}/{public_id}/columns")  # and again, this time to the end
    client.submit(f"{BASE}/{public_id}/confirm", {"has_forms": "y"})
    assert found(public_id).counts["entered"] == 5


def test_what_changed_since_the_check_is_noticed(app, cast, sign_in):
    client = sign_in(cast.secretary)
    public_id = checked(client, as_csv(lines(3)))
    made = people.create_person(None, "林甲春", identity_number=number(0))
    people.affiliate(None, made, cast.community, AffiliationKind.VOLUNTEER, today())
    db.session.commit()
    count = db.session.query(Person).count()
    client.submit(f"{BASE}/{public_id}/confirm", {"has_forms": "y"})
    assert (found(public_id).state, db.session.query(Person).count()) == ("failed", count)


def test_the_forms_must_be_held(app, cast, sign_in):
    client = sign_in(cast.secretary)
    public_id = checked(client, as_csv(lines(2)))
    assert client.submit(f"{BASE}/{public_id}/confirm").status_code == 422
    assert found(public_id).state == "checked"


def test_twice_is_once(app, cast, sign_in):
    client = sign_in(cast.secretary)
    public_id = checked(client, as_csv(lines(2)))
    for _time in range(2):
        client.force(f"{BASE}/{public_id}/confirm", {"has_forms": "y"})
    assert db.session.query(Person).filter(Person.name.like("林%春")).count() == 1


@either_engine
def test_a_child_needs_a_guardian(app, cast, sign_in):
    headings = ["姓名", "出生日期", "监护人", "监护人电话"]
    born = date(today().year - 9, 1, 1).isoformat()
    rows = [["周小一", born, "", ""], ["周小二", born, "周明", "13800001234"]]
    public_id = taken_in(sign_in(cast.secretary), as_xlsx(rows, headings))
    assert verdicts(public_id)[2] == ("faulty", ["guardian_missing"])
    child = person_named("周小二")
    assert (child.guardian_name, child.guardian_phone) == ("周明", "13800001234")
    assert db.session.query(Consent).filter_by(person_id=child.id).one().given_by == "guardian"


def test_work_that_was_cut_off_can_be_begun_anew(app, cast, sign_in):
    """The machine stopped in the middle: the consumer marks the job as failed when it starts again."""
    client = sign_in(cast.secretary)
    public_id = checked(client, as_csv(lines(2)))
    shown = found(public_id)
    shown.state = "running"
    queries.get_job(shown).state = "running"
    db.session.commit()
    assert client.page(f"{BASE}/{public_id}").select_one("#progress progress") is not None
    assert client.get(f"{BASE}/{public_id}", headers={"HX-Request": "true"}).text.strip().startswith("<div")
    assert client.force(f"{BASE}/{public_id}/discard").status_code == 422
    for path in ("/rows", "/confirm", "/result"):
        assert client.get(f"{BASE}/{public_id}{path}").location == f"{BASE}/{public_id}", path
    assert client.get(f"{BASE}/{public_id}/columns").location == f"{BASE}/{public_id}/result"
    queries.get_job(found(public_id)).state = "failed"
    assert client.get(f"{BASE}/{public_id}").location.endswith("/result")
    client.submit(f"{BASE}/{public_id}/columns")
    client.submit(f"{BASE}/{public_id}/confirm", {"has_forms": "y"})
    assert found(public_id).state == "done"


def test_whoever_has_the_right_for_a_group_brings_nothing(app, cast, sign_in):
    office = appoint(cast.volunteer.person, cast.community, Position.SECRETARY, group_id=cast.group.id)
    client = sign_in(cast.volunteer)
    assert client.get(BASE).status_code == 403
    assert client.force(f"{BASE}/new", {"file": (io.BytesIO(as_csv(lines(1))), "a.csv")}).status_code == 403
    office.group_id = None
    db.session.commit()
    assert sign_in(cast.volunteer).get(BASE).status_code == 200, "control: for the whole association"


def test_reading_changes_nothing(app, cast, sign_in):
    client = sign_in(cast.secretary)
    public_id = checked(client, as_csv(lines(2)))
    before = digest(db.session)
    for page in ("", "/columns", "/rows", "/rows?verdict=new", "/confirm", "/result", "/discard"):
        client.get(f"{BASE}/{public_id}{page}")
    assert digest(db.session) == before


@each("role", ["leader", "publisher", "sibling", "ended", "member"])
def test_others_bring_nothing(app, cast, sign_in, role):
    client = sign_in(getattr(cast, role))
    for path in ("", "/new"):
        assert client.get(f"{BASE}{path}").status_code in (403, 404)
    response = client.force(f"{BASE}/new", {"file": (io.BytesIO(as_csv(lines(1))), "a.csv")})
    assert response.status_code in (403, 404)
    assert db.session.query(RegisterImport).count() == 0
