"""What is sent as a registration, from the web or from paper, and what must hold for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from portal.applications.queries import is_joinable
from portal.applications.submission import Said, check_born, check_consent, check_guardian, check_phone
from portal.core.errors import RuleError
from portal.core.i18n import lazy
from portal.members.places import check_group
from portal.people.models import Person
from portal.volunteers.models import DayPart, Skill

CARRIED = (
    "name", "identity_number", "sex", "birth_on", "phone", "email", "residence", "guardian_name", "guardian_phone",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Submission(Said):
    """Everything that is said at registration, as order 67 asks it. `person` is who was signed in."""

    skills: Sequence[Skill] = ()
    times: Sequence[tuple[int, str]] = ()
    note: str = ""
    person: Person | None = None


def check(one: Submission) -> None:
    """Raises RuleError by the field at fault; the same from the web and from paper."""
    if not is_joinable(one.association):
        raise RuleError("association", lazy("Nobody can register at this association. Choose another."))
    check_group(one.association, one.group)
    if not one.name.strip():
        raise RuleError("name", lazy("Enter the name."))
    check_born(one)
    check_phone(one.phone, is_child=one.is_child)
    if not one.residence.strip():
        raise RuleError("residence", lazy("Enter the community or lane."))
    check_guardian(one, lazy("Under 14 a guardian registers together with the child: enter the guardian's name."))
    if any(not 0 <= weekday <= 6 or part not in set(DayPart) for weekday, part in one.times):
        raise RuleError("times", lazy("Choose from the list."))
    check_consent(one, lazy("Without this consent nothing may be recorded, and nobody can become a volunteer."))
