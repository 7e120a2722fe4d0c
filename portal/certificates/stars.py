"""Stars: asked for by the volunteer, granted or refused by the association, in order, each once. Never commits."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import update

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.certificates import queries
from portal.certificates.models import StarGrant, StarState, StarTable
from portal.core.audit import record
from portal.core.calendar import now, today
from portal.core.database import add_single, change, db
from portal.core.errors import RuleError
from portal.core.i18n import lazy
from portal.core.text import printable
from portal.hours.queries import approved_minutes
from portal.people.models import Person
from portal.volunteers.queries import get_live

LONGEST_REASON = 300


@dataclass(frozen=True)
class Standing:
    """How far somebody is: stars held, approved minutes, and what the next star takes (None: none is left)."""

    stars: int
    minutes: int
    next_stars: int
    needed: int | None

    @property
    def missing(self) -> int:
        return max(0, (self.needed or 0) - self.minutes)

    @property
    def is_reached(self) -> bool:
        return self.needed is not None and self.minutes >= self.needed


def standing_of(person_id: int, table: StarTable | None) -> Standing:
    """Where somebody stands by a table (its levels are loaded)."""
    stars, minutes = queries.highest_star(person_id), approved_minutes(person_id)
    levels = {level.stars: level.minutes for level in table.levels} if table else {}
    return Standing(stars, minutes, stars + 1, levels.get(stars + 1))


def ask_star(actor: Account, person: Person, association: Association) -> StarGrant:
    """Ask an association, on whose roster one is, for the next star by the table in force today.

    Stars are granted in order, so only the next one can be asked for, and one request waits at a time. Raises
    RuleError for somebody who is no volunteer there, has not reached the hours, or has asked already.
    """
    if association.is_archived or get_live(person.id, association.id) is None:
        raise RuleError("association", lazy("Choose an association whose volunteer you are."))
    table = queries.table_on(association.path_ids[0], today(association.time_zone))
    standing = standing_of(person.id, table)
    if table is None or standing.needed is None:
        raise RuleError("", lazy("There is no further star by the table in force."))
    if not standing.is_reached:
        raise RuleError("", lazy("The approved hours do not reach the next star yet."))
    known = {"person_id": person.id, "association_id": association.id, "table_id": table.id}
    grant = StarGrant(stars=standing.next_stars, minutes=standing.minutes, **known)
    if not add_single(grant):
        raise RuleError("", lazy("You have asked for this star already."))
    record(actor, "certificates.ask_star", grant, {"stars": grant.stars, "minutes": grant.minutes})
    return grant


def withdraw_star(actor: Account, grant: StarGrant) -> None:
    """The volunteer takes the request back; it can be made again."""
    _decide(grant, StarState.WITHDRAWN)
    record(actor, "certificates.withdraw_star", grant, {"stars": grant.stars})


def grant_star(actor: Account, grant: StarGrant) -> None:
    """Grant what was asked for, by the table of that day. Of two grants at once one is made.

    Nobody grants their own. Raises RuleError too where the hours were corrected since and no longer reach the star,
    or a star before it is missing.
    """
    check_decider(actor, grant)
    minutes, needed = approved_minutes(grant.person_id), queries.minutes_for(grant.table_id, grant.stars)
    if needed is None or minutes < needed:
        raise RuleError("", lazy("The approved hours were corrected since: they do not reach this star any more."))
    if queries.highest_star(grant.person_id) < grant.stars - 1:
        raise RuleError("", lazy("Stars are granted in order: the one before this is missing."))
    _decide(grant, StarState.GRANTED, actor)
    record(actor, "certificates.grant_star", grant, {"stars": grant.stars, "minutes": [grant.minutes, minutes]})


def refuse_star(actor: Account, grant: StarGrant, reason: str) -> None:
    """Refuse with a reason, which the volunteer reads and may ask again after."""
    check_decider(actor, grant)
    plain = printable(reason).strip()[:LONGEST_REASON]
    if not plain:
        raise RuleError("reason", lazy("Say why the star is not granted."))
    _decide(grant, StarState.REFUSED, actor, plain)
    record(actor, "certificates.refuse_star", grant, {"stars": grant.stars, "reason": plain})


def check_decider(actor: Account, grant: StarGrant) -> None:
    if grant.person_id == actor.person_id:
        raise RuleError("", lazy("Nobody decides about their own star: somebody else does."))


def _decide(grant: StarGrant, state: StarState, actor: Account | None = None, reason: str = "") -> None:
    """One conditional update: of two decisions at once the second changes no row, and says so."""
    values = {"state": state, "decided_at": now(), "decided_by_id": actor.person_id if actor else None}
    statement = update(StarGrant).where(StarGrant.id == grant.id, StarGrant.state == StarState.ASKED)
    statement = statement.values(**values, reason=reason)
    if change(statement) != 1:
        raise RuleError("", lazy("This request was decided or withdrawn meanwhile."))
    db.session.refresh(grant, ["state", "decided_at", "decided_by_id", "reason"])
