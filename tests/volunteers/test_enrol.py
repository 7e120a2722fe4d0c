"""Coming on the roster, another term, the end: the volunteer, the record that is held, the letter."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.people import services as people
from portal.people.models import AffiliationKind
from portal.people.queries import get_affiliation
from portal.volunteers import letters, queries, services
from portal.volunteers.models import AppointmentLetter, LeaveReason, Volunteer
from tests.harness.cases import either_engine
from tests.harness.cast import Cast
from tests.harness.factory import make_person
from tests.harness.service import make_skill

NEXT = date(today().year + 1, 12, 31)


def enrol(cast: Cast, name: str = "周小梅", **values: object) -> Volunteer:
    person = make_person(name)
    return services.enrol(cast.secretary, cast.community, person, **{"term_end_on": NEXT, **values})


def test_on_the_roster_with_a_letter(cast: Cast) -> None:
    """Skills, times, group; the association holds the record; the letter is the first of its year."""
    skill = make_skill(cast.community, "木工")
    made = enrol(cast, skills=[skill], times=[(5, "morning")], group=cast.group)
    letter = queries.live_letter(made.id)
    assert letter is not None
    assert letter.number == f"WANGJIANG聘字〔{today().year}〕第000001号"
    assert (letter.start_on, letter.end_on) == (today(), NEXT)
    held = get_affiliation(made.person_id, cast.community.id, AffiliationKind.VOLUNTEER)
    assert held is not None
    assert (held.group_id, held.start_on) == (cast.group.id, today())
    shown = queries.get_own(made.person_id, made.public_id)
    assert shown is not None
    assert [row.skill.name for row in shown.abilities] == ["木工"]
    assert [(row.weekday, row.part) for row in shown.times] == [(5, "morning")]
    assert [row.id for row in queries.live_of_person(made.person_id)] == [made.id]


def test_numbers_have_no_gap(cast: Cast) -> None:
    """Each association counts by itself, and one that was refused uses up none."""
    enrol(cast)
    with pytest.raises(RuleError):
        enrol(cast, "周小兰", term_end_on=today() - timedelta(days=1))
    enrol(cast, "周小竹")
    services.enrol(cast.sibling, cast.sibling_community, make_person("周小菊"), term_end_on=NEXT)
    numbers = db.session.scalars(select(AppointmentLetter.number).order_by(AppointmentLetter.id)).all()
    assert [number[-7:] for number in numbers] == ["000001号", "000002号", "000001号"]


@either_engine
@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"started_on": today() + timedelta(days=2)}, "started_on"),
        ({"term_end_on": today() - timedelta(days=1)}, "term_end_on"),
        ({"term_end_on": date(today().year + 9, 1, 1)}, "term_end_on"),
        ({"times": [(7, "morning")]}, "times"),
        ({"times": [(0, "night")]}, "times"),
    ],
)
def test_refused(cast: Cast, values: dict[str, object], field: str) -> None:
    with pytest.raises(RuleError) as refused:
        enrol(cast, **values)
    assert refused.value.field == field


def test_once_at_each_association(cast: Cast) -> None:
    made = enrol(cast)
    person = db.session.get_one(type(cast.volunteer.person), made.person_id)
    with pytest.raises(RuleError):
        services.enrol(cast.secretary, cast.community, person, term_end_on=NEXT)
    services.enrol(cast.sibling, cast.sibling_community, person, term_end_on=NEXT)


@either_engine
def test_a_name_that_cannot_be_printed_has_no_letter(cast: Cast) -> None:
    made = enrol(cast, "王\U00030000")
    assert queries.live_letter(made.id) is None


def test_renewed(cast: Cast) -> None:
    """A letter for the new term from today; that of before is void, and never two are in force."""
    made = enrol(cast)
    first = queries.live_letter(made.id)
    assert first is not None
    person, later = db.session.get_one(type(cast.volunteer.person), made.person_id), date(NEXT.year + 1, 12, 31)
    services.renew(cast.secretary, made, person, cast.community, later)
    second = queries.live_letter(made.id)
    assert second is not None
    assert (second.start_on, second.end_on, made.term_end_on) == (today(), later, later)
    assert first.void_reason == letters.VoidReason.RENEWED
    with pytest.raises(RuleError) as refused:
        services.renew(cast.secretary, made, person, cast.community, later)
    assert refused.value.field == "term_end_on"


def test_ended(cast: Cast) -> None:
    """The record is released, the letter void, others hear of it; a second time is refused."""
    told: list[Volunteer] = []

    def hear(volunteer: Volunteer) -> None:
        told.append(volunteer)

    services.ended.connect(hear)
    made = enrol(cast)
    letter = queries.live_letter(made.id)
    assert letter is not None
    services.end(cast.secretary, made, today(), LeaveReason.OWN_WISH)
    assert told == [made]
    assert (made.ended_on, made.end_reason, letter.void_reason) == (today(), "own_wish", "ended")
    assert get_affiliation(made.person_id, cast.community.id, AffiliationKind.VOLUNTEER) is None
    with pytest.raises(RuleError):
        services.end(cast.secretary, made, today(), LeaveReason.OWN_WISH)


def test_moved_to_a_group(cast: Cast) -> None:
    made = enrol(cast, group=cast.group)
    services.change_group(cast.secretary, made, cast.community, cast.other_group)
    held = get_affiliation(made.person_id, cast.community.id, AffiliationKind.VOLUNTEER)
    assert held is not None
    assert (made.group_id, held.group_id) == (cast.other_group.id, cast.other_group.id)


def test_skills_and_times_are_set_as_a_whole(cast: Cast) -> None:
    """A word that has ended may be kept; a word of another federation, or an ended one, is not taken."""
    kept, other = make_skill(cast.community, "木工"), make_skill(cast.community, "园艺")
    made = enrol(cast, skills=[kept])
    kept.ended_on = today()
    services.set_abilities(cast.secretary, made, cast.community, [kept, other])
    services.set_abilities(cast.secretary, made, cast.community, [other])
    with pytest.raises(RuleError) as refused:
        services.set_abilities(cast.secretary, made, cast.community, [kept])
    assert refused.value.field == "skills"
    services.set_times(cast.secretary, made, [(0, "evening"), (6, "morning")])
    services.set_times(cast.secretary, made, [(6, "morning")])
    assert [(row.weekday, row.part) for row in made.times] == [(6, "morning")]


def test_the_roster_follows_the_name(cast: Cast) -> None:
    made = enrol(cast)
    person = db.session.get_one(type(cast.volunteer.person), made.person_id)
    people.correct_person(cast.secretary, person, name="阿小梅")
    db.session.refresh(made)
    assert made.sort_key == person.sort_key
    letter = services.print_anew(cast.secretary, made, person, cast.community)
    assert letter.snapshot["name"] == "阿小梅"
    with pytest.raises(RuleError):
        services.print_anew(cast.secretary, made, person, cast.community)
