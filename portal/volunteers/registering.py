"""What may happen to a registration: sent, accepted, declined, withdrawn. Raises RuleError; never commits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from portal.accounts.models import Account
from portal.applications.accepting import agree, person_of
from portal.applications.queries import Match
from portal.applications.services import is_own, write_person
from portal.associations.models import Association, Group
from portal.core.audit import record
from portal.core.calendar import now
from portal.core.database import db, new_public_id
from portal.core.errors import RuleError
from portal.core.i18n import lazy
from portal.core.text import printable
from portal.members.queries import root_id
from portal.people import services as people
from portal.people.models import Channel
from portal.volunteers import queries, services
from portal.volunteers.models import RegistrationState, Volunteer, VolunteerRegistration
from portal.volunteers.submission import Submission, check

LONGEST_REASON = 1000
LONGEST_NOTE = 300


def register(
    given: Submission, *, reference: str | None = None, entered_by: Account | None = None
) -> VolunteerRegistration:
    """Take in a registration, from the web or (by an officer) from paper.

    It is taken from whoever sends one: whether somebody is a volunteer already, only the officer learns, and whoever
    is signed in. Raises RuleError for what is missing (see submission.check).
    """
    check(given)
    if given.person is not None and queries.get_live(given.person.id, given.association.id) is not None:
        raise RuleError("association", lazy("You are a volunteer of this association already."))
    registration = VolunteerRegistration(
        reference=reference or new_public_id(),
        association_id=given.association.id,
        group_id=given.group.id if given.group else None,
        channel=Channel.PAPER if entered_by else Channel.WEB,
        entered_by_id=entered_by.person_id if entered_by else None,
        person_id=given.person.id if given.person else None,
        skills=[skill.public_id for skill in given.skills],
        times=[[weekday, part] for weekday, part in sorted(set(given.times))],
        note=printable(given.note).strip()[:LONGEST_NOTE],
        consents=list(given.consents),
        notice_version=given.notice_version,
    )
    write_person(registration, given)
    db.session.add(registration)
    db.session.flush()
    about = {"person_id": given.person.id} if given.person else {}
    record(entered_by, "volunteers.register", registration, {"channel": registration.channel}, **about)
    return registration


def accept(
    actor: Account,
    registration: VolunteerRegistration,
    association: Association,
    matches: Sequence[Match],
    record_id: str,
    group: Group | None,
    term_end_on: date,
) -> Volunteer:
    """The registrant becomes a volunteer: as a new record ("new") or as one of the matching ones, by its public id.

    Consents go with it under the version of the notice that was shown. Raises RuleError for the own registration, a
    choice that is none, a new record where the identity number stands in the register, and what enrol refuses.
    """
    begin_decision(actor, registration)
    if registration.person_id is not None and record_id == "new":
        raise RuleError("record", lazy("Choose a record, or a new one."))
    person = person_of(actor, registration, matches, record_id)
    if person.id == actor.person_id:
        raise RuleError("", OWN)
    skills = queries.skills_by_public_ids(root_id(association), [str(each) for each in registration.skills])
    volunteer = services.enrol(
        actor, association, person, term_end_on=term_end_on, group=group, note=registration.note,
        skills=[skill for skill in skills if skill.ended_on is None],
        times=[(weekday, part) for weekday, part in registration.times],
    )  # fmt: skip
    agree(actor, registration, person)
    registration.person_id, registration.volunteer_id = person.id, volunteer.id
    _decide(actor, registration, RegistrationState.ACCEPTED)
    record(actor, "volunteers.accept", registration, {"until": term_end_on.isoformat()}, person_id=person.id)
    return volunteer


def decline(actor: Account, registration: VolunteerRegistration, reason: str) -> None:
    """Decline with a reason that the registrant reads."""
    begin_decision(actor, registration)
    said = printable(reason).strip()[:LONGEST_REASON]
    if len(said) < people.MIN_REASON:
        raise RuleError("reason", lazy("Write the reason; the volunteer reads it."))
    registration.decision_reason = said
    _decide(actor, registration, RegistrationState.DECLINED)
    record(actor, "volunteers.decline", registration)


def withdraw(registration: VolunteerRegistration) -> None:
    """Whoever registered takes it back, as long as it is not decided."""
    lock(registration)
    registration.state, registration.decided_at = RegistrationState.WITHDRAWN, now()
    record(None, "volunteers.withdraw", registration)


def begin_decision(actor: Account, registration: VolunteerRegistration) -> None:
    """Two officers at once decide once; nobody decides the own registration. Raises RuleError("")."""
    lock(registration)
    if is_mine(actor, registration):
        raise RuleError("", OWN)


OWN = lazy("This is your own registration: somebody else decides about it.")


def lock(registration: VolunteerRegistration) -> None:
    """Hold the row, read its state anew, and go on only if it still waits."""
    db.session.refresh(registration, ["state"], with_for_update=True)
    if registration.state != RegistrationState.SUBMITTED:
        raise RuleError("", lazy("This registration has been decided or withdrawn already."))


def is_mine(actor: Account, registration: VolunteerRegistration) -> bool:
    """Whether the officer registered: signed in, by number, or by name and phone."""
    return registration.person_id == actor.person_id or is_own(actor, registration)


def _decide(actor: Account, registration: VolunteerRegistration, state: RegistrationState) -> None:
    registration.state, registration.decided_at = state, now()
    registration.decided_by_id = actor.person_id
    db.session.flush()
