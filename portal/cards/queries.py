"""Reading cards: a membership's, the register of cards with its filters, and who lacks one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from portal.accounts.models import Account
from portal.associations.models import Association, Group
from portal.associations.queries import in_subtree
from portal.cards.models import MemberCard
from portal.core import search
from portal.core.calendar import today
from portal.core.database import db
from portal.members.models import Membership
from portal.members.queries import SHOWN, live
from portal.offices.access import visible
from portal.people.models import Person, person_gram

MOST_PLACES = 200
STATES = ("valid", "missing", "waiting", "differs", "ended", "void")


@dataclass(frozen=True)
class Filter:
    """What a list of cards shows: one of STATES, a place below (its code), a group (its public id), a text."""

    state: str = "valid"
    place: str = ""
    group: str = ""
    text: str = ""


def live_card(membership_id: int) -> MemberCard | None:
    """The card that is in use, if there is one."""
    statement = select(MemberCard).where(MemberCard.membership_id == membership_id, MemberCard.voided_at.is_(None))
    return db.session.scalar(statement.options(joinedload(MemberCard.code)))


def list_cards(membership_id: int) -> Sequence[MemberCard]:
    """Every card a membership had, the latest first."""
    statement = select(MemberCard).where(MemberCard.membership_id == membership_id)
    return db.session.scalars(statement.options(joinedload(MemberCard.code)).order_by(MemberCard.serial.desc())).all()


def get_card(account: Account, right: str, association: Association, public_id: str) -> MemberCard | None:
    """A card of a membership that the account may see by the right, at the association or below."""
    statement = (
        visible(select(MemberCard).join(MemberCard.membership), account, right, Membership)
        .join(Membership.association)
        .where(MemberCard.public_id == public_id, in_subtree(association.path))
    )
    return db.session.scalars(statement.options(_with_membership(), joinedload(MemberCard.code))).first()


def get_membership(account: Account, right: str, association: Association, public_id: str) -> Membership | None:
    """A membership that the account may see by the right, at the association or below, as a card shows it."""
    statement = visible(select(Membership), account, right, Membership).where(Membership.public_id == public_id)
    statement = statement.join(Membership.association).where(in_subtree(association.path))
    return db.session.scalars(statement.options(*SHOWN)).first()


def _with_membership() -> Any:
    return contains_eager(MemberCard.membership).options(*SHOWN)


def list_own(person_id: int) -> list[tuple[Membership, MemberCard | None]]:
    """A person's memberships in force, each with its card."""
    statement = (
        select(Membership, MemberCard)
        .outerjoin(MemberCard, _is_card_in_use())
        .where(Membership.person_id == person_id, live())
        .options(*SHOWN, joinedload(MemberCard.code))
        .order_by(Membership.id)
    )
    return [(row[0], row[1]) for row in db.session.execute(statement)]


def get_own_card(person_id: int, public_id: str) -> MemberCard | None:
    """One's own card that is in use."""
    statement = (
        select(MemberCard)
        .join(MemberCard.membership)
        .where(MemberCard.public_id == public_id, Membership.person_id == person_id, MemberCard.voided_at.is_(None))
    )
    return db.session.scalars(statement.options(_with_membership(), joinedload(MemberCard.code))).first()


def _is_card_in_use() -> ColumnElement[bool]:
    return and_(MemberCard.membership_id == Membership.id, MemberCard.voided_at.is_(None))


def listing(account: Account, association: Association, wanted: Filter) -> Select[Any]:
    """Rows (membership, card or None) of the register of cards, in the order of names, as far as they may be seen."""
    joins_all = wanted.state == "void"
    tie = MemberCard.membership_id == Membership.id if joins_all else _is_card_in_use()
    rows: Any = select(Membership, MemberCard)
    statement = visible(rows, account, "members.read", Membership)
    statement = statement.join(Membership.association).outerjoin(MemberCard, tie).join(Membership.person)
    statement = statement.where(_place(association, wanted), *_state(wanted.state))
    if wanted.group:
        groups = select(Group.id).where(Group.public_id == wanted.group)
        statement = statement.where(Membership.group_id.in_(groups))
    if wanted.text:
        statement = statement.where(_text(wanted.text))
    shown = (contains_eager(Membership.person), contains_eager(Membership.association))
    also = (joinedload(Membership.kind), joinedload(Membership.group))
    return statement.options(*shown, *also).order_by(Membership.sort_key, Membership.id, MemberCard.serial)


def list_waiting(account: Account, association: Association, wanted: Filter) -> Sequence[int]:
    """The ids of the cards that a list shows as not handed over, where the account may mark them."""
    statement = listing(account, association, wanted).with_only_columns(MemberCard.id).order_by(None)
    return db.session.scalars(visible(statement, account, "members.write", Membership)).all()


def _place(association: Association, wanted: Filter) -> ColumnElement[bool]:
    below = in_subtree(association.path)
    return and_(below, Association.code == wanted.place) if wanted.place else below


def _state(state: str) -> tuple[ColumnElement[bool], ...]:
    """The conditions of one of STATES. A suspended membership waits for no card."""
    active = and_(live(), Membership.suspended_on.is_(None))
    printed = MemberCard.snapshot["name"].as_string()
    name = func.coalesce(func.nullif(Membership.organisation_name, ""), Person.name)
    return {
        "valid": (MemberCard.id.is_not(None), live()),
        "missing": (MemberCard.id.is_(None), active),
        "waiting": (MemberCard.id.is_not(None), MemberCard.handed_over_on.is_(None), live()),
        "differs": (MemberCard.id.is_not(None), live(), printed != name),
        "ended": (MemberCard.id.is_not(None), Membership.ended_on < today()),
        "void": (MemberCard.voided_at.is_not(None),),
    }[state]


def _text(text: str) -> ColumnElement[bool]:
    """By the member's number, by a name in characters, pinyin or initials, or by an organisation's name."""
    grams = search.query_grams(text)
    named = [Person.id.in_(select(person_gram.c.person_id).where(person_gram.c.gram == gram)) for gram in grams]
    by_name = and_(*named) if named else false()
    organisation = Membership.organisation_name.contains(text.strip(), autoescape=True)
    return or_(Membership.number == text.strip().upper(), by_name, organisation)


def list_places(account: Account, association: Association, right: str) -> Sequence[Association]:
    """The associations below to choose from; none where they are too many for a list: their own offices do it."""
    statement = visible(select(Association), account, right, Association)
    below = (in_subtree(association.path), Association.archived_on.is_(None))
    found = db.session.scalars(statement.where(*below).order_by(Association.code).limit(MOST_PLACES + 1)).all()
    return found if 1 < len(found) <= MOST_PLACES else []


def counting_missing(account: Account, association: Association) -> Select[Any]:
    """How many active members have no card, as a question for the work list."""
    card = aliased(MemberCard)
    has = exists().where(card.membership_id == Membership.id, card.voided_at.is_(None))
    statement = visible(select(func.count(Membership.id)), account, "members.write", Membership)
    here = (Membership.association_id == association.id, live(), Membership.suspended_on.is_(None))
    return statement.where(*here, ~has)
