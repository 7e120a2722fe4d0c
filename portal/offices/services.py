"""What may happen to offices: terms open, appointments are granted and end, a term hands over. Never commits.

Each act keeps the officers' affiliations in step and writes the audit log. What is refused stands in rules.py.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import select

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core.audit import changed, record
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.formats import date_long
from portal.core.i18n import lazy
from portal.offices import access, candidates, queries, rules
from portal.offices.models import Appointment, Term
from portal.offices.rights import Position
from portal.offices.rules import DAY, Wanted
from portal.people.models import Affiliation, AffiliationKind, Person


def grant_appointment(actor: Account | None, wanted: Wanted) -> Appointment:
    """Appoint somebody from a day on. The association keeps the person's record from then on as an officer's.

    Raises RuleError by the field at fault: person, position, group, term, covers_subtree, start_on, end_on.
    """
    _lock(wanted.association)
    rules.check_grant(actor, wanted)
    return _appoint(actor, wanted)


def identify_person(actor: Account, association: Association, number: str) -> Person:
    """Somebody whom the office does not know, named by a phone or identity number in full.

    Only this names people outside the branch, so each hit stands in the log about the person, without the number.
    """
    person = candidates.get_by_exact(number)
    if person is None:
        raise RuleError("number", lazy("Nobody in the register has exactly this number."))
    record(actor, "offices.identify", person, association_id=association.id, person_id=person.id)
    return person


def _appoint(actor: Account | None, wanted: Wanted) -> Appointment:
    appointment = Appointment(
        person_id=wanted.person.id,
        association_id=wanted.association.id,
        group_id=wanted.group.id if wanted.group else None,
        term_id=wanted.term.id if wanted.term else None,
        position=wanted.position.value,
        covers_subtree=wanted.covers_subtree,
        start_on=wanted.start_on,
        end_on=wanted.end_on,
        is_public=wanted.is_public,
        created_by=actor.person_id if actor else None,
    )
    db.session.add(appointment)
    db.session.flush()
    _keep_affiliation(appointment)
    record(actor, "offices.grant", appointment, _facts(wanted))
    _forget(wanted.person.id)
    return appointment


def end_appointment(actor: Account | None, appointment: Appointment, association: Association, on: date) -> None:
    """Let `on` be the last day of an appointment, past or to come; only the end changes, and only moves nearer."""
    _lock(association)
    db.session.refresh(appointment, ["end_on"])
    rules.check_end(actor, appointment, association, on)
    rules.keep_somebody_who_grants(actor, [appointment], association, on + DAY)
    _shorten(actor, appointment, on)


def withdraw_appointment(actor: Account | None, appointment: Appointment, association: Association) -> None:
    """Take back what was granted by mistake, on its first day or before. It stays in the record and never was."""
    if appointment.start_on < today():
        raise RuleError("", lazy("It has been in force since yesterday or longer: end it instead."))
    end_appointment(actor, appointment, association, today() - DAY)


def _shorten(actor: Account | None, appointment: Appointment, on: date) -> None:
    before, appointment.end_on = appointment.end_on, on
    db.session.flush()
    _keep_affiliation(appointment)
    verb = "offices.withdraw" if appointment.is_withdrawn else "offices.end"
    record(actor, verb, appointment, {"end_on": [str(before) if before else None, str(on)]})
    _forget(appointment.person_id)


def show_appointment(
    actor: Account | None, appointment: Appointment, association: Association, *, show: bool
) -> None:
    """Whether the officer agreed to be shown on the public page; the officer's own consent is asked besides."""
    rules.refuse_archived(association)
    if appointment.is_public != show:
        appointment.is_public = show
        record(actor, "offices.show", appointment, {"is_public": [not show, show]})


# Terms


def open_term(actor: Account | None, association: Association, *, name: str, start_on: date, end_on: date) -> Term:
    """A term from one election to the next; two terms of an association share no day."""
    rules.refuse_archived(association)
    _check_term(association, name, start_on, end_on)
    term = Term(association_id=association.id, name=name, start_on=start_on, end_on=end_on)
    db.session.add(term)
    db.session.flush()
    record(actor, "offices.open_term", term, {"name": name, "start_on": str(start_on), "end_on": str(end_on)})
    return term


def change_term(actor: Account | None, association: Association, term: Term, *, name: str, end_on: date) -> None:
    """Another name, or another planned end. The appointments keep their own ends; handing over moves them."""
    rules.refuse_archived(association)
    _check_term(association, name, term.start_on, end_on, term)
    before = {"name": term.name, "end_on": str(term.end_on) if term.end_on else None}
    term.name, term.end_on = name, end_on
    changes = changed(before, {"name": name, "end_on": str(end_on)})
    if changes:
        record(actor, "offices.change_term", term, changes)


def _check_term(
    association: Association, name: str, start_on: date, end_on: date, besides: Term | None = None
) -> None:
    if end_on <= start_on:
        raise RuleError("end_on", lazy("A term ends after it begins."))
    if end_on - start_on > rules.LONGEST:
        raise RuleError("end_on", lazy("A term lasts ten years at most."))
    for term in queries.list_terms(association):
        if besides is not None and term.id == besides.id:
            continue
        if term.name == name:
            raise RuleError("name", lazy("Another term has this name."))
        if term.start_on <= end_on and (term.end_on is None or term.end_on >= start_on):
            field = "start_on" if term.start_on <= start_on else "end_on"
            raise RuleError(field, lazy("It overlaps the term “%(name)s”.", name=term.name))


