"""A copy of everything held about a person: which tables, by which column, what is never handed out and why.

A test walks the tables: every key to a person or an account stands either in a section here or in `NOT_COPIED`
with its reason, so that what a later feature keeps about people cannot be forgotten.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, inspect, select
from sqlalchemy.orm import joinedload

from portal.accounts.models import Account, AccountSession, OneTimeCode
from portal.activities.models import ActivityLog, ActivityParticipant
from portal.applications.models import ApplicationMessage, MembershipApplication
from portal.arrears.models import Reminder
from portal.associations.models import Association, Group
from portal.cards.models import MemberCard
from portal.certificates.models import ServiceCertificate, StarGrant
from portal.charters.models import CharterComment
from portal.commendations.models import CommendationCall, CommendationKind, Nomination, Suggestion
from portal.core.audit import AuditEntry
from portal.core.database import Base, db
from portal.core.i18n import lazy
from portal.dossiers.models import Evaluation
from portal.dues.models import Charge, Waiver
from portal.handovers.models import HandOver
from portal.honours.models import Honour, HonourCertificate
from portal.hours.models import HoursEntry, HoursRevision
from portal.ledger.models import DuesPeriod
from portal.letters.models import Letter, LetterStep
from portal.levy.models import LevyPerson
from portal.members.models import Membership, MembershipCover, MembershipKind, MembershipStay, Transfer
from portal.objections.models import NoticePeriod, Objection
from portal.offices.models import Appointment
from portal.own.models import PersonalRequest
from portal.payments.models import Allocation, Payment, Refund, Reversal
from portal.people.models import Affiliation, Consent, Person, Reveal
from portal.plans.models import ActivitySession
from portal.reviews.models import Reviewer
from portal.signups.models import CalendarFeed, SignUp
from portal.surveys.models import SurveyTicket
from portal.volunteers.models import AppointmentLetter, Volunteer, VolunteerRegistration

# Never in a copy: what lets somebody in, what only helps the portal to search, and row numbers.
UNTOLD = frozenset({
    "password_hash", "totp_secret", "totp_last_step", "token_hash", "code_hash", "identity_index", "phone_index",
    "identity_last4", "phone_last4", "sort_key", "id", "person_id", "actor_id", "created_by", "key",
})  # fmt: skip
# Keys, of all tables or of one, that are told by the name of what they lead to. Others are left out.
NAMED: dict[str, Any] = {
    "association_id": Association.name, "group_id": Group.name, "kind_id": MembershipKind.name,
    "membership_id": Membership.number, "from_association_id": Association.name,
    "to_association_id": Association.name, "log_id": ActivityLog.title,
    "session_id": ActivitySession.place, "period_id": DuesPeriod.name,
    "objection.period_id": NoticePeriod.title, "call_id": CommendationCall.title, "of_id": Association.name,
    "honour.kind_id": CommendationKind.name,
}  # fmt: skip
Mine = Callable[[int], Any]


@dataclass(frozen=True)
class Section:
    """One table of the copy: its key in the file, its heading on paper, the column by which rows are the person's."""

    name: str
    title: Any
    model: type[Base]
    column: str
    mine: Mine | None = None  # for rows that hang on another row of the person
    loads: tuple[Any, ...] = ()

    @property
    def columns(self) -> list[tuple[str, str, Any]]:
        """What is told of each row: under which name, by which attribute, and the name that a key leads to."""
        told = []
        for attribute in inspect(self.model).column_attrs:
            column = attribute.columns[0]
            label = NAMED.get(f"{self.model.__tablename__}.{attribute.key}", NAMED.get(attribute.key))
            if label is not None:
                told.append((attribute.key.removesuffix("_id"), attribute.key, label))
            elif not (attribute.key in UNTOLD or column.foreign_keys):
                told.append((attribute.key, attribute.key, None))
        return told

    def statement(self, person_id: int) -> Select[Any]:
        column = getattr(self.model, self.column)
        found = column.in_(self.mine(person_id)) if self.mine else column == person_id
        statement = select(self.model).where(found).order_by(inspect(self.model).columns["id"])
        return statement.options(*self.loads)


