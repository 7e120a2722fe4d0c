"""What may happen to a record: create, correct, affiliate, consent, reveal. Raises RuleError; never commits."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from blinker import Signal
from sqlalchemy import delete, insert

from portal.associations.models import Association, Group
from portal.core import search
from portal.core.audit import Actor, changed, record
from portal.core.calendar import now, today
from portal.core.database import db
from portal.core.encryption import blind_index
from portal.core.errors import RuleError
from portal.core.i18n import lazy
from portal.core.identity import IdentityNumber
from portal.people import queries
from portal.people.models import (
    Affiliation,
    AffiliationKind,
    Consent,
    ConsentPurpose,
    Person,
    PrivacyNotice,
    Reveal,
    person_gram,
)
from portal.settings import LANGUAGES

MIN_REASON = 4
GUARDED_UNDER = 14  # years: below, a guardian agrees (Personal Information Protection Law, article 31)
# Sent with a person whose name, and so the place in lists, has changed: features above keep their own order by it.
renamed = Signal("A person's name was changed.")


def create_person(actor: Actor | None, name: str, **values: Any) -> Person:
    """A new record. An identity number stands in the register once; sex and birth follow from it."""
    person = Person(name=name, sort_key=search.sort_key(name))
    _apply(person, values)
    db.session.add(person)
    db.session.flush()
    index_name(person)
    record(actor, "people.create", person, person_id=person.id)
    return person


def check_guardian(person: Person) -> bool:
    """Whether the person is under 14. Raises RuleError when then the guardian's name or phone is missing."""
    age = person.age_on(today())
    if age is None or age >= GUARDED_UNDER:
        return False
    if not person.guardian_name:
        raise RuleError("guardian_name", lazy("The person is under 14: enter the guardian's name."))
    if not person.guardian_phone:
        raise RuleError("guardian_phone", lazy("The person is under 14: enter the guardian's phone."))
    return True


def correct_person(actor: Actor, person: Person, **values: Any) -> None:
    """Change data of a record; the audit log keeps which fields changed, and old and new values of open ones."""
    before = _open_values(person)
    if "name" in values and values["name"] != person.name:
        person.name = values.pop("name")
        person.sort_key = search.sort_key(person.name)
        index_name(person)
        renamed.send(person)
    _apply(person, values)
    secret = [field for field in ("identity_number", "phone", "guardian_phone") if field in values]
    changes = changed(before, _open_values(person)) | dict.fromkeys(secret, "changed")
    record(actor, "people.correct", person, changes, person_id=person.id)


def index_name(person: Person) -> None:
    """File the person under every gram of the name."""
    db.session.flush()
    unfile_name(person)
    rows = [
        {"gram": gram, "sort_key": person.sort_key, "person_id": person.id} for gram in search.name_grams(person.name)
    ]
    if rows:
        db.session.execute(insert(person_gram), rows)


def unfile_name(person: Person) -> None:
    """Nobody finds the person by a name any more."""
    db.session.execute(delete(person_gram).where(person_gram.c.person_id == person.id))


def affiliate(
    actor: Actor | None,
    person: Person,
    association: Association,
    kind: AffiliationKind,
    start_on: date,
    group: Group | None = None,
) -> Affiliation:
    """The association holds the person's record from a day on, as member, volunteer or officer."""
    if group is not None and group.association_id != association.id:
        raise RuleError("group", lazy("This group belongs to another association."))
    affiliation = Affiliation(
        person_id=person.id,
        association_id=association.id,
        group_id=group.id if group else None,
        kind=kind,
        start_on=start_on,
    )
    db.session.add(affiliation)
    record(
        actor, "people.affiliate", affiliation, {"kind": kind, "association": association.code}, person_id=person.id
    )
    return affiliation


def release(actor: Actor | None, affiliation: Affiliation, last_day: date) -> None:
    """The association holds the record as this no longer; never ended before it began."""
    affiliation.end_on = max(affiliation.start_on, last_day)
    changes = {"kind": affiliation.kind, "until": affiliation.end_on.isoformat()}
    record(actor, "people.release", affiliation, changes)


