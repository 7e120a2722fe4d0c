"""`portal check-chain`: what was altered behind the portal's back is found, and which document it is."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.core.database import db
from portal.notices.models import NoticeVersion
from portal.notices.services import withdraw
from portal.transparency import kinds, offline, queries, services
from portal.transparency.models import ChainKind
from portal.upkeep import proofs
from portal.upkeep.proof_commands import check_chain
from tests.notices.rows import TITLE, acting, corrected, published
from tests.transparency.rows import MOMENT, behind_the_back

WAYS = (
    ("UPDATE notice_version SET html = '<p>二十元。</p>' WHERE number = 1", "is not what was entered"),
    ("UPDATE notice_version SET title = '改了的标题' WHERE number = 1", "is not what was entered"),
    ("UPDATE notice_version SET published_at = '2020-01-01 00:00:00' WHERE number = 1", "is not what was entered"),
    ("UPDATE chain_entry SET digest = '00' WHERE number = 1", "entry 1 is not what its hash was made of"),
    ("DELETE FROM chain_entry WHERE number = 1", "entry 1 is missing"),
    ("DELETE FROM chain_entry WHERE number = 2", "the chain does not end where its head says"),
    ("DELETE FROM chain_entry", "the chain does not end where its head says"),
    ("UPDATE chain_head SET number = 3", "the chain does not end where its head says"),
)


def faults(kept=None):
    """All that the command says."""
    db.session.expire_all()
    try:
        proofs.check(kept)
    except offline.BrokenError as error:
        return [str(error), *proofs.list_faults()]
    return proofs.list_faults()


@pytest.fixture
def notices(cast):
    """Two notices that were published."""
    found = [published(cast.secretary, cast.community), published(cast.secretary, cast.community)]
    db.session.commit()
    return found


def test_what_is_published_stands_in_the_chain(cast, notices, client):
    first, second = notices
    corrected(cast.secretary, first, title="更正后的标题")
    withdraw(acting(cast.secretary), second, "发错了")
    db.session.commit()
    told = [(entry.kind, entry.document, entry.version) for entry in queries.list_entries(1, 9)]
    assert told == [
        ("notice", first.public_id, 1), ("notice", second.public_id, 1), ("notice", first.public_id, 2),
        ("notice_withdrawn", second.public_id, 1),
    ]  # fmt: skip
    page = client.page("/transparency")
    named = [(row.a["href"], row.a.text) for row in page.select("tbody tr")]
    assert named == [
        (f"/notices/{second.public_id}", TITLE), (f"/notices/{first.public_id}/versions/2", "更正后的标题"),
        (f"/notices/{second.public_id}/versions/1", TITLE),
        (f"/notices/{first.public_id}/versions/1", "更正后的标题"),
    ]  # fmt: skip
    shown = client.page(f"/notices/{first.public_id}").select_one("article details")
    assert queries.list_entries(3, 4)[0].hash in shown.text
    assert shown.a["href"] == "/transparency?entry=3#n3"
    assert faults() == []
    assert proofs.check(offline.Head(queries.get_entry("notice", first.public_id, 1).hash)).number == 4


@pytest.mark.parametrize(("statement", "said"), WAYS)
def test_whatever_is_done_is_found(cast, notices, statement, said):
    behind_the_back(statement)
    assert any(said in line for line in faults()), faults()


def test_the_document_is_named(cast, notices):
    behind_the_back(f"UPDATE notice_version SET body = '别的' WHERE notice_id = {notices[1].id}")
    (only,) = faults()
    assert only.startswith(f"notice {notices[1].public_id}, version 1, of wangjiang (entry 2)")


def test_control_without_the_chain_it_would_not_be_seen(cast, notices, monkeypatch, client):
    """The page shows the altered text as if it had always stood there."""
    behind_the_back("UPDATE notice_version SET title = '改了的标题'")
    assert "改了的标题" in client.get(f"/notices/{notices[0].public_id}").text
    assert faults()
    monkeypatch.setattr(kinds, "content_of", lambda *_: None)
    monkeypatch.setattr(proofs, "_altered", lambda: iter(()))
    assert faults() == []


def test_what_was_slipped_in_or_taken_out(cast, notices):
    first, second = (notice.id for notice in notices)
    behind_the_back(
        f"UPDATE notice_version SET number = 7 WHERE notice_id = {first}",
        f"DELETE FROM notice_version WHERE notice_id = {second}",
    )
    said = " / ".join(faults())
    assert said.count("is in no table any more") == 2
    assert said.count("version 7, stands in public and is not in the chain") == 1


def test_a_chain_made_anew_is_found_by_a_kept_head_only(cast, notices):
    """Whoever alters a text and computes every entry again is told from the truth by what somebody kept."""
    kept = offline.Head(queries.get_head().hash)
    behind_the_back("UPDATE notice_version SET body = '别的'", "DELETE FROM chain_entry", "DELETE FROM chain_head")
    proofs.begin()
    assert faults() == []
    assert faults(kept) == [
        "the kept head does not lie in this chain: what was published before it has been changed."
    ]


def test_what_was_published_before_there_was_a_chain_is_entered_once(cast, notices, query_count):
    """The oldest first, when the portal starts after the upgrade; nothing is entered again, or later."""
    behind_the_back("DELETE FROM chain_entry", "DELETE FROM chain_head")
    newer = db.session.scalars(select(NoticeVersion).where(NoticeVersion.notice_id == notices[1].id)).one()
    behind_the_back(f"UPDATE notice_version SET published_at = '{MOMENT:%Y-%m-%d %H:%M:%S}' WHERE id = {newer.id}")
    assert "stands in public and is not in the chain" in faults()[0]
    assert proofs.begin() == 2
    assert [entry.document for entry in queries.list_entries(1, 9)] == [notices[1].public_id, notices[0].public_id]
    assert faults() == []
    behind_the_back("DELETE FROM chain_entry WHERE number = 2")
    assert proofs.begin() == 0
    assert len(queries.list_entries(1, 9)) == 1


def test_many_are_entered_as_one_by_one(cast, notices):
    """Both ways make the same entries."""
    one_by_one = queries.list_entries(1, 9)
    behind_the_back("DELETE FROM chain_entry", "DELETE FROM chain_head")
    services.begin()
    services.enter_all(list(kinds.publications())[:1], when_published=True)
    services.enter_all(kinds.publications(), when_published=True)
    assert queries.list_entries(1, 9) == one_by_one
    assert queries.get_end() == (2, one_by_one[1].hash)


def test_every_kind_can_be_computed_again_and_is_found(app, db_session):
    """A kind that no room answers for would be in the chain and checked by nobody."""
    for kind in ChainKind:
        assert kind in kinds._provers, kind
        assert kind in kinds._listers, kind
        assert kind in kinds._namers, kind
        endpoint = (kinds.place_of(kind, "doc000000001", 1) or ("", {}))[0]
        assert endpoint in app.view_functions, kind


def test_the_command(app, cast, notices):
    """One line and a status; the fault by name on a line of its own."""
    run = app.test_cli_runner().invoke(check_chain)
    assert (run.exit_code, "Every document is what was entered" in run.output) == (0, True), run.output
    kept = queries.get_head().hash
    assert app.test_cli_runner().invoke(check_chain, ["--head", kept]).exit_code == 0
    assert app.test_cli_runner().invoke(check_chain, ["--head", "0" * 64]).exit_code == 1
    behind_the_back(f"UPDATE notice_version SET body = '别的' WHERE notice_id = {notices[0].id}")
    run = app.test_cli_runner().invoke(check_chain)
    assert run.exit_code == 1
    assert f"notice {notices[0].public_id}, version 1, of wangjiang" in run.output
