"""The entry form with what it shows beside its fields: people to tick and ticked, suggestions, photos kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from secrets import token_urlsafe
from typing import Any

from flask import g, request
from flask_login import current_user

from portal.activities import suggestions, uploads
from portal.activities.forms import LENGTHS, EntryForm, Tick
from portal.activities.models import KINDS, ActivityKind, ActivityLog
from portal.activities.services import Details, NewPhoto, Participation, Publication, preview
from portal.associations.models import Association
from portal.core.calendar import today
from portal.core.errors import RuleError
from portal.core.i18n import _
from portal.offices.access import group_ids, reached
from portal.people.models import AffiliationKind, Person
from portal.people.queries import people_by_public_ids, search_people

DETOURS = ("search", "add_row", "add_photos")  # buttons that bring the same page back, with everything kept


@dataclass(frozen=True)
class Shown:
    """Somebody as the form shows them: plain values, which outlive the transaction."""

    id: str
    name: str
    note: str
    agrees: bool
    is_volunteer: bool
    minutes: str = ""


class Draft:
    """An entry in the making, new or being corrected."""

    def __init__(self, form: EntryForm, association: Association, log: ActivityLog | None = None) -> None:
        self.form, self.association, self.log = form, association, log
        self.groups = suggestions.list_groups(current_user, association)
        self.is_limited = group_ids(current_user, suggestions.RIGHT, association) is not None
        pairs = [] if self.is_limited else [("", _("The whole association"))]
        form.offer(KINDS, [*pairs, *((group.public_id, group.name) for group in self._choosable())])
        self.pending: list[uploads.Pending] = []
        self.faults: list[str] = []
        self.ticked = self._ticked()

    @classmethod
    def start(cls, association: Association) -> Draft:
        """An empty form: today, and a key under which it makes one entry."""
        first = {"held_on": today(association.time_zone), "entry_key": token_urlsafe(16)}
        return cls(EntryForm(formdata=None, data=first), association)

    @classmethod
    def reopen(cls, log: ActivityLog) -> Draft:
        """A form filled in with an entry as it stands."""
        names = ("kind", "title", "held_on", "place", "others_count", "summary", "is_public")
        is_usual = log.minutes in LENGTHS
        data = {name: getattr(log, name) for name in names} | {
            "revision": str(log.revision),
            "length": str(log.minutes) if is_usual else None,
            "minutes": None if is_usual else log.minutes or None,
            "group": log.group.public_id if log.group else "",
            "person": [_tick(row, log.minutes) for row in log.participants],
            "materials": [(row.name, str(row.count)) for row in log.materials],
        }
        return cls(EntryForm(formdata=None, data=data), log.association, log)

    @classmethod
    def sent(cls, association: Association, load: Callable[[], ActivityLog] | None = None) -> Draft:
        """A form as it was sent. Photos first: the transaction ends with them (see uploads.receive), and what was
        loaded before with it; so the entry is loaded afterwards.
        """
        pending, faults = uploads.receive(association)
        draft = cls(EntryForm(), association, load() if load else None)
        draft.pending, draft.faults = pending, faults
        return draft

    @property
    def is_detour(self) -> bool:
        return any(name in request.form for name in DETOURS)

    @property
    def photos(self) -> list[NewPhoto]:
        return [one.photo for one in self.pending]

    @property
    def revision(self) -> int:
        """The version that was corrected."""
        typed = self.form.revision.data or ""
        return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 9 else 0

    def validate(self) -> bool:
        """Whether the shape is right; what is wrong with a photo stands by the photos."""
        is_valid = bool(self.form.validate())
        self.form.photos.errors = [*self.form.photos.errors, *self.faults]
        return is_valid and not self.faults

    def details(self) -> Details:
        """What the form says, for the service; raises RuleError for somebody whom the account may not log here."""
        form = self.form
        if len(self.ticked) < len(form.person.data):
            raise RuleError("person", _("Somebody ticked is not among the people you can log here. Check and save."))
        ticks = [(self.ticked[tick.public_id], tick) for tick in form.person.data]
        return Details(
            **form.values("kind", "title", "held_on", "place", "summary", "is_public"),
            minutes=form.duration,
            group=next((group for group in self._choosable() if group.public_id == form.group.data), None),
            others_count=form.others_count.data or 0,
            participants=[self._participation(person, tick) for person, tick in ticks],
            materials=form.materials.pairs,
        )

    def against(self, log: ActivityLog) -> dict[str, Any]:
        """What was typed, as values to be held beside the entry as somebody else has saved it meanwhile."""
        self.log = log
        self.ticked = self._ticked()
        self.form.revision.data = str(log.revision)
        return preview(self.details(), len(log.photos) + len(self.pending))

    def publication(self) -> Publication:
        return Publication(bool(self.form.photos_agreed.data), bool(self.form.photos_absent.data))

    def context(self) -> dict[str, Any]:
        """Everything the template shows, as plain values."""
        query = self.form.q.data or ""
        found = find(self.association, query) if query and self.is_detour else []
        offered = [] if found else suggestions.recent_people(current_user, self.association)
        persons = {person.public_id: person for person in (*self.ticked.values(), *found, *offered)}
        agreeing = suggestions.agreeing(list(persons.values()))
        titles, places = suggestions.recent_words(current_user, self.association)
        ticks = {tick.public_id: tick for tick in self.form.person.data}
        return {
            "draft": self,
            "chosen": [show(self.ticked[i], self.association, agreeing, ticks[i]) for i in ticks if i in self.ticked],
            "found": show_all(found, self.association, agreeing, ticks),
            "offered": show_all(offered, self.association, agreeing, ticks),
            "titles": titles,
            "places": places,
            "materials": suggestions.materials(),
            "kinds": {kind.value: _("Activity") if kind is ActivityKind.OTHER else kind.label for kind in KINDS},
        }

    def _choosable(self) -> Sequence[Any]:
        """The groups to choose from; the entry's own stays, even when it has ended or another leads it."""
        own = self.log.group if self.log else None
        return self.groups if own is None or own.id in {group.id for group in self.groups} else [own, *self.groups]

    def _ticked(self) -> dict[str, Person]:
        """Those ticked whom the account may log here; who stands in the entry already stays in it."""
        ids = [tick.public_id for tick in self.form.person.data]
        reach = reached(current_user, suggestions.RIGHT)
        known = {row.person.public_id: row.person for row in self.log.participants} if self.log else {}
        loaded = people_by_public_ids(reach, ids, self.association) if ids else []
        return {i: known[i] for i in ids if i in known} | {person.public_id: person for person in loaded}

    def _participation(self, person: Person, tick: Tick) -> Participation:
        said = tick.volunteer
        is_volunteer = _is_volunteer(person, self.association) if said is None else said
        return Participation(person, is_volunteer, tick.served(self.form.duration) or 0)


