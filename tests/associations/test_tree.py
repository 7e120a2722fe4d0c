"""Whatever is moved: paths are the chains of parents, and every question about the tree agrees with a slow walk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from portal.associations import queries, services
from portal.associations.models import Association, Level
from portal.core.database import db
from portal.core.errors import RuleError
from portal.offices import access
from portal.offices.rights import Position
from tests.harness.factory import appoint, make_account, make_association, make_person
from tests.harness.soaking import SOAKING

SIZE = 9
numbers = st.integers(0, SIZE - 1)
shapes = st.lists(numbers, min_size=SIZE - 1, max_size=SIZE - 1)  # the parent of each, among those before it
moves = st.lists(st.tuples(numbers, numbers), min_size=1, max_size=12)
examples = settings(
    max_examples=100 if SOAKING else 4,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@contextmanager
def forest(shape: list[int]) -> Iterator[list[Association]]:
    """A tree of federations of this shape, gone afterwards."""
    outer = db.session.begin_nested()
    try:
        tree = [make_association("根", None, level=Level.FEDERATION)]
        for number, parent in enumerate(shape, 1):
            above = tree[parent % number]
            tree.append(make_association(f"协会{number}", above, level=Level.FEDERATION))
        yield tree
    finally:
        outer.rollback()
        db.session.expunge_all()


def parents() -> dict[int, int | None]:
    return {row[0]: row[1] for row in db.session.execute(select(Association.id, Association.parent_id))}


def chain(of: int, above: dict[int, int | None]) -> list[int]:
    """From the root down, by walking up one parent after the other."""
    walked: list[int] = []
    step: int | None = of
    while step is not None:
        assert step not in walked, "a circle"
        walked.insert(0, step)
        step = above[step]
    return walked


def faults() -> list[str]:
    """Associations whose path is not the chain of their parents, in the database and in the session."""
    above = parents()
    rows = db.session.execute(select(Association.id, Association.path)).all()
    kept = [(row.id, row.path) for row in db.session.scalars(select(Association))]
    right = {number: "".join(f"{one}/" for one in chain(number, above)) for number in above}
    return [f"{number}: {path}" for number, path in [*rows, *kept] if path != right[number]]


def shuffle(tree: list[Association], steps: list[tuple[int, int]]) -> None:
    """Every move either is refused for its reason or done."""
    for branch, place in steps:
        above = parents()
        circle = tree[branch].id in chain(tree[place].id, above)
        is_refused = circle or branch == 0 or above[tree[branch].id] == tree[place].id
        try:
            services.move_association(None, tree[branch], tree[place])
        except RuleError:
            assert is_refused
        else:
            assert not is_refused


@pytest.mark.soak
@examples
@given(shape=shapes, steps=moves)
def test_paths_are_chains_of_parents(app, shape, steps):
    with forest(shape) as tree:
        shuffle(tree, steps)
        assert faults() == []


@pytest.mark.soak
@examples
@given(shape=shapes, steps=moves)
def test_contains_and_ranges_agree_with_a_walk(app, shape, steps):
    with forest(shape) as tree:
        shuffle(tree, steps)
        above = parents()
        for place in tree:
            below = {other.id for other in tree if place.id in chain(other.id, above)}
            assert {other.id for other in tree if place.contains(other)} == below
            assert set(db.session.scalars(select(Association.id).where(queries.in_subtree(place.path)))) == below
            assert queries.count_below(place) == len(below) - 1
            ancestors = queries.list_ancestors(place)
            assert [one.id for one in ancestors] == chain(place.id, above)[:-1]


@pytest.mark.soak
@examples
@given(shape=shapes, steps=moves, place=numbers, covers=st.booleans())
def test_what_an_officer_reaches_agrees_with_a_walk(app, shape, steps, place, covers):
    with forest(shape) as tree:
        person = make_person("查某")
        appoint(person, tree[place], Position.CHAIR, covers_subtree=covers)
        account = make_account(person)
        shuffle(tree, steps)
        above = parents()
        held = tree[place].id
        reached = {held} | {other.id for other in tree if covers and held in chain(other.id, above)}
        assert {other.id for other in tree if access.can(account, "members.write", other)} == reached
        assert {other.id for other in tree if access.knows(account, other)} == reached
        listed = access.visible(select(Association.id), account, "members.write", Association)
        assert set(db.session.scalars(listed)) == reached


def test_one_update_moves_a_branch(app, query_count):
    with forest([0, 0, 1, 3, 4, 5, 6, 7]) as tree:
        db.session.flush()
        with query_count() as statements:
            services.move_association(None, tree[1], tree[2])
    assert len([each for each in statements if each.startswith("UPDATE") and "SET path" in each]) == 1


def test_control_a_parent_changed_by_hand_is_found(app):
    with forest([0, 0, 1, 3, 4, 5, 6, 7]) as tree:
        db.session.execute(update(Association).where(Association.id == tree[1].id).values(parent_id=tree[2].id))
        db.session.expire_all()
        assert len(faults()) > 1


def test_control_a_circle_is_found(app):
    with forest([0, 0, 1, 3, 4, 5, 6, 7]) as tree:
        db.session.execute(update(Association).where(Association.id == tree[1].id).values(parent_id=tree[3].id))
        with pytest.raises(AssertionError, match="circle"):
            faults()
