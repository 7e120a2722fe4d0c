"""What is shown of the answers: bases, rates, and small groups hidden so that nothing reveals them."""

from __future__ import annotations

import pytest

from portal.surveys.results import Asked, Sheets, compute, rate, to_hide
from tests.harness.cases import each, either_engine

QUESTION = Asked(1, "satisfaction", "满意吗？")


@either_engine
@each(
    ("bases", "hidden"),
    [
        ({0: 8, 1: 9}, set()),
        ({0: 3, 1: 9, 2: 12}, {0, 1}),  # one alone would be the rest of all
        ({0: 2, 1: 2, 2: 9, 3: 20}, {0, 1, 2}),  # two of them are fewer than the limit together
        ({0: 4, 1: 4, 2: 9}, {0, 1}),
        ({0: 3, 1: 9, 2: 0}, {0, 1}),  # nobody answered in the third: nothing hides behind it
        ({0: 3}, {0}),
        ({}, set()),
    ],
)
def test_hidden_groups(bases, hidden):
    found = to_hide(bases, 5)
    assert found == hidden
    rest = sum(bases[number] for number in found)
    assert not found or rest >= 5 or found == {number for number, base in bases.items() if base}


def sheets(name: str, asked: int, **counts: int) -> Sheets:
    return Sheets(name, asked, [{"1": step} for step, count in counts.items() for _ in range(count)])


@either_engine
def test_bases_and_rate():
    """Whoever does not know is not among those who said; what was left out is not either."""
    group = sheets("望江", 40, satisfied=6, fairly=3, not_very=1, dissatisfied=2, unknown=4)
    group.answers.append({})
    found = compute([QUESTION], [group], 5)
    assert (found["asked"], found["answered"], found["groups"]) == (40, 17, [])
    question = found["questions"][0]
    assert question["base"] == 12
    assert rate(question) == (9, 12)
    assert question["counts"]["unknown"] == 4


@either_engine
def test_nothing_of_a_small_group():
    """Neither its figures nor those from which they could be worked out; of too few at all nothing."""
    groups = [sheets("甲", 9, satisfied=2, fairly=1), sheets("乙", 9, satisfied=6), sheets("丙", 30, fairly=20)]
    found = compute([QUESTION], groups, 5)
    shown = {group["name"]: group["base"] for group in found["questions"][0]["groups"]}
    assert shown == {"甲": None, "乙": None, "丙": 20}
    assert [group["answered"] for group in found["groups"]] == [None, None, 20]
    groups[0] = sheets("甲", 9, unknown=2)  # nor that all of them said they do not know
    assert compute([QUESTION], groups, 5)["questions"][0]["groups"][0]["base"] is None
    few = compute([QUESTION], [sheets("甲", 9, satisfied=2)], 5)["questions"][0]
    assert (few["base"], few["counts"]) == (None, None)


@either_engine
def test_hidden_for_one_question_is_worked_out_from_none():
    """Enough answers in all, too few to one question: it is hidden there, and one more with it."""
    groups = [sheets("甲", 9, satisfied=2, unknown=5), sheets("乙", 9, satisfied=6), sheets("丙", 30, fairly=20)]
    found = compute([QUESTION], groups, 5)
    assert all(group["answered"] is not None for group in found["groups"])
    assert [group["base"] for group in found["questions"][0]["groups"]] == [None, None, 20]


@either_engine
def test_control_without_the_second_group_the_first_is_worked_out():
    bases = {0: 3, 1: 9, 2: 12}
    small = {number for number, base in bases.items() if base < 5}
    assert sum(bases.values()) - sum(base for number, base in bases.items() if number not in small) == 3
    with pytest.raises(AssertionError):
        assert to_hide(bases, 5) == small
