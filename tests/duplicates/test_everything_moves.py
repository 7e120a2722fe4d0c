"""The heart of a merge, over the tables themselves: whatever refers to a person moves, and comes back on undo.

Both records get random rows in every table that refers to a person. A table that a feature adds later is walked too.
"""

from __future__ import annotations

import json
import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Column, func, select, text, update
from sqlalchemy.exc import IntegrityError

from portal.core.calendar import today
from portal.core.database import Base, db
from portal.duplicates import ledger, references, services
from portal.members import places
from portal.members.models import Membership
from portal.people import services as people
from portal.people.models import Affiliation, Person, person_gram
from tests.access import content
from tests.harness.factory import affiliate, make_account, make_membership, make_person
from tests.harness.rows import row_for
from tests.harness.soaking import SOAKING

# Written by the act of merging itself, or ended for good by it.
BESIDES = ("audit_entry", "person_merge", "account_session", "one_time_code")
# Made by hand below: a row out of thin air would break what belongs together.
# Where a rule may leave nothing to move: nobody is covered or paid for by oneself, a pair has its order.
SETTLED = {"membership.payer_id", "membership_cover.person_id", "told_apart.first_id", "told_apart.second_id"}
# Signed by two people, and no rule makes one of them: the two records never stand there together.
FOUR_EYES = ("asked_by_id", "decided_by_id", "closed_by_id", "locked_by_id")
BY_HAND = ("person", "account", "membership", "person_gram", "person_merge")


def digest() -> str:
    db.session.flush()
    kept, content.LEFT_OUT = content.LEFT_OUT, BESIDES
    try:
        return content.digest(db.session)
    finally:
        content.LEFT_OUT = kept


def some_ids() -> dict[str, list[Any]]:
    """For each table the ids that others may refer to."""
    return {
        table.name: list(db.session.scalars(select(table.c.id).limit(20)))
        for table in Base.metadata.sorted_tables
        if "id" in table.c
    }


def fill_empty_tables() -> None:
    """A row in each, so that others have something to refer to."""
    known = some_ids()
    for table in Base.metadata.sorted_tables:
        if "id" in table.c and not known[table.name]:
            ids = {name: found[0] for name, found in known.items() if found}
            known[table.name] += db.session.execute(table.insert().values(row_for(table, ids))).inserted_primary_key


def plant(chance: random.Random, known: dict[str, list[Any]], column: Column[Any], person_id: int, n: int) -> None:
    """A row that refers to the person by the column, its other references drawn at random from those known."""
    table = column.table
    choice = {name: chance.choice(ids) for name, ids in known.items() if ids}
    row = row_for(table, choice)
    for other in table.columns:
        if other.unique or other.name in ("number", "serial", "heading"):
            if other.name != "id" and not other.foreign_keys and other.name in row:
                row[other.name] = n if isinstance(row[other.name], int) else f"u{n}"
        elif other.name.endswith("_on") and other.name in row and not other.nullable:
            row[other.name] = date(2021, 1, 1) + timedelta(days=chance.randrange(900))
        elif other.name.endswith("_at") and other.name in row:
            row[other.name] = datetime(2022, 1, 1, tzinfo=UTC) + timedelta(hours=chance.randrange(9000))
    others = zip(FOUR_EYES, sorted(known["person"])[:2] * 2, strict=True)
    row |= {name: other for name, other in others if name in row}
    row[column.name] = person_id
    if "purpose" in table.c:
        row["purpose"] = chance.choice(["photo", "public_name", "public_roster"])
        row["withdrawn_at"] = chance.choice([None, datetime(2023, 5, 5, tzinfo=UTC)])
    try:
        with db.session.begin_nested():
            made = db.session.execute(table.insert().values(row)).inserted_primary_key
    except IntegrityError:
        return  # such a row stands there already
    if "id" in table.c and len(known[table.name]) < 20:
        known[table.name] += made


@pytest.fixture
def pair(cast) -> tuple[Person, Person]:
    """Two records of one woman, with memberships of two kinds, at two associations, and an account each or one."""
    fill_empty_tables()
    return make_person("钟若兰", birth_on=date(1970, 5, 1)), make_person("钟若岚", birth_on=date(1970, 5, 1))


def surround(chance: random.Random, pair: tuple[Person, Person], cast: Any) -> list[str]:
    """Random rows about both, in every table; the numbers of memberships that are to stay."""
    staying = []
    shared = [
        make_membership(person, cast.community, kind=None, joined_on=date(2020, 2, 1 + n))
        for n, person in enumerate(pair)
    ]
    if chance.random() < 0.5:
        make_membership(chance.choice(pair), cast.village)
    affiliate(chance.choice(pair), cast.sibling_community, "volunteer", start_on=date(2019, 3, 3))
    for person in pair:
        if chance.random() < 0.6:
            make_account(person)
    staying.append(chance.choice(shared).public_id)
    n, known = chance.randrange(10**6), some_ids()
    for column in references.columns_to("person"):
        if column.table.name not in BY_HAND:
            for person in pair:
                for _ in range(chance.randrange(3)):
                    n += 1
                    plant(chance, known, column, person.id, n)
    db.session.execute(
        update(Membership).where(Membership.person_id == pair[0].id).values(payer_id=chance.choice(pair).id)
    )
    for person in pair:  # rows out of thin air: each is held where its memberships are, and what is signed agrees
        places.hold_anew(None, person.id, today())
        people.renamed.send(person)
    db.session.commit()
    return staying


