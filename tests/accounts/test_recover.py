"""A forgotten password: the same answer for everybody; a mail where there is a mail server, else the office."""

from __future__ import annotations

import email
import email.policy
import re
import socketserver
import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts import codes, queries
from portal.accounts.models import OneTimeCode
from portal.core.database import db
from tests.harness.cases import either_engine
from tests.harness.cast import build_cast
from tests.harness.client import client_of
from tests.harness.factory import PASSWORD, make_account, make_person

NEW = "一句只有我知道的话"


class Mailbox(socketserver.StreamRequestHandler):
    """As much of a mail server as one client needs (RFC 5321)."""

    def handle(self) -> None:
        self.wfile.write(b"220 ready\r\n")
        for line in self.rfile:
            word = line.split()[0].upper() if line.split() else b""
            if word == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                self.server.letters.append(self._letter())
            self.wfile.write(b"250 ok\r\n")

    def _letter(self) -> email.message.EmailMessage:
        lines = []
        for line in self.rfile:
            if line == b".\r\n":
                break
            lines.append(line.removeprefix(b"."))
        return email.message_from_bytes(b"".join(lines), policy=email.policy.default)


@pytest.fixture
def mailbox() -> Iterator[list]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mailbox) as server:
        server.letters = []
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def mail_app(apps, engine_kind, mailbox) -> Iterator[Flask]:
    url = f"smtp://127.0.0.1:{mailbox.server_address[1]}"
    with apps.lent(engine_kind, mail_url=url, mail_from="portal@example.com") as portal:
        yield portal


@pytest.fixture
def people(mail_app):
    cast = build_cast()
    cast.member.email, cast.secretary.email = "member@example.com", "secretary@example.com"
    blocked = make_account(make_person("已停用"), email="blocked@example.com")
    blocked.disabled_at = blocked.created_at
    db.session.commit()
    return cast


def ask(app, login: str, **headers: str):
    return client_of(app).submit("/recover", {"login": login}, headers=headers)


def link_of(letter) -> str:
    return re.search(r"http://\S+", letter.get_content()).group()


def test_by_mail(mail_app, people, mailbox):
    answer = ask(mail_app, "Member@Example.com")
    assert answer.location == "/recover/sent"
    (letter,) = mailbox.letters
    assert letter["To"] == "member@example.com"
    assert letter["From"] == "portal@example.com"
    link = link_of(letter)
    assert re.fullmatch(r"http://localhost/activate/[0-9A-Z-]{14}", link)
    client = client_of(mail_app)
    page = link.removeprefix("http://localhost")
    assert client.submit("/activate", {"password": NEW}, page=page).status_code == 303
    assert client.get("/me/security").status_code == 200


@either_engine
def test_the_letter_is_in_the_reader_s_language(mail_app, people, mailbox):
    ask(mail_app, "member@example.com", **{"Accept-Language": "en"})
    assert "Choose a new password" in mailbox.letters[0]["Subject"]


def test_the_same_answer_for_everybody(mail_app, people, mailbox):
    answers = [
        ask(mail_app, login)
        for login in ("member@example.com", "nobody@example.com", "13700000000", "blocked@example.com", "x")
    ]
    assert len({(a.status_code, a.location, a.text, str(sorted(dict(a.headers)))) for a in answers}) == 1
    assert len(mailbox.letters) == 1


def test_a_phone_login_gets_the_mail_of_its_account(mail_app, people, mailbox):
    ask(mail_app, queries.get_account(people.member.id).person.phone)
    assert [letter["To"] for letter in mailbox.letters] == ["member@example.com"]


@either_engine
def test_the_link_is_never_the_request_s(mail_app, people, mailbox):
    assert client_of(mail_app).get("/recover", headers={"Host": "evil.example"}).status_code == 400
    ask(mail_app, "member@example.com", **{"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"})
    assert "evil" not in mailbox.letters[0].get_content()


def test_codes_on_paper_stay_good(mail_app, people, mailbox):
    """Anybody may ask for a mail; nobody may spoil somebody's slip with it."""
    member = queries.get_account(people.member.id)
    issuer = queries.get_account(people.secretary.id)
    code = codes.issue(issuer, member.person, people.community, is_covered=True)
    db.session.commit()
    ask(mail_app, "member@example.com")
    assert queries.get_live_code(codes.hashes(code)) is not None


def test_a_mailbox_is_not_flooded(mail_app, people, mailbox):
    for _ in range(5):
        ask(mail_app, "member@example.com")
    assert len(mailbox.letters) == 3
    assert ask(mail_app, "member@example.com").status_code == 429


def test_a_mail_server_that_is_away_changes_nothing(mail_app, people, mailbox):
    mailbox.shutdown()
    mailbox.server_close()
    with pytest.raises(OSError, match="refused"):  # the queue of the tests runs at once; huey's would try again
        ask(mail_app, "member@example.com")
    typed = {"login": "member@example.com", "password": PASSWORD}
    assert client_of(mail_app).submit("/sign-in", typed).status_code == 303


@either_engine
def test_bad_input_get_and_without_token(mail_app, people, mailbox):
    assert ask(mail_app, "").status_code == 422
    client = client_of(mail_app)
    assert client.get("/recover?login=member@example.com").status_code == 200
    assert client.post("/recover", data={"login": "member@example.com"}).status_code == 400
    assert mailbox.letters == []


def test_without_mail_the_page_names_the_office(cast, client, db_session):
    cast.federation.phone = "010-6000 0000"
    page = client.page("/recover")
    assert page.select_one("main form") is None
    assert "010-6000 0000" in page.select_one("main").get_text()
    assert client.force("/recover", {"login": "member@example.com"}).location == "/recover"
    assert db_session.scalars(select(OneTimeCode)).all() == []