def publish_notice(actor: Actor | None, bodies: dict[str, str], effective_on: date) -> int:
    """A new version of the privacy notice in every language, in force from a day on; returns its number.

    Earlier versions stay: consents name the one that was shown. Raises RuleError for a language that is left
    empty, or a day that has passed while a version is in force.
    """
    for language in LANGUAGES:
        if not bodies.get(language, "").strip():
            raise RuleError(language.replace("-", "_").lower(), lazy("Write the notice in this language too."))
    version = queries.last_notice_version() + 1
    if version > 1 and effective_on < today():
        raise RuleError("effective_on", lazy("A new version cannot begin in the past."))
    for language in LANGUAGES:
        notice = PrivacyNotice(
            version=version, language=language, body=bodies[language].strip(), effective_on=effective_on
        )
        db.session.add(notice)
    db.session.flush()
    record(actor, "people.publish_privacy_notice", notice, {"version": version, "from": effective_on.isoformat()})
    return version


def default_notice() -> dict[str, str]:
    """The privacy notice that the portal brings, by language: a federation begins with it and writes its own."""
    folder = Path(__file__).parent / "privacy"
    return {language: (folder / f"{language}.md").read_text("utf-8") for language in LANGUAGES}


def give_consent(
    actor: Actor | None, person: Person, purpose: ConsentPurpose, version: int, by: str = "self"
) -> Consent:
    """Record what a person agreed to and which notice was shown. Given twice, it stays as first given."""
    live = queries.list_consents(person).get(purpose)
    if live is not None:
        return live
    consent = Consent(person_id=person.id, purpose=purpose, notice_version=version, given_at=now(), given_by=by)
    db.session.add(consent)
    record(actor, "people.consent", consent, {"purpose": purpose, "version": version}, person_id=person.id)
    return consent


def toggle_consent(actor: Actor, person: Person, purpose: ConsentPurpose, by: str = "self") -> bool:
    """Withdraw a consent that is given, give one that is not; returns whether it is given now."""
    if purpose in queries.list_consents(person):
        withdraw_consent(actor, person, purpose)
        return False
    give_consent(actor, person, purpose, queries.version_in_force(), by)
    return True


def withdraw_consent(actor: Actor, person: Person, purpose: ConsentPurpose) -> None:
    """Withdraw as easily as it was given; what it allowed is no longer shown from now on."""
    live = queries.list_consents(person).get(purpose)
    if live is not None:
        live.withdrawn_at = now()
        record(actor, "people.withdraw_consent", live, {"purpose": purpose}, person_id=person.id)


def reveal(actor: Any, person: Person, field: str, reason: str, association: Association) -> str:
    """A number or phone in clear, for a reason that is kept and that the person can read.

    Raises RuleError("reason") for a reason of fewer than four characters, RuleError("") for an empty field.
    """
    if len(reason.strip()) < MIN_REASON:
        raise RuleError("reason", lazy("Write in a few words why you need it; the person can read this."))
    value = {"identity_number": person.identity_number, "phone": person.phone}[field]
    if not value:
        raise RuleError("", lazy("Nothing is recorded here."))
    row = Reveal(
        person_id=person.id,
        field=field,
        reason=reason.strip(),
        by_person_id=actor.person_id,
        by_name=actor.name,
        association_id=association.id,
    )
    db.session.add(row)
    record(actor, "people.reveal", row, {"field": field, "reason": reason.strip()}, person_id=person.id)
    return value


def _apply(person: Person, values: dict[str, Any]) -> None:
    if "identity_number" in values:
        _set_identity(person, values["identity_number"])
    if "phone" in values:
        phone = values["phone"] or None
        person.phone = phone
        person.phone_index = blind_index(phone, "phone") if phone else None
        person.phone_last4 = phone[-4:] if phone else None
    for name in ("sex", "birth_on", "email", "residence", "guardian_name", "guardian_phone"):
        if name in values and not (name in ("sex", "birth_on") and person.identity_number):
            setattr(person, name, values[name] or ("" if name in ("residence", "guardian_name") else None))
    if person.birth_on and person.birth_on > today():
        raise RuleError("birth_on", lazy("The date of birth lies in the future."))


def _set_identity(person: Person, number: str | None) -> None:
    if not number:
        person.identity_number = person.identity_index = person.identity_last4 = None
        return
    parsed = IdentityNumber.parse(number)
    other = queries.get_by_identity(parsed.value)
    if other is not None and other is not person:
        raise RuleError("identity_number", lazy("Somebody with this identity number is already in the register."))
    person.identity_number = parsed.value
    person.identity_index = blind_index(parsed.value, "identity")
    person.identity_last4 = parsed.value[-4:]
    person.sex, person.birth_on = parsed.sex, parsed.birth


def _open_values(person: Person) -> dict[str, Any]:
    """The values that the audit log may hold in clear."""
    return {
        "name": person.name,
        "sex": person.sex,
        "birth_on": person.birth_on.isoformat() if person.birth_on else None,
        "residence": person.residence,
    }
