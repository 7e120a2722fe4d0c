"""How an entry came about, for its page in the office and one's own: the check-in, and each revision."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased, joinedload

from portal.core.database import db
from portal.hours.models import Category, HoursEntry, MinutesOrigin, RevisionState
from portal.people.models import Person
from portal.signups.models import Origin, SignUp

TONES = {"approved": "green", "pending": "amber", "refused": "red", "superseded": "grey"}


def of(entry: HoursEntry) -> dict[str, Any]:
    """What the page needs beside the entry."""
    words = {
        "states": RevisionState.labels(),
        "origins": MinutesOrigin.labels(),
        "categories": Category.labels(),
        "ways": Origin.labels(),
        "tones": TONES,
    }
    return {"presence": presence(entry), **words}


def presence(entry: HoursEntry) -> Any:
    """The check-in of the person for the session, with the names of who noted it; None where nobody did."""
    if entry.session_id is None:
        return None
    came, went = aliased(Person), aliased(Person)
    statement = (
        select(SignUp, came.name.label("came"), went.name.label("went"))
        .outerjoin(came, came.id == SignUp.in_by_id)
        .outerjoin(went, went.id == SignUp.out_by_id)
        .where(SignUp.session_id == entry.session_id, SignUp.person_id == entry.person_id, SignUp.in_at.is_not(None))
        .options(joinedload(SignUp.session))
        .order_by(SignUp.id.desc())
        .limit(1)
    )
    return db.session.execute(statement).first()
