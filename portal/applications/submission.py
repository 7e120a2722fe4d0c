"""What is sent as an application, from the web or from paper, and what must hold for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from portal.applications.answers import is_under_age
from portal.applications.queries import is_joinable
from portal.associations.models import Association, Group
from portal.core.calendar import today
from portal.core.errors import RuleError
from portal.core.i18n import lazy
from portal.core.identity import OLDEST_BIRTH, IdentityNumber
from portal.members.models import Holder, MembershipKind
from portal.members.queries import list_kinds
from portal.members.services import check_group
from portal.people.models import ConsentPurpose

LIMITS = {"name": 60, "organisation_name": 120, "residence": 120, "reason": 500, "guardian_name": 60, "email": 254}


@dataclass(frozen=True, kw_only=True)
class Said:
    """What somebody says about themselves, here or as a volunteer. An identity number decides sex and birth."""

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
    consents: list[str] = field(default_factory=list)
    notice_version: int

    @property
    def born(self) -> date | None:
        return IdentityNumber.parse(self.identity_number).birth if self.identity_number else self.birth_on

    @property
    def is_child(self) -> bool:
        return is_under_age(self.born)


@dataclass(frozen=True, kw_only=True)
class Submission(Said):
    """Everything that an applicant says."""

    kind: MembershipKind
    organisation_name: str = ""
    reason: str = ""

    @property
    def is_organisation(self) -> bool:
        return self.kind.holder == Holder.ORGANISATION

    @property
    def is_child(self) -> bool:
        return not self.is_organisation and super().is_child


def check(one: Submission) -> None:
    """Raises RuleError by the field at fault; the same from the web and from paper."""
    if not is_joinable(one.association):
        raise RuleError("association", lazy("Nobody can apply to this association. Choose another."))
    if one.kind.id not in {kind.id for kind in list_kinds(one.association, open_only=True)}:
        raise RuleError("kind", lazy("Choose a kind of membership that is in use."))
    check_group(one.association, one.group)
    if not one.name.strip():
        raise RuleError("name", lazy("Enter the name."))
    if one.is_organisation and not one.organisation_name.strip():
        raise RuleError("organisation_name", lazy("Enter the organisation's name."))
    if not one.is_organisation:
        check_born(one)
    check_phone(one.phone, is_child=one.is_child)
    check_guardian(one, lazy("Under 14 a guardian applies together with the child: enter the guardian's name."))
    check_consent(one, lazy("Without this consent nothing may be recorded, and nobody can become a member."))


def check_born(one: Said) -> None:
    """Date of birth and sex, where no identity number says them."""
    if not one.identity_number:
        check_birth(one.birth_on)
        if one.sex is None:
            raise RuleError("sex", lazy("Choose one."))


def check_birth(birth_on: date | None) -> None:
    if birth_on is None or birth_on < OLDEST_BIRTH:
        raise RuleError("birth_on", lazy("Enter the date of birth."))
    if birth_on > today():
        raise RuleError("birth_on", lazy("The date of birth lies in the future."))


def check_phone(phone: str | None, *, is_child: bool) -> None:
    """A child may be without a phone: the guardian has one."""
    if not phone and not is_child:
        raise RuleError("phone", lazy("Enter a phone number under which you can be reached."))


def check_guardian(one: Said, missing: Any) -> None:
    if one.is_child and not one.guardian_name.strip():
        raise RuleError("guardian_name", missing)
    if one.is_child and not one.guardian_phone:
        raise RuleError("guardian_phone", lazy("Enter the guardian's phone number."))


def check_consent(one: Said, missing: Any) -> None:
    """Nothing is recorded without consent, nor where no notice is in force."""
    if ConsentPurpose.REGISTER not in one.consents or not one.notice_version:
        raise RuleError("register", missing)
