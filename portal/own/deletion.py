"""Deleting a person at the own request: what stands against it, and what is cleared in every feature.

Rows stay wherever sums, memberships, service or the acts of others hang on them; nothing in them tells who it was.
What is left on purpose stands in docs/decisions/0008-what-deletion-leaves.md, and a test searches for the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import or_, select, update

from portal.accounts import services as accounts
from portal.accounts.models import Account
from portal.accounts.queries import get_of_person
from portal.applications import retention
from portal.applications.models import ApplicationState, MembershipApplication
from portal.arrears.models import Reminder
from portal.bank.models import BankLine
from portal.cards.models import MemberCard
from portal.charters import removal as charters
from portal.commendations import removal as commendations
from portal.core.audit import record
from portal.core.calendar import now, today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.formats import money
from portal.core.i18n import _, lazy
from portal.dues.models import Charge
from portal.duplicates.models import PersonMerge
from portal.handovers import queries as hand_overs
from portal.letters import removal as letters
from portal.members import queries as memberships
from portal.members import services as members
from portal.members import transfers
from portal.members.models import EndReason, Membership, Transfer, TransferState
from portal.objections import removal as objections
from portal.offices.queries import list_appointments_of
from portal.own.models import PersonalRequest, RequestState
from portal.payments import queries as payments
from portal.payments.models import Payment
from portal.people.models import REMOVED_NAMES, Person
from portal.people.removal import merged_into, remove_person
from portal.reviews import removal as reviews
from portal.volunteers import removal as volunteers


def hindrances(person: Person) -> list[str]:
    """What must be settled before the record may be deleted, in words; empty when nothing stands against it."""
    found = [
        _(
            "The office “%(position)s” at %(association)s has to end first.",
            position=held.position_label,
            association=held.association.name,
        )
        for held in list_appointments_of(person)
        if not held.has_ended_by(today())
    ]
    found += [
        _("%(name)s needs another contact, or its membership has to end first.", name=held.organisation_name)
        for held in memberships.list_of_person(person.id)
        if held.ended_on is None and held.organisation_name
    ]
    return found + _money_between(person)


def _money_between(person: Person) -> list[str]:
    """What the person has to the good, and cash of others that the person holds."""
    credit = [
        _(
            "%(fen)s yuan of credit at %(association)s have to be paid back, or left to the association, first.",
            fen=money(fen),
            association=name,
        )
        for name, fen in payments.credit_anywhere(person.id)
    ]
    return credit + [
        _("%(fen)s yuan in cash have to be handed over to %(association)s first.", fen=money(fen), association=name)
        for name, fen in hand_overs.held_anywhere(person.id)
    ]


def delete_person(actor: Account, person: Person, language: str) -> None:
    """End, close and empty all that holds the person. Raises RuleError while something stands against it."""
    people = [person, *merged_into(person)]
    _hold(people)
    standing = hindrances(person)
    if person.removed_at is not None or standing:
        raise RuleError("", standing[0] if standing else lazy("This record is deleted already."))
    ids, name = [one.id for one in people], REMOVED_NAMES[language]
    _end_memberships(actor, person)
    for account in filter(None, map(get_of_person, people)):
        accounts.close(actor, account)
    _empty_memberships(ids)
    _empty_dues(ids)
    _empty_applications(actor, people, name)
    volunteers.forget(actor, people, name)
    letters.forget(actor, people)
    objections.forget(people)
    charters.forget(people)
    commendations.forget(people, name)
    reviews.forget(people)
    _empty_merges(ids)
    _empty_requests(ids)
    remove_person(actor, person, language)


def _hold(people: Sequence[Person]) -> None:
    """Money that somebody takes from them at this moment is there before it is asked what stands against it."""
    ids = [one.id for one in people]
    db.session.execute(
        select(Person.id).where(Person.id.in_(ids)).order_by(Person.id).with_for_update(key_share=True)
    )
    db.session.refresh(people[0], ["removed_at"])


def _end_memberships(actor: Account, person: Person) -> None:
    """Whatever the person holds, is covered by or pays for."""
    for held in memberships.list_of_person(person.id):
        waiting = memberships.open_transfer(held)
        if waiting is not None:
            transfers.refuse(actor, actor.person_id, waiting, TransferState.WITHDRAWN, "", waiting.from_association)
        if held.ended_on is None:
            members.end_membership(actor, held, today(), EndReason.DELETED)
    for row in memberships.list_covering(person.id):
        members.uncover(actor, row, row.membership, today())
    for paid in db.session.scalars(select(Membership).where(Membership.payer_id == person.id)).all():
        members.set_payer(actor, paid, None)


def _empty_memberships(ids: list[int]) -> None:
    """Reasons that were written down about the person. What is printed on cards follows the name (see cards)."""
    held = select(Membership.id).where(Membership.person_id.in_(ids))
    notes: tuple[tuple[Any, Any, dict[str, Any]], ...] = (
        (Membership, Membership.id, {"end_note": "", "suspension_reason": ""}),
        (Transfer, Transfer.membership_id, {"reason": "", "note": ""}),
        (MemberCard, MemberCard.membership_id, {"note": ""}),
    )
    for model, column, values in notes:
        _change(update(model).where(column.in_(held)).values(**values))


def _empty_dues(ids: list[int]) -> None:
    """Notes beside charges and payments, what was said on the phone, the name on lines of the bank. Sums stay."""
    held = select(Membership.id).where(Membership.person_id.in_(ids))
    paid = select(Payment.id).where(Payment.payer_id.in_(ids))
    _change(update(Charge).where(or_(Charge.payer_id.in_(ids), Charge.membership_id.in_(held))).values(note=""))
    _change(update(Payment).where(Payment.payer_id.in_(ids)).values(note=""))
    _change(update(Reminder).where(Reminder.payer_id.in_(ids)).values(outcome=""))
    _change(update(BankLine).where(BankLine.payment_id.in_(paid)).values(payer_name="", memo=""))


def _empty_applications(actor: Account, people: list[Person], name: str) -> None:
    """What was written at /join, also in applications that never led to a record but carry the same number."""
    same: list[Any] = [MembershipApplication.person_id.in_([one.id for one in people])]
    for one in people:
        if one.identity_index:
            same.append(MembershipApplication.identity_index == one.identity_index)
        if one.phone_index:
            named = MembershipApplication.name == one.name
            same.append((MembershipApplication.phone_index == one.phone_index) & named)
    for application in db.session.scalars(select(MembershipApplication).where(or_(*same))).all():
        retention.empty(application, name)
        if ApplicationState(application.state).is_open:
            application.state, application.decided_at = ApplicationState.WITHDRAWN, now()
        record(actor, "own.empty_application", application)


def _empty_merges(ids: list[int]) -> None:
    """How records stood before they were made one: the merge cannot be undone any more."""
    touched = or_(PersonMerge.kept_id.in_(ids), PersonMerge.gone_id.in_(ids))
    _change(update(PersonMerge).where(touched).values(log="{}"))


def _empty_requests(ids: list[int]) -> None:
    """What was wanted and said; a request that still waits has nobody to be decided for."""
    asked = update(PersonalRequest).where(PersonalRequest.person_id.in_(ids))
    _change(asked.where(PersonalRequest.state == RequestState.OPEN).values(state="withdrawn", decided_at=now()))
    _change(asked.values(wanted=None, note=""))


def _change(statement: Any) -> None:
    db.session.execute(statement.execution_options(synchronize_session="fetch"))
