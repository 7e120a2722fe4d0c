"""Who can see me is what the rule answers: the same sets for the cast and for trees thrown together by chance."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.accounts.models import Account
from portal.core.calendar import today
from portal.core.database import db
from portal.offices import access
from portal.offices.rights import Position
from portal.people.models import AffiliationKind, Person
from tests.harness.cases import either_engine
from tests.harness.factory import affiliate, appoint, make_account, make_association, make_group, make_person
from tests.harness.soaking import SOAKING

RIGHTS = ("members.read", "members.read_sensitive", "members.write")


def told(person: Person) -> dict[str, set[int]]:
    """By right: whoever the page names."""
    found = access.who_sees(person.id)
    return {right: {s.appointment.person_id for s in found if right in s.rights} for right in RIGHTS}


def asked(person: Person, accounts: list[Account]) -> dict[str, set[int]]:
    """By right: whose lists hold the person when the rule is asked account by account."""

    def reaches(account: Account, right: str) -> bool:
        statement = select(Person.id).where(Person.id == person.id, access.reached(account, right))
        return db.session.scalar(statement) is not None

    return {right: {account.person_id for account in accounts if reaches(account, right)} for right in RIGHTS}


def test_for_everybody_of_the_cast(cast):
    accounts = list(cast.accounts().values())
    for account in accounts:
        assert told(account.person) == asked(account.person, accounts), account.person.name


@pytest.mark.soak
@pytest.mark.parametrize("number", range(40 if SOAKING else 1))
def test_for_trees_by_chance(app, engine_kind, number):
    """Other trees on each engine: the rule that is told knows nothing of it."""
    seed = 2 * number + (engine_kind == "postgresql")
    chance = random.Random(seed)
    places = [make_association("根", code=f"root{seed}", level="federation")]
    for number in range(7):
        archived = today() if chance.random() < 0.2 else None
        places.append(make_association(f"协会{number}", chance.choice(places), archived_on=archived))
    groups = [make_group(chance.choice(places), f"{number}组") for number in range(4)]
    people = [make_person(f"林{number}") for number in range(6)]
    accounts = [make_account(make_person(f"干{number}")) for number in range(14)]
    for account in accounts:
        group = chance.choice(groups) if chance.random() < 0.3 else None
        place = next(p for p in places if p.id == group.association_id) if group else chance.choice(places)
        values = {"covers_subtree": chance.random() < 0.5, "group_id": group.id if group else None, **days(chance)}
        appoint(account.person, place, chance.choice(list(Position)), **values)
    for person in people:
        for kind in chance.sample(list(AffiliationKind), 2):
            group = chance.choice([*groups, None, None])
            place = next(p for p in places if p.id == group.association_id) if group else chance.choice(places)
            affiliate(person, place, kind, group_id=group.id if group else None, **days(chance))
    for person in [*people, *(account.person for account in accounts)]:
        assert told(person) == asked(person, accounts)


def days(chance: random.Random) -> dict:
    """Most last; some ended, end today, or have not begun."""
    start = today() - timedelta(days=chance.choice([400, 400, 400, 0, -3]))
    end = chance.choice([None, None, None, 0, -1, 5])
    return {"start_on": start, "end_on": max(start, today() + timedelta(days=end)) if end is not None else None}


def test_control_a_narrower_rule_is_seen(cast, monkeypatch):
    """With subtrees forgotten, the two answers differ."""
    monkeypatch.setattr(
        access.Grant, "opens", lambda grant, held, _right: grant.association_id == held.association_id
    )
    accounts = list(cast.accounts().values())
    assert told(cast.member.person) != asked(cast.member.person, accounts)


@either_engine
def test_the_page_says_what_each_can_do(cast, sign_in):
    page = sign_in(cast.member).page("/me/who-sees", headers={"Accept-Language": "en"})
    rows = {row.th.get_text(): row.get_text() for row in page.select("tbody tr")}
    assert set(rows) == {"林建国", "黄淑兰", "周明德", "吴桂芳"}
    assert "change your record" in rows["黄淑兰"]
    assert "change your record" not in rows["吴桂芳"]
    assert "第一小组" in rows["吴桂芳"]


@either_engine
def test_after_the_term_nobody(cast, sign_in):
    page = sign_in(cast.stranger).page("/me/who-sees")
    assert page.select_one(".empty")