def _memberships(person_id: int) -> Any:
    return select(Membership.id).where(Membership.person_id == person_id)


def _accounts(person_id: int) -> Any:
    return select(Account.id).where(Account.person_id == person_id)


def _applications(person_id: int) -> Any:
    return select(MembershipApplication.id).where(MembershipApplication.person_id == person_id)


def _volunteers(person_id: int) -> Any:
    return select(Volunteer.id).where(Volunteer.person_id == person_id)


def _entries(person_id: int) -> Any:
    return select(HoursEntry.id).where(HoursEntry.person_id == person_id)


def _charges(person_id: int) -> Any:
    return select(Charge.id).where(Charge.payer_id == person_id)


def _payments(person_id: int) -> Any:
    return select(Payment.id).where(Payment.payer_id == person_id)


def _honours(person_id: int) -> Any:
    return select(Honour.id).where(Honour.person_id == person_id)


def _letter_steps(person_id: int) -> Any:
    """The steps of one's own letters that are shown to whoever wrote."""
    written = select(Letter.id).where(Letter.person_id == person_id)
    return select(LetterStep.id).where(LetterStep.letter_id.in_(written), LetterStep.is_shown)


HELD = joinedload(ActivityParticipant.log).joinedload(ActivityLog.association)
SECTIONS = (
    Section("person", lazy("My data"), Person, "id"),
    Section("affiliations", lazy("Who holds my record"), Affiliation, "person_id"),
    Section("memberships", lazy("Memberships"), Membership, "person_id"),
    Section("memberships_paid_for", lazy("Memberships that I pay for"), Membership, "payer_id"),
    Section("stays", lazy("Where my memberships were"), MembershipStay, "membership_id", _memberships),
    Section("transfers", lazy("Transfers"), Transfer, "membership_id", _memberships),
    Section("covered_by", lazy("Memberships that cover me"), MembershipCover, "person_id"),
    Section("cards", lazy("Member cards"), MemberCard, "membership_id", _memberships),
    Section("applications", lazy("Applications"), MembershipApplication, "person_id"),
    Section(
        "application_messages", lazy("Written about my applications"), ApplicationMessage, "application_id",
        _applications,
    ),
    Section("appointments", lazy("Offices"), Appointment, "person_id"),
    Section("activities", lazy("Activities"), ActivityParticipant, "person_id", loads=(HELD,)),
    Section("registrations", lazy("Registrations as a volunteer"), VolunteerRegistration, "person_id"),
    Section("volunteering", lazy("Where I volunteer"), Volunteer, "person_id"),
    Section("letters", lazy("Letters of appointment"), AppointmentLetter, "volunteer_id", _volunteers),
    Section("evaluations", lazy("Evaluations"), Evaluation, "volunteer_id", _volunteers),
    Section("sign_ups", lazy("Sign-ups"), SignUp, "person_id"),
    Section("hours", lazy("Service time"), HoursEntry, "person_id"),
    Section("hours_revisions", lazy("How my service time came about"), HoursRevision, "entry_id", _entries),
    Section("stars", lazy("Stars"), StarGrant, "person_id"),
    Section("certificates", lazy("Certificates of service"), ServiceCertificate, "person_id"),
    Section("calendar", lazy("My calendar address"), CalendarFeed, "person_id"),
    Section("charges", lazy("Dues that I owe or owed"), Charge, "payer_id"),
    Section("waivers", lazy("Dues let off"), Waiver, "charge_id", _charges),
    Section("payments", lazy("What I paid"), Payment, "payer_id"),
    Section("allocations", lazy("What my payments settle"), Allocation, "payment_id", _payments),
    Section("reversals", lazy("Payments taken back"), Reversal, "payment_id", _payments),
    Section("refunds", lazy("Payments paid back"), Refund, "payment_id", _payments),
    Section("reminders", lazy("Reminders about dues"), Reminder, "payer_id"),
    Section("hand_overs", lazy("Cash that I handed over"), HandOver, "collector_id"),
    Section("levies", lazy("Where I was counted for a levy"), LevyPerson, "person_id"),
    Section("letters_written", lazy("Letters that I wrote"), Letter, "person_id"),
    Section("letter_steps", lazy("What was done with my letters"), LetterStep, "id", _letter_steps),
    Section("objections", lazy("Objections that I sent"), Objection, "person_id"),
    Section("charter_comments", lazy("What I said about charters"), CharterComment, "person_id"),
    Section("appraisals", lazy("Appraisals that I am asked to answer"), SurveyTicket, "person_id"),
    Section("nominations", lazy("Where I am nominated"), Nomination, "person_id"),
    Section("suggestions", lazy("For whom I spoke"), Suggestion, "by_person_id"),
    Section("reviewing", lazy("Calls that I review"), Reviewer, "person_id"),
    Section("honours", lazy("My commendations"), Honour, "person_id"),
    Section("honour_certificates", lazy("Certificates of honour"), HonourCertificate, "honour_id", _honours),
    Section("consents", lazy("Consents"), Consent, "person_id"),
    Section("reveals", lazy("Who looked at my number or phone"), Reveal, "person_id"),
    Section("requests", lazy("My requests"), PersonalRequest, "person_id"),
    Section("account", lazy("My account"), Account, "person_id"),
    Section("sessions", lazy("Where I am signed in"), AccountSession, "account_id", _accounts),
    Section("one_time_codes", lazy("One-time codes handed out"), OneTimeCode, "account_id", _accounts),
    Section("log", lazy("What was done to my record"), AuditEntry, "person_id"),
)  # fmt: skip

