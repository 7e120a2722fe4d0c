"""Whoever a letter is about never sees it: on no page, in no count, file or search, by no address. With a
control: with the guard taken away, the same look finds it everywhere.
"""

from __future__ import annotations

from contextlib import suppress

import pytest
from sqlalchemy import false

from portal.accounts.queries import get_account
from portal.core.audit import AuditEntry
from portal.core.errors import RuleError
from portal.letters import conflicts, queries, services, sight, writing
from portal.letters.models import LetterAbout
from portal.offices.models import Appointment
from tests.access.routes import routes
from tests.harness.cases import each, either_engine
from tests.harness.factory import appoint, make_account, make_person
from tests.letters.rows import OFFICE, SUBJECT, deputy, do, kinds, read, url, written


def leaks(app, client, letter) -> list[str]:
    """Every route of the room, and all that counts letters elsewhere, as the officer of the client sees them."""
    lines = client.page("/office/wangjiang").select(f".work a[href='{OFFICE}']")
    found = [f"to do: {one['href']}" for one in lines]
    for route in routes(app):
        if route.endpoint.startswith("letters.") and "code" in route.arguments:
            is_one = "public_id" in route.arguments
            found += (of_one if is_one else of_many)(app, client, letter, route)
    found += ["it is counted"] if client.page(f"{OFFICE}/figures").find(class_="figures") else []
    found += ["its words are in the copy"] if letter.subject in client.get("/me/copy.json").text else []
    return found


def of_one(app, client, letter, route) -> list[str]:
    address = route.address(app, code="wangjiang", public_id=letter.public_id)
    status = (client.get(address) if route.method == "GET" else client.force(address)).status_code
    return [] if status == 404 else [f"{route.method} {route.endpoint}: {status}"]


def of_many(app, client, letter, route) -> list[str]:
    """A list or a file, as it is and as it is asked for this very letter."""
    if route.method == "POST":
        return []
    address = route.address(app, code="wangjiang").replace(".xlsx", ".csv")
    asked = ("", f"?q={letter.reference}", "?assigned=me") if "list" in route.endpoint else ("",)
    named = (letter.subject in client.get(f"{address}{query}").text for query in asked)
    return [f"GET {route.endpoint} names it"] if any(named) else []


@pytest.fixture
def about_secretary(cast):
    """About the secretary of the community, where somebody else is left who deals with it."""
    deputy(cast)
    letter = written(cast, about={cast.secretary.person_id})
    assert letter.association_id == cast.community.id
    return letter


def test_never_seen_on_any_route(app, cast, sign_in, about_secretary):
    assert leaks(app, sign_in(cast.secretary), about_secretary) == []
    assert kinds(about_secretary) == ["received"]


def test_control_without_the_guard_it_is_seen_everywhere(app, cast, sign_in, about_secretary, monkeypatch):
    monkeypatch.setattr(sight, "is_about", lambda _person_id: false())
    found = leaks(app, sign_in(cast.secretary), about_secretary)
    wanted = ("GET letters.show: 200", "GET letters.office_list names it", "GET letters.download names it",
              "POST letters.answer: 422", "it is counted")  # fmt: skip
    assert [one for one in wanted if one not in found] == []
    assert any(one.startswith("to do") for one in found)


def test_everybody_else_who_may_does_see_it(cast, sign_in, about_secretary):
    other = next(one for one in queries.list_assignable(about_secretary))
    assert other.person_id != cast.secretary.person_id
    chair = sign_in(cast.chair)
    assert SUBJECT in chair.page("/office/liuan/letters").get_text()
    assert cast.secretary.person.name in chair.page(f"/office/liuan/letters/{about_secretary.public_id}").get_text()
    with pytest.raises(RuleError):
        services.assign(cast.chair, about_secretary, cast.secretary.person)


def test_nothing_is_told_by_the_log(cast, db_session, about_secretary):
    """Neither who it is about nor a word of it; and it stands in nobody's copy but the writer's."""
    conflicts.name_people(cast.chair, about_secretary, [cast.treasurer.person])
    db_session.commit()
    entries = db_session.query(AuditEntry).filter(AuditEntry.action.like("letters.%")).all()
    assert len(entries) > 1
    for entry in entries:
        assert entry.person_id is None
        assert not {SUBJECT, cast.secretary.person.name, cast.treasurer.person.name} & set(map(str, entry.changes))
        assert entry.changes in ({}, {"channel": "web"})


@each("position", ["secretary", "chair"])
def test_about_the_only_one_or_about_the_chair_it_goes_above_at_once(cast, position):
    """About the chair also where others are left: they are the chair's own people."""
    person = cast.secretary.person
    if position == "chair":
        deputy(cast)
        person = make_person("高望舒")
        appoint(person, cast.community, "chair")
        make_account(person)
    letter = written(cast, about={person.id})
    assert letter.association_id == cast.street.id
    assert kinds(letter, shown=True) == ["received", "passed_on"]


def test_about_the_chair_above_too_it_goes_on_to_the_top(cast):
    """Past the street, whose chair it names, to the federation, though nobody answers letters there yet."""
    letter = written(cast, about={cast.secretary.person_id, cast.chair.person_id})
    assert letter.association_id == cast.federation.id


def test_whoever_declares_a_conflict_does_not_see_it_from_then_on(cast, sign_in):
    letter = written(cast)
    services.assign(cast.secretary, letter, cast.secretary.person)
    client = sign_in(cast.secretary)
    me = cast.secretary.person.public_id
    response = client.submit(url(letter, "/conflict"), {"person": me}, page=url(letter))
    assert response.location == OFFICE
    assert client.get(url(letter)).status_code == 404
    letter = read(letter)
    assert (letter.association_id, letter.assigned_to_id) == (cast.street.id, None)  # nobody was left
    assert do(client, letter, "answer", answer="还是我来答").status_code == 404


def test_named_by_another_officer(cast, sign_in, db_session):
    letter, other = written(cast), deputy(cast)
    named = cast.treasurer.person.public_id
    assert do(sign_in(other), letter, "conflict", person=named).location == url(letter)
    row = db_session.query(LetterAbout).one()
    assert (row.person_id, row.named_by_id) == (cast.treasurer.person_id, other.person_id)
    assert do(sign_in(other), letter, "conflict", person=named).status_code == 422  # named already
    assert read(letter).association_id == cast.community.id


@either_engine
def test_a_new_office_does_not_open_it(cast, sign_in, about_secretary):
    """Whoever is appointed above later on still does not see it; nor does an ended office keep it open."""
    appoint(cast.secretary.person, cast.street, "vice_chair", covers_subtree=True)
    client = sign_in(cast.secretary)
    assert client.get(f"/office/liuan/letters/{about_secretary.public_id}").status_code == 404
    assert SUBJECT not in client.page("/office/liuan/letters").get_text()
    services.assign(cast.chair, about_secretary, cast.chair.person)
    with suppress(RuleError):
        services.assign(cast.chair, about_secretary, cast.secretary.person)
    assert client.get(f"/office/liuan/letters/{about_secretary.public_id}").status_code == 404


def test_opened_again_where_offices_have_changed_it_goes_past(cast, db_session):
    other = deputy(cast)
    letter = written(cast, about={cast.secretary.person_id})
    services.answer(get_account(other.id), letter, "已经核实，向您道歉。")
    held = db_session.query(Appointment).filter_by(person_id=other.person_id).one()
    held.end_on = held.start_on
    db_session.commit()
    writing.reopen(letter, "还是没有改")
    assert read(letter).association_id == cast.street.id
