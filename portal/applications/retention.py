"""How long it is kept what came to nothing: answers that were never sent, forms that were declined or withdrawn.

Only rows remain of these forms, with association, kind, channel, state and days: what the figures count.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import select, update

from portal.applications import drafts
from portal.applications.models import ApplicationMessage, ApplicationState, MembershipApplication
from portal.core.audit import record
from portal.core.calendar import now
from portal.core.database import db
from portal.core.jobs import queue
from portal.people.models import REMOVED_NAMES, SentForm

KEPT = timedelta(days=180)  # after the decision: time to ask again, or to object
AT_ONCE = 500
EVERY = 60  # minutes
EMPTY = {
    "sex": None, "birth_on": None, "identity_number": None, "identity_index": None, "identity_last4": None,
    "phone": None, "phone_index": None, "phone_last4": None, "email": None, "residence": "", "guardian_name": "",
    "guardian_phone": None, "decision_reason": "",
}  # fmt: skip


@queue.every(EVERY)
def forget() -> None:
    """Answers that nobody came back to, and applications that came to nothing. Done again, it does nothing."""
    drafts.drop_old()
    over = (ApplicationState.DECLINED, ApplicationState.WITHDRAWN)
    for application in empty_old(MembershipApplication, over, empty):
        record(None, "applications.forget", application)


def empty_old(table: type[Any], over: Sequence[str], emptying: Callable[[Any, str], None]) -> Sequence[Any]:
    """Empty the forms in these states whose time has passed; returns them."""
    due = table.state.in_(over), table.decided_at <= now() - KEPT, table.emptied_at.is_(None)
    found = db.session.scalars(select(table).where(*due).order_by(table.id).limit(AT_ONCE)).all()
    name = REMOVED_NAMES[current_app.extensions["portal.settings"].language]
    for form in found:
        emptying(form, name)
    db.session.flush()
    return found


def empty(application: MembershipApplication, name: str) -> None:
    """With what was said about it on the way to the decision."""
    empty_form(application, name, organisation_name="", reason="")
    said = update(ApplicationMessage).where(ApplicationMessage.application_id == application.id).values(body="")
    db.session.execute(said.execution_options(synchronize_session="fetch"))


def empty_form(form: SentForm, name: str, **besides: Any) -> None:
    """A neutral word in place of the name, and nothing in place of the rest."""
    for field, value in {**EMPTY, **besides, "name": name, "emptied_at": now()}.items():
        setattr(form, field, value)
