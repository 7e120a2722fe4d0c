"""Somebody speaks for somebody in words: a group leader, a member, or anybody, as the call allows. Never commits.

The register is not opened to them. The nominee's association answers: it puts the nominee forward, or says why not.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select

from portal.accounts.models import Account
from portal.associations.models import Association, Group
from portal.associations.queries import in_subtree
from portal.commendations import nomination_queries
from portal.commendations.models import CallCategory, CommendationCall, Source, Suggestion
from portal.commendations.nominating import LONGEST_NAME, RIGHT, check_open, is_meant, words
from portal.core import audit
from portal.core.calendar import today
from portal.core.database import add_once, db, hold, new_public_id
from portal.core.errors import RuleError
from portal.core.i18n import _, lazy
from portal.core.text import is_blank, printable
from portal.members.models import Membership
from portal.offices.access import can, grants_of
from portal.offices.rights import Position
from portal.people.models import Channel
from portal.people.queries import version_in_force

LEAST_REVEAL = 4  # characters of a reason for looking at a name


@dataclass(frozen=True, kw_only=True)
class Said:
    """Who is meant and why, in words; who speaks. `source` says in which of the ways that a call allows."""

    nominee: str
    reason: str
    source: str
    name: str = ""
    phone: str | None = None
    group: Group | None = None
    key: str | None = None


def suggest(by: Account | None, category: CallCategory, association: Association, said: Said) -> Suggestion:
    """Take in what somebody says, once for each key. Raises RuleError by the field: nominee, reason, name, phone,
    group; without a field where the call takes none, or none in this way.
    """
    known = nomination_queries.get_by_key(said.key) if said.key else None
    if known is not None:
        return _sent_before(known, category, association)
    call = db.session.get_one(CommendationCall, category.call_id)
    _check_source(by, call, association, said)
    nominee, name = _checked(by, said)
    reason = words(said.reason, "reason", lazy("Write in a few sentences what they did."))
    hold(call, shared=True)  # neither ended nor brought to review before this is written
    check_open(call, association)
    made = Suggestion(
        reference=new_public_id(), category_id=category.id, association_id=association.id, source=said.source,
        group_id=said.group.id if said.group else None, by_person_id=by.person_id if by else None, name=name,
        phone=said.phone or None, nominee=nominee, reason=reason, channel=Channel.WEB, key=said.key,
        notice_version=version_in_force() or None,
    )  # fmt: skip
    known = add_once(made, lambda: nomination_queries.get_by_key(said.key or ""))
    if known is not made:
        return _sent_before(known, category, association)
    audit.record(by, "commendations.suggest", made, {"source": said.source}, person_id=made.by_person_id)
    return made


def led_groups(account: Account, association: Association) -> list[int]:
    """The groups of the association that somebody leads, by their ids."""
    held = (one for one in grants_of(account) if one.association_id == association.id)
    return sorted({one.group_id for one in held if one.position == Position.GROUP_LEADER and one.group_id})


def is_member(account: Account, call: CommendationCall) -> bool:
    """Whether somebody's membership lies within the reach of the call today."""
    home = db.session.get_one(Association, call.association_id)
    held = select(func.count(Membership.id)).join(Association, Association.id == Membership.association_id)
    lasts: ColumnElement[bool] = or_(Membership.ended_on.is_(None), Membership.ended_on >= today(home.time_zone))
    asked = (Membership.person_id == account.person_id, in_subtree(home.path), lasts)
    return bool(db.session.scalar(held.where(*asked)))


def source_for(account: Account | None, call: CommendationCall) -> str | None:
    """In which way somebody may speak on the public page; None for who may not."""
    if account is not None and call.by_members and is_member(account, call):
        return Source.MEMBER
    return Source.PUBLIC if call.by_anyone else None


def reveal(actor: Account, suggestion: Suggestion, reason: str) -> tuple[str, str]:
    """Name and phone of who spoke, for whoever answers, for a reason that is kept and that who spoke can read."""
    association = db.session.get_one(Association, suggestion.association_id)
    if not can(actor, RIGHT, association, whole=True):
        raise RuleError("", lazy("Whoever puts forward for the association answers this."))
    if is_meant(actor, suggestion):
        raise RuleError("", lazy("This is about you, or somebody of your name: another officer answers."))
    said = printable(reason).strip()
    if is_blank(said) or len(said) < LEAST_REVEAL:
        raise RuleError("reason", lazy("Write in a few words why you need it; whoever spoke can read this."))
    changes = {"reason": said[:200]}
    audit.record(actor, "commendations.reveal", suggestion, changes, person_id=suggestion.by_person_id)
    return suggestion.name or "", suggestion.phone or ""


def _check_source(by: Account | None, call: CommendationCall, association: Association, said: Said) -> None:
    """Whether the call takes words in this way, and from this account."""
    allowed = {Source.GROUP: call.by_groups, Source.MEMBER: call.by_members, Source.PUBLIC: call.by_anyone}
    if not allowed.get(Source(said.source)):
        raise RuleError("", lazy("This call does not take nominations in this way."))
    if association.is_archived:
        raise RuleError("association", lazy("This association has ended. Choose another."))
    if said.source == Source.GROUP:
        group = said.group
        if by is None or group is None or group.ended_on is not None or group.association_id != association.id:
            raise RuleError("group", lazy("Choose your group."))
        if group.id not in led_groups(by, association):
            raise RuleError("group", lazy("Only who leads a group speaks for it."))
    elif said.source == Source.MEMBER and (by is None or not is_member(by, call)):
        raise RuleError("", lazy("Members nominate here, signed in."))


def _checked(by: Account | None, said: Said) -> tuple[str, str]:
    """Who is meant and who speaks, each on one line. Nobody speaks for themselves."""
    nominee, name = (" ".join(printable(one).split()) for one in (said.nominee, said.name))
    if said.source != Source.PUBLIC and by is not None:
        name = by.name
    for field, value, missing in (
        ("nominee", nominee, lazy("Write who is meant.")),
        ("name", name, lazy("Enter your name.")),
    ):
        if is_blank(value):
            raise RuleError(field, missing)
        if len(value) > LONGEST_NAME:
            raise RuleError(field, _("At most %(count)s characters", count=LONGEST_NAME))
    if said.source == Source.PUBLIC and not said.phone:
        raise RuleError("phone", lazy("Enter a phone number, so that we can ask you."))
    if nominee.casefold() in {one.casefold() for one in (name, by.name if by else "")}:
        raise RuleError("nominee", lazy("Nobody nominates themselves: ask somebody who knows what you did."))
    return nominee, name


def _sent_before(known: Suggestion, category: CallCategory, association: Association) -> Suggestion:
    if (known.category_id, known.association_id) != (category.id, association.id):
        raise RuleError("", _("This form was used already. Open a new one."))
    return known
