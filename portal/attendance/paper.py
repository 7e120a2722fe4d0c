"""A paper list being entered: its rows, what is typed in them, and what that says of each person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import request
from flask_login import current_user

from portal.accounts.models import Account
from portal.attendance import joining, queries, rules, services
from portal.attendance.forms import ClockField, LeavingField, PaperForm, paper_form
from portal.core.errors import RuleError
from portal.core.formats import local, time_local
from portal.core.i18n import _
from portal.people.models import Person
from portal.plans.models import ActivitySession
from portal.signups.models import SignUp

DETOURS = ("search", "add", "fill")  # buttons that bring the same page back, with everything kept
Times = tuple[datetime, datetime | None]


@dataclass(frozen=True)
class PaperRow:
    """Somebody on the list, or (without a sign-up) somebody who is being added to it."""

    key: str
    name: str
    note: str
    sign_up: SignUp | None = None
    person: Person | None = None
    came: ClockField | None = None
    left: LeavingField | None = None


class PaperDraft:
    """The whole list, as it is opened or as it was sent."""

    def __init__(self, session: ActivitySession) -> None:
        self.session, self.zone = session, session.association.time_zone
        known = [_row(one) for one in sorted(queries.list_of(session), key=_as_printed)]
        taken = {one.sign_up.person_id for one in known if one.sign_up}
        people = queries.get_helpers(current_user, session, self._added())
        known += [PaperRow(f"p{one.public_id}", one.name, "", person=one) for one in people if one.id not in taken]
        self.form: PaperForm = paper_form(one.key for one in known)(data=self._values(known))
        self.rows = [self._bound(one) for one in known]
        if "fill" in request.form:
            self._fill()

    @property
    def is_detour(self) -> bool:
        return any(name in request.form for name in DETOURS)

    @property
    def added(self) -> list[str]:
        return [one.person.public_id for one in self.rows if one.person]

    @property
    def found(self) -> list[Person]:
        """Whom the search found and who does not stand in a row yet."""
        here = {one.person.public_id for one in self.rows if one.person}
        here |= {one.sign_up.person.public_id for one in self.rows if one.sign_up and one.sign_up.person}
        query = self.form.q.data or "" if "search" in request.form else ""
        return [one for one in queries.find_helpers(current_user, self.session, query) if one.public_id not in here]

    def validate(self) -> bool:
        """Whether every box can be read and lies in its time; what cannot is said by its box, all of it at once."""
        if not self.form.validate_on_submit():
            return False
        self.times = self._read()
        return not self.form.errors

    def save(self, actor: Account) -> int:
        """Enter what differs from what stands; how many that were."""
        count = 0
        for row, (came, left) in sorted(self.times, key=lambda one: one[0].sign_up.id if one[0].sign_up else 0):
            try:
                sign_up = row.sign_up or joining.add(actor, self.session, row.person)  # type: ignore[arg-type]
                count += services.enter(sign_up, came, left, actor)
            except RuleError as error:
                name = "out" if error.field == "out" else "in"
                raise RuleError(f"{name}_{row.key}", _("%(name)s: %(fault)s", name=row.name, fault=error)) from error
        return count

    def _added(self) -> list[str]:
        return [*request.form.getlist("added"), *filter(None, [request.form.get("add", "")])]

    def _values(self, rows: list[PaperRow]) -> dict[str, str]:
        """What stands already, to the minute."""
        values = {}
        for one in rows:
            if one.sign_up and one.sign_up.in_at:
                values[f"in_{one.key}"] = time_local(one.sign_up.in_at, self.zone)
            if one.sign_up and one.sign_up.out_at:
                values[f"out_{one.key}"] = time_local(one.sign_up.out_at, self.zone)
        return values

    def _bound(self, row: PaperRow) -> PaperRow:
        fields: Any = self.form._fields
        known = {name: getattr(row, name) for name in ("key", "name", "note", "sign_up", "person")}
        return PaperRow(**known, came=fields[f"in_{row.key}"], left=fields[f"out_{row.key}"])

    def _fill(self) -> None:
        """What stands for everybody is put into the boxes that are empty."""
        for row in self.rows:
            for box, everybody in ((row.came, self.form.in_all), (row.left, self.form.out_all)):
                if box is not None and not box.data:
                    box.data = everybody.data

    def _read(self) -> list[tuple[PaperRow, Times]]:
        """The times of everybody of whom something is written; "the same as above" is what stood last above."""
        found: list[tuple[PaperRow, Times]] = []
        above: list[Any] = [None, None]
        for row in self.rows:
            assert row.came is not None
            assert row.left is not None
            boxes: tuple[ClockField, ClockField] = (row.came, row.left)
            meant = [above[n] if box.is_ditto else box for n, box in enumerate(boxes)]
            for n, box in enumerate(boxes):
                if box.is_ditto and above[n] is None:
                    box.errors = [*box.errors, _("Nothing stands above that could be the same.")]
                above[n] = meant[n] if meant[n] is not None and meant[n].typed else above[n]
            times = self._times(row, *meant) if all(one is not None for one in meant) else None
            if times is not None:
                found.append((row, times))
        return found

    def _times(self, row: PaperRow, came: ClockField, left: Any) -> Times | None:
        """When somebody came and left; None where nothing is written or where it is wrong, which is said then."""
        box: Any = row.came
        try:
            start = self._moment(came.read()) or (row.sign_up.in_at if row.sign_up else None)
            if start is None and left.minutes is not None:
                start = self.session.starts_at
            if start is None and left.typed:
                raise ValueError(_("Write when they came, too."))
            if start is None:
                return None
            rules.check_in_time(self.session, start)
            box = row.left
            end = start + timedelta(minutes=left.minutes) if left.minutes is not None else self._moment(left.read())
            if end is not None:
                rules.check_out_time(self.session, start, end)
        except (ValueError, RuleError) as error:
            box.errors = [*box.errors, _("%(name)s: %(fault)s", name=row.name, fault=error)]
            return None
        return start, end

    def _moment(self, clock: time | None) -> datetime | None:
        """That time on the day of the session; after midnight, of one that lasts so long, on the next."""
        if clock is None:
            return None
        day = local(self.session.starts_at, self.zone).date()
        moment = datetime.combine(day, clock, ZoneInfo(self.zone))
        later = moment + timedelta(days=1)
        return later if moment < rules.opens_at(self.session) and later <= rules.shuts_at(self.session) else moment


def _as_printed(sign_up: SignUp) -> tuple[int, datetime, int]:
    """The order of the sheet that was signed: by place, then as they signed up."""
    return sign_up.need_id, sign_up.signed_up_at, sign_up.id


def _row(sign_up: SignUp) -> PaperRow:
    name = sign_up.person.name if sign_up.person else sign_up.guest_name
    skill = sign_up.need.skill.name if sign_up.need.skill else ""
    return PaperRow(sign_up.public_id, name, skill or (_("Guest") if sign_up.person is None else ""), sign_up)
