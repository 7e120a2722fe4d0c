"""The register of honours: entered by a decision, with a certificate each; shown in public, handed over, reissued.

Never commits. Numbers run without a gap in a year; nothing is deleted; of each honour one certificate is in force.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.commendations.models import CallCategory, CommendationCall, CommendationKind, Nomination, Scope
from portal.core import audit
from portal.core.calendar import now, today
from portal.core.database import add_single, db, hold
from portal.core.documents import missing_glyphs
from portal.core.errors import RuleError
from portal.core.i18n import _, lazy, lazy_pgettext
from portal.core.labels import Labelled
from portal.core.text import is_blank, printable
from portal.honours import queries
from portal.honours.models import Honour, HonourCertificate, Layout
from portal.members.numbers import advance
from portal.offices.access import can
from portal.offices.queries import list_holders
from portal.offices.rights import Position
from portal.people import services as people
from portal.people.models import Person
from portal.reviews import signals
from portal.verification.codes import new_code
from portal.verification.models import VerifiableCode

KIND = "honour"  # of the codes on certificates
RIGHT = "commendations.decide"
LONGEST_NAME = 60


class SupersededReason(Labelled):
    """Why a certificate of an honour is not in force any more, though the honour may be."""

    REISSUED = "reissued", lazy_pgettext("certificate", "A newer certificate was issued")
    REMOVED = "removed", lazy_pgettext("certificate", "Record deleted")


@signals.decided.connect
def record_honours(
    call: CommendationCall, *, actor: Account, nominations: Sequence[Nomination], decided_on: date
) -> list[Honour]:
    """Enter those who were commended and issue their certificates, in one transaction with the decision.

    Raises RuleError for names that cannot be printed: then nothing was decided.
    """
    home = db.session.get_one(Association, call.association_id)
    made = [_honour(call, one, decided_on) for one in nominations]
    snapshots = [_snapshot(home, call, honour, one) for honour, one in zip(made, nominations, strict=True)]
    check_printable(snapshots)
    db.session.add_all(made)
    db.session.flush()
    numbers = next_numbers(home, len(made))
    for honour, snapshot, number in zip(made, snapshots, numbers, strict=True):
        _certificate(actor, honour, number, snapshot, Layout.CLASSIC)
    db.session.flush()
    audit.record(actor, "honours.record", call, {"count": len(made), "numbers": [numbers[0], numbers[-1]]})
    return made


def reissue(actor: Account, honour: Honour, *, name: str, layout: str) -> HonourCertificate:
    """A new certificate with the name as it should be, or in another layout; the one before is superseded.

    Raises RuleError by the field: name, layout; and for an honour that was revoked. The same again changes nothing.
    """
    check_right(actor, honour)
    hold(honour)
    if honour.revoked_at is not None:
        raise RuleError("", lazy("This honour was revoked: no certificate is issued any more."))
    said = printable(name).strip()
    if is_blank(said) or len(said) > LONGEST_NAME or "\n" in said:
        raise RuleError("name", _("One line of at most %(count)s characters", count=LONGEST_NAME))
    if layout not in set(Layout):
        raise RuleError("layout", lazy("Choose a layout."))
    before = queries.in_force(honour.id)
    if before is not None and before.snapshot["name"] == said and before.layout == layout:
        return before
    if before is None:
        raise RuleError("", lazy("Its record was deleted: no certificate is issued any more."))
    snapshot = {**before.snapshot, "name": said}
    check_printable([snapshot])
    supersede(actor, before, SupersededReason.REISSUED)
    home = db.session.get_one(Association, honour.association_id)
    honour.name = said
    return _certificate(actor, honour, next_numbers(home, 1)[0], snapshot, Layout(layout))


def supersede(actor: Account | None, certificate: HonourCertificate, reason: SupersededReason) -> None:
    """It stays in the record, and whoever verifies it reads that it is not in force."""
    certificate.superseded_at, certificate.superseded_reason = now(), reason
    db.session.flush()
    audit.record(actor, "honours.supersede", certificate, {"number": certificate.number, "reason": reason})


def show_in_public(actor: Account, honour: Honour, *, is_public: bool) -> None:
    """The holder says whether the name stands on the honour roll, as often as they like."""
    if honour.person_id is None or honour.person_id != actor.person_id:
        raise RuleError("", lazy("Only whoever was commended decides this."))
    if honour.is_public != is_public:
        honour.is_public = is_public
        audit.record(actor, "honours.show", honour, {"is_public": is_public}, person_id=honour.person_id)


def hand_over(actor: Account, honours: Iterable[Honour], day: date) -> int:
    """Certificates or medals were handed over on a day; returns how many were not yet. A revoked one is left out."""
    done = 0
    for honour in honours:
        check_right(actor, honour)
        if not honour.decided_on <= day <= today():
            raise RuleError("handed_on", lazy("From the day of the decision until today."))
        if honour.handed_on is None and honour.revoked_at is None:
            honour.handed_on, done = day, done + 1
    if done:
        audit.record(actor, "honours.hand_over", None, {"count": done, "on": day.isoformat()})
    return done


def take_back(actor: Account, honour: Honour) -> None:
    """It was marked as handed over by mistake."""
    check_right(actor, honour)
    if honour.handed_on is not None:
        honour.handed_on = None
        audit.record(actor, "honours.not_handed_over", honour, {}, person_id=honour.person_id)


def check_printable(snapshots: Iterable[dict[str, Any]]) -> None:
    """Raises RuleError naming the characters that no certificate could show."""
    for snapshot in snapshots:
        missing = missing_glyphs("".join(str(value) for value in snapshot.values()))
        if missing:
            characters = " ".join(f"{character} (U+{ord(character):04X})" for character in missing)
            words = _("The certificate of %(name)s cannot be printed: the fonts lack %(characters)s.",
                      name=snapshot["name"], characters=characters)  # fmt: skip
            raise RuleError("name", words)


def next_numbers(association: Association, count: int) -> list[str]:
    """QINGHE荣证字〔2026〕第000123号: of the federation's year, without a gap."""
    root = db.session.get_one(Association, association.path_ids[0])
    stem = f"{root.code.upper()}荣证字〔{today(root.time_zone).year}〕第{{serial}}号"
    last = advance(stem, count)
    return [stem.replace("{serial}", f"{one:06}") for one in range(last - count + 1, last + 1)]


