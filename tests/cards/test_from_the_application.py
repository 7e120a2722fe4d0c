"""The whole way in one piece: applied for by a visitor, accepted, a card issued, verified by a stranger."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.cards.models import MemberCard
from portal.core.calendar import today
from portal.people.services import default_notice, publish_notice
from tests.applications.filling import NUMBER, OFFICE, answers_of, fill_in, send
from tests.cards.rows import code_of
from tests.harness.client import client_of

pytestmark = pytest.mark.engines("sqlite")  # each step has its own tests on both


def test_applied_accepted_carried_and_verified(app, cast, sign_in, db_session):
    publish_notice(None, default_notice(), today() - timedelta(days=9))
    db_session.commit()
    applicant, stranger, secretary = client_of(app), client_of(app), sign_in(cast.secretary)
    fill_in(applicant, answers_of(cast))
    reference = send(applicant)
    listed = secretary.page(OFFICE).select_one("main tbody a[href*=applications]")["href"]
    assert secretary.submit(f"{listed}/accept", {"group": ""}, page=listed).status_code == 303
    welcome = applicant.page(f"/join/{reference}").select_one("main").get_text()
    led = secretary.page(listed).select_one("main a[href*=memberships]")["href"]
    assert secretary.submit(f"{led}/card").status_code == 303
    card = db_session.scalars(select(MemberCard)).one()
    assert card.snapshot["number"] in welcome
    verdict = stranger.page(f"/verify/{code_of(card)}").select_one(".verdict").get_text(" ", strip=True)
    assert all(said in verdict for said in ("有效", "钟**", cast.community.name))
    assert not any(secret in verdict for secret in ("钟若兰", NUMBER, card.snapshot["number"]))