_ACT = "says who acted in an office; what was done to the person stands in the log"
_PAIR = "says of two records whether they are one person; the copy would tell about the other one"
_ROW = "says which row of a file became which record, and holds no data of it"
# table.column → why it is in no copy.
NOT_COPIED = {
    "person.merged_into_id": "says which record took the place of this one, before anybody could ask for a copy",
    "person_gram.person_id": "files the name under its parts, to be found; the name itself is in the copy",
    "appointment.created_by": _ACT, "reveal.by_person_id": _ACT, "one_time_code.issued_by": _ACT,
    "activity_log.recorded_by": _ACT, "activity_revision.replaced_by": _ACT, "notice.created_by": _ACT,
    "notice_version.written_by": _ACT, "notice_version.published_by": _ACT,
    "notice_version.submitted_by": _ACT, "notice_version.reviewed_by": _ACT,
    "application_message.by_person_id": _ACT, "membership_application.entered_by_id": _ACT,
    "membership_application.decided_by_id": _ACT, "membership_transfer.proposed_by_id": _ACT,
    "membership_transfer.decided_by_id": _ACT, "member_card.issued_by_id": _ACT,
    "personal_request.decided_by_id": _ACT, "person_merge.merged_by_id": _ACT, "person_merge.undone_by_id": _ACT,
    "volunteer_registration.entered_by_id": _ACT, "volunteer_registration.decided_by_id": _ACT,
    "appointment_letter.issued_by_id": _ACT, "lending_request.asked_by_id": _ACT,
    "lending_request.decided_by_id": _ACT, "activity.in_charge_id": _ACT, "activity.created_by": _ACT,
    "sign_up.added_by_id": _ACT, "sign_up.in_by_id": _ACT, "sign_up.out_by_id": _ACT,
    "hours_revision.recorded_by_id": _ACT, "hours_revision.decided_by_id": _ACT,
    "star_grant.decided_by_id": _ACT, "star_table.created_by": _ACT,
    "volunteer_evaluation.evaluated_by_id": _ACT, "activity_log.reviewed_by_id": _ACT,
    "told_apart.by_person_id": _ACT, "register_import.account_id": _ACT,
    "journal_entry.recorded_by_id": _ACT, "period_book.closed_by_id": _ACT, "period_book.locked_by_id": _ACT,
    "fee_plan.created_by_id": _ACT, "waiver.asked_by_id": _ACT, "waiver.decided_by_id": _ACT,
    "payment.collector_id": _ACT, "payment.recorded_by_id": _ACT, "allocation.created_by_id": _ACT,
    "reversal.asked_by_id": _ACT, "reversal.decided_by_id": _ACT, "refund.asked_by_id": _ACT,
    "refund.decided_by_id": _ACT, "receipt.issued_by_id": _ACT, "hand_over.received_by_id": _ACT,
    "bank_file.taken_by_id": _ACT, "bank_line.decided_by_id": _ACT, "reminder_round.created_by_id": _ACT,
    "reminder.done_by_id": _ACT, "levy.created_by_id": _ACT, "levy_payment.recorded_by_id": _ACT,
    "year_statement.published_by_id": _ACT,
    "letter.assigned_to_id": _ACT, "letter.entered_by_id": _ACT, "letter_step.by_id": _ACT,
    "letter_step.to_person_id": _ACT, "letter_about.named_by_id": _ACT,
    "letter_about.person_id": "whoever a letter complains about does not learn of it: it would lead to who wrote",
    "disclosure_duty.created_by_id": _ACT, "disclosure.recorded_by_id": _ACT, "guide.revised_by_id": _ACT,
    "survey.created_by_id": _ACT,
    "notice_period.opened_by_id": _ACT, "notice_period.decided_by_id": _ACT,
    "objection.entered_by_id": _ACT, "objection.answered_by_id": _ACT,
    "charter.created_by_id": _ACT, "charter_draft.written_by_id": _ACT, "consultation_round.opened_by_id": _ACT,
    "charter_comment.entered_by_id": _ACT, "charter_comment.answered_by_id": _ACT,
    "charter_adoption.recorded_by_id": _ACT,
    "commendation_call.created_by_id": _ACT, "nomination.nominated_by_id": _ACT,
    "nomination.consent_entered_by_id": _ACT, "suggestion.answered_by_id": _ACT, "reviewer.asked_by_id": _ACT,
    "selection_meeting.recorded_by_id": _ACT, "honour.revoked_by_id": _ACT, "honour_certificate.issued_by_id": _ACT,
    "revocation.proposed_by_id": _ACT, "revocation.decided_by_id": _ACT,
    "told_apart.first_id": _PAIR, "told_apart.second_id": _PAIR,
    "person_merge.kept_id": _PAIR, "person_merge.gone_id": _PAIR,
    "register_import_row.matched_id": _ROW, "register_import_row.created_person_id": _ROW,
}  # fmt: skip


def copy_of(person_id: int) -> dict[str, list[dict[str, Any]]]:
    """Everything held about a person, section by section, as plain values for a machine (PIPL, article 45)."""
    names: dict[Any, Any] = {}
    found = {}
    for section in SECTIONS:
        rows = db.session.scalars(section.statement(person_id)).all()
        found[section.name] = [_told(section, row, names) for row in rows]
    return found


def _told(section: Section, row: Any, names: dict[Any, Any]) -> dict[str, Any]:
    """A row as plain values; what a key leads to is told by its name, which is asked for once."""
    told: dict[str, Any] = {}
    for name, attribute, label in section.columns:
        value = getattr(row, attribute)
        if label is not None and value is not None:
            if (label, value) not in names:
                names[label, value] = db.session.scalar(select(label).where(label.class_.id == value))
            value = names[label, value]
        told[name] = _plain(value)
    if section.model is ActivityParticipant:
        told |= {"held_on": _plain(row.log.held_on), "place": row.log.place, "association": row.log.association.name}
    return told


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return value.isoformat() if isinstance(value, date) else value
