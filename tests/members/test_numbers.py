"""Numbers of members: by the federation's scheme, one after the other, none twice."""

from __future__ import annotations

import pytest

from portal.core.calendar import today
from portal.core.errors import RuleError
from portal.members import numbers
from tests.harness.cases import each, either_engine
from tests.harness.factory import make_membership, make_person

YEAR = today().year


def test_one_after_the_other(cast):
    assert numbers.next_numbers(cast.community, today(), 2) == ["WANGJIANG-00001", "WANGJIANG-00002"]
    assert numbers.next_numbers(cast.community, today()) == ["WANGJIANG-00003"]
    assert numbers.next_numbers(cast.sibling_community, today()) == ["TINGYU-00001"], "each association has its own"


def test_taken_numbers_are_stepped_over(cast):
    for serial in (*range(1, 8), 9):
        make_membership(make_person(f"人{serial}"), cast.community, number=f"WANGJIANG-{serial:05}")
    assert numbers.preview("{code}-{serial}", 5, cast.community, today()) == "WANGJIANG-00008"
    assert numbers.next_numbers(cast.community, today(), 3) == [f"WANGJIANG-{n:05}" for n in (8, 10, 11)]
    assert numbers.next_numbers(cast.community, today()) == ["WANGJIANG-00012"], "no gap is left"


def test_another_scheme_counts_anew_and_changes_nothing_given(cast):
    held = make_membership(make_person("甲"), cast.community, number=numbers.next_numbers(cast.community, today())[0])
    numbers.set_scheme(cast.administrator, cast.federation, "qh{year}/{serial}", 4)
    assert numbers.scheme_of(cast.village) == ("QH{year}/{serial}", 4)
    assert numbers.next_numbers(cast.community, today()) == [f"QH{YEAR}/0001"]
    assert numbers.next_numbers(cast.village, today()) == [f"QH{YEAR}/0002"]
    assert held.number == "WANGJIANG-00001"
    numbers.set_scheme(cast.administrator, cast.federation, "{code}-{serial}", 5)
    assert numbers.next_numbers(cast.community, today()) == ["WANGJIANG-00002"], "back again, none comes twice"


def test_asking_counts_nothing(cast):
    for _ in range(2):
        assert numbers.preview("{code}-{serial}", 5, cast.community, today()) == "WANGJIANG-00001"
    assert numbers.next_numbers(cast.community, today()) == ["WANGJIANG-00001"]


@either_engine
@each(
    "pattern",
    ["", "{code}", "{serial}{serial}", "{code}{code}{serial}", "{serial}-{name}", "{0.__class__}{serial}", "{serial",
     "会{serial}", "{serial} {", "-{serial}", "A" * 13 + "{serial}", "%s{serial}", "<b>{serial}"],
)  # fmt: skip
def test_a_pattern_that_gives_no_number_is_refused(cast, pattern):
    with pytest.raises(RuleError) as refused:
        numbers.set_scheme(cast.administrator, cast.federation, pattern, 5)
    assert refused.value.field == "pattern"
    assert numbers.scheme_of(cast.federation) == ("{code}-{serial}", 5)


@pytest.mark.parametrize("digits", [2, 10, -1])
def test_digits(cast, digits):
    with pytest.raises(RuleError):
        numbers.set_scheme(cast.administrator, cast.federation, "{serial}", digits)
