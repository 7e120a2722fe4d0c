"""No page of volunteers costs more than twelve questions, however many rows it shows."""

from __future__ import annotations

from datetime import date

import pytest

from portal.core.calendar import today
from portal.core.database import db
from portal.volunteers import registering, services
from tests.harness.cases import either_engine
from tests.harness.counting import query_count
from tests.harness.factory import make_person
from tests.harness.service import make_skill
from tests.volunteers.filling import OFFICE, registered

NEXT = date(today().year + 1, 12, 31)
MOST = 12


@pytest.fixture
def inhabited(cast, db_session) -> dict[str, str]:
    """Ten volunteers and ten registrations; addresses by what they show."""
    skills = [make_skill(cast.community, name) for name in ("急救", "手语")]
    for number in range(10):
        registered(cast, name=f"蒋文{number}", identity_number=None, sex="female", birth_on=date(1990, 1, 1))
        held = services.enrol(
            cast.secretary, cast.community, make_person(f"周小{number}"), term_end_on=NEXT, skills=skills,
            times=[(5, "morning")], group=cast.group,
        )  # fmt: skip
    own = services.enrol(cast.secretary, cast.community, cast.member.person, term_end_on=NEXT, skills=skills)
    open_one = registered(cast)
    done = registered(cast, name="蒋文竹")
    registering.decline(cast.secretary, done, "名额已满，请下季度再来")
    db.session.commit()
    return {
        "list": f"{OFFICE}/registrations", "one": f"{OFFICE}/registrations/{open_one.public_id}",
        "decided": f"{OFFICE}/registrations/{done.public_id}", "new": f"{OFFICE}/registrations/new",
        "volunteer": f"{OFFICE}/{held.public_id}", "renew": f"{OFFICE}/{held.public_id}/renew",
        "group": f"{OFFICE}/{held.public_id}/group", "terms": f"{OFFICE}/terms?until={NEXT}",
        "all": f"{OFFICE}/terms/renew?until={NEXT}", "letters": f"{OFFICE}/letters?since={today()}",
        "skills": f"{OFFICE}/skills", "own": "/me/volunteer", "offer": f"/me/volunteer/{own.public_id}/offer",
    }  # fmt: skip


@either_engine
def test_office_and_own_pages(inhabited, cast, sign_in):
    clients = {"/me": sign_in(cast.member), "/office": sign_in(cast.secretary)}
    found = {}
    for name, url in inhabited.items():
        client = next(client for start, client in clients.items() if url.startswith(start))
        with query_count() as asked:
            assert client.get(url).status_code == 200, name
        found[name] = len(asked)
    assert {name: count for name, count in found.items() if count > MOST} == {}


@either_engine
def test_public_pages(inhabited, cast, client):
    for url in ("/volunteer?at=wangjiang", "/volunteer/register/association?q=望江", "/volunteer/follow"):
        with query_count() as asked:
            assert client.get(url).status_code == 200
        assert len(asked) <= MOST, url
