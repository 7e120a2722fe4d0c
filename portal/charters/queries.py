"""Reading charters: with their drafts, rounds and comments, for everybody and for the office; what waits there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, cast

from sqlalchemy import Select, exists, func, select, true
from sqlalchemy.orm import joinedload, selectinload

from portal.accounts.models import Account
from portal.associations import ties
from portal.associations.models import Association
from portal.associations.queries import in_subtree
from portal.charters.models import (
    Charter,
    CharterAdoption,
    CharterComment,
    CharterDraft,
    CharterParagraph,
    CharterState,
    ConsultationRound,
)
from portal.charters.moves import CONSULTING, ENDED
from portal.core.database import db, read
from portal.core.i18n import ngettext
from portal.members.models import Membership
from portal.members.queries import live
from portal.offices.access import can, visible
from portal.people.models import Affiliation, AffiliationKind, Person
from portal.people.queries import live as held_now

SHOWN = (joinedload(Charter.association), joinedload(Charter.notice), joinedload(Charter.period))
LIST_COLUMNS = (
    Charter.public_id, Charter.title, Charter.kind, Charter.state, Charter.created_at, Charter.ended_at,
    Association.name.label("association"), Association.code,
)  # fmt: skip
SECRET = (CharterState.DRAFTING,)  # what nobody outside has been shown yet


@ties.stays_open
def _tell_open(association: Association) -> str:
    count = ties.count_at(association, Charter, Charter.state.in_(CONSULTING))
    return ngettext("%(num)d running consultation", "%(num)d running consultations", count) if count else ""


def public_rows(path: str | None = None) -> Select[Any]:
    """Charters that everybody can read: those under way first, then those that ended, the latest first."""
    statement: Select[Any] = select(*cast("Any", LIST_COLUMNS)).select_from(Charter).join(Charter.association)
    was_shown = exists().where(ConsultationRound.charter_id == Charter.id)
    statement = statement.where(Charter.state.not_in(SECRET), was_shown)
    if path:
        statement = statement.where(in_subtree(path))
    return statement.order_by(Charter.ended_at.is_not(None), Charter.ended_at.desc(), Charter.id.desc())


def open_rounds(day: date, path: str | None, limit: int) -> Sequence[Any]:
    """The consultations that run, those that end soonest first, each with its charter's name."""
    statement = (
        select(
            Charter.public_id, Charter.title, Association.name.label("association"), Association.time_zone,
            ConsultationRound.number, ConsultationRound.opens_on, ConsultationRound.closes_on,
        )
        .join(Charter, Charter.id == ConsultationRound.charter_id)
        .join(Charter.association)
        .where(ConsultationRound.closed_at.is_(None), ConsultationRound.closes_on >= day)
        .where(Charter.state.not_in(ENDED), in_subtree(path) if path else true())
        .order_by(ConsultationRound.closes_on, ConsultationRound.id)
    )  # fmt: skip
    return read(statement.limit(limit)).all()


def get_public(public_id: str) -> Charter | None:
    """One that has been shown: its first consultation was opened."""
    was_shown = exists().where(ConsultationRound.charter_id == Charter.id)
    return db.session.scalar(select(Charter).where(Charter.public_id == public_id, was_shown).options(*SHOWN))


def office_rows(account: Account, association: Association) -> Select[Any]:
    """The association's own, the latest first."""
    statement: Any = select(*LIST_COLUMNS).select_from(Charter).join(Charter.association)
    statement = statement.where(Charter.association_id == association.id).order_by(Charter.id.desc())
    return visible(statement, account, "notices.read", Charter)


def get_charter(account: Account, association: Association, public_id: str) -> Charter | None:
    """One of the association's own, for its office."""
    statement = select(Charter).where(Charter.association_id == association.id, Charter.public_id == public_id)
    found: Charter | None = db.session.scalar(visible(statement.options(*SHOWN), account, "notices.read", Charter))
    return found


def charter_by_key(entry_key: str) -> Charter | None:
    return db.session.scalar(select(Charter).where(Charter.entry_key == entry_key))


def in_force(association_id: int, kind: str, before: int | None = None) -> Charter | None:
    """The association's charter of a kind that was adopted last."""
    statement = select(Charter).where(
        Charter.association_id == association_id, Charter.kind == kind, Charter.state == CharterState.ADOPTED
    )
    if before is not None:
        statement = statement.where(Charter.id < before)
    newest = statement.order_by(Charter.ended_at.desc(), Charter.id.desc()).options(joinedload(Charter.notice))
    return db.session.scalars(newest.limit(1)).first()


def is_under_way(association_id: int, kind: str) -> bool:
    statement = select(Charter.id).where(
        Charter.association_id == association_id, Charter.kind == kind, Charter.state.not_in(ENDED)
    )
    return db.session.scalar(statement.limit(1)) is not None


def drafts_of(charter: Charter) -> dict[int, CharterDraft]:
    """Its drafts by number, with their paragraphs in order."""
    statement = select(CharterDraft).where(CharterDraft.charter_id == charter.id).order_by(CharterDraft.number)
    shown = statement.options(selectinload(CharterDraft.paragraphs)).execution_options(populate_existing=True)
    return {draft.number: draft for draft in db.session.scalars(shown)}


