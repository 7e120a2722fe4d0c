"""Lending is taken back: the borrower's sessions to come are left, what was held stays, and the leader is told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.core.calendar import now
from portal.core.database import db
from portal.lending import services as lending
from portal.lending.models import LendingState
from portal.people.models import Person
from tests.harness.service import make_activity, make_session, make_sign_up
from tests.lending.rows import again, agree, ask, helpers, lent_of
from tests.signups.rows import state, tally


@pytest.fixture
def made(cast):
    """The first hairdresser is lent and has agreed; signed up for what is kept to the own, held and to come."""
    known = helpers(cast)
    request = ask(cast, known.skill)
    (lent,) = agree(cast, request, known.first)
    lending.answer(known.account, lent, LendingState.AGREED)
    activity, person = make_activity(cast.community, "重阳义剪"), known.account.person
    kept = make_session(activity, now() + timedelta(days=4), {None: 1}, own_only=True)
    open_to_all = make_session(activity, now() + timedelta(days=5), {None: 2})
    held = make_session(activity, now() - timedelta(days=1), {None: 2}, own_only=True)
    mine = [make_sign_up(one, person, how) for one, how in ((kept, "confirmed"), (open_to_all, "confirmed"))]
    mine.append(make_sign_up(held, person, "completed", in_at=held.starts_at, out_at=held.ends_at))
    waiting = make_sign_up(kept, db.session.get_one(Person, known.here.person_id), "waitlisted")
    db.session.commit()
    return known, request, kept, mine, waiting


def end(cast, known, request, how):
    if how == "taken back by the lender":
        lending.take_back(cast.sibling, lent_of(request)[0])
    elif how == "withdrawn by the borrower":
        lending.withdraw(cast.secretary, again(request.public_id))
    else:
        lending.answer(known.account, lent_of(request)[0], LendingState.DECLINED)


ENDS = ("taken back by the lender", "withdrawn by the borrower", "the volunteer cannot")


@pytest.mark.parametrize("how", ENDS)
def test_the_place_goes_on_and_what_was_held_stays(cast, made, how):
    known, request, kept, mine, waiting = made
    assert [state(one) for one in mine] == ["confirmed", "confirmed", "completed"], "the control: lent"
    end(cast, known, request, how)
    assert [state(one) for one in mine] == ["withdrawn", "confirmed", "completed"]
    assert (state(waiting), tally(kept)) == ("offered", [(1, 1)])


def test_the_leader_is_told_on_the_work_list_and_on_the_session(cast, sign_in, made):
    _known, request, kept, _mine, _waiting = made
    client, url = sign_in(cast.secretary), f"/office/wangjiang/sessions/{kept.public_id}"
    assert "支援已结束" not in client.page(url).text
    lending.take_back(cast.sibling, lent_of(request)[0])
    db.session.commit()
    home = client.page("/office/wangjiang")
    assert "1 名来支援的志愿者不来了" in home.text
    assert url in [link.get("href") for link in home.select("a")]
    assert "已取消报名：沈一刀" in client.page(url).text
    assert "支援的志愿者不来" not in sign_in(cast.sibling).page("/office/tingyu").text


def test_who_is_lent_by_another_request_stays(cast, made):
    """The days of a second request cover the session too."""
    known, request, _kept, mine, _waiting = made
    other = ask(
        cast, known.skill, start_on=request.end_on + timedelta(days=1), end_on=request.end_on + timedelta(days=9)
    )
    other.start_on = request.start_on
    db.session.commit()
    lent = agree(cast, other, known.first)[0]
    lending.answer(known.account, lent, LendingState.AGREED)
    lending.take_back(cast.sibling, lent_of(request)[0])
    assert state(mine[0]) == "confirmed"
