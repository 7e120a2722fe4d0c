"""/transparency: in plain words, the head to keep, the entries, the files."""

from __future__ import annotations

import json

from portal.core import drawn
from portal.core.database import db
from portal.letters import publishing
from portal.transparency import offline, queries, views
from tests.harness.cases import either_engine
from tests.letters.rows import answered, read
from tests.transparency.rows import behind_the_back, entered


def test_before_the_first_publication(client, db_session):
    assert "Nothing was published yet" in client.get("/transparency", headers={"Accept-Language": "en"}).text
    assert client.get("/transparency/chain.jsonl").data == b""
    assert json.loads(client.get("/transparency/head.json").data)["number"] == 0


def test_the_head_and_the_entries(cast, client, monkeypatch):
    monkeypatch.setattr(views, "SIZE", 2)
    entries = [entered(cast, version=number) for number in range(1, 6)]
    newest = client.get("/transparency")
    assert all(entry.hash in newest.text for entry in entries[3:])
    assert entries[2].hash not in newest.text
    assert 'id="n5"' in newest.text
    for asked, shown in (
        ("page=2", 3),
        ("page=3", 1),
        ("page=99", 1),
        ("entry=1", 1),
        ("entry=3", 3),
        ("entry=4", 5),
    ):
        assert f'id="n{shown}"' in client.get(f"/transparency?{asked}").text, asked
    for odd in ("entry=-1", "entry=x", "entry=99", "page=0", "entry=99999999999999999999"):
        assert 'id="n5"' in client.get(f"/transparency?{odd}").text, odd


def test_a_title_taken_out_of_public_is_gone_at_once(cast, client, app, monkeypatch):
    """It leaves no entry in the chain, and the page is drawn anew all the same."""
    letter = answered(cast, may_publish=True)
    publishing.publish(cast.secretary, letter, "楼上漏水谁来管？", "答复在此说明。")
    db.session.commit()
    monkeypatch.setitem(app.config, "FIGURES_SECONDS", 600)
    app.extensions["portal.drawn"] = drawn.Shelf()
    assert "楼上漏水" in client.get("/transparency").text
    publishing.unpublish(cast.secretary, read(letter))
    db.session.commit()
    assert "楼上漏水" not in client.get("/transparency").text
    app.extensions.pop("portal.drawn")


def test_the_files_hold_and_agree(cast, client, query_count):
    entries = [entered(cast, version=number) for number in range(1, 4)]
    db.session.commit()
    file = client.get("/transparency/chain.jsonl")
    head = offline.read_head(client.get("/transparency/head.json").text)
    walked = offline.verify(offline.entries_of(file.data.splitlines()), head)
    assert (walked.number, walked.hash) == (3, entries[2].hash)
    assert 'filename="chain-3.jsonl"' in file.headers["Content-Disposition"]


@either_engine
def test_the_page_says_what_the_chain_says(cast, client):
    """Nothing is drawn from elsewhere: a forged head is shown as it is, and does not verify."""
    entered(cast)
    forged = "f" * 64
    behind_the_back(f"UPDATE chain_head SET hash = '{forged}'")
    assert forged in client.get("/transparency").text
    assert queries.get_end() == (1, forged)
