"""Rows for tests of cards."""

from __future__ import annotations

import io

from pypdf import PdfReader
from sqlalchemy import select

from portal.cards import queries, services
from portal.cards.models import IssueReason, MemberCard
from portal.core.database import db
from portal.members.models import Membership
from portal.verification.models import VerifiableCode
from tests.harness.factory import make_membership, make_person

CARDS = "/office/wangjiang/cards"


def membership_of(account) -> Membership:
    """The one membership of somebody of the cast, as a card shows it."""
    (found,) = queries.list_own(account.person_id)
    return found[0]


def make_card(membership, reason=IssueReason.FIRST, **values) -> MemberCard:
    """The membership's card; with another reason than the first, in the place of the one in use."""
    used = queries.live_card(membership.id)
    shown = db.session.get(Membership, membership.id, populate_existing=True, options=queries.SHOWN)
    card = services.issue(None, None, shown, reason, replaces=used.public_id if used else None)
    for name, value in values.items():
        setattr(card, name, value)
    db.session.commit()
    return card


def loaded(account, association, card) -> MemberCard:
    """The card as the office loads it."""
    found = queries.get_card(account, "members.write", association, card.public_id)
    assert found is not None
    return found


def code_of(card) -> str:
    """The code on a card, whatever of it the session has let go."""
    statement = select(VerifiableCode.code).join(MemberCard, MemberCard.code_id == VerifiableCode.id)
    return db.session.scalars(statement.where(MemberCard.id == card.id)).one()


def make_members(association, *names, **values) -> list[Membership]:
    return [make_membership(make_person(name), association, **values) for name in names]


def cards_of(membership_id) -> list[MemberCard]:
    statement = select(MemberCard).where(MemberCard.membership_id == membership_id).order_by(MemberCard.serial)
    return list(db.session.scalars(statement.execution_options(populate_existing=True)))


def live_cards(membership_id) -> list[MemberCard]:
    return [card for card in cards_of(membership_id) if card.voided_at is None]


def text_of(pdf: bytes) -> str:
    """All that can be selected in a PDF, without spaces."""
    pages = PdfReader(io.BytesIO(pdf)).pages
    return "".join("".join(page.extract_text().split()) for page in pages)


def page_count(pdf: bytes) -> int:
    return len(PdfReader(io.BytesIO(pdf)).pages)
