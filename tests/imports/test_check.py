"""What the check says of each row, and what the officer says to it."""

from __future__ import annotations

import io

import pytest

from portal.core.calendar import today
from portal.core.database import db
from portal.imports.models import ImportRow, RegisterImport, RememberedColumn
from portal.members import services as members
from portal.members.models import Membership
from portal.offices.rights import Position
from portal.people import services as people
from portal.people.models import AffiliationKind, Person
from tests.harness.cases import each, either_engine
from tests.harness.factory import appoint, kind_of, make_membership, make_person
from tests.harness.sheets import fetch, links
from tests.imports.files import (
    BASE,
    as_csv,
    as_xlsx,
    checked,
    found,
    lines,
    messy,
    number,
    taken_in,
    upload,
    verdicts,
)

PHONES = ["姓名", "联系电话"]


def held(name: str, place, **values) -> Person:
    """Somebody whom an association holds as a volunteer."""
    person = people.create_person(None, name, **values)
    people.affiliate(None, person, place, AffiliationKind.VOLUNTEER, today())
    db.session.commit()
    return person


def test_each_row_has_its_verdict(app, cast, sign_in):
    held("林新", cast.community, identity_number=number(90))
    held("林旧", cast.community, phone="13900000001")
    rows = [
        *lines(1),
        ["林新", number(90), "", "", ""],
        ["林 旧", "", "139-0000-0001", "", ""],
        ["", number(91), "", "", ""],
    ]
    public_id = checked(sign_in(cast.secretary), as_xlsx(rows))
    assert [verdict for verdict, _reasons in verdicts(public_id).values()] == ["new", "same", "possible", "faulty"]
    assert found(public_id).counts == {"new": 1, "same": 1, "possible": 1, "faulty": 1, "passed": 0, "over": 0}


def test_the_rows_as_a_file(app, cast, sign_in, client):
    held("林旧", cast.community, phone="13900000001")
    hidden = held("郑深藏", cast.village, identity_number=number(95), phone="13911112222")
    rows = [
        *lines(1),
        ["林旧", "", "13900000001", "", ""],
        ["郑深藏", number(95), "", "", ""],
        ["", number(91), "", "", ""],
    ]
    secretary = sign_in(cast.secretary)
    here = f"{BASE}/{checked(secretary, as_xlsx(rows))}/rows"
    told = fetch(secretary, f"{here}/list")
    assert [(line[0], line[1]) for line in told][1:3] == [("3", "林旧"), ("4", "郑深藏")]
    assert told[1][4:] == ["林旧", "*******0001"]
    assert told[2][4:] == ["", ""], "somebody out of reach is named by nothing"
    assert "姓名" in told[3][3]
    assert [line[1] for line in fetch(secretary, f"{here}/list?verdict=possible")] == ["林旧"]
    assert links(secretary.page(f"{here}?verdict=new"))[0] == f"{here}/list.xlsx?verdict=new"
    assert sign_in(cast.sibling).get(f"{here}/list.csv").status_code == 404
    assert sign_in(cast.treasurer).get(f"{here}/list.csv").status_code == 403
    assert client.get(f"{here}/list.csv").location.startswith("/sign-in")
    assert hidden.phone not in str(told)


def test_somebody_elsewhere_is_named_by_nothing(app, cast, sign_in):
    """Held by an association that the officer may not see: that it is so, and not a word more."""
    hidden = held("郑深藏", cast.village, identity_number=number(95), phone="13911112222")
    client = sign_in(cast.secretary)
    public_id = checked(client, as_xlsx([["郑改名", number(95), "", "", ""]]))
    assert verdicts(public_id)[2] == ("faulty", ["elsewhere"])
    text = client.page(f"{BASE}/{public_id}/rows").get_text()
    assert not any(word in text for word in ("郑深藏", "上石村", "2222"))
    assert db.session.query(ImportRow).one().matched_id is None
    alike = checked(client, as_xlsx([["郑深藏", "13911112222"]], PHONES))
    assert verdicts(alike)[2] == ("new", []), "likeness is asked about within reach only"
    appoint(cast.secretary.person, cast.village, Position.SUPERVISOR)
    seen = checked(sign_in(cast.secretary), as_xlsx([["郑深藏", number(95), "", "", ""]]))
    assert verdicts(seen)[2] == ("same", ["joins"]), "control: with the right to see it, it is found"
    assert hidden.removed_at is None


