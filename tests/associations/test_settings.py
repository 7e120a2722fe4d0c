"""What an association says of itself: changed by its office, refused to others, kept when something is wrong."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from portal.associations.models import Association
from portal.core.audit import AuditEntry
from portal.core.calendar import today
from tests.harness.cases import either_engine

URL = "/office/wangjiang/settings"
NEW = {
    "introduction": "江边的协会。\n每月清洁一次。",
    "phone": "6200-0204",
    "office_hours": "周一至周五",
    "name": "望江协会",
    "seal_text": "望江社区协会之印",
}


def stored(db_session, code: str = "wangjiang") -> Association:
    return db_session.scalar(select(Association).where(Association.code == code))


def test_saved_and_shown_in_public(cast, sign_in, client, db_session):
    response = sign_in(cast.secretary).submit(URL, NEW)
    assert response.status_code == 303
    page = client.page("/associations/wangjiang")
    assert page.h1.get_text() == "望江协会"
    assert [p.get_text() for p in page.select(".prose p")] == ["江边的协会。", "每月清洁一次。"]
    assert page.find("a", href="tel:62000204")
    entry = db_session.scalar(select(AuditEntry).where(AuditEntry.action == "associations.update"))
    assert entry.changes["name"] == ["望江社区协会", "望江协会"]
    assert entry.association_id == stored(db_session).id
    assert stored(db_session).seal_text == "望江社区协会之印"


def test_sent_twice_it_is_logged_once(cast, sign_in, db_session):
    secretary = sign_in(cast.secretary)
    for _ in range(2):
        assert secretary.submit(URL, NEW).status_code == 303
    entries = db_session.scalars(select(AuditEntry).where(AuditEntry.action == "associations.update")).all()
    assert len(entries) == 1


WRONG = [
    ("name", ""),
    ("name", "  "),
    ("name", "长" * 61),
    ("name", "听雨社区协会"),
    ("formation", "secret"),
    ("formation", "affiliated"),
    ("introduction", "长" * 1001),
    ("phone", "call me"),
    ("seal_text", "长" * 21),
    ("seal_text", "·—·"),
    ("seal_text", "望江\U00020bb7会印"),
    ("email", "nobody"),
    ("founded_on", "yesterday"),
    ("founded_on", str(today() + timedelta(days=2))),
]


@either_engine
def test_what_is_wrong_is_said_by_its_field(cast, sign_in, db_session):
    secretary = sign_in(cast.secretary)
    for field, value in WRONG:
        response = secretary.submit(URL, {**NEW, field: value})
        assert response.status_code == 422, (field, value)
        assert 'role="alert"' in response.text
        assert f'id="{field}-error"' in response.text, (field, value)
        assert "周一至周五" in response.text, "what was typed comes back"
        assert stored(db_session).name == "望江社区协会"


def test_an_upper_association_has_no_formation(cast, sign_in, db_session):
    chair = sign_in(cast.chair)
    assert "formation" not in chair.get("/office/liuan/settings").text
    assert chair.force("/office/liuan/settings", {"name": "柳岸街道协会", "formation": "joint"}).status_code == 303
    assert stored(db_session, "liuan").formation is None


WHO = {
    "administrator": 200,
    "chair": 200,
    "secretary": 200,
    "treasurer": 403,
    "publisher": 403,
    "leader": 403,
    "sibling": 404,
    "member": 404,
    "volunteer": 404,
    "stranger": 404,
    "ended": 404,
}


@either_engine
def test_who_may(cast, sign_in, db_session):
    accounts = cast.accounts()
    assert set(WHO) == set(accounts)
    for who, status in WHO.items():
        client, name = sign_in(accounts[who]), f"{who} 的名称"
        assert client.get(URL).status_code == status, who
        sent = client.force(URL, {"name": name, "formation": "joint"})
        assert sent.status_code == (303 if status == 200 else status), who
        assert (stored(db_session).name == name) is (status == 200), who


@either_engine
def test_not_signed_in(cast, client, db_session):
    assert client.get(URL).status_code == 303
    assert client.force(URL, NEW).status_code == 303
    assert stored(db_session).name == "望江社区协会"


def test_without_a_token_nothing_is_saved(cast, sign_in, db_session):
    assert sign_in(cast.secretary).post(URL, data=NEW).status_code == 400
    assert stored(db_session).name == "望江社区协会"


def test_code_level_and_place_are_no_fields(cast, sign_in, db_session):
    forged = {"code": "mine", "level": "federation", "parent_id": "1", "path": "1/", "archived_on": "2026-01-01"}
    before = stored(db_session)
    kept = (before.code, before.level, before.parent_id, before.path, before.archived_on)
    assert sign_in(cast.secretary).force(URL, {**NEW, "formation": "independent", **forged}).status_code == 303
    after = stored(db_session)
    assert (after.code, after.level, after.parent_id, after.path, after.archived_on) == kept


def test_archived_it_can_be_entered_and_not_changed(cast, sign_in, db_session):
    cast.community.archived_on = today()
    secretary = sign_in(cast.secretary)
    assert secretary.get("/office/wangjiang/groups").status_code == 200
    assert secretary.get(URL).status_code == 403
    assert secretary.force(URL, NEW).status_code == 403


@either_engine
def test_navigation_marks_the_page(cast, sign_in):
    page = sign_in(cast.secretary).page("/office/wangjiang/associations")
    current = [link["href"] for link in page.select(".side a[aria-current=page]")]
    assert current == [URL]
