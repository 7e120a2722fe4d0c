"""Accepting an application: it goes into the register as a person and a membership."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from portal.accounts.models import Account
from portal.applications.models import ApplicationState, MembershipApplication
from portal.applications.queries import Match
from portal.applications.services import begin_decision
from portal.associations.models import Group
from portal.core.audit import record
from portal.core.calendar import DEFAULT_ZONE, now
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.formats import local
from portal.core.i18n import lazy
from portal.core.identity import IdentityNumber
from portal.members import services as members
from portal.members.models import Membership
from portal.people import services as people
from portal.people.models import Channel, ConsentPurpose, Person, SentForm

CARRIED = ("identity_number", "phone", "sex", "birth_on", "email", "residence", "guardian_name", "guardian_phone")


def accept(
    actor: Account,
    application: MembershipApplication,
    matches: Sequence[Match],
    record_id: str,
    group: Group | None,
    joined_on: date,
) -> Membership:
    """The applicant becomes a member: as a new record ("new") or as one of the matching ones, by its public id.

    Consents go with it under the version of the notice that was shown. Raises RuleError for a choice that is none,
    for a new record where the identity number stands in the register, and what members.services.join refuses.
    """
    begin_decision(actor, application)
    if application.channel == "web" and joined_on < local(application.submitted_at, DEFAULT_ZONE).date():
        raise RuleError("joined_on", lazy("The day of joining cannot be before the application."))
    person = person_of(actor, application, matches, record_id)
    if person.id == actor.person_id:
        raise RuleError("", lazy("This is your own application: somebody else decides about it."))
    membership = members.join(actor, person, application.association, application.kind, joined_on, group,
                              organisation_name=application.organisation_name)  # fmt: skip
    agree(actor, application, person)
    application.person_id, application.membership_id = person.id, membership.id
    application.state, application.decided_by_id = ApplicationState.ACCEPTED, actor.person_id
    application.decided_at = now()
    db.session.flush()
    record(actor, "applications.accept", application, {"number": membership.number}, person_id=person.id)
    return membership


def agree(actor: Account, form: SentForm, person: Person) -> None:
    """What was agreed to goes with the form, by whoever agreed: the applicant, on paper or not, or the guardian."""
    given_by = "guardian" if form.guardian_name else "paper" if form.channel == Channel.PAPER else "self"
    for purpose in form.consents:
        people.give_consent(actor, person, ConsentPurpose(purpose), form.notice_version, given_by)


def person_of(actor: Account, application: SentForm, matches: Sequence[Match], record_id: str) -> Person:
    """The record of who applied (here or as a volunteer): a new one ("new"), or one of the matching, completed.

    Raises RuleError for a choice that is none, and for a new record where the identity number is in the register.
    """
    if record_id == "new":
        if any(match.has_number for match in matches):
            raise RuleError("record", lazy("Somebody with this identity number is already in the register."))
        return people.create_person(actor, application.name, **_values(application, CARRIED))
    chosen = next((match.person for match in matches if match.person.public_id == record_id), None)
    if chosen is None:
        raise RuleError("record", lazy("Choose a record, or a new one."))
    lacking = [name for name in CARRIED if not getattr(chosen, name)]
    if "identity_number" in lacking and application.identity_number and _contradicts(chosen, application):
        raise RuleError(
            "record",
            lazy(
                "The identity number says another sex or date of birth than this record: choose a new record, or"
                " have this one corrected first."
            ),
        )
    filled = {name: value for name, value in _values(application, lacking).items() if value}
    if filled:
        people.correct_person(actor, chosen, **filled)
    return chosen


def _contradicts(chosen: Person, application: SentForm) -> bool:
    """Whether the number of the application would overwrite what stands in the record."""
    said = IdentityNumber.parse(application.identity_number or "")
    return (chosen.sex or said.sex, chosen.birth_on or said.birth) != (said.sex, said.birth)


def _values(application: SentForm, names: Sequence[str]) -> dict[str, Any]:
    """What the application says beyond the name; of an organisation's contact only the ways to reach them."""
    return {name: getattr(application, name) for name in names}
