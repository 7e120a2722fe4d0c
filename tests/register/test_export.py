"""The list as a file: exactly its rows and columns, to whoever sees them; numbers in clear for a kept reason only."""

from __future__ import annotations

import csv
import io
from datetime import date

import openpyxl
import pytest
from sqlalchemy import select

from portal.core.audit import AuditEntry
from portal.core.calendar import today
from portal.core.database import db
from portal.core.encryption import blind_index
from portal.core.identity import demo_identity
from portal.people.models import Reveal
from tests.harness.cases import each, either_engine
from tests.register.rows import LIST, join

NUMBER, PHONE = demo_identity(7, date(1961, 3, 4), "female"), "13912345678"
CLEAR = f"{LIST}/numbers"


@pytest.fixture
def written(cast):
    known = {"person_identity_number": NUMBER, "person_identity_index": blind_index(NUMBER, "identity")}
    join("钟若兰", cast.community, phone=PHONE, group_id=cast.group.id, joined_on=date(2024, 3, 1), **known)
    join("=1+1", cast.community, group_id=cast.other_group.id, number="=HYPERLINK(1)")
    join("邻居", cast.sibling_community)
    db.session.commit()


def read_csv(answer) -> list[list[str]]:
    assert answer.status_code == 200, answer.text
    assert answer.data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))


def read_xlsx(answer):
    assert answer.status_code == 200, answer.text
    return openpyxl.load_workbook(io.BytesIO(answer.data)).active


def test_the_rows_and_columns_of_the_list(cast, sign_in, written):
    asked = "q=钟若&columns=joined_on&columns=phone"
    rows = read_csv(sign_in(cast.secretary).get(f"{LIST}/list.csv?{asked}"))
    assert [len(row) for row in rows] == [3, 3]
    assert rows[1] == ["钟若兰", "*******5678", "2024-03-01"]


def test_the_workbook_holds_dates_and_no_formula(cast, sign_in, written):
    sheet = read_xlsx(sign_in(cast.secretary).get(f"{LIST}/list.xlsx?columns=number&columns=joined_on&columns=phone"))
    rows = {row[0].value: row for row in sheet.iter_rows(min_row=2)}
    assert set(rows) == {"=1+1", "王秀英", "钟若兰"}
    assert rows["=1+1"][0].data_type == rows["=1+1"][1].data_type == "s"
    assert rows["钟若兰"][3].value.date() == date(2024, 3, 1)
    assert all(PHONE not in str(cell.value) for row in rows.values() for cell in row)


def test_nothing_that_a_spreadsheet_would_calculate(cast, sign_in, written):
    rows = read_csv(sign_in(cast.secretary).get(f"{LIST}/list.csv?columns=number"))
    assert ["'=1+1", "'=HYPERLINK(1)"] in rows


def test_a_leader_fetches_the_group(cast, sign_in, written):
    rows = read_csv(sign_in(cast.leader).get(f"{LIST}/list.csv?columns=group"))
    assert {row[0] for row in rows[1:]} == {"王秀英", "钟若兰"}


def test_a_chair_fetches_the_tree(cast, sign_in, written):
    rows = read_csv(sign_in(cast.chair).get("/office/liuan/members/list.csv"))
    assert {row[0] for row in rows[1:]} == {"'=1+1", "王秀英", "钟若兰", "邻居"}


def test_more_than_a_portion_comes_whole(cast, sign_in, written, monkeypatch):
    monkeypatch.setattr("portal.core.downloads.CHUNK", 2)
    for number in range(7):
        join(f"赵{number}", cast.community)
    assert len(read_csv(sign_in(cast.secretary).get(f"{LIST}/list.csv"))) == 1 + 3 + 7


@either_engine
def test_too_many_for_a_workbook_are_sent_to_the_csv(cast, sign_in, written, monkeypatch):
    monkeypatch.setattr("portal.core.downloads.MOST_IN_EXCEL", 1)
    answer = sign_in(cast.secretary).get(f"{LIST}/list.xlsx?columns=number")
    assert answer.status_code == 303
    assert answer.location.endswith("/office/wangjiang/members?columns=number")