def _honour(call: CommendationCall, one: Nomination, decided_on: date) -> Honour:
    category = db.session.get_one(CallCategory, one.category_id)
    return Honour(
        association_id=call.association_id, of_id=one.association_id, call_id=call.id, nomination_id=one.id,
        kind_id=category.kind_id, person_id=one.person_id, group_id=one.group_id, name=one.name,
        decided_on=decided_on, is_public=one.person_id is None or one.consented_at is not None,
    )  # fmt: skip


def _snapshot(home: Association, call: CommendationCall, honour: Honour, one: Nomination) -> dict[str, Any]:
    """What is printed, and stays printed whatever is renamed later."""
    kind = db.session.get_one(CommendationKind, honour.kind_id)
    of = db.session.get_one(Association, one.association_id)
    held = list_holders(home, today(home.time_zone))
    return {
        "name": one.name,
        "kind": kind.name,
        "english": kind.english,
        "scope": Scope(kind.scope).value,
        "call": call.title,
        "basis": call.basis,
        "start": call.start_on.isoformat(),
        "end": call.end_on.isoformat(),
        "decided_on": honour.decided_on.isoformat(),
        "unit": home.name,
        "seal": home.seal_text,
        "federation": db.session.get_one(Association, home.path_ids[0]).name,
        "of": "" if of.name == one.name else of.name,
        "in_charge": held.get(Position.CHAIR, [""])[0],
    }


def _certificate(
    actor: Account, honour: Honour, number: str, snapshot: dict[str, Any], layout: Layout
) -> HonourCertificate:
    code = VerifiableCode(code=new_code(), kind=KIND)
    made = HonourCertificate(
        number=number, honour_id=honour.id, code=code, layout=layout, snapshot=snapshot,
        issued_by_id=actor.person_id,
    )  # fmt: skip
    if not add_single(code, made):
        raise RuleError("", lazy("Somebody issued a certificate in this moment. Look at the page again."))
    audit.record(actor, "honours.issue", made, {"number": number}, person_id=honour.person_id)
    return made


def check_right(actor: Account, honour: Honour) -> None:
    if not can(actor, RIGHT, db.session.get_one(Association, honour.association_id), whole=True):
        raise RuleError("", lazy("Whoever decides commendations does this."))


@people.renamed.connect
def _follow_removal(person: Person, **_details: Any) -> None:
    """Of a person whose record was removed the honour stays, without the name; no certificate is in force."""
    if person.removed_at is None:
        return
    for honour in db.session.scalars(select(Honour).where(Honour.person_id == person.id)).all():
        honour.name, honour.is_public = person.name, False
        issued = select(HonourCertificate).where(HonourCertificate.honour_id == honour.id)
        for certificate in db.session.scalars(issued).all():
            certificate.snapshot = {**certificate.snapshot, "name": person.name}
            if certificate.superseded_at is None:
                supersede(None, certificate, SupersededReason.REMOVED)
