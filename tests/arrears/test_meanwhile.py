"""Two rounds in one moment remind nobody twice; what a mail asks for is what is written down of it."""

from __future__ import annotations

import secrets
from datetime import timedelta

import pytest

from portal.arrears import queries, sending, services
from portal.arrears.models import Channel, Reminder
from portal.arrears.queries import Filter
from portal.associations.models import Association
from portal.core import mail
from portal.core.calendar import today
from portal.core.database import db
from portal.people.models import Person
from tests.harness.factory import make_membership, make_person
from tests.harness.meanwhile import COMMITTED, WAITS, Meanwhile
from tests.harness.money import make_charge, make_payment, make_period
from tests.notices.rows import acting

pytestmark = pytest.mark.engines("postgresql")


@pytest.fixture
def owing(cast, db_session):
    """Somebody owes 12 yuan, and has an address."""
    person = make_person("薛小满", email="xue@example.org")
    make_period(cast.community)
    make_charge(make_membership(person, cast.community), due_on=today() - timedelta(days=1))
    db_session.commit()
    return person


def begin(cast, channel=Channel.CALL):
    place = db.session.get_one(Association, cast.community.id)
    return services.begin(acting(cast.treasurer), place, channel, Filter(), secrets.token_hex(8))


def test_two_rounds_of_one_moment_mail_nobody_twice(live_app, cast, db_session, owing, monkeypatch):
    """The second was made before the first was sent: then its mails are sent."""
    rounds = [begin(cast, Channel.MAIL).public_id for _ in range(2)]
    db_session.commit()
    sent = []
    monkeypatch.setattr(mail, "is_set", lambda: True)
    monkeypatch.setattr(mail, "send", lambda *given: sent.append(given))
    other = Meanwhile(live_app, lambda: sending.send_mails(rounds[1]))
    other.before(monkeypatch, services, "give")
    sending.send_mails(rounds[0])
    db_session.commit()
    assert other.told == [WAITS]
    assert other.run() == COMMITTED
    assert len(sent) == 1
    assert db_session.query(Reminder).filter(Reminder.done_at.is_not(None)).count() == 1


def test_a_mail_asks_for_what_is_written_down(live_app, cast, db_session, owing, monkeypatch):
    """Somebody pays a part while the mail is written: never the full sum after a part payment."""
    made = begin(cast, Channel.MAIL)
    db_session.commit()
    sent = []
    monkeypatch.setattr(mail, "is_set", lambda: True)
    monkeypatch.setattr(mail, "send", lambda *given: sent.append(given))

    def pay():
        make_payment(db.session.get_one(Person, owing.id), db.session.get_one(Association, cast.community.id), 500)

    paying = Meanwhile(live_app, pay)
    paying.after(monkeypatch, queries, "open_of")
    sending.send_mails(made.public_id)
    assert paying.told == [COMMITTED]
    db_session.expire_all()
    told = db_session.query(Reminder).one().amount_fen
    assert f"{told // 100}.00" in sent[0][2]
