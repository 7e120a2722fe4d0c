"""What the record says of somebody, each figure with what lies just beside it: worked out on paper, not computed."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from portal.associations.models import Association
from portal.commendations import evidence, proposing, queries
from portal.commendations.evidence import Facts
from portal.commendations.terms import CategoryTerms
from portal.core.calendar import at
from portal.core.database import db
from tests.dossiers.rows import served, starred
from tests.harness.factory import make_membership, make_person
from tests.harness.money import make_charge, make_period
from tests.harness.praise import commendation_kind, make_call
from tests.harness.service import make_activity

NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)
ASKED = {"least_minutes": 90, "least_years": 3, "least_led": 1, "least_stars": 2, "needs_dues": True}
ALL = Facts(years=3, minutes=90, led=1, stars=2, owed_fen=0)


@pytest.fixture
def place(cast, db_session):
    with at(NOON):
        yield db.session.get_one(Association, cast.community.id)


def called(cast, place):
    """The year 2026 is looked at; all that a category can ask is asked."""
    street = db.session.get_one(Association, cast.street.id)
    asked = (CategoryTerms(kind=commendation_kind(street), places=10, **ASKED),)
    call = make_call(street, categories=asked, opens_on=date(2026, 11, 1))
    (category,) = queries.get_opened(call.public_id).categories
    return call, category


def complete(place, name, sibling, **lacking):
    """A member whose record shows all that is asked, just so; what is lacking is named."""
    person = make_person(name)
    joined = date(2024, 1, 1) if "years" in lacking else date(2023, 12, 31)  # three years on the period's last day
    membership = make_membership(person, place, joined_on=joined)
    served(person, place, 59 if "minutes" in lacking else 60, date(2026, 1, 1))
    served(person, sibling, 30, date(2026, 11, 1))
    day = datetime(2026, 3, 1, 4, tzinfo=UTC)
    make_activity(place, in_charge_id=person.id, ends_at=day, logged_at=None if "led" in lacking else day)
    starred(person, place, 1)
    if "stars" not in lacking:
        starred(person, place, 2)
    paid = 1_000 if "dues" in lacking else 1_001
    make_charge(membership, make_period(place, 2026), 1_201, waived_fen=200, paid_fen=paid)
    return person, membership


def beside(person, membership, place):
    """What does not count: of another year, not decided, taken back, still to come."""
    for day, minutes, known in (
        (date(2025, 12, 31), 600, {}), (date(2026, 2, 1), 600, {"state": "pending"}),
        (date(2026, 2, 2), 600, {"category": "study"}),
        (date(2026, 2, 3), 600, {"voided_at": NOON, "void_reason": "误记"}),
    ):  # fmt: skip
        served(person, place, minutes, day, **known)
    eve, soon = datetime(2025, 12, 31, 15, 30, tzinfo=UTC), datetime(2026, 12, 5, tzinfo=UTC)
    for known in (
        {"ends_at": eve, "logged_at": eve}, {"ends_at": soon},
        {"ends_at": NOON, "logged_at": NOON, "cancelled_at": NOON, "cancel_reason": "下雨"},
    ):  # fmt: skip
        make_activity(place, in_charge_id=person.id, **known)
    starred(person, place, 3).state = "asked"
    make_charge(membership, make_period(place, 2025), 5_000)  # due in another year
    make_charge(membership, make_period(place, 2026), 9_000, voided_at=NOON, void_reason="误开")


def test_each_figure_with_what_lies_beside_it(cast, place):
    call, _category = called(cast, place)
    person, membership = complete(place, "全部", place)
    beside(person, membership, place)
    assert evidence.facts_of(person, call) == ALL
    nobody = make_person("无记录")
    make_membership(nobody, place, joined_on=date(2026, 11, 1))
    assert evidence.facts_of(nobody, call) == Facts()


def test_proposed_is_whose_record_shows_all_of_it(cast, place):
    """Of five who lack one thing each, each is told apart with what is missing; who left is not among them."""
    call, category = called(cast, place)
    sibling = db.session.get_one(Association, cast.sibling_community.id)
    whole, _membership = complete(place, "全部", sibling)
    names = ("years", "minutes", "led", "stars", "dues")
    lacking = {name: complete(place, name, sibling, **{name: True})[0] for name in names}
    gone = complete(place, "离开", sibling)[1]
    gone.ended_on, gone.end_reason = date(2026, 11, 1), "withdrew"
    db.session.flush()
    meeting, near = proposing.proposals(category, call, place)
    assert [(one.person_id, one.facts) for one in meeting] == [(whole.id, ALL)]
    words = {one.person_id: one.missing for one in near}
    assert set(words) == {one.id for one in lacking.values()}
    assert len(set(words.values())) == len(lacking)
    assert {name: getattr(evidence.facts_of(lacking[name], call), field) for name, field in (
        ("years", "years"), ("minutes", "minutes"), ("led", "led"), ("stars", "stars"), ("dues", "owed_fen"),
    )} == {"years": 2, "minutes": 89, "led": 0, "stars": 1, "dues": 1}  # fmt: skip
