"""The fast-entry screen: from a few letters to a recorded payment, with and without htmx; nothing typed is lost."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select

from portal.core.calendar import today
from portal.payments.models import Payment, Reversal
from tests.harness.factory import make_membership, make_person
from tests.harness.money import FEE, make_charge, make_payment

HTMX = {"HX-Request": "true"}
PAGE = "/office/wangjiang/dues/collect"


@pytest.fixture
def owed(cast):
    """何淑兰 of group one owes this year's dues."""
    person = make_person("何淑兰")
    membership = make_membership(person, cast.community, group_id=cast.group.id)
    return make_charge(membership)


def key_of(page) -> str:
    return re.search(r'name="key"[^>]*value="([^"]+)"', page.text)[1]


def test_letters_then_enter_then_enter(cast, sign_in, owed, db_session):
    client = sign_in(cast.treasurer)
    page = client.get(f"{PAGE}?q=hsl")
    print(page.text)
    assert "何淑兰" in page.text
    assert 'value="12"' in page.text
