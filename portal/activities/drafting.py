"""The entry form with what it shows beside its fields: people to tick and ticked, suggestions, photos kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from secrets import token_urlsafe
from typing import Any

from flask import request
from flask_login import current_user

from portal.activities import queries, suggestions, uploads
from portal.activities.details import Details, Participation, check_date
from portal.activities.forms import LENGTHS, EntryForm, Tick
from portal.activities.models import PLAIN, ActivityLog
from portal.activities.services import NewPhoto, Publication, preview
from portal.activities.sources import Source, find
from portal.activities.suggestions import Card
from portal.associations.models import Association
from portal.core.calendar import today
from portal.core.errors import RuleError
from portal.core.i18n import _
from portal.offices.access import group_ids
from portal.people.models import Person
from portal.plans.kinds import ActivityKind

DETOURS = ("search", "add_row", "add_photos")  # buttons that bring the same page back, with everything kept


@dataclass(frozen=True)
class Row:
    """Somebody ticked, with what the form says of them."""

    card: Card
    is_volunteer: bool
    minutes: str


class Draft:
    """An entry in the making, new or being corrected."""

    def __init__(self, form: EntryForm, association: Association, log: ActivityLog | None = None) -> None:
        self.form, self.association, self.log = form, association, log
        self.source = self._source()
        self.groups = suggestions.list_groups(current_user, association)
        self.is_limited = group_ids(current_user, suggestions.RIGHT, association) is not None
        pairs = [] if self.is_limited else [("", _("The whole association"))]
        form.offer(ActivityKind.labels(), [*pairs, *((group.public_id, group.name) for group in self._choosable())])
        self.pending: list[uploads.Pending] = []
        self.faults: list[str] = []
        self.cards = self._cards()

    @classmethod
    def start(cls, association: Association, source: Source | None = None) -> Draft:
        """An empty form: today, and a key under which it makes one entry; or what the plan knows of it."""
        first = {"held_on": today(association.time_zone), "entry_key": token_urlsafe(16)}
        first |= source.values(association) if source else {}
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
        """Whether the shape and the date are right; what is wrong with a photo stands by the photos."""
        is_valid = bool(self.form.validate())
        self.form.photos.errors = [*self.form.photos.errors, *self.faults]
        return self._has_good_date() and is_valid and not self.faults

    def _has_good_date(self) -> bool:
        """The service asks again; asked here, a wrong date is told together with what else is missing."""
        held_on = self.form.held_on.data
        if held_on and not (self.log and self.log.held_on == held_on):
            try:
                check_date(held_on, today(self.association.time_zone))
            except RuleError as error:
                self.form.refuse(error)
                return False
        return True

    def renew_key(self, details: Details) -> None:
        """A form that was saved, gone back to and changed is no repetition: it gets a key of its own, and is told so.

        The same content under the same key is one entry (services.log_activity).
        """
        known, said = queries.find_by_key(self.form.entry_key.data), preview(details, 0)
        if known is None or known.recorded_by != current_user.person_id:
            return
        if any(getattr(known, name) != said[name] for name in PLAIN):
            self.form.entry_key.data = token_urlsafe(16)
            message = _(
                "This form was saved already, as “%(title)s”. Save again to log another one.", title=known.title
            )
            raise RuleError("", message)

    def details(self) -> Details:
        """What the form says, for the service; raises RuleError for somebody whom the account may not log here."""
        form = self.form
        persons = self._persons()
        if (form.session.data or form.activity.data) and self.source is None and self.log is None:
            raise RuleError("", _("What was planned was changed meanwhile. Open it in the plan again."))
        if len(persons) < len(form.person.data):
            raise RuleError("person", _("Somebody ticked is not among the people you can log here. Check and save."))
        return Details(
            kind=form.kind.data or "",
            title=form.title.data or "",
            place=form.place.data or "",
            summary=form.summary.data or "",
            held_on=form.held_on.data or today(self.association.time_zone),
            is_public=bool(form.is_public.data),
            minutes=form.duration,
            group=next((group for group in self._choosable() if group.public_id == form.group.data), None),
            others_count=form.others_count.data or 0,
            participants=[
                Participation(persons[row.card.id], row.is_volunteer, tick.served(form.duration) or 0)
                for row, tick in zip(self.rows(), form.person.data, strict=True)
            ],
            materials=form.materials.pairs,
            activity=self.source.activity if self.source else None,
            session=self.source.session if self.source else None,
        )

    def against(self, log: ActivityLog) -> dict[str, Any]:
        """What was typed, as values to be held beside the entry as somebody else has saved it meanwhile."""
        self.log = log
        self.form.revision.data = str(log.revision)
        return preview(self.details(), len(log.photos) + len(self.pending))

    def publication(self) -> Publication:
        return Publication(bool(self.form.photos_agreed.data), bool(self.form.photos_absent.data))

    def rows(self) -> list[Row]:
        """Those ticked, in the order in which they were."""
        ticks = [tick for tick in self.form.person.data if tick.public_id in self.cards]
        return [_row(self.cards[tick.public_id], tick) for tick in ticks]

    def context(self) -> dict[str, Any]:
        """Everything the template shows."""
        query = self.form.q.data if self.is_detour else ""
        found = suggestions.find(current_user, self.association, query or "")
        offered = [] if found else suggestions.often_there(current_user, self.association)
        titles, places = suggestions.recent_words(current_user, self.association)
        return {
            "draft": self,
            "chosen": self.rows(),
            "found": found,
            "offered": [card for card in offered if card.id not in self.cards],
            "titles": titles,
            "places": places,
            "materials": suggestions.materials(),
        }

    def _source(self) -> Source | None:
        """What of the plan is logged. One that was cancelled or put off meanwhile is none; the service asks again."""
        if self.log is not None:
            return None
        session, activity = self.form.session.data or "", self.form.activity.data or ""
        return find(current_user, self.association, session, activity) if session or activity else None

    def _choosable(self) -> Sequence[Any]:
        """The groups to choose from; the entry's own stays, even when it has ended or another leads it."""
        own = self.log.group if self.log else None
        return self.groups if own is None or own.id in {group.id for group in self.groups} else [own, *self.groups]

    def _cards(self) -> dict[str, Card]:
        """Those ticked whom the account may log here; who stands in the entry already stays in it."""
        ids = [tick.public_id for tick in self.form.person.data]
        known = [row.person for row in self.log.participants if row.person.public_id in ids] if self.log else []
        known += [person for key, person in self._expected().items() if key in ids]
        cards = {person.public_id: Card(person.public_id, person.name) for person in known}
        return cards | {card.id: card for card in suggestions.named(current_user, self.association, ids)}

    def _expected(self) -> Mapping[str, Person]:
        """Whom the plan names: sister associations lend people whom nobody could tick here otherwise."""
        return self.source.people if self.source else {}

    def _persons(self) -> dict[str, Person]:
        """The people on the cards, as they stand in the register."""
        persons = [row.person for row in self.log.participants] if self.log else []
        persons += self._expected().values()
        known = {person.public_id: person for person in persons if person.public_id in self.cards}
        return known | suggestions.load([key for key in self.cards if key not in known])


def _row(card: Card, tick: Tick) -> Row:
    return Row(card, card.is_volunteer if tick.volunteer is None else tick.volunteer, tick.minutes)


def _tick(row: Any, usual: int) -> Tick:
    minutes = str(row.minutes) if row.is_volunteer and row.minutes != usual else ""
    return Tick(row.person.public_id, row.is_volunteer, minutes)