@either_engine
@each("path", ["list.csv", "list.xlsx", "numbers"])
def test_who_may_not(cast, sign_in, client, written, path):
    assert sign_in(cast.publisher).get(f"{LIST}/{path}").status_code == 403
    assert sign_in(cast.sibling).get(f"{LIST}/{path}").status_code == 404
    assert sign_in(cast.ended).get(f"{LIST}/{path}").status_code == 404
    assert client.get(f"{LIST}/{path}").location.startswith("/sign-in")


# Numbers in clear


def asked(**values):
    return {"fields": ["identity_number", "phone"], "reason": "街道年检需要核对", "form": "csv", **values}


def test_numbers_in_clear_are_kept_for_each_person(cast, sign_in, written):
    member, secretary = cast.member.person_id, cast.secretary.person_id
    rows = read_csv(sign_in(cast.secretary).submit(f"{CLEAR}?columns=phone&columns=group", asked()))
    assert [len(row) for row in rows] == [4] * 4  # the masked phone gives way to the one in clear
    assert [row[2:] for row in rows if row[0] == "钟若兰"] == [[NUMBER, PHONE]]
    kept = db.session.scalars(select(Reveal)).all()
    assert {(row.field, row.reason, row.by_person_id) for row in kept} == {
        ("identity_number", "街道年检需要核对", secretary),
        ("phone", "街道年检需要核对", secretary),
    }
    assert sum(row.field == "identity_number" for row in kept) == 1
    assert member in {row.person_id for row in kept}
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "register.export_numbers")).one()
    assert entry.changes["numbers"] == len(kept)
    assert NUMBER not in str(entry.changes)


def test_only_the_field_that_was_asked_for(cast, sign_in, written):
    answer = sign_in(cast.secretary).submit(f"{CLEAR}?q=钟若兰", asked(fields=["phone"], form="xlsx"))
    cells = [cell.value for row in read_xlsx(answer).iter_rows() for cell in row]
    assert PHONE in cells
    assert NUMBER not in cells
    assert [row.field for row in db.session.scalars(select(Reveal))] == ["phone"]


@either_engine
@each("values", [{"reason": ""}, {"reason": "查"}, {"fields": None}])
def test_without_a_reason_or_a_field_nothing_leaves(cast, sign_in, written, values):
    answer = sign_in(cast.secretary).submit(CLEAR, asked(**values))
    assert answer.status_code == 422
    assert PHONE not in answer.text
    assert not db.session.scalars(select(Reveal)).all()


def test_a_leader_and_others_get_no_numbers(cast, sign_in, written):
    for who, status in (("leader", 403), ("treasurer", 403), ("sibling", 404), ("ended", 404)):
        assert sign_in(getattr(cast, who)).force(CLEAR, asked()).status_code == status, who
    assert not db.session.scalars(select(Reveal)).all()


def test_a_get_reveals_nothing(cast, sign_in, written):
    page = sign_in(cast.secretary).get(f"{CLEAR}?fields=phone&reason=我想看看&form=csv")
    assert PHONE not in page.text
    assert not db.session.scalars(select(Reveal)).all()


def test_too_many_at_once_are_refused(cast, sign_in, written, monkeypatch):
    monkeypatch.setattr("portal.register.file_views.MOST_NUMBERS", 1)
    secretary = sign_in(cast.secretary)
    assert secretary.page(CLEAR).select_one(".notice.amber")
    assert secretary.force(CLEAR, asked()).status_code == 400
    assert not db.session.scalars(select(Reveal)).all()


def test_the_file_is_named_by_day(cast, sign_in, written):
    header = sign_in(cast.secretary).get(f"{LIST}/list.csv").headers["Content-Disposition"]
    assert str(today()) in header
