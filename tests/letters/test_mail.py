"""Mail to the writer where a server is set: what was done and where it is read; nothing of what was written."""

from __future__ import annotations

import pytest

from portal.letters import queries
from tests.accounts.test_recover import mail_app, mailbox  # noqa: F401 - fixtures
from tests.harness.cast import build_cast
from tests.harness.client import client_of
from tests.letters.filling import answers, fill_in, send
from tests.letters.rows import BODY, NAME, PHONE, SUBJECT, do, written

# What is written does not depend on the database.
pytestmark = pytest.mark.engines("sqlite")


def test_passed_on_it_names_who_deals_with_it_now(mail_app, mailbox):  # noqa: F811
    cast = build_cast()
    secretary = client_of(mail_app)
    secretary.sign_in(cast.secretary)
    letter = written(cast, email="zhong@example.com")
    assert do(secretary, letter, "pass-on", to="liuan").status_code == 303
    text = mailbox.letters[-1].get_content()
    assert ("柳岸街道协会" in text, "望江社区协会" in text) == (True, False)


def test_received_acknowledged_asked_answered(mail_app, mailbox):  # noqa: F811
    cast = build_cast()
    visitor, secretary = client_of(mail_app), client_of(mail_app)
    secretary.sign_in(cast.secretary)
    fill_in(visitor, answers(writer={"named": "yes", "name": NAME, "phone": PHONE, "email": "zhong@example.com"}))
    reference = send(visitor)
    letter = queries.get_by_reference(reference)
    for act, data in (
        ("acknowledge", {}), ("ask", {"question": "几点下班？"}), ("note", {"note": "内部的话"}),
        ("answer", {"answer": "开到八点。"}),
    ):  # fmt: skip
        assert do(secretary, letter, act, **data).status_code == 303
    letters = mailbox.letters
    assert [one["To"] for one in letters] == ["zhong@example.com"] * 4
    assert len({one["Subject"] for one in letters}) == 4
    for one in letters:
        text = one["Subject"] + one.get_content()
        assert f"/letters/{reference}" in text
        assert "望江社区协会" in text
        assert not any(said in text for said in (SUBJECT, BODY, NAME, PHONE, "几点下班？", "开到八点。"))
