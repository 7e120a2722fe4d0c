"""Amounts of money: what people type becomes fen, everything else is refused with words."""

from __future__ import annotations

import io

import openpyxl
import pytest
from flask_babel import force_locale

from portal.core.forms import BaseForm, MoneyField, Optional, Required
from portal.core.money import read_money, typed_money, yuan
from portal.core.spreadsheets import write_csv, write_xlsx

pytestmark = pytest.mark.engines("sqlite")  # no database has a part in it

AMOUNTS = {
    "120": 12000, "0.01": 1, "1200.5": 120050, "1,200.50": 120050, "￥1，200．50": 120050, "１２０": 12000,
    " ¥ 30 ": 3000, "12。50": 1250, "36元": 3600, "10,000,000": 1_000_000_000, "007": 700,
}  # fmt: skip
REFUSED = {
    "0.001": "at most two places", "12.345": "at most two places", "-5": "not negative", "−5": "not negative",
    "－０.０１": "not negative", "0": "more than nothing", "0.00": "more than nothing", "10000000.01": "At most",
    "9" * 400: "At most", "1e3": "in yuan", "12,34": "in yuan", "1,2,3": "in yuan", "abc": "in yuan",
    "1.2.3": "in yuan", "NaN": "in yuan", "+5": "in yuan", "٣": "in yuan", "1.": "in yuan", ".5": "in yuan",
}  # fmt: skip


class Payment(BaseForm):
    class Meta(BaseForm.Meta):
        csrf = False

    amount = MoneyField("Amount", [Required("Enter the amount.")])
    more = MoneyField("More", [Optional()], least=0)


def test_amounts_are_read_as_people_write_them_and_refused_with_words(app):
    with app.test_request_context("/"), force_locale("en"):
        for text, fen in AMOUNTS.items():
            assert read_money(text) == fen, text
        for text, words in REFUSED.items():
            with pytest.raises(ValueError, match=words):
                read_money(text)
        assert read_money("0", least=0) == 0


def test_what_is_shown_reads_back_as_itself(app):
    with app.test_request_context("/"):
        for fen in (1, 10, 99, 100, 101, 12000, 120050, 1_000_000_000):
            assert read_money(typed_money(fen)) == fen
    assert typed_money(None) == ""


def test_a_refused_amount_comes_back_as_it_was_typed(app):
    with app.test_request_context("/", method="POST", data={"amount": "１２.345", "more": ""}), force_locale("en"):
        form = Payment()
        assert not form.validate_on_submit()
        assert 'value="１２.345"' in str(form.amount())
        assert form.amount.errors == ["An amount has at most two places: the smallest is 0.01 yuan."]
        assert (form.amount.data, form.more.data) == (None, None)
    with app.test_request_context("/", method="POST", data={"amount": "", "more": "0"}), force_locale("en"):
        form = Payment()
        assert not form.validate_on_submit()
        assert (form.amount.errors, form.more.data) == (["Enter the amount."], 0)
    with app.test_request_context("/"):
        drawn = str(Payment(formdata=None, data={"amount": 120050}).amount())
        assert 'value="1200.50"' in drawn
        assert 'inputmode="decimal"' in drawn


def test_a_cell_of_an_export_is_exactly_the_amount():
    """In fen there is nothing between two amounts; a sum of cells is the sum of amounts."""
    amounts = [1, 10, 1250, -1950, 0, 4_503_599_627_370_497, 2**53 + 1]
    assert [f"{yuan(one)}" for one in amounts[:5]] == ["0.01", "0.10", "12.50", "-19.50", "0.00"]
    assert sum(map(yuan, amounts)) * 100 == sum(amounts)
    assert yuan(None) is None
    book = openpyxl.load_workbook(
        io.BytesIO(write_xlsx(["元", "元"], [[yuan(1250), yuan(-1)], [yuan(10**17 + 1), 1]]))
    )
    (first, second), (large, _one) = book.active.iter_rows(min_row=2)
    assert (first.value, first.number_format, second.value) == (12.5, "0.00", -0.01)
    assert large.value == "1000000000000000.01"
    assert b"".join(write_csv(["x"], [[yuan(-1950)], [yuan(1250)]])).decode("utf-8-sig").split() == [
        "x",
        "-19.50",
        "12.50",
    ]
