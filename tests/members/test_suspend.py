"""Suspending a membership, and resuming it."""

from __future__ import annotations

from portal.core.calendar import today
from portal.members.models import MembershipState
from tests.harness.cases import each, either_engine
from tests.members.refusals import refused_to_everybody_else

REASON = {"reason": "长期在外地"}


def test_suspended_and_resumed(cast, sign_in, url, held, now_of, logged):
    secretary = sign_in(cast.secretary)
    assert secretary.submit(f"{url}/suspend", REASON).status_code == 303
    assert (now_of(held).suspended_on, now_of(held).suspension_reason) == (today(), "长期在外地")
    assert now_of(held).state_on(today()) == MembershipState.SUSPENDED
    assert "长期在外地" in secretary.page(url).get_text()
    assert secretary.submit(f"{url}/suspend", REASON).status_code == 422, "twice"
    assert secretary.submit(f"{url}/resume", {"note": "已回来"}).status_code == 303
    assert now_of(held).suspended_on is None
    assert "已回来" in secretary.page(url).get_text(), "the history keeps why"
    assert secretary.submit(f"{url}/resume").status_code == 422, "twice"
    assert logged() == ["members.suspend", "members.resume"]


@either_engine
@each("reason", ["", "  ", "外出", "长" * 201])
def test_bad_input(cast, sign_in, url, held, now_of, reason):
    response = sign_in(cast.secretary).submit(f"{url}/suspend", {"reason": reason})
    assert response.status_code == 422
    assert 'href="#reason"' in response.text
    assert now_of(held).suspended_on is None


@either_engine
def test_who_may_not(cast, sign_in, client, url, held, now_of):
    refused_to_everybody_else(cast, sign_in, client, f"{url}/suspend", REASON)
    held.suspended_on, held.suspension_reason = today(), "原因在此"
    refused_to_everybody_else(cast, sign_in, client, f"{url}/resume", {})
    assert now_of(held).suspended_on == today()


@either_engine
def test_by_get_nothing_happens(cast, sign_in, url, held, now_of):
    assert sign_in(cast.secretary).get(f"{url}/suspend", query_string=REASON).status_code == 200
    assert now_of(held).suspended_on is None


def test_what_has_ended_is_not_suspended(cast, sign_in, url, held, now_of):
    held.ended_on, held.end_reason = today(), "withdrew"
    assert sign_in(cast.secretary).submit(f"{url}/suspend", REASON).status_code == 422
    assert now_of(held).suspended_on is None
