"""Where both records have what can be there only once: which of the two stays, by a rule for each.

What is dropped or changed here stands in the log of the merge and comes back when it is undone.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Table, delete, or_, select, update
from sqlalchemy.orm import aliased

from portal.core.audit import Actor
from portal.core.calendar import today
from portal.core.database import Base, db
from portal.core.errors import RuleError
from portal.core.i18n import lazy
from portal.duplicates.models import ToldApart
from portal.members import services as members
from portal.members.models import EndReason, Membership, MembershipCover
from portal.people.models import Affiliation, Consent, Person

Pair = tuple[Affiliation, Affiliation]


def same_affiliations(kept: Person, gone: Person) -> list[Pair]:
    """What both are registered as at the same association, in force."""
    statement = select(Affiliation).where(Affiliation.person_id.in_((kept.id, gone.id)), Affiliation.end_on.is_(None))
    rows = db.session.scalars(statement).all()
    mine = {(row.association_id, row.kind): row for row in rows if row.person_id == kept.id}
    return [
        (mine[row.association_id, row.kind], row)
        for row in rows
        if row.person_id == gone.id and (row.association_id, row.kind) in mine
    ]


def join_affiliations(pairs: Sequence[Pair], groups: dict[int, int | None]) -> None:
    """One registration over the wider span, in the group of the membership that stays, else in the one known.

    It goes on even where ending one of two memberships has just ended one of the two.
    """
    for stays, goes in pairs:
        stays.start_on, stays.end_on = min(stays.start_on, goes.start_on), None
        known = stays.group_id or goes.group_id
        stays.group_id = groups.get(stays.association_id, known) if stays.kind == "member" else known
        db.session.delete(goes)
    db.session.flush()


def end_others(
    actor: Actor | None, clashes: Sequence[tuple[Membership, Membership]], staying: Collection[str]
) -> None:
    """Of two memberships of one kind at one association the officer says which number stays; the other was entered
    in error and ends today. Whom a household's covered is covered by the one that stays.
    """
    for pair in clashes:
        chosen = [one for one in pair if one.public_id in staying]
        if len(chosen) != 1:
            raise RuleError("staying", lazy("Choose which of the two membership numbers stays."))
        stays, ends = chosen[0], pair[0] if chosen[0] is pair[1] else pair[1]
        _hand_over_covers(ends, stays)
        if ends.ended_on is None:
            last_day = max(ends.joined_on, today())
            members.end_membership(actor, ends, last_day, EndReason.IN_ERROR, f"→ {stays.number}")
    db.session.flush()


def _hand_over_covers(ends: Membership, stays: Membership) -> None:
    covered = select(MembershipCover.person_id).where(
        MembershipCover.membership_id == stays.id, MembershipCover.end_on.is_(None)
    )
    free = MembershipCover.person_id.not_in(covered), MembershipCover.end_on.is_(None)
    db.session.execute(
        update(MembershipCover)
        .where(MembershipCover.membership_id == ends.id, *free)
        .values(membership_id=stays.id)
        .execution_options(synchronize_session=False)
    )
    db.session.flush()


def join_consents(kept: Person, gone: Person) -> None:
    """The stricter reading. A consent counts as withdrawn if the person withdrew it later on the other record; of
    two that both hold, the earlier stays, with the version of the notice that was shown then.
    """
    statement = (
        select(Consent).where(Consent.person_id.in_((kept.id, gone.id))).order_by(Consent.given_at, Consent.id)
    )
    by_purpose: dict[str, list[Consent]] = {}
    for consent in db.session.scalars(statement):
        by_purpose.setdefault(consent.purpose, []).append(consent)
    for consents in by_purpose.values():
        withdrawn = [one.withdrawn_at for one in consents if one.withdrawn_at is not None]
        live = [one for one in consents if one.withdrawn_at is None]
        _withdraw(live, max(withdrawn, default=None))
        for later in [one for one in live if one.withdrawn_at is None][1:]:
            db.session.delete(later)
    db.session.flush()


def _withdraw(live: Sequence[Consent], last: datetime | None) -> None:
    for consent in live:
        if last is not None and consent.given_at < last:
            consent.withdrawn_at = last


def join_covers(kept: Person, gone: Person) -> None:
    """Covered twice by one membership is covered once, since the earlier day; nobody is covered by the own one."""
    ids = (kept.id, gone.id)
    live = select(MembershipCover).where(MembershipCover.person_id.in_(ids), MembershipCover.end_on.is_(None))
    by_membership: dict[int, MembershipCover] = {}
    for row in db.session.scalars(live.order_by(MembershipCover.id)):
        other = by_membership.setdefault(row.membership_id, row)
        if other is not row:
            other.start_on = min(other.start_on, row.start_on)
            db.session.delete(row)
    own = select(Membership.id).where(Membership.person_id.in_(ids))
    for row in by_membership.values():
        if row in db.session.deleted or row.membership_id not in set(db.session.scalars(own)):
            continue
        db.session.delete(row)
    db.session.flush()


def join_told_apart(kept: Person, gone: Person) -> None:
    """Whoever was told apart from the one is told apart from the other; the lower id comes first."""
    ids = (kept.id, gone.id)
    involved = or_(ToldApart.first_id.in_(ids), ToldApart.second_id.in_(ids))
    known: dict[int, ToldApart] = {}
    for row in db.session.scalars(select(ToldApart).where(involved).order_by(ToldApart.id)):
        other = row.second_id if row.first_id in ids else row.first_id
        if other in known:
            db.session.delete(row)
        known.setdefault(other, row)
    db.session.flush()  # what is dropped makes room for what moves
    for other, row in known.items():
        row.first_id, row.second_id = sorted((kept.id, other))
    db.session.flush()


def join_participants(kept: Person, gone: Person) -> None:
    """Who stands twice in one entry of the log book took part once, with the longer time.

    Read from the table: activities stand on a floor above. Only a column that both rows have is compared.
    """
    table: Table = Base.metadata.tables["activity_participant"]
    mine, theirs = aliased(table), aliased(table)
    both = select(
        mine.c.id, theirs.c.id, mine.c.minutes, theirs.c.minutes, mine.c.is_volunteer, theirs.c.is_volunteer
    )
    both = both.join(theirs, theirs.c.log_id == mine.c.log_id)
    for row in db.session.execute(both.where(mine.c.person_id == kept.id, theirs.c.person_id == gone.id)).all():
        values: dict[str, Any] = {"minutes": max(row[2], row[3]), "is_volunteer": row[4] or row[5]}
        db.session.execute(update(table).where(table.c.id == row[0]).values(values))
        db.session.execute(delete(table).where(table.c.id == row[1]))


def leave_no_own_payer(kept: Person) -> None:
    """Somebody who pays for oneself is no other payer."""
    own = update(Membership).where(Membership.person_id == kept.id, Membership.payer_id == kept.id)
    db.session.execute(own.values(payer_id=None).execution_options(synchronize_session=False))
