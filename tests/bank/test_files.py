"""A file's way through the pages: brought, its columns, looked at, taken in; remembered, discarded, cleared away."""

from __future__ import annotations

import io
import os
import time

import pytest

from portal.bank import contents, tasks
from portal.bank.models import BankFile, FileState
from portal.core.calendar import at, now
from portal.core.database import db
from portal.core.files import store
from tests.bank.files import (
    COUNTER,
    PAGE,
    WECHAT,
    as_csv,
    as_xlsx,
    came,
    found,
    in_english,
    kept_files,
    plain,
    upload,
)
from tests.harness.cases import either_engine
from tests.harness.money import make_period
from tests.payments.rows import debtor


@pytest.fixture
def client(cast, sign_in):
    make_period(cast.community)
    return in_english(sign_in(cast.treasurer))


def file_of(public_id: str) -> BankFile:
    return db.session.query(BankFile).filter_by(public_id=public_id).one()


def test_from_the_bank_s_file_to_who_has_paid(cast, client, db_session):
    charge = debtor(cast.community, "王秀英甲", 120_000)
    rows = [[cell.replace("王 秀英", "王 秀英甲") for cell in row] for row in COUNTER]
    public_id = upload(client, as_csv(rows, "gbk"))
    columns = f"{PAGE}/files/{public_id}/columns"
    page = client.page(columns)
    assert "GB18030" in page.text
    assert len(page.select("tbody tr")) == 5
    chosen = {at: page.select_one(f"#column_{at} [selected]")["value"] for at in range(9)}
    assert {at: name for at, name in chosen.items() if name} == {
        0: "date", 2: "memo", 3: "debit", 4: "credit", 6: "name", 8: "memo",
    }  # fmt: skip
    assert client.submit(columns).status_code == 303
    page = client.page(f"{PAGE}/files/{public_id}")
    assert "New lines of 1,212.00 yuan." in page.text
    assert "E9" in page.text
    faults = client.get(f"{PAGE}/files/{public_id}/faults")
    assert "abc" in faults.get_data(as_text=True)
    assert not found()
    assert client.submit(f"{PAGE}/files/{public_id}/take", page=f"{PAGE}/files/{public_id}").status_code == 303
    page = client.page(f"{PAGE}/files/{public_id}")
    assert "Taken in on" in page.text
    assert file_of(public_id).state == FileState.DONE
    db_session.refresh(charge)
    assert charge.paid_fen == 120_000
    assert "明细.csv" in client.page(f"{PAGE}/files").text
    assert "明细.csv" in client.get(f"{PAGE}/files/list.csv").get_data(as_text=True)
    assert "abc" in client.get(f"{PAGE}/files/{public_id}/faults").get_data(as_text=True)
    again = client.force(f"{PAGE}/files/{public_id}/take")
    assert (again.status_code, len(found())) == (303, 2)
    assert client.get(columns).status_code == 303


def test_what_was_said_of_the_columns_is_remembered_and_the_same_file_recognised(cast, client):
    rows = [["日子", "进账", "谁"], ["2026-01-07", "12", "张三"]]
    public_id = upload(client, as_xlsx(rows), "账.xlsx")
    columns = f"{PAGE}/files/{public_id}/columns"
    bare = client.submit(columns)
    assert bare.status_code == 422
    assert "Say which column holds the day" in bare.text
    said = {"column_0": "date", "column_1": "credit", "column_2": "name", "method": "mobile"}
    assert client.submit(columns, {**said, "column_1": "date"}).status_code == 422
    assert client.submit(columns, said).status_code == 303
    client.submit(f"{PAGE}/files/{public_id}/take", page=f"{PAGE}/files/{public_id}")
    assert [line.payer_name for line in found()] == ["张三"]
    again = upload(client, as_xlsx([*rows, ["2026-01-08", "5", "李四"]]), "账.xlsx")
    page = client.page(f"{PAGE}/files/{again}/columns")
    assert page.select_one("#column_1 [selected]")["value"] == "credit"
    assert page.select_one("[name=method][checked]")["value"] == "mobile"
    assert "This very file" not in page.text
    same = plain(came("王五"))
    for seen in (False, True):
        public_id = upload(client, same)
        assert ("This very file" in client.page(f"{PAGE}/files/{public_id}/columns").text) is seen
        client.submit(f"{PAGE}/files/{public_id}/columns")
        client.submit(f"{PAGE}/files/{public_id}/take", page=f"{PAGE}/files/{public_id}")
    assert file_of(public_id).known == 1


def test_wechat_is_guessed_to_be_mobile_payment(client):
    public_id = upload(client, as_csv(WECHAT, "utf-8-sig"))
    assert client.page(f"{PAGE}/files/{public_id}/columns").select_one("[name=method][checked]")["value"] == "mobile"


@either_engine
def test_what_is_no_table_is_refused_with_words_and_nothing_is_kept(client):
    before = kept_files()
    for content, words in ((b"PK\x03\x04", "damaged"), (b"", ""), (b"\xd0\xcf\x11\xe0", "damaged")):
        answer = client.submit(f"{PAGE}/files/new", {"file": (io.BytesIO(content), "x.xlsx")})
        assert answer.status_code == 422
        assert words in answer.text
    assert client.submit(f"{PAGE}/files/new").status_code == 422
    assert kept_files() == before


def test_discarded_or_left_lying_nothing_of_it_is_kept(cast, client, db_session):
    before = kept_files()
    first, second = upload(client, plain(came("张三"))), upload(client, plain(came("李四")))
    assert kept_files() == before + 2
    assert client.submit(f"{PAGE}/files/{first}/discard").status_code == 303
    assert kept_files() == before + 1
    assert first not in client.get(f"{PAGE}/files").text
    assert client.force(f"{PAGE}/files/{first}/discard").status_code == 422
    with at(now() + contents.KEPT_FOR * 2):
        tasks.clear_old()
        db_session.commit()
    assert file_of(second).state == FileState.DISCARDED
    assert kept_files() == before


@either_engine
def test_what_lies_in_the_store_cannot_be_read_there(client):
    public_id = upload(client, plain(came("张三丰")))
    raw = store.read(file_of(public_id).file_key)
    assert "张三丰".encode() not in raw
    assert "张三丰".encode("gb18030") not in raw
    os.utime(store.path(file_of(public_id).file_key), (time.time(),) * 2)


def test_a_file_that_is_gone_says_so(client):
    public_id = upload(client, plain(came("张三")))
    client.submit(f"{PAGE}/files/{public_id}/columns")
    store.remove(file_of(public_id).file_key)
    assert "upload it again" in client.page(f"{PAGE}/files/{public_id}").text
    assert client.force(f"{PAGE}/files/{public_id}/take").status_code == 422
    assert not found()
