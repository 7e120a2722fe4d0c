"""Records that look like one person, for the tests of this feature."""

from __future__ import annotations

from datetime import date
from typing import Any

from portal.associations.models import Association
from portal.people.models import AffiliationKind, Person
from tests.harness.factory import affiliate, make_membership, make_person

URL = "/office/wangjiang/duplicates"
BORN = date(1970, 5, 1)


def make_pair(place: Association, other: Association | None = None, **values: Any) -> tuple[Person, Person]:
    """A member and a volunteer of the same name, born the same day."""
    member = make_person("钟若兰", birth_on=BORN, residence="望江路一带")
    volunteer = make_person("钟若兰", birth_on=BORN, residence="湖滨新村", **values)
    make_membership(member, place)
    affiliate(volunteer, other or place, AffiliationKind.VOLUNTEER)
    return member, volunteer


def address(pair: tuple[Person, Person], what: str = "") -> str:
    return f"{URL}/{pair[0].public_id}/{pair[1].public_id}{what}"


CHOSEN = {"keep": "first", "phone": "first", "residence": "first"}
