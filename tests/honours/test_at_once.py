"""Ten officers issue the certificate of one honour anew at once: one is in force, and no number is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

import pytest
from sqlalchemy import func, select

from portal.accounts.queries import get_account
from portal.core.database import db
from portal.honours import queries, services
from portal.honours.models import Honour, HonourCertificate
from tests.harness.together import told
from tests.honours.rows import honoured

OFFICERS = 10


def reissues(cast, honour_id) -> list[Callable[[], object]]:
    """Each of the officers under a name of their own."""
    chair_id = cast.chair.id

    def reissue(number):
        honour = db.session.get_one(Honour, honour_id)
        services.reissue(get_account(chair_id), honour, name=f"陈晓{number}", layout="plain")

    return [partial(reissue, number) for number in "一二三四五六七八九十"]


def in_force(honour_id) -> int:
    asked = (HonourCertificate.honour_id == honour_id, HonourCertificate.superseded_at.is_(None))
    return db.session.scalar(select(func.count(HonourCertificate.id)).where(*asked))


def test_each_takes_the_place_of_the_one_before(live_app, cast):
    """In turn, for each holds the honour: none is refused by the database, and the name is that of the last."""
    honour_id = honoured(cast)[0].id
    assert told(live_app, reissues(cast, honour_id)) == ["done"] * OFFICERS
    assert in_force(honour_id) == 1
    assert queries.in_force(honour_id).snapshot["name"] == db.session.get_one(Honour, honour_id).name
    issued = select(HonourCertificate.number).where(HonourCertificate.honour_id == honour_id)
    numbers = db.session.scalars(issued.order_by(HonourCertificate.id).offset(1)).all()
    serials = sorted(int(one.split("第")[1].rstrip("号")) for one in numbers)
    assert serials == list(range(serials[0], serials[0] + OFFICERS))


@pytest.mark.engines("postgresql")
def test_control_without_the_hold_some_are_refused(live_app, cast, monkeypatch):
    """Had nobody held the honour, two would supersede the same one; the index leaves one in force even so."""
    honour_id = honoured(cast)[0].id
    meet, look = threading.Barrier(OFFICERS), queries.in_force

    def all_have_looked(honour_id):
        found = look(honour_id)
        meet.wait(20)
        return found

    monkeypatch.setattr(services, "hold", lambda _honour: None)
    with monkeypatch.context() as patched:
        patched.setattr(services.queries, "in_force", all_have_looked)
        assert set(told(live_app, reissues(cast, honour_id))) != {"done"}
    assert in_force(honour_id) == 1