def settle_what_no_rule_can(pair: tuple[Person, Person]) -> None:
    """Two open requests of one kind refuse a merge, two sign-ups for one session, and a pair told apart."""
    tables, ids = Base.metadata.tables, [person.id for person in pair]
    asked, apart = tables["personal_request"], tables["told_apart"]
    db.session.execute(asked.update().where(asked.c.person_id == pair[1].id).values(state="done"))
    signed = tables["sign_up"]
    db.session.execute(signed.update().where(signed.c.person_id == pair[1].id).values(state="withdrawn"))
    db.session.execute(apart.delete().where(apart.c.first_id.in_(ids), apart.c.second_id.in_(ids)))
    db.session.commit()


def referring(person_id: int) -> set[str]:
    """The columns that refer to the person."""
    return {
        references.name_of(column)
        for column in references.columns_to("person")
        if db.session.scalar(select(func.count()).select_from(column.table).where(column == person_id))
    }


@pytest.mark.soak
@pytest.mark.parametrize("number", range(40 if SOAKING else 2))
def test_merged_and_undone_the_database_is_as_before(cast, pair, number, engine_kind):
    """Other rows on each engine."""
    chance = random.Random(2 * number + (engine_kind == "postgresql"))
    staying = surround(chance, pair, cast)
    settle_what_no_rule_can(pair)
    before = digest()
    kept, gone = pair if chance.random() < 0.5 else pair[::-1]
    taken = [name for name in services.FIELDS if chance.random() < 0.5]
    done = services.merge(None, cast.community, kept, gone, services.Choice(taken, staying))
    db.session.commit()
    assert digest() != before
    assert referring(gone.id) <= set(references.STAYS)
    assert (gone.merged_into_id, kept.removed_at) == (kept.id, None)
    services.undo_merge(None, done, kept, gone)
    db.session.commit()
    assert digest() == before


def test_every_reference_moves_or_says_why_it_stays(cast, pair):
    """Each column by itself, with a row of its own."""
    kept, gone = pair
    columns = {references.name_of(column): column for column in references.columns_to("person")}
    assert set(references.STAYS) < set(columns), "a reason for a column that is not there"
    make_account(gone)
    make_membership(gone, cast.community, payer_id=gone.id)
    known = some_ids()
    for number, column in enumerate(columns.values()):
        if column.table.name not in BY_HAND:
            plant(random.Random(number), known, column, gone.id, number)
    settle_what_no_rule_can((gone, kept))
    held = referring(gone.id)
    services.merge(None, cast.community, kept, gone, services.Choice())
    assert referring(gone.id) <= set(references.STAYS)
    assert held - set(references.STAYS) - SETTLED <= referring(kept.id)
    assert len(held) > 25
    assert (
        db.session.scalar(select(func.count()).select_from(person_gram).where(person_gram.c.person_id == gone.id))
        == 0
    )


def test_control_a_column_that_is_forgotten_is_seen(cast, pair, monkeypatch):
    """Had the move left one column out, the walk over the tables would find the record still referred to."""
    monkeypatch.setattr(
        services, "moving", lambda: [c for c in references.moving() if references.name_of(c) != "reveal.person_id"]
    )
    kept, gone = pair
    column = Base.metadata.tables["reveal"].c.person_id
    plant(random.Random(1), some_ids(), column, gone.id, 1)
    services.merge(None, cast.community, kept, gone, services.Choice())
    assert not referring(gone.id) <= set(references.STAYS)


def test_control_a_change_that_is_not_logged_is_seen(cast, pair, monkeypatch):
    """Had the log missed a table, undoing would not give the database back."""
    compare = ledger.compare
    monkeypatch.setattr(
        ledger,
        "compare",
        lambda a, b: compare(
            *({name: rows for name, rows in side.items() if name != "affiliation"} for side in (a, b))
        ),
    )
    kept, gone = pair
    affiliate(gone, cast.community)
    before = digest()
    done = services.merge(None, cast.community, kept, gone, services.Choice())
    services.undo_merge(None, done, kept, gone)
    assert digest() != before


def test_the_log_is_unreadable_at_rest(cast, pair, db_session):
    kept, gone = pair
    phone = gone.phone
    done = services.merge(None, cast.community, kept, gone, services.Choice())
    raw = db_session.execute(text("SELECT log FROM person_merge WHERE id = :id"), {"id": done.id}).scalar()
    assert phone not in raw
    assert phone in done.log
    assert json.loads(done.log)["changed"]


def test_rows_of_affiliation_are_joined_over_the_wider_span(cast, pair):
    kept, gone = pair
    affiliate(kept, cast.community, start_on=date(2022, 1, 1))
    affiliate(gone, cast.community, start_on=date(2019, 1, 1), group_id=cast.group.id)
    services.merge(None, cast.community, kept, gone, services.Choice())
    rows = db.session.scalars(select(Affiliation).where(Affiliation.person_id == kept.id)).all()
    assert [(row.start_on, row.end_on, row.group_id) for row in rows] == [(date(2019, 1, 1), None, cast.group.id)]
