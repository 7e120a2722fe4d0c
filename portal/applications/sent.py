"""What was sent to be decided about, as its association reads it: applications, and registrations of volunteers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, func, or_, select

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.associations.queries import in_subtree
from portal.core.calendar import DEFAULT_ZONE, add_working_days, today
from portal.core.database import db
from portal.core.formats import local
from portal.offices.access import visible
from portal.people.models import SentForm

DECIDE_WITHIN = 10  # working days; the portal's own default, where no charter sets another
SUBMITTED = "submitted"  # the state of every form as it comes in

Form = TypeVar("Form", bound=SentForm)


@dataclass(frozen=True)
class Sent(Generic[Form]):
    """One kind of form: its table, the right that reads it, the states that wait, what its pages load with it."""

    table: type[Form]
    right: str
    open: tuple[str, ...]
    shown: tuple[Any, ...]

    def list_of(self, account: Account, association: Association, state: str | None) -> Select[Any]:
        """In one state, the oldest first; decided ones the latest first. Without a state: all that wait."""
        states = self.open if state is None else (state,)
        statement = self._below(account, association).where(self.table.state.in_(states)).options(*self.shown)
        waits = state is None or state in self.open
        return statement.order_by(self.table.id.asc() if waits else self.table.id.desc())

    def count_by_state(self, account: Account, association: Association) -> dict[str, int]:
        rows = self._below(account, association).subquery()
        return dict(db.session.execute(select(rows.c.state, func.count()).group_by(rows.c.state)).all())

    def _below(self, account: Account, association: Association) -> Select[Any]:
        """What the officer may see of the association's own and of those below it."""
        here = select(Association.id).where(in_subtree(association.path))
        return visible(select(self.table).where(self.table.association_id.in_(here)), account, self.right, self.table)

    def waiting(self, account: Account, association: Association) -> Select[Any]:
        """When those were sent that wait for the association's own decision."""
        statement = select(self.table.submitted_at).where(
            self.table.association_id == association.id, self.table.state == SUBMITTED
        )
        return visible(statement, account, self.right, self.table)

    def count_waiting(self, account: Account, association: Association) -> int:
        return db.session.scalar(self.waiting(account, association).with_only_columns(func.count())) or 0

    def get(self, account: Account, association: Association, public_id: str, right: str = "") -> Form | None:
        """One of the association's own, if the officer has the right for it."""
        statement = select(self.table).where(
            self.table.association_id == association.id, self.table.public_id == public_id
        )
        statement = visible(statement, account, right or self.right, self.table).options(*self.shown)
        return db.session.scalar(statement)

    def get_by_reference(self, reference: str) -> Form | None:
        return db.session.scalar(select(self.table).where(self.table.reference == reference).options(*self.shown))

    def list_same(self, form: Form) -> Sequence[Form]:
        """Others of the same person at the same association, by number, or by name and phone."""
        same: list[ColumnElement[bool]] = []
        if form.identity_index:
            same.append(self.table.identity_index == form.identity_index)
        if form.phone_index:
            same.append((self.table.phone_index == form.phone_index) & (self.table.name == form.name))
        if not same:
            return []
        statement = select(self.table).where(
            self.table.association_id == form.association_id, self.table.id != form.id, or_(*same)
        )
        return db.session.scalars(statement.order_by(self.table.id.desc()).limit(5)).all()


def decide_by(form: SentForm) -> date:
    """The day by which whoever sent it hears of it: ten working days."""
    return add_working_days(local(form.submitted_at, DEFAULT_ZONE).date(), DECIDE_WITHIN)


def days_waiting(form: SentForm) -> int:
    return (today() - local(form.submitted_at, DEFAULT_ZONE).date()).days
