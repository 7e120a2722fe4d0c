"""What may happen to a pair: told apart, merged, the merge undone. Raises RuleError; never commits."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from portal.accounts import services as accounts
from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core.audit import record
from portal.core.calendar import DEFAULT_ZONE, now
from portal.core.database import db
from portal.core.encryption import blind_index
from portal.core.errors import RuleError
from portal.core.formats import local
from portal.core.i18n import lazy
from portal.core.waiting import giving_way
from portal.duplicates import joining, ledger, praise, queries, rules, serving
from portal.duplicates.models import PersonMerge, ToldApart
from portal.duplicates.references import moving, name_of, used
from portal.duplicates.words import word_of
from portal.members import places
from portal.members.models import Membership
from portal.offices.access import forget_grants
from portal.offices.queries import accounts_of
from portal.people import services as people
from portal.people.models import Person

# What a record says of the person, and so what is chosen between two; the guardian is one choice.
FIELDS = {
    "name": ("name",),
    "identity_number": ("identity_number",),
    "sex": ("sex",),
    "birth_on": ("birth_on",),
    "phone": ("phone",),
    "email": ("email",),
    "residence": ("residence",),
    "guardian": ("guardian_name", "guardian_phone"),
}
EMPTIED = {
    **dict.fromkeys(("identity_number", "identity_index", "identity_last4", "phone", "phone_index", "phone_last4")),
    **dict.fromkeys(("email", "guardian_phone")),
    **dict.fromkeys(("residence", "guardian_name"), ""),
}
FOUR_EYES = "four_eyes"  # in the name of every check that whoever asked did not decide


@dataclass(frozen=True)
class Choice:
    """What the officer chose: fields whose value comes from the record that goes, and the memberships that stay."""

    taken: Collection[str] = field(default=())
    staying: Collection[str] = field(default=())


def differing(one: Person, other: Person) -> list[str]:
    """The fields between which somebody must choose: both records say something, and not the same.

    Sex and date of birth follow from an identity number, so with one of these they are no choice of their own.
    """
    follows = ("sex", "birth_on") if one.identity_number or other.identity_number else ()
    return [
        name
        for name in FIELDS
        if name not in follows and _said(one, name) and _said(other, name) and _said(one, name) != _said(other, name)
    ]


def _said(person: Person, name: str) -> tuple[Any, ...]:
    values = tuple(getattr(person, attribute) or None for attribute in FIELDS[name])
    return values if any(values) else ()


def tell_apart(actor: Account | None, association: Association, one: Person, other: Person) -> ToldApart:
    """These are two people: the pair is not asked about again. Told twice, it stays as first told."""
    known = queries.get_told_apart(one, other)
    if known is not None:
        return known
    lower, higher = sorted((one.id, other.id))
    row = ToldApart(
        first_id=lower,
        second_id=higher,
        association_id=association.id,
        by_person_id=actor.person_id if actor else None,
    )
    db.session.add(row)
    db.session.flush()
    record(actor, "duplicates.tell_apart", row, {"people": [one.public_id, other.public_id]})
    return row


def take_back(actor: Account | None, row: ToldApart) -> None:
    """They may be one person after all: the pair stands in the queue again."""
    record(actor, "duplicates.take_back", row)
    db.session.delete(row)
    db.session.flush()


def merge(actor: Account | None, association: Association, kept: Person, gone: Person, choice: Choice) -> PersonMerge:
    """Make two records one: everything that refers to `gone` refers to `kept` from now on, in one transaction.

    Raises RuleError by the field at fault: "keep", "staying", or "" (see rules.check_merge). `gone` keeps its name
    for the log, and nothing else; it is in no list and no search, and points to the record that took its place.
    """
    with giving_way():
        _hold(kept, gone)
        rules.check_merge(actor, kept, gone)
        log = _merge(actor, kept, gone, choice)
        return _remember(actor, association, kept, gone, log)


def _hold(*records: Person) -> None:
    """The records, as they are by now, and their memberships: nobody adds a row that refers to one of them. Of two
    officers who merge the same pair at once, the second finds it merged.
    """
    ids = [one.id for one in records]
    for entity, which in ((Person, Person.id.in_(ids)), (Membership, Membership.person_id.in_(ids))):
        statement = select(entity).where(which).order_by(entity.id).with_for_update()
        db.session.scalars(statement.execution_options(populate_existing=True)).all()


def _merge(actor: Account | None, kept: Person, gone: Person, choice: Choice) -> ledger.Log:
    """What it did, row by row."""
    memberships = list(queries.list_memberships((kept.id, gone.id)))
    scope = (kept.id, gone.id), [one.id for one in memberships]
    before = ledger.snapshot(*scope)
    values = _values(kept, gone, choice)
    _join(actor, kept, gone, memberships, choice)
    _move(kept, gone)
    _retire(actor, kept, gone)
    people.correct_person(actor, kept, **values)  # type: ignore[arg-type]
    people.renamed.send(kept)
    return ledger.compare(before, ledger.snapshot(*scope, besides=before))


def _values(kept: Person, gone: Person, choice: Choice) -> dict[str, Any]:
    """What the kept record takes over: what was chosen, and what it does not say itself."""
    asked = differing(kept, gone)
    taken = [name for name in FIELDS if (name in choice.taken and name in asked)]
    taken += [name for name in FIELDS if _said(gone, name) and not _said(kept, name)]
    return {attribute: getattr(gone, attribute) for name in taken for attribute in FIELDS[name]}


def _join(actor: Account | None, kept: Person, gone: Person, memberships: list[Membership], choice: Choice) -> None:
    """Settle what both have and only one can have, before anything moves."""
    same = joining.same_affiliations(kept, gone)
    joining.end_others(actor, rules.clashes(memberships), choice.staying)
    groups = {one.association_id: one.group_id for one in memberships if one.ended_on is None}
    joining.join_affiliations(same, groups)
    joining.join_consents(kept, gone)
    joining.join_covers(kept, gone)
    joining.join_told_apart(kept, gone)
    joining.join_participants(kept, gone)
    serving.join_service(kept, gone)
    serving.join_reminders(kept, gone)
    serving.join_letters(kept, gone)
    praise.join_nominations(kept, gone)
    praise.join_reviewing(kept, gone)


def _move(kept: Person, gone: Person) -> None:
    """Over every column that refers to a person. What no rule has settled and can be there once refuses the merge."""
    if kept.id not in accounts_of((kept.id,)):
        move = update(Account).where(Account.person_id == gone.id).values(person_id=kept.id)
        db.session.execute(move)
    referring = used("person", (gone.id,))
    for column in (one for one in moving() if name_of(one) in referring):
        statement = update(column.table).where(column == gone.id).values({column.name: kept.id})
        try:
            with db.session.begin_nested():
                db.session.execute(statement)
        except IntegrityError as error:
            if FOUR_EYES in str(error.orig):
                raise RuleError(
                    "", lazy("One of the two signed what the other asked for: they are kept apart.")
                ) from None
            message = lazy("Both records have %(what)s of which there can be one. Settle that first.",
                           what=word_of(column.table.name))  # fmt: skip
            raise RuleError("", message) from None
    joining.leave_no_own_payer(kept)


def _retire(actor: Account | None, kept: Person, gone: Person) -> None:
    """The record that is gone: no number, no phone, in no search; its account, if it still has one, is disabled."""
    for name, value in EMPTIED.items():
        setattr(gone, name, value)
    gone.removed_at, gone.merged_into_id = now(), kept.id
    db.session.flush()
    people.unfile_name(gone)
    left = accounts_of((gone.id,)).get(gone.id)
    if left is not None and left.disabled_at is None:
        accounts.block(actor, left)  # type: ignore[arg-type]
    if actor is not None:
        forget_grants(actor)


def _remember(
    actor: Account | None, association: Association, kept: Person, gone: Person, log: ledger.Log
) -> PersonMerge:
    row = PersonMerge(
        kept_id=kept.id,
        gone_id=gone.id,
        association_id=association.id,
        log=json.dumps(log, ensure_ascii=False),
        merged_by_id=actor.person_id if actor else None,
    )
    db.session.add(row)
    db.session.flush()
    changes = {"kept": kept.public_id, "gone": gone.public_id, "rows": len(log["changed"]) + len(log["dropped"])}
    record(actor, "duplicates.merge", row, changes, person_id=kept.id)
    return row


def undo_merge(actor: Account | None, merge: PersonMerge, kept: Person, gone: Person) -> None:
    """Two records again, each row as it stood before; what came to the kept record since stays with it.

    Raises RuleError where something that came later stands in the way. Sessions that ended stay ended.
    """
    with giving_way():
        _hold(kept, gone)
        db.session.refresh(merge, ["undone_at"], with_for_update=True)
        _check_undo(actor, merge, kept, gone)
        ledger.restore(json.loads(merge.log), gone.id)
        _index_anew(kept, gone)
        for person in (kept, gone):  # a membership that goes back may have moved since
            places.hold_anew(actor, person.id, local(merge.merged_at, DEFAULT_ZONE).date())
            people.renamed.send(person)
        merge.undone_at, merge.undone_by_id = now(), actor.person_id if actor else None
        if actor is not None:
            forget_grants(actor)
        told = {"kept": kept.public_id, "gone": gone.public_id}
        record(actor, "duplicates.undo_merge", merge, told, person_id=kept.id)


def _check_undo(actor: Account | None, merge: PersonMerge, kept: Person, gone: Person) -> None:
    if merge.undone_at is not None:
        raise RuleError("", lazy("This merge was undone already."))
    if not json.loads(merge.log):
        raise RuleError("", lazy("It cannot be undone any more: the person asked for the data to be deleted."))
    if kept.removed_at is not None:
        raise RuleError("", lazy("The record that stayed was itself merged since. Undo that first."))
    problem = rules.obstacle(actor, kept, gone)
    if problem is not None:
        raise problem


def _index_anew(*records: Person) -> None:
    """The indexes follow from the values: names by their grams, numbers under the key of today."""
    for person in records:
        db.session.refresh(person)
        if person.identity_number:
            person.identity_index = blind_index(person.identity_number, "identity")
        if person.phone:
            person.phone_index = blind_index(person.phone, "phone")
        people.index_name(person)
