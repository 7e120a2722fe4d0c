"""What a person may ask about the own record, and how it is decided. Raises RuleError; never commits."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from sqlalchemy import select, update

from portal.accounts import services as accounts
from portal.accounts.models import Account
from portal.accounts.queries import get_of_person
from portal.core.audit import record
from portal.core.calendar import now
from portal.core.database import add_single, change, db
from portal.core.errors import RuleError
from portal.core.i18n import lazy
from portal.members import services as members
from portal.members.models import Membership
from portal.own import deletion, queries
from portal.own.models import PersonalRequest, RequestKind, RequestState
from portal.people import services as people
from portal.people.models import Person

# What the association changes on request; the rest of the record is the person's own to change.
ON_REQUEST = ("name", "identity_number", "sex", "birth_on", "phone")


def change_contact(actor: Account, person: Person, *, email: str | None, residence: str | None) -> None:
    """The person changes e-mail and area of residence without asking anybody; a sign-in by e-mail follows.

    Raises RuleError("email") when no way to sign in would be left.
    """
    before = {"email": person.email or "", "residence": person.residence}
    after = {"email": (email or "").strip().lower(), "residence": (residence or "").strip()}
    if before == after:
        return
    people.correct_person(actor, person, **after)
    if before["email"].lower() != after["email"]:
        try:
            accounts.follow_record(actor)
        except RuleError as error:
            raise RuleError("email", error.message) from error


def ask_correction(actor: Account, person: Person, note: str | None, **wanted: Any) -> PersonalRequest:
    """Ask the association to put right what stands in the record, field by field.

    Raises RuleError when nothing differs, or while another correction waits. Whether the number is somebody else's
    is not said here: only the office learns that.
    """
    if wanted.get("identity_number") or person.identity_number:
        wanted = {field: value for field, value in wanted.items() if field not in ("sex", "birth_on")}
    differing = {field: value for field, value in wanted.items() if value and value != getattr(person, field)}
    if not differing:
        raise RuleError("", lazy("Write at least one value that should stand in the record instead."))
    plain = {field: _plain(value) for field, value in differing.items()}
    return _ask(actor, person, RequestKind.CORRECTION, note, json.dumps(plain, ensure_ascii=False))


def ask_deletion(actor: Account, person: Person, reason: str) -> PersonalRequest:
    """Ask for the own record to be deleted, with a reason or without (PIPL, article 47)."""
    return _ask(actor, person, RequestKind.DELETION, reason, None)


def _ask(actor: Account, person: Person, kind: RequestKind, note: str | None, wanted: str | None) -> PersonalRequest:
    association = queries.deciding_association(person.id)
    if association is None or queries.open_request(person.id, kind) is not None:
        raise RuleError("", lazy("Your last request of this kind still waits for the decision."))
    request = PersonalRequest(
        kind=kind, person_id=person.id, association_id=association.id, wanted=wanted, note=(note or "").strip()
    )
    if not add_single(request):  # asked twice at the same moment
        raise RuleError("", lazy("Your last request of this kind still waits for the decision."))
    record(actor, f"own.ask_{kind}", request, {"fields": sorted(json.loads(wanted))} if wanted else None)
    return request


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def wanted_values(request: PersonalRequest) -> dict[str, Any]:
    """What would be right according to the person, by field."""
    values: dict[str, Any] = json.loads(request.wanted) if request.wanted else {}
    if "birth_on" in values:
        values["birth_on"] = date.fromisoformat(values["birth_on"])
    return {field: values[field] for field in ON_REQUEST if field in values}


def withdraw(actor: Account, request: PersonalRequest) -> None:
    """The person takes the request back while it waits."""
    _settle(request, RequestState.WITHDRAWN, actor)
    record(actor, "own.withdraw", request)


def accept_correction(actor: Account, request: PersonalRequest, person: Person) -> None:
    """The record is put right as was asked, and a phone that was put right signs in from now on.

    Raises RuleError when it was decided before, for the own request, or for whatever the register refuses.
    """
    _check_other(actor, request)
    values = wanted_values(request)
    _settle(request, RequestState.DONE, actor)
    _correct(actor, person, values)
    account = get_of_person(person)
    if account is not None and "phone" in values:
        accounts.follow_new_phone(account)
    record(actor, "own.accept", request, {"fields": sorted(values)})


def _correct(actor: Account, person: Person, values: dict[str, Any]) -> None:
    """What the register says against a field is said of the whole: the officer has typed nothing here."""
    try:
        people.correct_person(actor, person, **values)
    except RuleError as error:
        raise RuleError("", error.message) from error


def accept_deletion(actor: Account, request: PersonalRequest, person: Person, language: str) -> None:
    """The record is deleted as was asked; what stands against it is said in words (see own.deletion)."""
    _check_other(actor, request)
    _settle(request, RequestState.DONE, actor)
    record(actor, "own.accept", request)
    deletion.delete_person(actor, person, language)


def refuse(actor: Account, request: PersonalRequest, reason: str) -> None:
    """Refused, with a reason that the person reads."""
    _check_other(actor, request)
    if len(reason.strip()) < people.MIN_REASON:
        raise RuleError("reason", lazy("Write the reason in a few words; the person reads it."))
    _settle(request, RequestState.REFUSED, actor, reason.strip())
    record(actor, "own.refuse", request, {"reason": reason.strip()})


def _check_other(actor: Account, request: PersonalRequest) -> None:
    if request.person_id == actor.person_id:
        raise RuleError("", lazy("Nobody decides the own request: a colleague or the association above does."))


def _settle(request: PersonalRequest, state: RequestState, actor: Account, reason: str = "") -> None:
    """One statement, so that of two decisions at the same moment one counts."""
    decided = {"state": state, "decided_at": now(), "decided_by_id": actor.person_id, "reason": reason}
    statement = (
        update(PersonalRequest)
        .where(PersonalRequest.id == request.id, PersonalRequest.state == RequestState.OPEN)
        .values(**decided)
    )
    if not change(statement):
        raise RuleError("", lazy("This request has been decided meanwhile."))
    db.session.refresh(request, ["state", "decided_at", "decided_by_id", "reason"])


@members.moved.connect
@members.ended.connect
def _follow_membership(membership: Membership, **_details: Any) -> None:
    """A request that waits goes to the association that decides from now on."""
    waiting = select(PersonalRequest).where(
        PersonalRequest.person_id == membership.person_id, PersonalRequest.state == RequestState.OPEN
    )
    for request in db.session.scalars(waiting):
        association = queries.deciding_association(request.person_id)
        if association is not None and association.id != request.association_id:
            request.association_id = association.id
            record(None, "own.hand_on", request, {"association": association.code})