def test_a_former_member_returns(app, cast, sign_in):
    person = people.create_person(None, "林归来", identity_number=number(96))
    kind = kind_of(cast.community)
    membership = members.join(None, person, cast.community, kind, today())
    members.end_membership(None, membership, today(), members.EndReason.WITHDREW)
    affiliation = people.queries.get_affiliation(person.id, cast.community.id, "member")
    if affiliation is not None:
        people.release(None, affiliation, today())
    db.session.commit()
    public_id = taken_in(sign_in(cast.secretary), as_xlsx([["林归来", number(96), "", "", ""]]))
    assert verdicts(public_id)[2] == ("same", ["joins"])
    assert db.session.query(Membership).filter_by(person_id=person.id, ended_on=None).count() == 1


def test_the_number_of_somebody_with_another_name_is_asked_about(app, cast, sign_in):
    held("林新", cast.community, identity_number=number(90))
    client = sign_in(cast.secretary)
    public_id = checked(client, as_xlsx([["王芳", number(90), "", "", ""]]))
    assert verdicts(public_id)[2] == ("possible", ["name_differs", "joins"])
    page = client.page(f"{BASE}/{public_id}/rows")
    assert not page.select('button[value="new"][class*=quiet] .visually-hidden'), "this can be nobody new"
    client.submit(f"{BASE}/{public_id}/rows/2", {"choice": "new"}, page=f"{BASE}/{public_id}/rows")
    assert db.session.query(ImportRow).one().choice == ""


def test_repeated_in_the_file(app, cast, sign_in):
    headings = ["姓名", "身份证号", "联系电话", "出生日期", "会员证号"]
    rows = [
        ["林一", number(1), "13800000001", "", "A-1"],
        ["林二", number(1), "", "", ""],
        ["林一", "", "138-0000-0001", "", ""],
        ["林三", "", "", "", "A-1"],
        ["林四", "", "13800000004", "1970-01-01", ""],
        ["林四", "", "13800000005", "1970-01-01", ""],
        ["林五", "", "", "", ""],
        ["林 五", "", "", "", ""],
    ]
    seen = verdicts(checked(sign_in(cast.secretary), as_xlsx(rows, headings)))
    repeated = [row for row, (verdict, reasons) in seen.items() if reasons == ["repeated"] and verdict == "faulty"]
    assert repeated == [3, 4, 5, 9], "two people of one name and birthday have phones of their own"


def test_member_numbers(app, cast, sign_in):
    make_membership(make_person("林有号", phone="13922220001"), cast.community, number="WJ-7")
    make_membership(make_person("林外号"), cast.village, number="SS-7")
    db.session.commit()
    headings = ["姓名", "会员证号"]
    rows = [["林有号", "WJ-7"], ["林冒名", "WJ-7X"], ["林外号", "SS-7"], ["林坏号", "第 7 号!"]]
    seen = verdicts(checked(sign_in(cast.secretary), as_xlsx(rows, headings)))
    assert seen == {2: ("same", ["member_here"]), 3: ("new", []), 4: ("faulty", ["number_taken"]),
                    5: ("faulty", ["number_wrong"])}  # fmt: skip
    other = verdicts(checked(sign_in(cast.secretary), as_xlsx([["林冒名", "WJ-7"]], headings)))
    assert other[2] == ("faulty", ["number_taken"])


