"""Many memberships at once: a summary before, the act once, an outcome after; nobody out of reach."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.core.calendar import today
from portal.core.database import db
from portal.members.models import Membership, MembershipStay
from portal.register import batch
from tests.harness.cases import each, either_engine
from tests.harness.factory import make_group
from tests.register.rows import LIST, ended, join

MOVE, END = f"{LIST}/move", f"{LIST}/end"


def chosen(*memberships, **values):
    pairs = [f"chosen={membership.public_id}" for membership in memberships]
    return "&".join([*pairs, *(f"{key}={value}" for key, value in values.items())])


@pytest.fixture
def three(cast):
    """Two to act on, one that has ended."""
    here = cast.community
    found = join("钟若兰", here), join("钟若梅", here, group_id=cast.group.id), ended("李远", here)
    db.session.commit()
    return found


def again(membership) -> Membership:
    return db.session.scalars(select(Membership).where(Membership.public_id == membership.public_id)).one()


def test_the_list_offers_the_acts(cast, sign_in, three):
    page = sign_in(cast.secretary).page(LIST)
    assert len(page.select("input[name=chosen]")) == 3
    actions = {button.get("formaction", "").rpartition("/")[2] for button in page.select("#found form button")}
    assert actions == {"", "move", "end", "cards"}
    assert not sign_in(cast.treasurer).page(LIST).select("[formaction]")


# To a group


def test_summary_then_move(cast, sign_in, three):
    first, second, gone = three
    secretary, group = sign_in(cast.secretary), cast.group.public_id
    url = f"{MOVE}?{chosen(first, second, gone, to=group)}"
    page = secretary.page(url)
    assert [figure.get_text() for figure in page.select(".figures .num")] == ["1", "2"]
    left = {row.td.get_text(strip=True) for row in page.select("tbody tr")}
    assert left == {"钟若梅", "李远"}
    assert again(first).group_id is None  # a summary changes nothing
    answer = secretary.submit(url, page=url)
    assert answer.status_code == 303
    outcome = secretary.page(answer.location)
    assert outcome.select_one(".notice.green")
    assert len(outcome.select("tbody tr")) == 2
    assert again(first).group_id == cast.group.id
    stays = select(MembershipStay).where(MembershipStay.membership_id == again(first).id)
    assert [stay.group_id for stay in db.session.scalars(stays.order_by(MembershipStay.id))] == [None, cast.group.id]


def test_twice_moves_once(cast, sign_in, three):
    secretary = sign_in(cast.secretary)
    url = f"{MOVE}?{chosen(three[0], to=cast.group.public_id)}"
    for _ in range(2):
        secretary.force(url)
    stays = select(MembershipStay).where(MembershipStay.membership_id == again(three[0]).id)
    assert len(db.session.scalars(stays).all()) == 2


def test_out_of_the_group(cast, sign_in, three):
    sign_in(cast.secretary).force(f"{MOVE}?{chosen(three[1], to='none')}")
    assert again(three[1]).group_id is None


def test_all_of_a_filter(cast, sign_in, three):
    for number in range(30):
        join(f"赵{number:02}", cast.community)
    secretary = sign_in(cast.secretary)
    url = f"{MOVE}?q=赵&every=1&to={cast.other_group.public_id}"
    assert "30" in secretary.page(url).select_one(".figures .num").get_text()
    secretary.submit(url, page=url)
    moved = select(Membership.id).where(Membership.group_id == cast.other_group.id)
    assert len(db.session.scalars(moved).all()) == 30


def test_many_are_done_in_the_background_by_portions(cast, sign_in, three, monkeypatch):
    monkeypatch.setattr(batch, "AT_ONCE", 2)
    monkeypatch.setattr(batch, "PORTION", 2)
    for number in range(5):
        join(f"赵{number}", cast.community)
    secretary = sign_in(cast.secretary)
    answer = secretary.force(f"{MOVE}?q=赵&every=1&to={cast.group.public_id}")
    page = secretary.page(answer.location)
    assert "5" in page.select_one("#job .notice").get_text()


def test_nobody_chosen_leads_back_to_the_list(cast, sign_in):
    secretary = sign_in(cast.secretary)
    for path in ("move", "end", "letter", "cards"):
        answer = secretary.get(f"{LIST}/{path}?q=王")
        assert answer.status_code == 303
        assert "/office/wangjiang/members?q=" in answer.location


def test_no_group_or_a_foreign_one(cast, sign_in, three):
    theirs = make_group(cast.sibling_community, "听雨一组")
    db.session.commit()
    secretary = sign_in(cast.secretary)
    for to in ("", "nonsense", theirs.public_id):
        assert secretary.force(f"{MOVE}?{chosen(three[0], to=to)}").status_code == 400
    assert again(three[0]).group_id is None


@either_engine
def test_too_many_are_refused(cast, sign_in, three, monkeypatch):
    monkeypatch.setattr(batch, "MOST", 1)
    answer = sign_in(cast.secretary).get(f"{MOVE}?{chosen(*three, to=cast.group.public_id)}")
    assert answer.status_code == 303


# The end


def values(**changed):
    return {"last_day": today().isoformat(), "reason": "moved_away", "note": "迁往外地", **changed}


def test_end_with_a_reason(cast, sign_in, three):
    first, _second, gone = three
    secretary = sign_in(cast.secretary)
    url = f"{END}?{chosen(first, gone)}"
    page = secretary.page(url)
    assert [figure.get_text() for figure in page.select(".figures .num")] == ["1", "1"]
    outcome = secretary.page(secretary.submit(url, values()).location)
    assert "李远" in outcome.select_one("tbody").get_text()
    after = again(first)
    assert (after.ended_on, after.end_reason, after.end_note) == (today(), "moved_away", "迁往外地")
    assert again(gone).end_reason == "withdrew"


@either_engine
@each(
    "changed",
    [{"last_day": ""}, {"last_day": (today() + timedelta(days=1)).isoformat()}, {"reason": ""}, {"reason": "deleted"},
     {"last_day": "neulich"}, {"note": "长" * 201}],
)  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_ends(cast, sign_in, three, changed):
    answer = sign_in(cast.secretary).submit(f"{END}?{chosen(three[0])}", values(**changed))
    assert answer.status_code == 422
    assert "迁往外地" in answer.text or "note" in changed
    assert again(three[0]).ended_on is None


def test_a_day_before_joining_is_left_out(cast, sign_in):
    late = join("赵新来", cast.community, joined_on=today())
    secretary = sign_in(cast.secretary)
    day = (today() - timedelta(days=3)).isoformat()
    outcome = secretary.page(secretary.submit(f"{END}?{chosen(late)}", values(last_day=day)).location)
    assert "赵新来" in outcome.select_one("tbody").get_text()
    assert again(late).ended_on is None


# Whose they are


@either_engine
def test_foreign_ids_are_nobody_s(cast, sign_in, three):
    theirs = join("邻居", cast.sibling_community)
    secretary, sibling = sign_in(cast.secretary), sign_in(cast.sibling)
    secretary.force(f"{END}?{chosen(three[0], theirs)}", values())
    assert again(three[0]).ended_on == today()
    assert again(theirs).ended_on is None
    assert sibling.force(f"/office/tingyu/members/end?{chosen(three[1])}", values()).status_code == 303
    assert again(three[1]).ended_on is None


def test_what_stands_below_an_archived_association_stays(cast, sign_in, three):
    cast.community.archived_on = today()
    db.session.commit()
    sign_in(cast.chair).force(f"/office/liuan/members/end?{chosen(three[0])}", values())
    assert again(three[0]).ended_on is None


def test_rights_that_are_gone_meanwhile_act_no_more(cast, sign_in, three, monkeypatch):
    """The work asks again: here the right is lost between the request and the work."""
    monkeypatch.setattr(batch, "RIGHT", "dues.approve")
    these = select(Membership).where(Membership.id == three[0].id)
    job = batch.start(cast.secretary, cast.community, these, "end", values())
    db.session.commit()
    batch.run(job.public_id)
    assert again(three[0]).ended_on is None


@either_engine
@each("path", ["move", "end", "cards"])
def test_who_may_not(cast, sign_in, client, three, path):
    url = f"{LIST}/{path}?{chosen(three[0], to=cast.group.public_id)}"
    for who, status in (("leader", 403), ("treasurer", 403), ("publisher", 403), ("sibling", 404), ("ended", 404)):
        visitor = sign_in(getattr(cast, who))
        assert visitor.get(url).status_code == status, who
        assert visitor.force(url, values()).status_code == status, who
    assert client.get(url).location.startswith("/sign-in")
    assert (again(three[0]).ended_on, again(three[0]).group_id) == (None, None)


def test_an_outcome_is_its_own_officer_s(cast, sign_in, three):
    answer = sign_in(cast.secretary).force(f"{END}?{chosen(three[0])}", values())
    assert sign_in(cast.chair).get(answer.location).status_code == 404
    assert sign_in(cast.secretary).get(answer.location.replace("wangjiang", "liuan")).status_code == 404


# Cards


def test_cards_for_the_chosen(cast, sign_in, three):
    secretary = sign_in(cast.secretary)
    url = f"{LIST}/cards?{chosen(*three)}"
    page = secretary.page(url)
    assert page.select_one(".figures .num").get_text() == "2"
    answer = secretary.submit(url, page=url)
    assert "/cards/batches/" in answer.location
    assert secretary.page(answer.location).select_one(".notice.green")
