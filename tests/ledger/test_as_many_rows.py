"""The journal as a workbook and as CSV holds every line there is, however many."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

from python_calamine import load_workbook

from portal.core.calendar import today
from portal.core.database import db
from tests.harness.money import make_period
from tests.ledger.rows import deposit

LIST = "/office/wangjiang/dues/journal/list"


def test_the_journal_has_as_many_rows_as_there_are(cast, sign_in, rounds):
    """27,000 entries in the long form: 54,000 lines."""
    count = rounds(300, 27_000)
    make_period(cast.community, today().year)
    for number in range(count):
        deposit(cast.community, 1_000 + number)
        if number % 1_000 == 999:
            db.session.commit()
    reader = sign_in(cast.treasurer)
    book = load_workbook(io.BytesIO(reader.get(f"{LIST}.xlsx").data)).get_sheet_by_index(0).to_python()
    text = list(csv.reader(io.StringIO(reader.get(f"{LIST}.csv").data.decode("utf-8-sig"))))
    for rows in (book, text):
        assert len(rows) == 1 + 2 * count
        for column in (4, 5):  # debits, credits
            amounts = [round(Decimal(str(row[column])) * 100) for row in rows[1:] if row[column] != ""]
            assert sorted(amounts) == [1_000 + number for number in range(count)]
