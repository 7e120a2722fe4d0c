"""What is sent as a registration, from the web or from paper, and what must hold for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from portal.applications.answers import is_under_age
from portal.applications.queries import is_joinable
from portal.applications.submission import check_birth, check_phone
from portal.associations.models import Association, Group
from portal.core.errors import RuleError
from portal.core.i18n import lazy
from portal.core.identity import IdentityNumber
from portal.members.places import check_group
from portal.people.models import ConsentPurpose, Person
from portal.volunteers.models import DayPart, Skill

CARRIED = (
    "name", "identity_number", "sex", "birth_on", "phone", "email", "residence", "guardian_name", "guardian_phone",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Submission:
    """Everything that is said at registration, as order 67 asks it. `person` is who was signed in."""

    association: Association
    group: Group | None = None
    name: str
    identity_number: str | None = None
    sex: str | None = None
    birth_on: date | None = None
    phone: str | None = None
    email: str | None = None
    residence: str = ""
    guardian_name: str = ""
    guardian_phone: str | None = None
    skills: Sequence[Skill] = ()
    times: Sequence[tuple[int, str]] = ()
    note: str = ""
    consents: list[str] = field(default_factory=list)
    notice_version: int
    person: Person | None = None

    @property
    def born(self) -> date | None:
        return IdentityNumber.parse(self.identity_number).birth if self.identity_number else self.birth_on

    @property
    def is_child(self) -> bool:
        return is_under_age(self.born)


def check(one: Submission) -> None:
    """Raises RuleError by the field at fault; the same from the web and from paper."""
    if not is_joinable(one.association):
        raise RuleError("association", lazy("Nobody can register at this association. Choose another."))
    check_group(one.association, one.group)
    if not one.name.strip():
        raise RuleError("name", lazy("Enter the name."))
    if not one.identity_number:
        check_birth(one.birth_on)
        if one.sex is None:
            raise RuleError("sex", lazy("Choose one."))
    check_phone(one.phone, is_child=one.is_child)
    if not one.residence.strip():
        raise RuleError("residence", lazy("Enter the community or lane."))
    _check_guardian(one)
    if any(not 0 <= weekday <= 6 or part not in set(DayPart) for weekday, part in one.times):
        raise RuleError("times", lazy("Choose from the list."))
    if ConsentPurpose.REGISTER not in one.consents or not one.notice_version:
        raise RuleError(
            "register", lazy("Without this consent nothing may be recorded, and nobody can become a volunteer.")
        )


def _check_guardian(one: Submission) -> None:
    if one.is_child and not one.guardian_name.strip():
        raise RuleError(
            "guardian_name",
            lazy("Under 14 a guardian registers together with the child: enter the guardian's name."),
        )
    if one.is_child and not one.guardian_phone:
        raise RuleError("guardian_phone", lazy("Enter the guardian's phone number."))
