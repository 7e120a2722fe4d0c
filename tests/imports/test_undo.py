"""A whole import is taken out again while nothing is built on it; and the faults come back to be mended."""

from __future__ import annotations

import io

import openpyxl
import pytest

from portal.core.audit import AuditEntry
from portal.core.calendar import today
from portal.core.database import db
from portal.imports import undoing
from portal.imports.models import ImportRow
from portal.members import services as members
from portal.members.models import Membership
from portal.offices.rights import Position
from portal.people import services as people
from portal.people.models import Affiliation, AffiliationKind, ConsentPurpose, Person
from tests.access import content as kept
from tests.cards.rows import make_card
from tests.harness.cases import each
from tests.harness.factory import appoint, kind_of, make_account
from tests.imports.files import BASE, as_csv, as_xlsx, checked, found, lines, number, taken_in

# What an undo leaves: that there was an import, what it was told, its log, and how far numbers have been given.
LEFT = ("register_import", "register_import_row", "remembered_column", "audit_entry", "number_counter", "job")


def content(monkeypatch) -> str:
    """What the database holds, but for that."""
    with monkeypatch.context() as patch:
        patch.setattr(kept, "LEFT_OUT", (*kept.LEFT_OUT, *LEFT))
        return kept.digest(db.session)


def undone(client, public_id: str):
    return client.submit(f"{BASE}/{public_id}/undo")


def test_an_import_is_undone_and_nothing_of_it_stays(app, cast, sign_in, monkeypatch):
    known = people.create_person(None, "黄淑云", identity_number=number(50), phone="13800001111")
    people.affiliate(None, known, cast.community, AffiliationKind.MEMBER, today())
    db.session.commit()
    before, client = content(monkeypatch), sign_in(cast.secretary)
    rows = [*lines(4), ["黄淑云", number(50), "", "第一小组", "2019-05-01", "柳岸路9号"]]
    public_id = taken_in(client, as_xlsx(rows, ["姓名", "身份证号", "联系电话", "所在小组", "入会时间", "住址"]))
    assert found(public_id).counts["filled"] == 1
    assert content(monkeypatch) != before
    assert undone(client, public_id).status_code == 303
    assert found(public_id).state == "undone"
    assert content(monkeypatch) == before
    assert db.session.query(AuditEntry).filter_by(action="imports.undo").count() == 1
    assert db.session.query(ImportRow).filter(ImportRow.created_person_id.is_not(None)).count() == 0
    again = undone_by_force(client, public_id)
    assert again.status_code == 303
    assert db.session.query(AuditEntry).filter_by(action="imports.undo").count() == 1


def undone_by_force(client, public_id):
    return client.force(f"{BASE}/{public_id}/undo")


def test_numbers_are_not_given_again(app, cast, sign_in):
    client = sign_in(cast.secretary)
    public_id = taken_in(client, as_csv(lines(2)))
    first = {m.number for m in db.session.query(Membership)}
    undone(client, public_id)
    taken_in(client, as_csv(lines(2)))
    kept = {m.number for m in db.session.query(Membership).filter(Membership.number.like("WANGJIANG%"))}
    assert len(kept) == 2
    assert not kept & {number for number in first if number.startswith("WANGJIANG")}


def person() -> Person:
    return db.session.query(Person).filter_by(name="林甲春").one()


def build_card(cast) -> None:
    make_card(db.session.query(Membership).filter_by(person_id=person().id).one())


def build_account(cast) -> None:
    make_account(person())


def build_office(cast) -> None:
    appoint(person(), cast.community, Position.PUBLISHER)


def build_consent(cast) -> None:
    people.give_consent(None, person(), ConsentPurpose.PHOTO, 0)


def build_group(cast) -> None:
    membership = db.session.query(Membership).filter_by(person_id=person().id).one()
    members.change_group(cast.secretary, membership, cast.community, cast.other_group)


def build_correction(cast) -> None:
    people.correct_person(cast.secretary, person(), residence="别处")


