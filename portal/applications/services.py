"""What may happen to an application: sent, asked, answered, withdrawn, declined. Raises RuleError; never commits."""

from __future__ import annotations

from typing import Any

from portal.accounts.models import Account
from portal.applications import queries
from portal.applications.models import ApplicationMessage, ApplicationState, MembershipApplication
from portal.applications.submission import LIMITS, Submission, check
from portal.core.audit import record
from portal.core.calendar import now
from portal.core.database import db, new_public_id
from portal.core.encryption import blind_index
from portal.core.errors import RuleError
from portal.core.i18n import _, lazy
from portal.core.identity import IdentityNumber
from portal.core.text import printable
from portal.people.models import Channel
from portal.people.services import MIN_REASON

LONGEST_MESSAGE = 1000


def apply(
    submission: Submission, *, reference: str | None = None, entered_by: Account | None = None
) -> MembershipApplication:
    """Take in an application, from the web or (by an officer) from paper.

    It is taken from whoever sends one: that somebody is a member already, or has applied before, only the officer
    learns. Raises RuleError for what is missing (see submission.check).
    """
    check(submission)
    application = MembershipApplication(
        reference=reference or new_public_id(),
        association_id=submission.association.id,
        group_id=submission.group.id if submission.group else None,
        kind_id=submission.kind.id,
        channel=Channel.PAPER if entered_by else Channel.WEB,
        entered_by_id=entered_by.person_id if entered_by else None,
        consents=list(submission.consents),
        notice_version=submission.notice_version,
    )
    _write(application, submission)
    db.session.add(application)
    db.session.flush()
    record(entered_by, "applications.apply", application, {"channel": application.channel})
    return application


def _write(application: MembershipApplication, given: Submission) -> None:
    """An organisation is asked nothing about its contact but the ways to reach them."""
    organisation = printable(given.organisation_name).strip()[: LIMITS["organisation_name"]]
    application.organisation_name = organisation if given.is_organisation else ""
    application.reason = printable(given.reason).strip()[: LIMITS["reason"]]
    write_person(application, given, has_birth=not given.is_organisation)


def write_person(row: Any, given: Any, *, has_birth: bool = True) -> None:
    """What somebody said about themselves, written to an application of whatever kind."""
    for name in ("name", "residence", "guardian_name", "email"):
        text = getattr(given, name)
        setattr(row, name, printable(text).strip()[: LIMITS[name]] if text else text)
    row.phone = given.phone or None
    row.phone_index = blind_index(given.phone, "phone") if given.phone else None
    row.phone_last4 = given.phone[-4:] if given.phone else None
    if has_birth:
        row.sex, row.birth_on = given.sex, given.birth_on
        _write_number(row, given.identity_number)
    if given.is_child:
        row.guardian_phone = given.guardian_phone
    else:
        row.guardian_name = ""


def _write_number(application: Any, number: str | None) -> None:
    if number:
        parsed = IdentityNumber.parse(number)
        application.identity_number = parsed.value
        application.identity_index = blind_index(parsed.value, "identity")
        application.identity_last4 = parsed.value[-4:]
        application.sex, application.birth_on = parsed.sex, parsed.birth


def ask(actor: Account, application: MembershipApplication, question: str) -> None:
    """Ask the applicant for more; the application waits for the answer."""
    begin_decision(actor, application)
    text = _said(question, "question", lazy("Write what you would like to know."))
    application.state = ApplicationState.ASKED
    _say(application, text, actor)
    record(actor, "applications.ask", application)


def answer(application: MembershipApplication, text: str) -> None:
    """The applicant answers what was asked, once for each question."""
    lock(application)
    if application.state != ApplicationState.ASKED:
        raise RuleError("", lazy("Nothing is asked at the moment."))
    application.state = ApplicationState.SUBMITTED
    _say(application, _said(text, "answer", lazy("Write your answer.")), None)
    record(None, "applications.answer", application)


def decline(actor: Account, application: MembershipApplication, reason: str) -> None:
    """Decline with a reason that the applicant reads."""
    begin_decision(actor, application)
    application.decision_reason = _said(reason, "reason", lazy("Write the reason; the applicant reads it."))
    application.state = ApplicationState.DECLINED
    application.decided_at, application.decided_by_id = now(), actor.person_id
    record(actor, "applications.decline", application)


def withdraw(application: MembershipApplication) -> None:
    """The applicant takes it back, as long as it is not decided."""
    lock(application)
    application.state, application.decided_at = ApplicationState.WITHDRAWN, now()
    record(None, "applications.withdraw", application)


def reveal(actor: Account, application: MembershipApplication, field: str, reason: str) -> str:
    """A number or phone in clear, for a reason that is kept with the messages, where the applicant reads it."""
    if len(reason.strip()) < MIN_REASON:
        raise RuleError("why", lazy("Write in a few words why you need it; the person can read this."))
    values = {
        "identity_number": (application.identity_number, _("Looked at your identity number: %(reason)s")),
        "phone": (application.phone, _("Looked at your phone number: %(reason)s")),
        "guardian_phone": (application.guardian_phone, _("Looked at the guardian's phone number: %(reason)s")),
    }
    value, said = values[field]
    if not value:
        raise RuleError("", lazy("Nothing is recorded here."))
    _say(application, said % {"reason": printable(reason).strip()}, actor)
    record(actor, "applications.reveal", application, {"field": field, "reason": printable(reason).strip()})
    return value


def begin_decision(actor: Account, application: MembershipApplication) -> None:
    """Two officers at once decide once; nobody decides the own application. Raises RuleError("")."""
    lock(application)
    if is_own(actor, application):
        raise RuleError("", lazy("This is your own application: somebody else decides about it."))


def lock(application: MembershipApplication) -> None:
    """Hold the row, read its state anew, and go on only if it is still open."""
    db.session.refresh(application, ["state"], with_for_update=True)
    if not ApplicationState(application.state).is_open:
        raise RuleError("", lazy("This application has been decided or withdrawn already."))


def is_own(actor: Account, application: Any) -> bool:
    """Whether the applicant is the officer: by number, or by name and phone."""
    me = queries.get_person(actor.person_id)
    if me.identity_index and application.identity_index:
        return bool(me.identity_index == application.identity_index)
    return bool(me.name == application.name and me.phone_index == application.phone_index)


def _said(text: str, field: str, missing: object) -> str:
    plain = printable(text).strip()[:LONGEST_MESSAGE]
    if len(plain) < 2:
        raise RuleError(field, missing)
    return plain


def _say(application: MembershipApplication, body: str, actor: Account | None) -> None:
    message = ApplicationMessage(application_id=application.id, is_from_applicant=actor is None, body=body)
    message.by_person_id = actor.person_id if actor else None
    db.session.add(message)
    db.session.flush()
