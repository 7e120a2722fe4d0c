"""The copy of one's data on paper: the same rows as in the file, in the reader's words."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from portal.applications.models import ApplicationState
from portal.cards.models import IssueReason, VoidReason
from portal.certificates.models import StarState
from portal.commendations.models import NominationState, SuggestionState
from portal.core.calendar import now
from portal.core.formats import date_long, datetime_local
from portal.core.i18n import _, lazy, lazy_pgettext, locale
from portal.members.models import EndReason, TransferState
from portal.offices.rights import Position
from portal.own.exports import SECTIONS, copy_of
from portal.own.models import RequestKind, RequestState
from portal.people.models import AffiliationKind, ConsentPurpose, Person, Sex
from portal.signups.models import SignUpState

# What is written on paper of each row, in this order; the rest stands in the file alone.
LABELS: dict[str, Any] = {
    "name": lazy("Name"), "sex": lazy("Sex"), "birth_on": lazy("Date of birth"),
    "identity_number": lazy("Identity number"), "phone": lazy("Phone"), "email": lazy("E-mail"),
    "residence": lazy("Area of residence"), "guardian_name": lazy("Guardian"),
    "guardian_phone": lazy("Guardian’s phone"), "number": lazy("Member number"),
    "membership": lazy("Member number"), "organisation_name": lazy("Organisation"),
    "log": lazy("Activity"), "held_on": lazy("Date"), "position": lazy("Office"), "purpose": lazy("Consent"),
    "kind": lazy_pgettext("copy", "Kind"), "association": lazy("Association"),
    "from_association": lazy("From the association"), "to_association": lazy("To the association"),
    "group": lazy("Group"), "place": lazy("Place"), "stars": lazy("Stars"), "minutes": lazy("Minutes served"),
    "start_on": lazy("From"), "end_on": lazy("Until"), "joined_on": lazy("Joined on"),
    "ended_on": lazy("Last day"), "end_reason": lazy("Why it ended"), "reference": lazy("Reference"),
    "submitted_at": lazy("Sent on"), "asked_at": lazy("Sent on"), "state": lazy_pgettext("copy", "State"),
    "wanted": lazy("Should be"), "decided_at": lazy("Decided on"), "decision_reason": lazy("Reason of the decision"),
    "issued_on": lazy("Issued on"), "voided_at": lazy("Void since"), "void_reason": lazy("Why it is void"),
    "notice_version": lazy("Version of the privacy notice"), "given_at": lazy("Given on"),
    "withdrawn_at": lazy("Withdrawn on"), "at": lazy("When"), "by_name": lazy("Who"), "actor_name": lazy("Who"),
    "field": lazy("What"), "action": lazy("What"), "body": lazy("Text"), "reason": lazy("Why"),
    "note": lazy("Note"), "device": lazy("Device"), "address": lazy("Network address"),
    "call": lazy_pgettext("copy", "Call"), "decided_on": lazy("Decided on"),
    "created_at": lazy("Recorded on"), "expires_at": lazy("Good until"), "disabled_at": lazy("Blocked since"),
}  # fmt: skip

# Where a section calls a field otherwise.
OTHERWISE: dict[tuple[str, str], Any] = {
    ("certificates", "number"): lazy_pgettext("certificate", "No."),
    ("honour_certificates", "number"): lazy_pgettext("certificate", "No."),
}

Words = Mapping[str, Callable[[Any], Any]]
# Words for values, where a section's field is one of a few.
WORDS: dict[str, Words] = {
    "person": {"sex": lambda value: Sex(value).label},
    "affiliations": {"kind": lambda value: AffiliationKind(value).label},
    "memberships": {"end_reason": lambda value: EndReason(value).label},
    "nominations": {"state": lambda value: NominationState(value).label},
    "suggestions": {"state": lambda value: SuggestionState(value).label},
    "transfers": {"state": lambda value: TransferState(value).label},
    "cards": {
        "reason": lambda value: IssueReason(value).label,
        "void_reason": lambda value: (VoidReason.labels() | IssueReason.labels()).get(value, value),
    },
    "applications": {
        "sex": lambda value: Sex(value).label,
        "state": lambda value: ApplicationState(value).label,
    },
    "appointments": {"position": lambda value: Position(value).label},
    "consents": {"purpose": lambda value: ConsentPurpose(value).label},
    "reveals": {"field": lambda value: LABELS[value]},
    "requests": {
        "kind": lambda value: RequestKind(value).label,
        "state": lambda value: RequestState(value).label,
        "wanted": lambda value: " · ".join(
            f"{LABELS[field]} {_field(field, text)}" for field, text in json.loads(value).items()
        ),
    },
    "sign_ups": {"state": lambda value: SignUpState(value).label},
    "stars": {"state": lambda value: StarState(value).label},
    "log": {"action": lambda value: ACTIONS.get(value, value)},
}
ACTIONS: dict[str, Any] = {
    "people.create": lazy("Record entered"), "people.correct": lazy("Record corrected"),
    "people.affiliate": lazy("An association took up the record"),
    "people.release": lazy("An association released the record"),
    "people.consent": lazy("Consent recorded"), "people.withdraw_consent": lazy("Consent withdrawn"),
    "people.reveal": lazy("Number or phone looked at"), "accounts.create": lazy("Account made"),
    "accounts.sign_in": lazy("Signed in"), "accounts.end_session": lazy("Signed out"),
    "accounts.confirm": lazy("Password given again"), "accounts.set_password": lazy("Password set"),
    "accounts.issue_code": lazy("One-time code handed out"), "members.join": lazy("Membership began"),
    "members.end": lazy("Membership ended"), "offices.grant": lazy("Appointed"),
    "offices.end": lazy("Appointment ended"), "own.ask_correction": lazy("Correction asked for"),
    "own.ask_deletion": lazy("Deletion asked for"), "own.accept": lazy("Request granted"),
    "own.refuse": lazy("Request refused"), "own.withdraw": lazy("Request withdrawn"),
    "signups.sign_up": lazy("Signed up for an activity"), "signups.withdraw": lazy("Sign-up withdrawn"),
    "signups.offer": lazy("A place offered"), "signups.accept": lazy("The offered place taken"),
    "signups.decline": lazy("The offered place declined"), "signups.expire": lazy("The offer lapsed"),
    "signups.give_place": lazy("A place given by the leader"),
    "signups.make_feed": lazy("Calendar address made"), "signups.revoke_feed": lazy("Calendar address revoked"),
    "certificates.ask_star": lazy("A star asked for"),
    "certificates.withdraw_star": lazy("Request for a star withdrawn"),
    "certificates.grant_star": lazy("A star granted"), "certificates.refuse_star": lazy("A star not granted"),
    "certificates.issue": lazy("Certificate of service issued"),
    "certificates.supersede": lazy("Certificate of service no longer valid"),
}  # fmt: skip


def _field(field: str, text: str) -> str:
    """A wanted value as it would stand in the record."""
    return Sex(text).label if field == "sex" else _written(text)


def document(person: Person, site: str) -> dict[str, Any]:
    """What portal/documents/personal-copy.typ prints."""
    return {
        "federation": site,
        "title": _("What is held about me"),
        "name": person.name,
        "made": _("Made on %(moment)s", moment=datetime_local(now())),
        "note": _("The file for machines holds the same and more: every field of every record."),
        "nothing": _("Nothing is held."),
        "page": _("Page"),
        "lang": "en" if locale() == "en" else "zh",
        "sections": _sections(copy_of(person.id)),
    }


def _sections(held: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    return [
        {"title": str(section.title), "rows": [_row(section.name, row) for row in held[section.name]]}
        for section in SECTIONS
    ]


def _row(section: str, row: dict[str, Any]) -> list[list[str]]:
    """The filled fields of a row, each with its label."""
    words = WORDS.get(section, {})
    shown = []
    for field, label in LABELS.items():
        value = row.get(field)
        if value not in (None, "", 0):
            said = words[field](value) if field in words else _written(value)
            shown.append([str(OTHERWISE.get((section, field), label)), str(said)])
    return shown


def _written(value: Any) -> str:
    """Dates and moments as people write them; all else as it is."""
    text = str(value)
    if isinstance(value, str) and len(text) >= 10 and text[4:5] == "-" == text[7:8]:
        try:
            if len(text) > 10:
                return datetime_local(datetime.fromisoformat(text))
            return date_long(date.fromisoformat(text))
        except ValueError:
            return text
    return text
