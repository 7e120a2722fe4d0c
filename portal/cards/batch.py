"""Cards for many: who gets one and who is left out, issued in portions, printed in parts, tidied away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, Select, func, insert, select, update
from sqlalchemy.orm import aliased, joinedload

from portal.accounts.models import Account
from portal.associations.models import Association, Group
from portal.associations.queries import get_root, in_subtree
from portal.cards import printing
from portal.cards.models import IssueReason, MemberCard
from portal.cards.services import JOB, KIND, Batch, BatchKind, unprintable
from portal.core.calendar import now, today
from portal.core.database import db
from portal.core.documents import let_go
from portal.core.errors import RuleError
from portal.core.files import store
from portal.core.i18n import _, lazy
from portal.core.jobs import Job, queue, working_on
from portal.members.models import Membership, MembershipKind
from portal.members.queries import live
from portal.offices.access import visible
from portal.people.models import Person
from portal.verification.codes import new_code
from portal.verification.models import VerifiableCode

PORTION = 500  # memberships in one transaction, and cards in one file: fifty sheets
MOST = 20_000
GOOD_FOR = timedelta(days=1)
LOOK_BACK = timedelta(days=30)
MOST_NAMED = 200  # who were left out, by name, in the outcome


@dataclass(frozen=True)
class LeftOut:
    """A member who gets no card by a batch, and why in words."""

    name: str
    number: str
    why: str


@dataclass
class Plan:
    """What a batch would do: the memberships it is for, how many cards it replaces, and who is left out."""

    ids: list[int] = field(default_factory=list)
    replaced: int = 0
    left_out: list[LeftOut] = field(default_factory=list)
    have_one: int = 0  # who keep the card they have

    @property
    def count(self) -> int:
        return len(self.ids)


def plan(account: Account, association: Association, wanted: Batch) -> Plan:
    """Look before the act: nothing is written. Raises RuleError for more members than one batch is for."""
    found = Plan()
    rows = db.session.execute(_candidates(account, association, wanted).limit(MOST + 1)).all()
    if len(rows) > MOST:
        raise RuleError("place", lazy("More than %(most)s members at once: choose an association.", most=f"{MOST:,}"))
    for row in rows:
        why = _why_not(row, wanted)
        if why:
            found.left_out.append(LeftOut(row.name, row.number, why))
        elif _keeps(row, wanted):
            found.have_one += 1
        else:
            found.ids.append(row.id)
            found.replaced += bool(row.card_id)
    return found


def _candidates(account: Account, association: Association, wanted: Batch) -> Select[Any]:
    """The memberships in question with what a card prints, as far as the account may write there."""
    earlier = aliased(MemberCard)
    serial = select(func.max(earlier.serial)).where(earlier.membership_id == Membership.id).scalar_subquery()
    last = select(earlier.void_reason).where(earlier.membership_id == Membership.id)
    name = func.coalesce(func.nullif(Membership.organisation_name, ""), Person.name).label("name")
    columns = (
        Membership.id, Membership.number, Membership.person_id, name, MembershipKind.name.label("kind"),
        Association.name.label("association"), Membership.association_id, Membership.group_id, Membership.joined_on,
        Membership.suspended_on, Membership.ended_on, MemberCard.id.label("card_id"), MemberCard.issued_on,
        serial.label("serial"),
        last.order_by(earlier.serial.desc()).limit(1).scalar_subquery().label("last_reason"),
    )  # fmt: skip
    tie = (MemberCard.membership_id == Membership.id) & MemberCard.voided_at.is_(None)
    statement = (
        select(*columns)
        .join(Person, Person.id == Membership.person_id)
        .join(MembershipKind, MembershipKind.id == Membership.kind_id)
        .join(Association, Association.id == Membership.association_id)
        .outerjoin(MemberCard, tie)
        .where(in_subtree(association.path), *_scope(wanted))
        .order_by(Association.code, Membership.group_id, Membership.sort_key, Membership.id)
    )
    return visible(statement, account, "members.write", Membership)


def _scope(wanted: Batch) -> Iterator[Any]:
    if wanted.memberships:
        yield Membership.public_id.in_(wanted.memberships)
        return
    yield live()
    if wanted.place:
        top = select(Association.path).where(Association.code == wanted.place).scalar_subquery()
        yield Association.path.startswith(top)
    if wanted.group:
        yield Membership.group_id.in_(select(Group.id).where(Group.public_id == wanted.group))


def _why_not(row: Row[Any], wanted: Batch) -> str:
    """The reason in words, or nothing. Checked before a card is issued: typst prints a gap and says nothing."""
    if row.ended_on is not None and (row.ended_on < today() or wanted.kind != BatchKind.PRINT):
        return str(_("The membership has ended."))
    if row.suspended_on is not None and row.suspended_on <= today():
        return str(_("The membership is suspended."))
    if wanted.kind == BatchKind.PRINT:
        return "" if row.card_id else str(_("There is no valid card to print."))
    missing = unprintable(_printed(row))
    if missing and not (wanted.kind == BatchKind.MISSING and row.card_id):
        return str(_("The fonts lack %(characters)s.", characters=" ".join(missing)))
    return ""


def _keeps(row: Row[Any], wanted: Batch) -> bool:
    """Whether the card in use stays. One of today is not renewed again: a form sent twice is one renewal."""
    if wanted.kind == BatchKind.PRINT or not row.card_id:
        return False
    return wanted.kind == BatchKind.MISSING or row.issued_on == today()


def _printed(row: Row[Any]) -> dict[str, Any]:
    """As services.snapshot_of has it, from plain columns."""
    values = {name: getattr(row, name) for name in ("name", "number", "kind", "association")}
    return {**values, "joined_on": row.joined_on.isoformat()}


@queue.task
def run(job_id: str) -> None:
    """Issue what the job asks for, portion by portion, and put the PDF into the store; who stops it loses nothing:
    cards that were issued stay, and a second run issues the rest.
    """
    tidy()
    with working_on(job_id) as job:
        account = db.session.get_one(Account, job.account_id)
        association = db.session.get_one(Association, job.result["association"])
        wanted = Batch(**{**job.result["wanted"], "memberships": tuple(job.result["wanted"]["memberships"])})
        found = plan(account, association, wanted)
        if not found.ids and not found.left_out:
            raise RuleError("", lazy("There is nobody to issue a card to"))
        job.total = 2 * found.count
        job.advance(0)
        card_ids = _all_cards(job, account, association, wanted, found)
        job.result = {**job.result, **_outcome(found), "files": _print(job, card_ids, wanted.layout)}
        job.done = job.total
    queue.send_later(GOOD_FOR + timedelta(minutes=1), tidy)


def _all_cards(job: Job, account: Account, association: Association, wanted: Batch, found: Plan) -> list[int]:
    """The cards to print: new ones, or those in use."""
    card_ids: list[int] = []
    for start in range(0, found.count, PORTION):
        ids = found.ids[start : start + PORTION]
        db.session.execute(
            select(Membership.id).where(Membership.id.in_(ids)).order_by(Membership.id).with_for_update()
        )
        rows = db.session.execute(_candidates(account, association, wanted).where(Membership.id.in_(ids))).all()
        rows = [row for row in rows if not _why_not(row, wanted) and not _keeps(row, wanted)]
        is_print = wanted.kind == BatchKind.PRINT
        card_ids += [row.card_id for row in rows] if is_print else _issue(rows, account.person_id)
        job.advance(start + len(ids))
    return card_ids


def _issue(rows: Sequence[Row[Any]], person_id: int) -> list[int]:
    """New cards in three statements; those in use before are void, renewed for all."""
    if not rows:
        return []
    used = [row.card_id for row in rows if row.card_id]
    db.session.execute(
        update(MemberCard)
        .where(MemberCard.id.in_(used), MemberCard.voided_at.is_(None))
        .values(voided_at=now(), void_reason=IssueReason.RENEWED)
        .execution_options(synchronize_session=False)
    )
    code_ids = db.session.scalars(
        insert(VerifiableCode).returning(VerifiableCode.id, sort_by_parameter_order=True),
        [{"code": new_code(), "kind": KIND} for _row in rows],
    ).all()
    cards = [_card(row, code_id, person_id) for row, code_id in zip(rows, code_ids, strict=True)]
    return list(db.session.scalars(insert(MemberCard).returning(MemberCard.id, sort_by_parameter_order=True), cards))


def _card(row: Row[Any], code_id: int, person_id: int) -> dict[str, Any]:
    return {
        "membership_id": row.id,
        "serial": (row.serial or 0) + 1,
        "code_id": code_id,
        "association_id": row.association_id,
        "group_id": row.group_id,
        "reason": _reason(row),
        "snapshot": _printed(row),
        "issued_on": today(),
        "issued_by_id": person_id,
    }


def _reason(row: Row[Any]) -> str:
    """Why there is a new card: what made the last one void, where that is a reason for another."""
    if not row.serial:
        return IssueReason.FIRST
    known = row.last_reason in set(IssueReason) and not row.card_id
    return str(row.last_reason) if known else IssueReason.RENEWED


def _outcome(found: Plan) -> dict[str, Any]:
    named = [[one.name, one.number, one.why] for one in found.left_out[:MOST_NAMED]]
    return {"cards": found.count, "replaced": found.replaced, "left_out": named, "left": len(found.left_out)}


def _print(job: Job, card_ids: list[int], layout: str) -> list[dict[str, Any]]:
    """The files of the job, each of at most PORTION cards: a printer takes fifty sheets, and memory stays small."""
    root, files = get_root(), []
    assert root is not None
    for start in range(0, len(card_ids), PORTION):
        portion = card_ids[start : start + PORTION]
        statement = select(MemberCard).where(MemberCard.id.in_(portion)).options(joinedload(MemberCard.code))
        by_id = {card.id: card for card in db.session.scalars(statement)}
        cards = [by_id[card_id] for card_id in portion]
        db.session.commit()  # nobody waits for this reader while the pages are drawn
        key = store.keep(printing.print_cards(cards, root, layout), ".pdf")
        files.append(
            {"key": key, "first": cards[0].printed_name, "last": cards[-1].printed_name, "count": len(cards)}
        )
        let_go()
        db.session.expunge_all()
        db.session.add(job)
        job.advance(job.total // 2 + start + len(portion))
    return files


@queue.task
def tidy() -> None:
    """Remove the files of batches of more than a day ago, and the names in their outcomes. Every batch sends it on
    its way for a day later, and begins with it, should it have got lost.
    """
    old = select(Job).where(Job.kind == JOB, Job.ended_at < now() - GOOD_FOR, Job.ended_at > now() - LOOK_BACK)
    for job in db.session.scalars(old):
        for file in job.result.get("files", ()):
            store.remove(file["key"])
        job.result = {name: job.result[name] for name in ("association", "wanted")}
    db.session.commit()
