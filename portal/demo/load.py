"""Loading the demonstration federation into an empty database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from portal.accounts.models import Account
from portal.associations.models import Association, Group
from portal.core.calendar import today as current_day
from portal.core.database import db
from portal.core.encryption import blind_index
from portal.core.passwords import hasher
from portal.demo import (
    albums,
    applications,
    appraisals,
    attendance,
    bank_lines,
    charters,
    disclosure,
    dossiers,
    dues,
    hours,
    lending,
    letters,
    periods,
    praise,
    registrations,
    requests,
)  # fmt: skip
from portal.demo.batch import AnySession, Batch
from portal.demo.board import Board
from portal.demo.cards import Cards
from portal.demo.cast import PASSWORD, demo_accounts
from portal.demo.certificates import Certificates
from portal.demo.chance import public_ids
from portal.demo.days import moment, working_day_before, years_later
from portal.demo.diary import SHOWCASE
from portal.demo.elections import Elections
from portal.demo.logbook import Logbook
from portal.demo.memberships import Memberships
from portal.demo.places import Place, places
from portal.demo.plans import Plans
from portal.demo.register import Local, Register
from portal.demo.signups import SignUps
from portal.demo.volunteers import Volunteers
from portal.notices import search
from portal.offices.rights import Position
from portal.people.models import PrivacyNotice, Reveal
from portal.people.services import default_notice
from portal.transparency.kinds import publications
from portal.transparency.services import enter_all

__all__ = ["Summary", "demo_accounts", "is_demo", "load"]

FOUNDED_YEARS = 9
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Summary:
    """How much was loaded."""

    associations: int
    people: int
    entries: int
    photos: int
    notices: int

    def __str__(self) -> str:
        return (
            f"{self.associations} associations, {self.people:,} people, {self.entries:,} entries in log books, "
            f"{self.photos} photos, {self.notices} notices"
        )


def load(session: AnySession, progress: Progress | None = None, today: date | None = None) -> Summary:
    """The whole federation as of `today`, the same for the same day; the caller commits.

    Two street-sized trees under one district: 22 associations with 2,256 members, 31 with 3,370.
    """
    day, batch, tell = today or current_day(), Batch(), progress or _silent
    batch.start_after(session)
    tell("associations, people, log books and notices")
    logbook = compose(batch, day)
    if not session.scalar(select(func.count()).select_from(PrivacyNotice)):
        _privacy_notice(batch, day)
    tell("photos")
    albums.fill(batch, logbook.logged)
    tell("writing")
    batch.write(session)
    dues.freeze()
    charters.settle(session)
    praise.settle(session, day)
    enter_all(publications(), when_published=True)
    search.rebuild()
    return _summary(batch)


def compose(batch: Batch, day: date) -> Logbook:
    """Every row but the photos, in memory; the log book tells which entries want one."""
    locals_ = _tree(batch, day)
    register = Register(batch, day)
    register.begin_kinds(next(iter(locals_.values())).id)
    elections = Elections(batch, register, day)
    for local in locals_.values():
        register.fill(local)
        elections.hold(local)
    Memberships(batch, register, day).fill(locals_)
    Cards(batch, day).fill(locals_)
    _accounts(batch, locals_, day)
    _reveals(batch, locals_, day)
    for room in (requests, dues, bank_lines, applications, letters, periods):
        room.fill(batch, locals_, day)
    _volunteers(batch, locals_, day)
    (logbook := Logbook(batch, locals_, day)).fill()
    hours.fill(batch, logbook.logged, day)
    plans = Plans(batch, locals_, day)
    plans.fill(logbook.logged)
    SignUps(batch, day).fill(plans.sessions)
    attendance.leave_open(batch, locals_[SHOWCASE].id)
    Certificates(batch, locals_, day).fill()
    Board(batch, locals_, day).fill()
    for told in (charters, disclosure, appraisals, praise):
        told.fill(batch, locals_, day)
    return logbook


def _volunteers(batch: Batch, locals_: dict[str, Local], day: date) -> None:
    volunteers = Volunteers(batch, day)
    volunteers.begin_skills(next(iter(locals_.values())).id)
    volunteers.fill(locals_)
    registrations.fill(batch, locals_, day, volunteers)
    lending.fill(batch, locals_, day)
    dossiers.fill(batch, locals_, day)


def _silent(_step: str) -> None:
    """Nobody asked how far the loading is."""


def is_demo() -> bool:
    """Whether the database holds the demonstration: its root has the public id that only that root has."""
    root = select(Association.public_id).where(Association.parent_id.is_(None))
    return bool(db.session.scalar(root) == public_ids(Association.__tablename__, 1)[0])


def _tree(batch: Batch, day: date) -> dict[str, Local]:
    """Associations with their groups, by code."""
    found: dict[str, Local] = {}
    founded = years_later(date(day.year, 3, 1), -FOUNDED_YEARS)
    for place in places():
        parent = found.get(place.parent or "")
        association_id = batch.add(Association, **_association(place, parent, founded))
        row = batch.row(Association, association_id)
        row["path"] = f"{batch.row(Association, parent.id)['path'] if parent else ''}{association_id}/"
        found[place.code] = Local(place, association_id, _groups(batch, place, association_id, founded))
    return found


def _association(place: Place, parent: Local | None, founded: date) -> dict[str, object]:
    return {
        "code": place.code,
        "name": place.name,
        "short_name": place.short,
        "level": place.level.value,
        "formation": place.formation,
        "parent_id": parent.id if parent else None,
        "reviews_notices": parent is None,
        "introduction": place.about,
        "address": place.address,
        "phone": place.phone,
        "office_hours": "周一至周五 8:30–17:00，周六 9:00–11:30",
        "founded_on": founded,
        "created_at": moment(founded, 9),
    }


def _groups(batch: Batch, place: Place, association_id: int, founded: date) -> list[int]:
    return [
        batch.add(
            Group,
            association_id=association_id,
            name=name,
            area=place.area(number),
            position=number,
            created_at=moment(founded, 10),
        )
        for number, name in enumerate(place.group_names)
    ]


def _accounts(batch: Batch, locals_: dict[str, Local], day: date) -> None:
    """Accounts of the cast. One hash for all: the password is public, and a hash costs a tenth of a second."""
    kept, since = hasher.hash(PASSWORD), moment(years_later(day, -1), 9)
    for local in locals_.values():
        everybody = {known.id: known for known in (*local.members, *local.volunteers)}
        for known in everybody.values():
            if known.role:
                batch.add(
                    Account,
                    person_id=known.id,
                    phone_index=blind_index(known.role.phone, "phone"),
                    password_hash=kept,
                    password_changed_at=since,
                    created_at=since,
                )


def _reveals(batch: Batch, locals_: dict[str, Local], day: date) -> None:
    """The members of the cast find, among their own data, that the secretary once looked at their phone."""
    since = working_day_before(years_later(day, -1))
    for local in locals_.values():
        for known in local.members:
            if known.role and known.role.role == "member":
                secretary = local.officers_on(since)[Position.SECRETARY]
                batch.add(
                    Reveal,
                    person_id=known.id,
                    field="phone",
                    reason="核对会员信息，电话通知换发会员证",
                    at=moment(since, 15, 20),
                    by_person_id=secretary.id,
                    by_name=secretary.who.name,
                    association_id=local.id,
                )


def _privacy_notice(batch: Batch, day: date) -> None:
    effective_on = years_later(date(day.year, 1, 1), -FOUNDED_YEARS)
    for language, body in default_notice().items():
        batch.add(PrivacyNotice, version=1, language=language, body=body, effective_on=effective_on)


def _summary(batch: Batch) -> Summary:
    tables = ("association", "person", "activity_log", "activity_photo", "notice")
    return Summary(*(len(batch.rows[table]) for table in tables))