def find(association: Association, text: str) -> Sequence[Person]:
    """People whom the account may log here, by name, initials or the last four digits of the phone."""
    return search_people(reached(current_user, suggestions.RIGHT), text, association) if text.strip() else []


def show_all(
    persons: Iterable[Person], association: Association, agreeing: set[int], but: Iterable[str] = ()
) -> list[Shown]:
    return [show(person, association, agreeing) for person in persons if person.public_id not in set(but)]


def show(person: Person, association: Association, agreeing: set[int], tick: Tick | None = None) -> Shown:
    """A person with what tells namesakes apart: group and the end of the phone number."""
    held = _held(person, association)
    parts = [row.group.name for row in held if row.group][:1]
    parts += [_("phone …%(digits)s", digits=person.phone_last4)] if person.phone_last4 else []
    said = tick.volunteer if tick else None
    is_volunteer = _is_volunteer(person, association) if said is None else said
    minutes = tick.minutes if tick else ""
    return Shown(person.public_id, person.name, " · ".join(parts), person.id in agreeing, is_volunteer, minutes)


def _held(person: Person, association: Association) -> list[Any]:
    """The person's affiliations with the association today, where they are loaded."""
    day = today(association.time_zone)
    rows = person.__dict__.get("affiliations", [])
    return [row for row in rows if row.association_id == association.id and (row.end_on is None or row.end_on >= day)]


def _is_volunteer(person: Person, association: Association) -> bool:
    return any(row.kind == AffiliationKind.VOLUNTEER for row in _held(person, association))


def _tick(row: Any, usual: int) -> Tick:
    minutes = str(row.minutes) if row.is_volunteer and row.minutes != usual else ""
    return Tick(row.person.public_id, row.is_volunteer, minutes)


def place() -> Association:
    """The association in this page's address, as the access check has found it."""
    association: Association = g.association
    return association
