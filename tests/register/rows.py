"""Memberships and lists that the tests of the register share."""

from __future__ import annotations

from datetime import date
from typing import Any

from portal.core import search
from portal.core.calendar import today
from portal.members.models import Membership, MembershipCover
from tests.harness.factory import _add, kind_of, make_membership, make_person

LIST = "/office/wangjiang/members"


def join(name: str, association: Any, **values: Any) -> Membership:
    """Somebody of this name with a membership; values of the person begin with `person_`."""
    about = {key.removeprefix("person_"): values.pop(key) for key in list(values) if key.startswith("person_")}
    if "phone" in values:
        about["phone"] = values.pop("phone")
    return make_membership(make_person(name, **about), association, **values)


def organisation(name: str, contact: str, association: Any, **values: Any) -> Membership:
    person = make_person(contact)
    values = {"kind": kind_of(association, 2), "organisation_name": name, "sort_key": search.sort_key(name), **values}
    return make_membership(person, association, **values)


def cover(membership: Membership, name: str) -> MembershipCover:
    person = make_person(name)
    return _add(MembershipCover(membership_id=membership.id, person_id=person.id, start_on=membership.joined_on))


def ended(name: str, association: Any, **values: Any) -> Membership:
    values = {"ended_on": date(2024, 5, 31), "end_reason": "withdrew", **values}
    return join(name, association, **values)


def born(years: int) -> date:
    """The birthday of somebody who is so many years old today."""
    day = today()
    return day.replace(year=day.year - years, day=min(day.day, 28))


def names(page: Any) -> list[str]:
    return [link.get_text(strip=True) for link in page.select("#found tbody tr td:first-child a")]