def test_groups_and_kinds(app, cast, sign_in):
    headings, client = ["姓名", "小组", "会员类别"], sign_in(cast.secretary)
    rows = [["林一", "1组", "荣誉会员"], ["林二", "第九小组", ""], ["林三", "", "贵宾"], ["林四", "", "单位会员"]]
    seen = verdicts(checked(client, as_xlsx(rows, headings)))
    assert [reasons for _verdict, reasons in seen.values()] == [
        [], ["group_unknown"], ["kind_unknown"], ["organisation_missing"]
    ]  # fmt: skip
    public_id = taken_in(client, as_xlsx(rows[:2], headings), missing_group="none", group=cast.other_group.public_id)
    assert verdicts(public_id)[3] == ("new", ["without_group"])
    places = {m.person_id: (m.group_id, m.kind_id) for m in db.session.query(Membership)}
    one, two = (db.session.query(Person).filter_by(name=name).one().id for name in ("林一", "林二"))
    assert places[one] == (cast.group.id, kind_of(cast.community, 3).id)
    assert places[two][0] is None


def test_an_organisation_joins_by_its_contact(app, cast, sign_in):
    headings = ["单位名称", "联系人", "联系电话"]
    kind = kind_of(cast.community, 2).public_id
    content = as_xlsx([["柳岸机械厂", "林一", "13800000001"]], headings)
    client = sign_in(cast.secretary)
    taken_in(client, content, kind=kind)
    membership = db.session.query(Membership).filter_by(organisation_name="柳岸机械厂").one()
    assert membership.sort_key == people.search.sort_key("柳岸机械厂")
    public_id = checked(client, content, kind=kind)
    assert verdicts(public_id)[2] == ("possible", ["alike", "member_here"])
    rows = [["甲厂", "林三", "13800000003"], ["乙厂", "林三", "13800000003"], ["丙厂", "林一", "13800000001"]]
    public_id = checked(client, as_xlsx(rows, headings), kind=kind)
    assert [reasons for _verdict, reasons in verdicts(public_id).values()] == [[], ["repeated"], ["alike", "joins"]]
    client.force(f"{BASE}/{public_id}/rows", {"choice": "same"})
    client.submit(f"{BASE}/{public_id}/confirm", {"has_forms": "y"})
    contact = db.session.query(Person).filter_by(name="林一").one()
    held_for = db.session.query(Membership.organisation_name).filter_by(person_id=contact.id)
    assert {row[0] for row in held_for} == {"柳岸机械厂", "丙厂"}


def test_choices_one_by_one_and_for_all(app, cast, sign_in):
    for n in range(3):
        held(f"林{'甲乙丙'[n]}", cast.community, phone=f"1390000000{n}")
    client = sign_in(cast.secretary)
    rows = [[f"林{'甲乙丙'[n]}", f"1390000000{n}"] for n in range(3)]
    public_id = checked(client, as_xlsx(rows, PHONES))
    page = client.page(f"{BASE}/{public_id}/rows")
    assert "139" not in page.select_one("main").get_text(), "phones stay masked"
    response = client.submit(f"{BASE}/{public_id}/confirm", {"has_forms": "y"})
    assert response.status_code == 422, "the officer must choose first"
    client.force(f"{BASE}/{public_id}/rows/2", {"choice": "new"})
    client.force(f"{BASE}/{public_id}/rows/3", {"choice": "nothing"})
    client.force(f"{BASE}/{public_id}/rows", {"choice": "same"})
    assert [row.choice for row in db.session.query(ImportRow).order_by(ImportRow.number)] == ["new", "same", "same"]
    client.force(f"{BASE}/{public_id}/rows/4", {"choice": "skip"})
    for outcome, rows_left in (("possible", 0), ("new", 1), ("same", 1), ("skip", 1)):
        page = client.page(f"{BASE}/{public_id}/rows?verdict={outcome}")
        assert len(page.select("tbody tr")) == rows_left, outcome
    client.submit(f"{BASE}/{public_id}/confirm", {"has_forms": "y"})
    assert found(public_id).counts["entered"] == 1
    assert found(public_id).counts["joined"] == 2
    assert client.force(f"{BASE}/{public_id}/rows/4", {"choice": "same"}).status_code == 303
    for row in ("99", "9" * 30):
        assert client.force(f"{BASE}/{public_id}/rows/{row}", {"choice": "same"}).status_code == 404


