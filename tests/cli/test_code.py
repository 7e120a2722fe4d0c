"""The way back for somebody whom no officer can help."""

from __future__ import annotations

import sqlite3

import pytest
from sqlalchemy import select

from portal.accounts import codes, queries
from portal.accounts.models import OneTimeCode
from portal.core.audit import AuditEntry
from portal.core.calendar import now


@pytest.mark.engines("sqlite")  # one lookup, tested on both below
def test_the_command(installation, fails):
    first = ("init", "--association", "清河区协会联合会", "--name", "管文静", "--phone", "13800000001")
    made = installation.run(*first, "--password", "four words are better", PORTAL_TIME_ZONE="Asia/Urumqi")
    assert made.returncode == 0
    with sqlite3.connect(installation.url.removeprefix("sqlite:///")) as database:
        assert database.execute("SELECT time_zone FROM association").fetchall() == [("Asia/Urumqi",)]
    printed = installation.execute("code", "138 0000 0001")
    assert printed.returncode == 0, printed.stderr
    assert "管文静 opens http://" in printed.stdout
    assert "no account" in fails(installation.run("code", "13800000009"))


def test_the_code_opens_the_account_once(cast, db_session):
    name, code = codes.issue_from_console(cast.chair.person.phone)
    assert name == cast.chair.name
    assert queries.get_live_code(codes.hashes(code)).account_id == cast.chair.id
    assert code not in str([entry.changes for entry in db_session.scalars(select(AuditEntry))])
    _name, second = codes.issue_from_console(cast.chair.person.phone)
    assert queries.get_live_code(codes.hashes(code)) is None, "an earlier code stops working"
    assert queries.get_live_code(codes.hashes(second)) is not None


def test_a_blocked_account_stays_blocked(cast, db_session):
    cast.chair.disabled_at = now()
    assert codes.issue_from_console(cast.chair.person.phone) is None
    assert db_session.scalar(select(OneTimeCode)) is None


def test_it_takes_no_mail_away(cast, db_session):
    """Three codes may be on their way by mail; one from the console is none of them."""
    codes.issue_from_console(cast.chair.person.phone)
    assert [codes.mail_code(cast.chair) is not None for _ in range(4)] == [True, True, True, False]
