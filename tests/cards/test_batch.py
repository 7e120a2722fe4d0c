"""Cards for many as one job: who gets one, who is left out and why, the files, and who may fetch them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.cards import batch
from portal.cards.models import IssueReason
from portal.cards.services import Batch, open_batch
from portal.core import jobs
from portal.core.audit import AuditEntry
from portal.core.calendar import at, now, today
from portal.core.database import db
from portal.core.files import store
from portal.core.jobs import Job, queue
from tests.cards.rows import CARDS, cards_of, live_cards, make_card, make_members, membership_of, page_count, text_of
from tests.harness.cases import either_engine

RARE = "李\U0003134f"


def work(account, association, wanted) -> Job:
    """The job of a batch, done."""
    job = open_batch(account, association, wanted)
    db.session.commit()
    queue.send(batch.run, job.public_id)
    db.session.expire_all()
    return job


def left_out(job) -> dict[str, str]:
    return {name: why for name, _number, why in job.result["left_out"]}


def last_job() -> Job:
    return db.session.query(Job).order_by(Job.id.desc()).first()


def test_who_has_no_card_gets_one(app, cast):
    first, second = make_members(cast.community, "林栩", "欧阳修远")
    kept = make_card(membership_of(cast.member))
    (suspended,) = make_members(cast.community, "赵文", suspended_on=today(), suspension_reason="核对")
    (unprintable,) = make_members(cast.community, RARE)
    job = work(cast.secretary, cast.community, Batch())
    assert (job.state, job.done, job.total) == ("done", 4, 4)
    assert live_cards(membership_of(cast.member).id)[0].id == kept.id
    assert [len(live_cards(one.id)) for one in (first, second, suspended, unprintable)] == [1, 1, 0, 0]
    left = left_out(job)
    assert set(left) == {"赵文", RARE}
    assert "U+3134F" in left[RARE]
    (file,) = job.result["files"]
    pdf = store.read(file["key"])
    assert page_count(pdf) == 2
    assert "林栩" in text_of(pdf)
    assert "王秀英" not in text_of(pdf)
    entry = db.session.query(AuditEntry).filter_by(action="cards.open_batch").one()
    assert entry.association_id == cast.community.id


def test_a_renewal_voids_every_card_of_before(app, cast):
    members = make_members(cast.community, "林栩", "周舟")
    old = [make_card(one, issued_on=today() - timedelta(days=1)) for one in members]
    job = work(cast.secretary, cast.community, Batch("renew"))
    assert job.result["replaced"] == 2
    for membership, card in zip(members, old, strict=True):
        first, second = cards_of(membership.id)
        assert (first.id, first.void_reason) == (card.id, IssueReason.RENEWED)
        assert (second.reason, second.serial, second.issued_by_id) == ("renewed", 2, cast.secretary.person_id)
    (fresh,) = cards_of(membership_of(cast.member).id)
    assert fresh.reason == IssueReason.FIRST


def test_a_renewal_sent_twice_is_one(app, cast):
    card = make_card(membership_of(cast.member), issued_on=today() - timedelta(days=1))
    work(cast.secretary, cast.community, Batch("renew"))
    again = work(cast.secretary, cast.community, Batch("renew"))
    assert again.state == "failed"
    assert len(cards_of(card.membership_id)) == 2


def test_valid_cards_printed_again_issue_nothing(app, cast):
    card = make_card(membership_of(cast.member))
    make_members(cast.community, "林栩")
    job = work(cast.secretary, cast.community, Batch("print"))
    assert [one.id for one in cards_of(card.membership_id)] == [card.id]
    assert set(left_out(job)) == {"林栩"}
    assert "王秀英" in text_of(store.read(job.result["files"][0]["key"]))


def test_one_a_page(app, cast):
    make_members(cast.community, "林栩", "周舟")
    job = work(cast.secretary, cast.community, Batch(layout="card"))
    assert page_count(store.read(job.result["files"][0]["key"])) == 6


def test_only_a_group_and_only_named_memberships(app, cast):
    lin, zhou, qian = make_members(cast.community, "林栩", "周舟", "钱芳", group_id=cast.other_group.id)
    work(cast.secretary, cast.community, Batch(memberships=(lin.public_id,)))
    assert [len(cards_of(one.id)) for one in (lin, zhou, qian)] == [1, 0, 0]
    work(cast.secretary, cast.community, Batch(group=cast.other_group.public_id))
    assert [len(cards_of(one.id)) for one in (lin, zhou, qian)] == [1, 1, 1]
    assert cards_of(membership_of(cast.member).id) == []


def test_a_batch_reaches_no_further_than_the_right(app, cast):
    foreign = membership_of(cast.member)
    for wanted in (Batch(), Batch("renew", place="wangjiang"), Batch(memberships=(foreign.public_id,))):
        work(cast.sibling, cast.sibling_community, wanted)
        work(cast.sibling, cast.community, wanted)
        work(cast.leader, cast.community, wanted)
    assert cards_of(foreign.id) == []


def test_from_above_a_place_or_all(app, cast):
    (there,) = make_members(cast.sibling_community, "林栩")
    work(cast.chair, cast.street, Batch(place="tingyu"))
    assert [len(cards_of(one.id)) for one in (there, membership_of(cast.member))] == [1, 0]
    work(cast.chair, cast.street, Batch())
    assert [len(cards_of(one.id)) for one in (there, membership_of(cast.member))] == [1, 1]
    assert cards_of(membership_of(cast.stranger).id) == []


def test_portions_and_files(app, cast, monkeypatch):
    monkeypatch.setattr(batch, "PORTION", 2)
    make_members(cast.community, "林栩", "周舟", "钱芳", "孙立")
    job = work(cast.secretary, cast.community, Batch())
    assert [file["count"] for file in job.result["files"]] == [2, 2, 1]
    assert job.done == job.total == 10
    assert "".join(text_of(store.read(file["key"])) for file in job.result["files"]).count("望江社区协会") == 10


def test_nobody_to_issue_to(app, cast):
    make_card(membership_of(cast.member))
    job = work(cast.secretary, cast.community, Batch())
    assert (job.state, job.message) == ("failed", "没有需要发证的会员")


def test_after_a_card_was_void_the_next_has_its_reason(app, cast):
    card = make_card(membership_of(cast.member))
    card.voided_at, card.void_reason = now(), IssueReason.TRANSFERRED
    work(cast.secretary, cast.community, Batch())
    assert live_cards(card.membership_id)[0].reason == IssueReason.TRANSFERRED


@pytest.fixture
def client(cast, sign_in):
    return sign_in(cast.secretary)


def test_the_summary_then_the_job_then_the_file(cast, client):
    make_members(cast.community, "林栩", RARE)
    page = client.page(f"{CARDS}/batch?kind=missing&layout=card-sheet")
    assert [one.get_text() for one in page.select(".figures .num")] == ["2", "0", "1"]
    assert "U+3134F" in page.get_text()
    assert cards_of(membership_of(cast.member).id) == []
    response = client.submit(f"{CARDS}/batch", page=f"{CARDS}/batch?kind=missing&layout=card-sheet")
    assert response.status_code == 303
    job = client.page(response.location)
    assert "2 张会员证可以打印了" in job.get_text()
    file = client.get(job.select_one(".downloads a")["href"])
    assert file.mimetype == "application/pdf"
    assert file.headers["Cache-Control"] == "no-store"


@either_engine
def test_running_it_shows_a_bar_and_asks_again(cast, client):
    job = jobs.open_job("cards.batch", cast.secretary.id, total=200)
    job.state, job.done, job.result = "running", 50, {"association": cast.community.id}
    page = client.page(f"{CARDS}/batches/{job.public_id}")
    assert page.select_one("progress")["value"] == "50"
    assert page.select_one("noscript meta[http-equiv=refresh]")
    assert page.select_one("#job")["hx-trigger"] == "every 1s"
    part = client.get(f"{CARDS}/batches/{job.public_id}", headers={"HX-Request": "true"}).text
    assert part.lstrip().startswith('<div id="job"')
    job = last_job()
    job.state = "failed"
    assert client.page(f"{CARDS}/batches/{job.public_id}").select_one(".notice.red")


@either_engine
def test_nobody_elses_job_or_file(cast, client, sign_in):
    job = work(cast.secretary, cast.community, Batch())
    urls = [f"{CARDS}/batches/{job.public_id}", f"{CARDS}/batches/{job.public_id}/files/1"]
    assert [client.get(url).status_code for url in urls] == [200, 200]
    assert client.get(f"{urls[1][:-1]}2").status_code == 404
    assert client.get(f"{urls[1][:-1]}0").status_code == 404
    for account, statuses in ((cast.chair, {404}), (cast.leader, {403}), (cast.sibling, {404}), (cast.ended, {404})):
        assert {sign_in(account).get(url).status_code for url in urls} == statuses
    assert sign_in(cast.chair).get(urls[1].replace("wangjiang", "liuan")).status_code == 404


@either_engine
def test_after_a_day_the_files_are_gone(cast, client):
    job = work(cast.secretary, cast.community, Batch())
    key, url = job.result["files"][0]["key"], f"{CARDS}/batches/{job.public_id}"
    with at(now() + timedelta(days=1, minutes=1)):
        client_of_tomorrow = client
        client_of_tomorrow.sign_in(cast.secretary)
        assert client_of_tomorrow.get(f"{url}/files/1").status_code == 404
        assert "只保留一天" in client_of_tomorrow.get(url).text
        work(cast.secretary, cast.community, Batch())
    assert not store.has(key)
    assert "files" not in db.session.get(Job, job.id).result


@either_engine
def test_what_the_form_does_not_know_is_refused(cast, client):
    assert client.force(f"{CARDS}/batch", {"kind": "everything", "layout": "card"}).status_code == 422
    assert client.force(f"{CARDS}/batch").status_code == 422
    assert client.page(f"{CARDS}/batch?kind=whim").select_one(".figures") is None


@either_engine
def test_more_than_a_batch_is_for(cast, client, monkeypatch):
    monkeypatch.setattr(batch, "MOST", 1)
    make_members(cast.community, "林栩")
    assert "一次不能超过 1 人" in client.page(f"{CARDS}/batch?kind=missing&layout=card").get_text()
    job = work(cast.secretary, cast.community, Batch())
    assert (job.state, cards_of(membership_of(cast.member).id)) == ("failed", [])


@either_engine
def test_who_may_not(cast, sign_in, app):
    for account, status in ((cast.leader, 403), (cast.sibling, 404), (cast.ended, 404), (cast.member, 404)):
        visitor = sign_in(account)
        assert visitor.get(f"{CARDS}/batch").status_code == status
        assert visitor.force(f"{CARDS}/batch", {"kind": "missing", "layout": "card"}).status_code == status
    assert db.session.query(Job).count() == 0