def test_two_rows_that_are_one_person_join_once(app, cast, sign_in):
    held("林甲", cast.community, phone="13900000001", birth_on=today().replace(year=1970, day=1))
    born = today().replace(year=1970, day=1).isoformat()
    rows = [["林甲", "13900000001", ""], ["林甲", "13900000009", born]]
    client = sign_in(cast.secretary)
    public_id = checked(client, as_xlsx(rows, ["姓名", "联系电话", "出生日期"]))
    client.force(f"{BASE}/{public_id}/rows", {"choice": "same"})
    client.submit(f"{BASE}/{public_id}/confirm", {"has_forms": "y"})
    assert (found(public_id).state, found(public_id).counts["joined"]) == ("done", 1)


def test_a_member_of_here_is_asked_about_in_one_voice_and_counted(app, cast, sign_in):
    make_membership(held("林甲", cast.community, phone="13900000001"), cast.community)
    client = sign_in(cast.secretary)
    public_id = checked(client, as_xlsx([["林甲", "13900000001"], ["林乙", "13900000002"]], PHONES))
    member_here = "已是本协会会员，无须处理。"
    assert member_here not in client.get(f"{BASE}/{public_id}/rows").text
    client.force(f"{BASE}/{public_id}/rows/2", {"choice": "same"})
    page = client.page(f"{BASE}/{public_id}/rows?verdict=same")
    assert member_here in page.get_text()
    client.submit(f"{BASE}/{public_id}/confirm", {"has_forms": "y"})
    counts = found(public_id).counts
    assert [counts[name] for name in ("entered", "known", "unchanged", "left_out")] == [1, 0, 1, 0]
    assert client.get(f"{BASE}/{public_id}/result").status_code == 200


# --- the columns ------------------------------------------------------------------------------------------------


@either_engine
def test_what_is_said_of_columns_is_remembered_here_only(app, cast, sign_in):
    client, rows = sign_in(cast.secretary), [["李明", "13800000001", "好人"]]
    headings = ["称呼", "电话", "评语"]
    public_id = upload(client, as_xlsx(rows, headings))
    refused = client.submit(f"{BASE}/{public_id}/columns")
    assert refused.status_code == 422, "no column of names"
    client.submit(f"{BASE}/{public_id}/columns", {"column_0": "name"})
    assert found(public_id).mapping == {"0": "name", "1": "phone"}
    again = client.page(f"{BASE}/{upload(client, as_xlsx(rows, headings))}/columns")
    assert again.select_one("#column_0 option[selected]")["value"] == "name"
    base = "/office/tingyu/imports"
    sibling = sign_in(cast.sibling)
    theirs = sibling.page(f"{base}/{upload(sibling, as_xlsx(rows, headings), base=base)}/columns")
    assert theirs.select_one("#column_0 option[selected]") is None or (
        theirs.select_one("#column_0 option[selected]")["value"] == ""
    )


def test_of_a_heading_that_stands_twice_the_one_taken_is_remembered(app, cast, sign_in):
    client = sign_in(cast.secretary)
    checked(client, as_csv([["李明", number(1), "13800000001", "02788880000"]], ["姓名", "身份证号", "电话", "电话"]))
    again = upload(client, as_csv([["王芳", number(2), "13800000002"]], ["姓名", "身份证号", "电话"]))
    assert client.page(f"{BASE}/{again}/columns").select_one("#column_2 option[selected]")["value"] == "phone"


def test_a_field_once_and_nothing_typed_is_lost(app, cast, sign_in):
    client = sign_in(cast.secretary)
    public_id = upload(client, as_csv(lines(2)))
    said = {"column_2": "name", "joined_on": "2020-02-02", "missing_group": "none"}
    response = client.submit(f"{BASE}/{public_id}/columns", said)
    assert response.status_code == 422
    assert 'href="#column_2"' in response.text
    assert "2020-02-02" in response.text
    assert found(public_id).state == "uploaded"
    late = client.submit(f"{BASE}/{public_id}/columns", {"joined_on": "2999-01-01"})
    assert late.status_code == 422
    forged = client.force(f"{BASE}/{public_id}/columns", {"column_0": "identity_index"})
    assert forged.status_code == 422