def hand_over(
    actor: Account | None, association: Association, term: Term, to: Term, staying: Collection[Appointment] = ()
) -> tuple[int, int]:
    """End every appointment of a term on the day before the next one begins, in one step.

    Whoever stays is granted the same office for the next term; what was prepared for it begins by its own date.
    All rights are asked first, so that nobody loses theirs half-way. Returns how many ended and how many go on.
    """
    _lock(association)
    last = to.start_on - DAY
    if to.association_id != term.association_id or to.start_on <= term.start_on:
        raise RuleError("to", lazy("Choose the term that follows."))
    of_term = queries.list_of_term(term)
    ending = [held for held in of_term if not held.has_ended_by(max(last + DAY, today()))]
    going_on = [_again(held, association, to) for held in of_term if held in staying]
    if not ending and not going_on:
        raise RuleError("", lazy("Nothing is left to hand over: every appointment of this term has its end."))
    for held in ending:
        _check_hand_over(actor, held, association, last)
    for wanted in going_on:
        rules.check_allowed(actor, wanted)
    _carry_out(actor, term, to, ending, going_on)
    rules.keep_somebody_who_grants(actor, of_term, association, to.start_on)
    return len(ending), len(going_on)


def _carry_out(
    actor: Account | None, term: Term, to: Term, ending: list[Appointment], going_on: list[Wanted]
) -> None:
    last = to.start_on - DAY
    for held in ending:
        _shorten(actor, held, last)
    for wanted in going_on:
        try:
            rules.check_possible(wanted)
        except RuleError as error:
            raise RuleError("staying", f"{wanted.person.name}: {error}") from None
        _appoint(actor, wanted)
    if term.end_on != last:
        term.end_on = last
    facts = {"to": to.name, "last_day": str(last), "ended": len(ending), "going_on": len(going_on)}
    record(actor, "offices.hand_over", term, facts)


def _check_hand_over(actor: Account | None, held: Appointment, association: Association, last: date) -> None:
    if held.start_on > last:
        first = date_long(held.start_on)
        message = lazy(
            "%(name)s begins on %(date)s, in the next term: withdraw it first.", name=held.person.name, date=first
        )
        raise RuleError("", message)
    rules.check_end(actor, held, association, last)


def _again(held: Appointment, association: Association, to: Term) -> Wanted:
    """The same office in the next term."""
    return Wanted(
        person=held.person,
        association=association,
        position=Position(held.position),
        start_on=to.start_on,
        end_on=to.end_on,
        group=held.group,
        term=to,
        covers_subtree=held.covers_subtree,
        is_public=held.is_public,
        is_identified=True,
    )


def _lock(association: Association) -> None:
    """One change of offices on a branch at a time, so that two cannot each rely on the other one staying."""
    rows = select(Association.id).where(Association.id.in_(association.path_ids)).order_by(Association.id)
    db.session.execute(rows.with_for_update(key_share=True))


def _keep_affiliation(appointment: Appointment) -> None:
    """The association holds the officer's record for as long as the last appointment there lasts."""
    held = queries.list_held_beside(appointment.person_id, appointment.association_id)
    ends = [each.end_on for each in held]
    until = None if None in ends else max((end for end in ends if end), default=today() - DAY)
    affiliation = _officer_affiliation(appointment)
    if affiliation is None:
        if not held:
            return
        affiliation = Affiliation(
            person_id=appointment.person_id,
            association_id=appointment.association_id,
            group_id=appointment.group_id,
            kind=AffiliationKind.OFFICER,
            start_on=min(appointment.start_on, today()),
        )
        db.session.add(affiliation)
    affiliation.end_on = max(until, affiliation.start_on) if until else None
    db.session.flush()


def _officer_affiliation(appointment: Appointment) -> Affiliation | None:
    """The affiliation as an officer that has not ended; one without an end before one with."""
    statement = select(Affiliation).where(
        Affiliation.person_id == appointment.person_id,
        Affiliation.association_id == appointment.association_id,
        Affiliation.kind == AffiliationKind.OFFICER,
    )
    live = [a for a in db.session.scalars(statement) if a.end_on is None or a.end_on >= today()]
    return min(live, key=lambda affiliation: affiliation.end_on is not None, default=None)


def _forget(person_id: int) -> None:
    """Whoever of this person's accounts is at work here asks anew what it may do."""
    for row in list(db.session.identity_map.values()):
        if isinstance(row, Account) and row.person_id == person_id:
            access.forget_grants(row)


def _facts(wanted: Wanted) -> dict[str, object]:
    return {
        "position": wanted.position.value,
        "association": wanted.association.code,
        "group": wanted.group.name if wanted.group else None,
        "term": wanted.term.name if wanted.term else None,
        "covers_subtree": wanted.covers_subtree,
        "start_on": wanted.start_on.isoformat(),
        "end_on": wanted.end_on.isoformat() if wanted.end_on else None,
        "is_public": wanted.is_public,
    }
