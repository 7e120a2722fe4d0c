"""Taking in a letter: from the web, or by an officer from paper, from the phone or from a visit."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core import text
from portal.core.audit import record
from portal.core.calendar import now, today
from portal.core.database import add_once, db, new_public_id
from portal.core.errors import RuleError
from portal.core.i18n import lazy
from portal.letters import conflicts, deadlines, routing
from portal.letters.models import Letter, LetterAbout, LetterChannel, LetterKind, LetterState, StepKind
from portal.letters.moves import add_step

LIMITS = {"subject": 80, "body": 3000, "name": 60, "email": 254}
LEAST = 4  # characters of what is wanted
OLDEST = timedelta(days=60)  # what came on paper longer ago is no letter to be answered now
AT_ONCE = (LetterChannel.PHONE, LetterChannel.VISIT)  # whoever says it to an officer knows that it was received


@dataclass(frozen=True, kw_only=True)
class Written:
    """What somebody writes or says. `about` are the officers it is about; `about_somebody` says that it is about
    somebody there whom the writer does not find among them.
    """

    association: Association
    kind: str
    subject: str
    body: str
    channel: str = LetterChannel.WEB
    is_anonymous: bool = False
    name: str = ""
    phone: str | None = None
    email: str | None = None
    person_id: int | None = None
    may_publish: bool = False
    about: Collection[int] = field(default=())
    about_somebody: bool = False
    received_on: date | None = None  # none: now


def receive(
    given: Written, *, reference: str | None = None, key: str | None = None, entered_by: Account | None = None
) -> Letter:
    """Take a letter in, once for each `key`; one about somebody goes at once where they do not see it.

    It is taken from whoever sends one, also without a name. Raises RuleError by the field at fault.
    """
    known = by_key(key)
    if known is not None:
        return known
    _check(given, is_web=entered_by is None)
    letter = _letter(given, reference or new_public_id(), key, entered_by)
    known = add_once(letter, lambda: by_key(key))
    if known is not letter:
        return known
    _place(letter, given, entered_by)
    record(entered_by, "letters.receive", letter, {"channel": letter.channel})
    return letter


def by_key(key: str | None) -> Letter | None:
    return db.session.scalar(select(Letter).where(Letter.key == key)) if key else None


def _check(given: Written, *, is_web: bool) -> None:
    if given.association.is_archived:
        raise RuleError("association", lazy("Nobody can write to this association any more. Choose another."))
    if given.kind not in set(LetterKind):
        raise RuleError("kind", lazy("Choose one."))
    if not given.subject.strip():
        raise RuleError("subject", lazy("Write in a few words what it is about."))
    if len(given.body.strip()) < LEAST or text.is_blank(given.body):
        raise RuleError("body", lazy("Write what you would like to say."))
    if not given.is_anonymous and not given.name.strip():
        raise RuleError("name", lazy("Enter the name, or choose to write without one."))
    if is_web and not given.is_anonymous and not (given.phone or given.email):
        raise RuleError("phone", lazy("Enter a phone number or an e-mail address, or write without a name."))
    day = given.received_on
    if day is not None and not today() - OLDEST <= day <= today():
        raise RuleError("received_on", lazy("Enter the day on which it came: today, or within the last 60 days."))


def _letter(given: Written, reference: str, key: str | None, entered_by: Account | None) -> Letter:
    """Of whoever writes without a name nothing is kept by which they could be found, be they signed in or not."""
    at = _moment(given)
    is_known = entered_by is not None and given.channel in AT_ONCE
    who = {} if given.is_anonymous else {
        "name": _plain(given.name, "name") or None, "phone": given.phone or None,
        "email": _plain(given.email or "", "email") or None, "person_id": given.person_id,
    }  # fmt: skip
    return Letter(
        reference=reference, association_id=given.association.id, received_by_association_id=given.association.id,
        channel=given.channel, kind=given.kind, subject=_plain(given.subject, "subject"),
        body=_plain(given.body, "body"), is_anonymous=given.is_anonymous, may_publish=given.may_publish, key=key,
        received_at=at, entered_by_id=entered_by.person_id if entered_by else None,
        due_on=deadlines.due_on(given.kind, deadlines.day_of(at)), acknowledged_at=at if is_known else None,
        state=LetterState.IN_HAND if is_known else LetterState.RECEIVED, **who,
    )  # fmt: skip


def _moment(given: Written) -> datetime:
    """When it came: of an earlier day that an officer names, noon."""
    if given.received_on is None or given.received_on == today():
        return now()
    return datetime.combine(given.received_on, time(12), ZoneInfo(given.association.time_zone))


def _place(letter: Letter, given: Written, entered_by: Account | None) -> None:
    """Whom it is about is written down first, then it goes where it can be dealt with."""
    add_step(entered_by, letter, StepKind.RECEIVED, goes={"to_association_id": given.association.id})
    about, named_by = set(given.about), entered_by.person_id if entered_by else None
    rows = [LetterAbout(letter_id=letter.id, person_id=one, named_by_id=named_by) for one in sorted(about)]
    db.session.add_all(rows)
    db.session.flush()
    to = routing.place(given.association, about, past=given.about_somebody)
    if to.id != letter.association_id:
        conflicts.move_to(None, letter, to)


def _plain(said: str, field_name: str) -> str:
    return text.printable(said).strip()[: LIMITS[field_name]]