def get_draft(charter: Charter, number: int) -> CharterDraft | None:
    statement = select(CharterDraft).where(CharterDraft.charter_id == charter.id, CharterDraft.number == number)
    return db.session.scalar(statement)


def paragraphs_of(draft: CharterDraft) -> Sequence[CharterParagraph]:
    statement = select(CharterParagraph).where(CharterParagraph.draft_id == draft.id)
    asked = statement.order_by(CharterParagraph.position).execution_options(populate_existing=True)
    return db.session.scalars(asked).all()


def get_paragraph(draft: CharterDraft, public_id: str) -> CharterParagraph | None:
    statement = select(CharterParagraph).where(CharterParagraph.draft_id == draft.id)
    return db.session.scalar(statement.where(CharterParagraph.public_id == public_id))


def rounds_of(charter: Charter) -> dict[int, ConsultationRound]:
    """Its rounds by number."""
    statement = select(ConsultationRound).where(ConsultationRound.charter_id == charter.id)
    return {one.number: one for one in db.session.scalars(statement.order_by(ConsultationRound.number))}


def comments_of(charter: Charter) -> Sequence[CharterComment]:
    """All comments with their round and who wrote them, in the order of the text."""
    statement = (
        select(CharterComment)
        .join(CharterComment.round)
        .outerjoin(CharterParagraph, CharterParagraph.id == CharterComment.paragraph_id)
        .where(ConsultationRound.charter_id == charter.id)
        .order_by(ConsultationRound.number, CharterParagraph.position, CharterComment.id)
    )
    shown = (joinedload(CharterComment.round), joinedload(CharterComment.person).load_only(Person.name))
    return db.session.scalars(statement.options(*shown)).all()


def get_comment(charter: Charter, public_id: str) -> CharterComment | None:
    statement = select(CharterComment).join(CharterComment.round).where(ConsultationRound.charter_id == charter.id)
    shown = (joinedload(CharterComment.round), joinedload(CharterComment.person).load_only(Person.name))
    return db.session.scalar(statement.where(CharterComment.public_id == public_id).options(*shown))


def comment_by_key(key: str) -> CharterComment | None:
    return db.session.scalar(select(CharterComment).where(CharterComment.key == key))


def count_comments(heard: ConsultationRound, person_id: int) -> int:
    """How many of a round are one member's, under whatever record they were given before a merge."""
    mine = (CharterComment.round_id == heard.id, CharterComment.person_id == person_id)
    return db.session.scalar(select(func.count()).where(*mine)) or 0


def count_unanswered(charter: Charter) -> int:
    statement = select(func.count()).select_from(CharterComment).join(CharterComment.round)
    waits = statement.where(ConsultationRound.charter_id == charter.id, CharterComment.outcome.is_(None))
    return db.session.scalar(waits) or 0


def adoption_of(charter: Charter) -> CharterAdoption | None:
    return db.session.scalar(select(CharterAdoption).where(CharterAdoption.charter_id == charter.id))


def is_member(person_id: int, association: Association) -> bool:
    """Whether somebody is a member today, of the association or of one below it; who is covered is one too."""
    statement = select(Affiliation.id).join(Association, Association.id == Affiliation.association_id)
    here = (
        Affiliation.person_id == person_id,
        Affiliation.kind == AffiliationKind.MEMBER,
        in_subtree(association.path),
    )
    return db.session.scalar(statement.where(*here, held_now()).limit(1)) is not None


def members_called(association: Association, words: str) -> Sequence[Person]:
    """The members, here and below, with this number or exactly this name: the first two, for one is wanted."""
    statement = (
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .join(Association, Association.id == Membership.association_id)
        .where(in_subtree(association.path), live(), (Membership.number == words) | (Person.name == words))
        .order_by(Person.id)
    )
    return db.session.scalars(statement.distinct().limit(2)).all()


def questions(account: Account, association: Association, day: date) -> Mapping[str, Select[Any]]:
    """What waits at the association: rounds that are over, comments to answer, charters to publish."""
    here = Charter.association_id == association.id
    asked: dict[str, Select[Any]] = {}
    if can(account, "notices.publish", association):
        rounds = select(func.count()).select_from(ConsultationRound).join(ConsultationRound.charter)
        over = (ConsultationRound.closed_at.is_(None), ConsultationRound.closes_on < day)
        asked["rounds_over"] = rounds.where(here, Charter.state.not_in(ENDED), *over)
        adopted = select(func.count()).select_from(Charter).where(here, Charter.state == CharterState.ADOPTED)
        asked["charters_to_publish"] = adopted.where(Charter.notice_id.is_(None))
    if can(account, "notices.write", association):
        comments = select(func.count()).select_from(CharterComment).join(CharterComment.round)
        waits = (CharterComment.outcome.is_(None), ConsultationRound.closed_at.is_not(None))
        asked["comments"] = comments.join(ConsultationRound.charter).where(here, Charter.state.not_in(ENDED), *waits)
    return asked