def build_membership(cast) -> None:
    people.affiliate(None, person(), cast.village, AffiliationKind.VOLUNTEER, today())


@pytest.mark.parametrize(
    "build", [build_card, build_account, build_office, build_consent, build_group, build_correction, build_membership]
)
def test_what_has_been_built_on_stays(app, cast, sign_in, build):
    client = sign_in(cast.secretary)
    public_id = taken_in(client, as_csv(lines(2)))
    build(cast)
    db.session.commit()
    count = db.session.query(Person).count()
    page = client.page(f"{BASE}/{public_id}/undo")
    assert page.select(".notice.amber li"), "what stands in the way is named"
    assert not page.select("main form")
    assert undone_by_force(client, public_id).status_code == 409
    assert (found(public_id).state, db.session.query(Person).count()) == ("done", count)


def test_control_a_table_of_tomorrow_stands_in_the_way_too(app, cast, sign_in):
    """Every foreign key to a person or a membership is asked, but those of the import's own rows."""
    public_id = taken_in(sign_in(cast.secretary), as_csv(lines(1)))
    asked = {(table.name, column.name) for table, column, _ids in undoing._keys(undoing.made_by(found(public_id)))}
    every = {
        (table.name, key.parent.name)
        for table in db.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name in ("person", "membership")
    }
    assert {table for table, _column in every - asked} == undoing.OWN


# --- the faults come back ---------------------------------------------------------------------------------------


def test_faults_come_back_in_the_officers_format(app, cast, sign_in):
    client = sign_in(cast.secretary)
    headings = ["序号", "姓名", "婚姻状况", "身份证号", "备注"]
    rows = [[1, "李明", "已婚", number(1), "好"], [2, "王芳", "未婚", 110101196003050018, "=1+1"]]
    public_id = taken_in(client, as_xlsx(rows, headings, title="会员表"))
    assert db.session.query(Person).filter_by(name="李明").count() == 1
    response = client.get(f"{BASE}/{public_id}/faults")
    assert response.headers["Content-Type"].startswith("application/vnd.openxml")
    sheet = openpyxl.load_workbook(io.BytesIO(response.data)).active
    lines_ = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert lines_[0][:4] == ["序号", "姓名", "身份证号", "备注"]
    assert len(lines_) == 2
    assert lines_[1][1] == "王芳"
    assert lines_[1][-1].startswith("D5 "), "the cell of the officer's own file"
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


@each(("codec", "decoded"), [("gb18030", "gb18030"), ("utf-8-sig", "utf-8-sig"), ("utf-16", "utf-16")])
def test_faults_of_a_csv_come_back_in_its_encoding(app, cast, sign_in, codec, decoded):
    client = sign_in(cast.secretary)
    rows = [["林䶮", "1", "", "", ""], ["=cmd", "1", "", "", ""]]
    public_id = checked(client, as_csv(rows, codec=codec), "会员.csv")
    text = client.get(f"{BASE}/{public_id}/faults").data.decode(decoded)
    assert text.splitlines()[0].startswith("姓名,身份证号")
    assert "林䶮" in text
    assert "'=cmd" in text


def test_a_mended_file_comes_in(app, cast, sign_in):
    client = sign_in(cast.secretary)
    rows = lines(3)
    rows[1][2] = "1380"
    public_id = taken_in(client, as_csv(rows), "会员.csv")
    faulty = client.get(f"{BASE}/{public_id}/faults").data.decode("utf-8-sig")
    mended = taken_in(client, faulty.replace(",1380,", ",13812345678,").encode(), "会员-改.csv")
    assert found(mended).counts["entered"] == 1
    assert client.get(f"{BASE}/{mended}/faults").status_code == 404


