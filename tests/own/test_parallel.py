"""Many at once: of two decisions one counts, of two requests one waits."""

from __future__ import annotations

from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.accounts.models import Account
from portal.core.audit import AuditEntry
from portal.core.database import db
from portal.own import services
from portal.own.models import PersonalRequest, RequestState
from portal.people.models import Person
from tests.harness.together import send_at_once

MANY = 6


def statuses(app: Flask, account: Account, posts: list[tuple[str, dict[str, Any]]]) -> list[int]:
    return sorted(answer.status_code for answer in send_at_once(app, account, posts))


def decisions(asked: PersonalRequest) -> list[tuple[str, dict[str, Any]]]:
    url = f"/office/wangjiang/requests/{asked.public_id}"
    return [(f"{url}/accept", {}), (f"{url}/refuse", {"reason": "材料不符"})] * (MANY // 2)


def count_decided() -> int:
    statement = select(func.count()).where(AuditEntry.action.in_(("own.accept", "own.refuse")))
    return db.session.scalar(statement) or 0


def test_decided_once(live_app, cast, ask):
    asked = ask(cast.member, name="王秀瑛")
    assert statuses(live_app, cast.secretary, decisions(asked)) == [303] + [422] * (MANY - 1)
    db.session.refresh(asked)
    name = db.session.scalar(select(Person.name).where(Person.id == cast.member.person_id))
    assert (asked.state, name) in [("done", "王秀瑛"), ("refused", "王秀英")]
    assert count_decided() == 1


@pytest.mark.engines("postgresql")
def test_control_without_the_condition_it_is_decided_more_than_once(live_app, cast, ask, monkeypatch):
    """SQLite lets one writer in at a time, which hides the race; PostgreSQL shows it."""

    def settle(request: PersonalRequest, state: RequestState, actor: Account, reason: str = "") -> None:
        barrier.wait(5)
        request.state, request.reason, request.decided_by_id = state, reason, actor.person_id

    asked = ask(cast.member, name="王秀瑛")
    barrier = Barrier(MANY)
    monkeypatch.setattr(services, "_settle", settle)
    statuses(live_app, cast.secretary, decisions(asked))
    assert count_decided() > 1


def test_asked_once(live_app, cast):
    answers = statuses(live_app, cast.member, [("/me/data/correction", {"name": "王秀瑛"})] * MANY)
    assert set(answers) <= {303, 422}
    assert db.session.scalar(select(func.count()).select_from(PersonalRequest)) == 1
