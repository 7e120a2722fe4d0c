"""Mail to the applicant where a server is set: received, asked, decided; no number of anybody in it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.applications import queries
from portal.core.calendar import today
from portal.core.database import db
from portal.people.services import default_notice, publish_notice
from tests.accounts.test_recover import mail_app, mailbox  # noqa: F401 - fixtures
from tests.applications.filling import NUMBER, OFFICE, PHONE, answers_of, applied, fill_in, send
from tests.harness.cast import build_cast
from tests.harness.client import client_of

# What is written does not depend on the database; the journey to it is tested on both.
pytestmark = pytest.mark.engines("sqlite")


def test_received_asked_and_decided(mail_app, mailbox):  # noqa: F811
    cast = build_cast()
    publish_notice(None, default_notice(), today() - timedelta(days=9))
    db.session.commit()
    visitor, secretary = client_of(mail_app), client_of(mail_app)
    secretary.sign_in(cast.secretary)
    fill_in(visitor, answers_of(cast, contact={"phone": PHONE, "email": "zhong@example.com"}))
    reference = send(visitor)
    url = f"{OFFICE}/{queries.sent.get_by_reference(reference).public_id}"
    secretary.submit(f"{url}/ask", {"question": "请问住在几号楼？"}, page=url)
    secretary.submit(f"{url}/accept", {"group": ""}, page=url)
    letters = mailbox.letters
    assert [letter["To"] for letter in letters] == ["zhong@example.com"] * 3
    assert len({letter["Subject"] for letter in letters}) == 3
    for letter in letters:
        text = letter["Subject"] + letter.get_content()
        assert f"/join/{reference}" in text
        for number in (NUMBER, NUMBER[-4:], PHONE, PHONE[-4:], "WANGJIANG-"):
            assert number not in text.replace(reference, "")


@pytest.mark.parametrize(("asks", "says"), [("en", "Read more here"), ("zh-TW", "請打開")])
def test_in_the_language_in_which_the_applicant_applied(mail_app, mailbox, asks, says):  # noqa: F811
    """Whatever language the officer reads who decides."""
    cast = build_cast()
    publish_notice(None, default_notice(), today() - timedelta(days=9))
    db.session.commit()
    visitor, secretary = client_of(mail_app), client_of(mail_app)
    visitor.environ_base["HTTP_ACCEPT_LANGUAGE"] = asks
    secretary.sign_in(cast.secretary)
    fill_in(visitor, answers_of(cast, contact={"phone": PHONE, "email": "zhong@example.com"}))
    url = f"{OFFICE}/{queries.sent.get_by_reference(send(visitor)).public_id}"
    secretary.force(f"{url}/decline", {"reason": "住址不在本社区"})
    assert [says in letter.get_content() for letter in mailbox.letters] == [True, True]


def test_without_an_address_nothing_is_sent(mail_app, mailbox):  # noqa: F811
    cast = build_cast()
    publish_notice(None, default_notice(), today() - timedelta(days=9))
    made = applied(cast)
    secretary = client_of(mail_app)
    secretary.sign_in(cast.secretary)
    secretary.force(f"{OFFICE}/{made.public_id}/decline", {"reason": "住址不在本社区"})
    assert mailbox.letters == []
