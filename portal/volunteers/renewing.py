"""A whole list of terms renewed in one go: who is, who is not and why. Raises RuleError; never commits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import lazy
from portal.volunteers import letters, queries, services
from portal.volunteers.models import AppointmentLetter, Volunteer

MOST = 500  # letters in one go


@dataclass(frozen=True)
class Plan:
    """Who would be renewed, and whose name no letter can be printed with."""

    renewed: Sequence[Volunteer]
    unprintable: Sequence[tuple[Volunteer, list[str]]]


def plan(account: Account, association: Association, until: date) -> Plan:
    """Volunteers of the association whose term ends by a day, at most 500 at once."""
    found = db.session.scalars(queries.ending(account, association, until).limit(MOST)).all()
    lacking = {row.id: letters.unprintable(row.person, association) for row in found}
    return Plan(
        [row for row in found if not lacking[row.id]],
        [(row, lacking[row.id]) for row in found if lacking[row.id]],
    )


def renew_all(actor: Account, association: Association, planned: Plan, term_end_on: date) -> list[AppointmentLetter]:
    """Everybody of the plan gets another term to the same day; one who left meanwhile is passed over."""
    services.check_term(term_end_on)
    if not planned.renewed:
        raise RuleError("", lazy("Nobody's term ends by then."))
    if max(row.term_end_on for row in planned.renewed) >= term_end_on:
        raise RuleError("term_end_on", lazy("The new term has to end later than the present one."))
    made = []
    for row in sorted(planned.renewed, key=lambda one: one.id):  # in one order, so that two never wait in a ring
        seen = row.term_end_on
        services.lock(row)
        if row.ended_on is None and row.term_end_on == seen:
            made.append(services.renew(actor, row, row.person, association, term_end_on))
    return made
