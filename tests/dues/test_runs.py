"""Charging from the page: look, confirm, outcome; a whole branch; stopped half-way and finished; who may not."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core.audit import AuditEntry
from portal.core.calendar import today
from portal.core.database import db
from portal.core.jobs import Job, queue
from portal.dues import charging, runs
from portal.dues.models import Charge
from portal.dues.services import charged
from portal.ledger.models import BookState, PeriodBook
from portal.offices.rights import Position
from tests.dues.test_settling import member
from tests.harness.cases import either_engine
from tests.harness.factory import appoint, make_account, make_membership, make_person
from tests.harness.money import make_charge, make_period, make_plan

PAGE = "/office/wangjiang/dues/charging"
STREET = "/office/liuan/dues/charging"


@pytest.fixture
def period(cast):
    make_plan(cast.federation)
    return make_period(cast.community)


@pytest.fixture
def street_treasurer(cast):
    person = make_person("钱有余")
    appoint(person, cast.street, Position.TREASURER, covers_subtree=True)
    return make_account(person)


def count(place: Association) -> int:
    asked = (Charge.association_id == place.id, Charge.voided_at.is_(None))
    return db.session.scalar(select(func.count(Charge.id)).where(*asked)) or 0


def work(account, association, period, *, below: bool = True) -> Job:
    """The job of a run, done."""
    account = db.session.get_one(Account, account.id, options=[joinedload(Account.person)], populate_existing=True)
    job = runs.open_run(account, association, period, below=below)
    db.session.commit()
    queue.send(runs.run, job.public_id)
    db.session.expire_all()
    return job


def test_looked_at_confirmed_and_done_once(cast, sign_in, period):
    member(cast, "龚正", suspended_on=period.start_on)
    treasurer = sign_in(cast.treasurer)
    page = treasurer.page(PAGE)
    assert "finding=suspended" in str(page.select("table a"))
    assert not page.select("[name=below]")
    names = treasurer.get(f"{PAGE}/members?finding=new").text
    assert cast.member.person.name in names
    assert "龚正" not in names
    assert "龚正" in treasurer.get(f"{PAGE}/members/list.csv?finding=suspended").text
    answer = treasurer.submit(PAGE)
    assert answer.status_code == 303
    done = treasurer.get(answer.location)
    job = db.session.scalars(select(Job).where(Job.kind == runs.JOB)).one()
    assert (job.state, job.result["outcome"]["new"], count(cast.community)) == ("done", 1, 1)
    assert job.public_id in done.text
    assert db.session.scalar(select(func.count(AuditEntry.id)).where(AuditEntry.action == "dues.charge")) == 1
    again = treasurer.page(PAGE)
    assert not again.select("main form[method=post]")  # nothing to confirm
    assert treasurer.force(PAGE, {"period": period.public_id}).status_code == 303
    assert count(cast.community) == 1
    assert sign_in(cast.chair).get(answer.location).status_code in (403, 404)


def test_a_branch_leaves_out_closed_books_and_names_them(cast, street_treasurer, sign_in, period):
    past = make_period(cast.community, today().year - 1)
    make_membership(make_person("远方"), cast.sibling_community)
    db.session.add(PeriodBook(association_id=cast.community.id, period_id=past.id, state=BookState.CLOSED))
    treasurer = sign_in(street_treasurer)
    page = treasurer.page(f"{STREET}?period={past.public_id}&below=y")
    assert page.select("[name=below][checked]")
    assert page.select(".notice.amber")
    job = work(street_treasurer, cast.street, past)
    assert (job.state, job.done, job.total) == ("done", 3, 3)
    assert [name for name, _why in job.result["skipped"]] == [cast.community.name]
    assert (count(cast.sibling_community), count(cast.community), count(cast.village)) == (1, 0, 0)
    assert work(street_treasurer, cast.street, past).result["outcome"]["new"] == 0
    assert "远方" in treasurer.get(f"{STREET}/members?below=y").text


def test_stopped_half_way_and_finished_by_the_next(cast, street_treasurer, period):
    make_membership(make_person("远方"), cast.sibling_community)
    last = cast.sibling_community

    def stop(sender, **_details):
        if sender.id == last.id:
            raise KeyboardInterrupt

    with charged.connected_to(stop), pytest.raises(KeyboardInterrupt):
        work(street_treasurer, cast.street, period)
    db.session.rollback()
    assert (count(cast.community), count(last)) == (1, 0)
    job = work(street_treasurer, cast.street, period)
    assert (job.state, job.result["outcome"]["new"], job.result["outcome"]["unchanged"]) == ("done", 1, 1)
    assert (count(cast.community), count(last)) == (1, 1)


@either_engine
def test_refused_with_words(cast, sign_in, period):
    past, future = (make_period(cast.community, today().year + step) for step in (-1, 1))
    db.session.add(PeriodBook(association_id=cast.community.id, period_id=past.id, state=BookState.LOCKED))
    treasurer = sign_in(cast.treasurer)
    for one in (past, future):
        page = treasurer.page(f"{PAGE}?period={one.public_id}")
        assert one.name in page.select_one(".notice.amber").text
        answer = treasurer.force(PAGE, {"period": one.public_id})
        assert answer.status_code == 422
        assert one.name in answer.text
    assert work(cast.treasurer, cast.community, past, below=False).message.count(past.name) == 1
    assert count(cast.community) == 0


@pytest.mark.engines("sqlite")
def test_who_may(cast, sign_in, client, period):
    for account, status in (
        (cast.secretary, 403), (cast.chair, 403), (cast.leader, 403), (cast.publisher, 403), (cast.sibling, 404),
        (cast.ended, 404), (cast.member, 404),
    ):  # fmt: skip
        visitor = sign_in(account)
        assert (
            visitor.get(PAGE).status_code == visitor.force(PAGE, {"period": period.public_id}).status_code == status
        )
    assert sign_in(cast.leader).get(f"{PAGE}/members").status_code == 403
    assert client.get(PAGE).status_code == 303
    assert sign_in(cast.treasurer).get(f"{PAGE}/members?finding=nonsense").status_code == 404
    assert sign_in(cast.treasurer).get(f"{PAGE}/runs/nothing").status_code == 404
    assert count(cast.community) == 0


def test_below_only_where_the_right_reaches(cast, sign_in, period):
    make_membership(make_person("远方"), cast.sibling_community)
    assert work(cast.treasurer, cast.street, period).result["outcome"]["new"] == 1
    assert (count(cast.community), count(cast.sibling_community)) == (1, 0)
    page = sign_in(cast.treasurer).page(f"{PAGE}?below=y")
    assert not page.select("[name=below]")


def test_what_would_happen_to_very_many_is_worked_out_in_the_background(
    cast, street_treasurer, sign_in, period, monkeypatch
):
    """The same as at once: who moved within the branch is no member of elsewhere; a closed book is left out."""
    make_membership(make_person("远方"), cast.sibling_community)
    work(street_treasurer, cast.street, period)
    moved = make_membership(make_person("搬走"), cast.community)
    make_membership(make_person("新人"), cast.community)
    make_charge(moved, period)
    moved.association_id = cast.sibling_community.id
    db.session.flush()
    at_once = charging.preview(cast.street, period, below=True)
    assert (at_once.new, at_once.changed, at_once.unchanged) == (1, 0, 3)
    treasurer = sign_in(street_treasurer)
    assert "后台" not in treasurer.page(f"{STREET}?below=y").select_one("main").text, "few are told at once"
    monkeypatch.setattr(runs, "MOST_LOOKED_AT", 3)
    page = treasurer.page(f"{STREET}?below=y").select_one("main")
    assert not page.select("form[method=post][action$=charging]")
    answer = treasurer.submit(f"{STREET}/preview", page=f"{STREET}?below=y")
    job = db.session.scalars(select(Job).where(Job.kind == runs.PREVIEW)).one()
    assert (job.state, job.done, job.total) == ("done", 3, 3)
    assert charging.Outcome(**job.result["outcome"]) == at_once
    found = treasurer.page(answer.location).select_one("main")
    assert found.select_one("form[action$=charging] [name=below]")
    assert count(cast.community) == 2, "nothing was charged"
    assert sign_in(cast.treasurer).get(answer.location).status_code == 404
    assert sign_in(cast.secretary).force(f"{PAGE}/preview", {}).status_code == 403