def test_columns_over_the_boundary_are_named_apart_and_kept_nowhere(app, cast, sign_in):
    client = sign_in(cast.secretary)
    headings = ["姓名", "婚姻状况", "联系电话", "子女数", "备注"]
    public_id = upload(client, as_xlsx([["李明", "已婚", "13800000001", "2", "热心"]], headings))
    page = client.page(f"{BASE}/{public_id}/columns")
    assert "婚姻状况、子女数" in page.select_one(".notice.amber").get_text()
    assert "已婚" not in page.get_text()
    assert page.select_one("#column_1") is None
    assert (
        client.force(f"{BASE}/{public_id}/columns", {"column_1": "residence", "column_0": "name"}).status_code == 422
    )
    client.submit(f"{BASE}/{public_id}/columns")
    assert {row.heading for row in db.session.query(RememberedColumn)} == {"姓名", "联系电话", "备注"}
    kept = str([(r.details, r.mapping, r.counts, r.options) for r in db.session.query(RegisterImport)])
    assert "婚" not in kept
    assert found(public_id).counts["over"] == 2
    client.submit(f"{BASE}/{public_id}/confirm", {"has_forms": "y"})
    assert "热心" not in repr([vars(p) for p in db.session.query(Person)])


def test_another_sheet(app, cast, sign_in):
    import xlsxwriter

    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        for name, rows in (
            ("说明", [["本表说明", "无"], ["请填写", "完毕"]]),
            ("空表", []),
            ("名册", [["姓名", "手机"], ["李明", "13800000001"]]),
        ):
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)
    client = sign_in(cast.secretary)
    public_id = upload(client, target.getvalue())
    page = client.page(f"{BASE}/{public_id}/columns")
    assert [option.get_text() for option in page.select("#sheet option")] == ["说明", "名册"]
    client.submit(f"{BASE}/{public_id}/sheet", {"sheet": "1"}, page=f"{BASE}/{public_id}/columns")
    client.submit(f"{BASE}/{public_id}/columns")
    assert verdicts(public_id) == {2: ("new", [])}
    assert client.force(f"{BASE}/{public_id}/sheet", {"sheet": "7"}).status_code in (303, 404)


# --- the file ---------------------------------------------------------------------------------------------------


@either_engine
@each("content", [b"", b"\xd0\xcf\x11\xe0nothing", b"PK\x03\x04nothing", b"\x00\x01\x02"])
def test_what_is_no_table_is_refused(app, cast, sign_in, content):
    client = sign_in(cast.secretary)
    response = client.submit(f"{BASE}/new", {"file": (io.BytesIO(content), "a.xlsx")})
    assert response.status_code == 422
    assert response.text.count('href="#file"') == 1
    assert db.session.query(RegisterImport).count() == 0


@either_engine
def test_no_file_and_one_that_is_too_large(app, cast, sign_in):
    client = sign_in(cast.secretary)
    assert client.submit(f"{BASE}/new").status_code == 422
    large = client.force(f"{BASE}/new", {"file": (io.BytesIO(b"x" * 10_400_000), "a.csv")})
    assert large.status_code == 422
    larger = client.force(f"{BASE}/new", {"file": (io.BytesIO(b"x" * 11_000_000), "a.csv")})
    assert larger.status_code == 413
    assert "<h1" in larger.text


