"""Fixtures of the tests about memberships."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from portal.core.audit import AuditEntry
from portal.core.database import db
from portal.members.models import Membership, MembershipStay, Transfer
from portal.people.models import Affiliation, AffiliationKind


@pytest.fixture
def held(cast) -> Membership:
    """The membership of the cast's member, in group one of the community."""
    return db.session.scalars(select(Membership).where(Membership.person_id == cast.member.person_id)).one()


@pytest.fixture
def url(held) -> str:
    return f"/office/wangjiang/memberships/{held.public_id}"


@pytest.fixture
def now_of() -> Callable[[Membership], Membership]:
    """What the database says of a membership by now."""
    return lambda held: db.session.scalars(
        select(Membership).where(Membership.id == held.id).execution_options(populate_existing=True)
    ).one()


@pytest.fixture
def logged() -> Callable[[], list[str]]:
    """What members' acts stand in the log."""

    def logged() -> list[str]:
        entries = select(AuditEntry.action).where(AuditEntry.action.startswith("members."))
        return list(db.session.scalars(entries.order_by(AuditEntry.id)))

    return logged


@pytest.fixture
def stays_of() -> Callable[[Membership], list[tuple]]:
    """A membership's stays: association, group, first and last day."""

    def stays_of(held: Membership) -> list[tuple]:
        columns = (
            MembershipStay.association_id,
            MembershipStay.group_id,
            MembershipStay.start_on,
            MembershipStay.end_on,
        )
        found = select(*columns).where(MembershipStay.membership_id == held.id).order_by(MembershipStay.id)
        return [tuple(row) for row in db.session.execute(found)]

    return stays_of


@pytest.fixture
def records_of() -> Callable[[int], list[tuple]]:
    """Where a person's record is held as a member's: association, group, last day."""

    def records_of(person_id: int) -> list[tuple]:
        columns = (Affiliation.association_id, Affiliation.group_id, Affiliation.end_on)
        mine = (Affiliation.person_id == person_id, Affiliation.kind == AffiliationKind.MEMBER)
        return [tuple(row) for row in db.session.execute(select(*columns).where(*mine).order_by(Affiliation.id))]

    return records_of


@pytest.fixture
def transfers_of() -> Callable[[Membership], list[str]]:
    """Where a membership's transfers stand."""
    found = select(Transfer.state).order_by(Transfer.id)
    return lambda held: list(db.session.scalars(found.where(Transfer.membership_id == held.id)))