def test_out_and_in_again_is_the_same(app, cast, sign_in):
    """What was taken in, written out and brought in again: every row is the same person, and nothing to do."""
    from portal.core.spreadsheets import write_xlsx

    client, rows = sign_in(cast.secretary), lines(6)
    taken_in(client, as_xlsx(rows))
    headings = ["会员证号", "姓名", "身份证号", "手机", "入会日期", "会员类别"]
    out = [
        [m.number, p.name, p.identity_number, p.phone, m.joined_on, "个人会员"]
        for m, p in db.session.query(Membership, Person).join(Person, Person.id == Membership.person_id)
        if m.number.startswith("WANGJIANG")
    ]
    assert sorted([row[1], row[2], row[3]] for row in out) == sorted(row[:3] for row in rows)
    public_id = taken_in(client, write_xlsx(headings, out))
    counts = found(public_id).counts
    assert (counts["same"], counts["entered"], counts["joined"], counts["filled"]) == (6, 0, 0, 0)


# --- records that were there ------------------------------------------------------------------------------------

KNOWN = ["黄淑云", number(50), "13800001111", "第一小组", "2019-05-01"]


def volunteer(cast, **values) -> None:
    known = people.create_person(None, "黄淑云", identity_number=number(50), **values)
    people.affiliate(None, known, cast.community, AffiliationKind.VOLUNTEER, today())
    db.session.commit()


def huang() -> Person:
    db.session.expire_all()
    return db.session.query(Person).filter_by(name="黄淑云").one()


def held_as_member() -> list[Affiliation]:
    asked = db.session.query(Affiliation).filter_by(person_id=huang().id, kind=AffiliationKind.MEMBER)
    return asked.filter(Affiliation.end_on.is_(None)).all()


def test_what_somebody_wrote_since_the_check_is_not_the_imports(app, cast, sign_in):
    volunteer(cast)
    client = sign_in(cast.secretary)
    public_id = checked(client, as_csv([KNOWN]))
    people.correct_person(cast.secretary, huang(), phone="13922223333")
    db.session.commit()
    client.force(f"{BASE}/{public_id}/confirm", {"has_forms": "y"})
    assert found(public_id).state == "failed", "to be checked again: the phone is no longer empty"
    client.submit(f"{BASE}/{public_id}/columns")
    client.submit(f"{BASE}/{public_id}/confirm", {"has_forms": "y"})
    assert (found(public_id).state, huang().phone) == ("done", "13922223333")
    undone(client, public_id)
    assert (found(public_id).state, huang().phone) == ("undone", "13922223333")


def test_a_membership_that_came_since_keeps_the_record(app, cast, sign_in):
    volunteer(cast, phone="13800001111")
    client = sign_in(cast.secretary)
    public_id = taken_in(client, as_csv([KNOWN]))
    members.join(cast.secretary, huang(), cast.community, kind_of(cast.community, 1), today())
    db.session.commit()
    undone_by_force(client, public_id)
    assert found(public_id).state == "undone"
    assert [(held.start_on, held.group_id) for held in held_as_member()] == [(today(), None)]


def test_two_rows_of_one_person(app, cast, sign_in):
    volunteer(cast, phone="13800001111")
    client = sign_in(cast.secretary)
    headings = ["姓名", "身份证号", "联系电话", "所在小组", "入会时间", "住址", "电子邮箱"]
    first = ["黄淑云", number(50), "", "第一小组", "2019-05-01", "柳岸路9号", ""]
    second = ["黄淑云", "", "13800001111", "第一小组", "2019-05-01", "别处", "a@example.org"]
    public_id = checked(client, as_csv([first, second], headings))
    client.force(f"{BASE}/{public_id}/rows", {"choice": "same"})
    client.force(f"{BASE}/{public_id}/confirm", {"has_forms": "y"})
    assert (huang().residence, huang().email) == ("柳岸路9号", "a@example.org")
    assert len(held_as_member()) == 1
    undone(client, public_id)
    assert (huang().residence, huang().email) == ("", None)
    assert held_as_member() == []
    assert db.session.query(Membership).filter_by(person_id=huang().id).count() == 0