def test_a_file_name_that_no_computer_has(app, cast, sign_in):
    """What only a forged request sends: NUL, line ends, a name without end."""
    client, content = sign_in(cast.secretary), as_csv(lines(1))
    head = f'--x\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{client.token()}\r\n--x\r\n'
    name = f"Content-Disposition: form-data; name=\"file\"; filename*=utf-8''{'a' * 500}%00%0A%0D%1Bb.csv\r\n"
    sent = head.encode() + name.encode() + b"Content-Type: text/csv\r\n\r\n" + content + b"\r\n--x--\r\n"
    answer = client.post(f"{BASE}/new", data=sent, content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 303
    assert db.session.query(RegisterImport).one().file_name == "a" * 114 + " b.csv"


@pytest.mark.parametrize("codec", ["gbk", "gb18030", "utf-8-sig", "utf-16"])
def test_encodings_are_told(app, cast, sign_in, codec):
    client = sign_in(cast.secretary)
    page = client.page(f"{BASE}/{upload(client, as_csv(lines(2), codec=codec), '会员.csv')}/columns")
    assert "林甲春" in page.get_text()
    assert {"gbk": "GB18030", "gb18030": "GB18030", "utf-16": "UTF-16"}.get(codec, "UTF-8") in page.get_text()


@either_engine
def test_another_associations_import_is_not_there(app, cast, sign_in):
    public_id = checked(sign_in(cast.secretary), as_csv(lines(2)))
    for account, base in ((cast.sibling, "/office/tingyu/imports"), (cast.chair, "/office/liuan/imports")):
        client = sign_in(account)
        for path in ("", "/columns", "/rows", "/confirm", "/result", "/faults", "/undo", "/discard"):
            assert client.get(f"{base}/{public_id}{path}").status_code == 404, path
        for path in ("/columns", "/rows", "/rows/2", "/sheet", "/confirm", "/undo", "/discard"):
            assert client.force(f"{base}/{public_id}{path}", {"choice": "same"}).status_code == 404, path
    assert found(public_id).state == "checked"


def test_an_import_is_discarded(app, cast, sign_in):
    from portal.core.files import store

    client = sign_in(cast.secretary)
    public_id = checked(client, as_csv(lines(2)))
    key = found(public_id).file_key
    client.submit(f"{BASE}/{public_id}/discard")
    assert (found(public_id).state, store.has(key), db.session.query(ImportRow).count()) == ("discarded", False, 0)
    assert client.force(f"{BASE}/{public_id}/discard").status_code == 422
    assert client.force(f"{BASE}/{public_id}/confirm", {"has_forms": "y"}).status_code == 303
    assert found(public_id).state == "discarded"


def test_forgotten_imports_are_let_go(app, cast, sign_in):
    from portal.core import calendar
    from portal.core.files import store
    from portal.imports import contents, tasks

    client = sign_in(cast.secretary)
    public_id = checked(client, as_csv(lines(2)))
    key = found(public_id).file_key
    tasks.clear_old()
    assert found(public_id).state == "checked"
    with calendar.at(calendar.now() + contents.KEPT_FOR * 1.1):
        tasks.clear_old()
    assert (found(public_id).state, store.has(key)) == ("discarded", False)


@either_engine
def test_an_empty_list_says_how_to_begin(app, cast, sign_in):
    page = sign_in(cast.secretary).page(BASE)
    assert page.select_one(".empty a")["href"] == f"{BASE}/new"


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_messy_file_of_real_life(app, cast, sign_in, kind):
    """Merged title, GBK, spaces in names, damaged numbers, a boundary column, repeated rows, six kinds of dates."""
    person = cast.member.person
    people.correct_person(cast.secretary, person, phone="13955550001")
    db.session.commit()
    client = sign_in(cast.secretary)
    public_id = checked(client, messy(kind), f"会员.{kind}")
    assert found(public_id).counts == {"new": 3, "possible": 1, "faulty": 4, "passed": 1, "over": 2}
    assert {row: reasons for row, (_verdict, reasons) in verdicts(public_id).items() if reasons} == {
        7: ["id_damaged"], 8: ["id_damaged"], 9: ["repeated"], 10: ["alike", "member_here"], 11: ["group_unknown"],
    }  # fmt: skip
    client.force(f"{BASE}/{public_id}/rows", {"choice": "same"})
    client.submit(f"{BASE}/{public_id}/confirm", {"has_forms": "y"})
    held = (
        db.session.query(Membership)
        .join(Person, Person.id == Membership.person_id)
        .filter(Person.name == "李明")
        .one()
    )
    assert (held.group_id, held.joined_on.isoformat()) == (cast.group.id, "2021-03-05")
    assert db.session.query(Person).filter_by(name="欧阳淑云").one().identity_number == number(2)
