"""Certificates of service: issued from approved entries, superseded by corrections, void on deletion. Never commits.

Source: Measures on volunteer service records and certificates, Ministry of Civil Affairs order 67: free, with time,
content and recording unit, a number and its date, person in charge, handler and contact; whoever receives it can
check it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.associations.queries import list_ancestors
from portal.certificates import queries
from portal.certificates.models import ServiceCertificate, StarGrant, StarState
from portal.core.audit import record
from portal.core.calendar import now, today
from portal.core.database import db
from portal.core.documents import missing_glyphs
from portal.core.errors import RuleError
from portal.core.formats import local
from portal.core.i18n import lazy, lazy_pgettext
from portal.core.labels import Labelled
from portal.hours import keeping
from portal.hours import services as hours
from portal.hours.models import Category, HoursEntry
from portal.hours.queries import list_of_person
from portal.members.numbers import advance
from portal.members.places import lock_person
from portal.offices.queries import list_holders
from portal.offices.rights import Position
from portal.people import services as people
from portal.people.models import Person
from portal.verification.codes import new_code
from portal.verification.models import VerifiableCode

KIND = "certificate"  # of the codes on certificates
# Whose words the certificate repeats: the facts of two certificates are compared by these.
FACTS = ("name", "identity_last4", "start", "end", "minutes", "entries", "unit", "scope")
# What a line says of the service itself; the name of the unit is the one it had on the day.
OF_SERVICE = ("on", "times", "title", "place", "minutes", "in_charge")
IN_CHARGE = (Position.CHAIR, Position.VICE_CHAIR, Position.SECRETARY)
HANDLERS = (Position.VOLUNTEER_COORDINATOR, Position.SECRETARY, Position.CHAIR)


class SupersededReason(Labelled):
    """Why a certificate is no longer valid."""

    CORRECTED = "corrected", lazy_pgettext("certificate", "Service corrected since")
    REMOVED = "removed", lazy_pgettext("certificate", "Record deleted")


def issue_certificate(
    actor: Account,
    person: Person,
    association: Association,
    start: date | None = None,
    end: date | None = None,
    *,
    by_officer: bool = False,
) -> ServiceCertificate:
    """A certificate of the approved service between two days (of all of it), free and at once.

    The person's own names all service in the federation; one that an officer issues names what the association and
    those below it organised, which is what the officer may see. It runs from the first to the last day of service in
    the span: what is served later does not make it wrong. While one in force says the same it is given again, under
    its number; one of the same span that says otherwise is superseded. Raises RuleError for a span without approved
    service and for a character that cannot be printed; then no number is used.
    """
    lock_person(person)
    keeping.held(HoursEntry.person_id == person.id)  # what is corrected meanwhile waits, and supersedes it
    if association.is_archived:
        raise RuleError("association", lazy("This association is archived: it can be read, not changed."))
    if start and end and start > end:
        raise RuleError("end", lazy("The last day cannot be before the first."))
    scope = association.path if by_officer else ""
    entries = approved_entries(person.id, start, end, scope)
    if not entries:
        raise RuleError("", lazy("There is no approved service in this span."))
    snapshot = snapshot_of(person, association, entries, scope, _signers(association, actor if by_officer else None))
    check_printable(snapshot)
    said_before = _said_before(actor, person, association, entries, snapshot)
    return said_before or _issue(actor, person, association, snapshot)


def _said_before(
    actor: Account, person: Person, association: Association, entries: Sequence[HoursEntry], snapshot: dict[str, Any]
) -> ServiceCertificate | None:
    """The one in force that says the same; what says otherwise of the same span is superseded."""
    for earlier in queries.list_in_force(person.id):
        if earlier.association_id == association.id and _spans(earlier) == _spans_of(entries):
            if _facts(earlier.snapshot) == _facts(snapshot):
                return earlier
            if bool(earlier.snapshot["scope"]) == bool(snapshot["scope"]):
                supersede(actor, earlier, SupersededReason.CORRECTED)
    return None


def approved_entries(person_id: int, start: date | None, end: date | None, scope: str = "") -> list[HoursEntry]:
    """What counts as service in a span, the oldest first; `scope` is the path of an association."""
    found = list_of_person(person_id, category=Category.SERVICE, start=start, end=end)
    counted = [entry for entry in found if entry.minutes > 0 and entry.association.path.startswith(scope)]
    return sorted(counted, key=lambda entry: (entry.held_on, entry.id))


def snapshot_of(
    person: Person, association: Association, entries: Sequence[HoursEntry], scope: str, signers: dict[str, Any]
) -> dict[str, Any]:
    """What is printed, and stays printed whatever is renamed later.

    Of the identity number only the last four digits are taken, as they stand in the register: the paper leaves the
    holder's hands and may be copied and posted, and four are enough to tell two people of one name apart. The
    portal's own rule.
    """
    return {
        "name": person.name,
        "identity_last4": person.identity_last4 or "",
        "start": entries[0].held_on.isoformat(),
        "end": entries[-1].held_on.isoformat(),
        "minutes": sum(entry.minutes for entry in entries),
        "entries": [_line(entry) for entry in entries],
        "unit": association.name,
        "federation": queries.root_of(association).name,
        "scope": scope,
        "contact": _contact(association),
        **({"seal": association.seal_text} if association.seal_text else {}),
        **signers,
    }


def _line(entry: HoursEntry) -> dict[str, Any]:
    zone = entry.association.time_zone
    times = [f"{local(moment, zone):%H:%M}" for moment in (entry.starts_at, entry.ends_at) if moment]
    return {
        "id": entry.public_id,
        "on": entry.held_on.isoformat(),
        "times": times if len(times) == 2 else [],
        "title": entry.title,
        "place": entry.place,
        "minutes": entry.minutes,
        "unit": entry.association.display_name,
        "in_charge": entry.in_charge,
    }


def _contact(association: Association) -> list[str]:
    """Phone and address, as the measures ask; of an association that has neither those of the next above."""
    places = (association, *reversed(list_ancestors(association)))
    place = next((one for one in places if one.phone or one.address), association)
    return [text for text in (place.phone, place.address) if text]


def _signers(association: Association, handler: Account | None) -> dict[str, Any]:
    """Who is in charge (where nobody is, who is above), and who handled it: the officer, or at the own page whoever
    keeps the records.
    """
    names: dict[str, str] = {}
    for place in (association, *reversed(list_ancestors(association))):
        held = list_holders(place, today(association.time_zone))
        names = {position: people[0] for position, people in held.items()}
        if any(position in names for position in IN_CHARGE):
            break
    in_charge = next((names[position] for position in IN_CHARGE if position in names), "")
    keeper = next((names[position] for position in HANDLERS if position in names), "")
    return {"in_charge": in_charge, "handler": handler.name if handler else keeper, "by_oneself": handler is None}


def check_printable(snapshot: dict[str, Any]) -> None:
    """Raises RuleError for a certificate that would be printed with a gap in it."""
    entries = "".join("".join((e["title"], e["place"], e["unit"], e["in_charge"])) for e in snapshot["entries"])
    named = (snapshot[name] for name in ("name", "unit", "federation", "in_charge", "handler"))
    missing = missing_glyphs("".join((*named, *snapshot["contact"], entries)))
    if missing:
        characters = " ".join(f"{character} (U+{ord(character):04X})" for character in missing)
        message = lazy("The certificate cannot be printed: the fonts lack %(characters)s.", characters=characters)
        raise RuleError("", message)


def _issue(actor: Account, person: Person, association: Association, snapshot: dict[str, Any]) -> ServiceCertificate:
    code = VerifiableCode(code=new_code(), kind=KIND)
    known = {"person_id": person.id, "association_id": association.id, "minutes": snapshot["minutes"]}
    start_on, end_on = (date.fromisoformat(snapshot[name]) for name in ("start", "end"))
    number = next_number(association)
    certificate = ServiceCertificate(
        number=number, code=code, start_on=start_on, end_on=end_on, snapshot=snapshot, **known
    )
    db.session.add_all([code, certificate])
    db.session.flush()
    record(actor, "certificates.issue", certificate, {"number": number, "minutes": certificate.minutes})
    return certificate


def next_number(association: Association) -> str:
    """QINGHE志证字〔2026〕第000123号: of the federation's year, without a gap, for the counter goes up in the same
    transaction.
    """
    root = queries.root_of(association)
    stem = f"{root.code.upper()}志证字〔{today(root.time_zone).year}〕第{{serial}}号"
    return stem.replace("{serial}", f"{advance(stem, 1):06}")


def supersede(actor: Account | None, certificate: ServiceCertificate, reason: SupersededReason) -> None:
    """It stays in the record, and whoever verifies it reads that a newer one takes its place."""
    certificate.superseded_at, certificate.superseded_reason = now(), reason
    db.session.flush()
    record(actor, "certificates.supersede", certificate, {"number": certificate.number, "reason": reason})


def _facts(snapshot: dict[str, Any]) -> dict[str, Any]:
    return {name: snapshot[name] for name in FACTS} | {name: bool(snapshot[name]) for name in ("scope", "contact")}


def _spans(certificate: ServiceCertificate) -> tuple[date, date]:
    return certificate.start_on, certificate.end_on


def _spans_of(entries: Sequence[HoursEntry]) -> tuple[date, date]:
    return entries[0].held_on, entries[-1].held_on


def _scope(certificate: ServiceCertificate) -> str:
    """The path of the association that issued it of its own service, where that is now in the tree."""
    return certificate.association.path if certificate.snapshot["scope"] else ""


def _concerns(certificate: ServiceCertificate, entry: HoursEntry) -> bool:
    """Whether a certificate says otherwise of the entry than the record does by now, or would name it too today."""
    printed = next((line for line in certificate.snapshot["entries"] if line["id"] == entry.public_id), None)
    if printed is not None:
        known = _line(entry)
        return any(printed[name] != known[name] for name in OF_SERVICE)
    within = certificate.start_on <= entry.held_on <= certificate.end_on and entry.minutes > 0
    counts = entry.category == Category.SERVICE and entry.association.path.startswith(_scope(certificate))
    return within and counts


@hours.changed.connect
def _follow_hours(entry: HoursEntry, **_details: Any) -> None:
    """What was printed is no longer what the record says."""
    for certificate in queries.list_in_force(entry.person_id):
        if _concerns(certificate, entry):
            supersede(None, certificate, SupersededReason.CORRECTED)


@people.renamed.connect
def _follow_removal(person: Person, **_details: Any) -> None:
    """Of a person whose record was removed no certificate is valid, none keeps the name; no star is waited for."""
    if person.removed_at is None:
        _follow_merge(person)
        return
    issued = select(ServiceCertificate).where(ServiceCertificate.person_id == person.id)
    for certificate in db.session.scalars(issued).all():
        certificate.snapshot = {**certificate.snapshot, "name": person.name, "identity_last4": ""}
        supersede(None, certificate, SupersededReason.REMOVED)
    for grant in db.session.scalars(select(StarGrant).where(StarGrant.person_id == person.id)).all():
        grant.reason = ""
        if grant.state == StarState.ASKED:
            grant.state, grant.decided_at = StarState.WITHDRAWN, now()


def _follow_merge(person: Person) -> None:
    """Of two records that became one: time that stood in both counts once, and more may lie within a span."""
    for certificate in queries.list_in_force(person.id):
        printed = {(line["id"], line["minutes"]) for line in certificate.snapshot["entries"]}
        span = (certificate.start_on, certificate.end_on, _scope(certificate))
        if printed != {(entry.public_id, entry.minutes) for entry in approved_entries(person.id, *span)}:
            supersede(None, certificate, SupersededReason.CORRECTED)
