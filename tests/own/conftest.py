"""What the tests of one's own page share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.accounts.models import Account
from portal.core.database import db
from portal.own import services
from portal.own.models import PersonalRequest
from portal.people.queries import get_own


@pytest.fixture
def ask(cast) -> Callable[..., PersonalRequest]:
    """ask(cast.member, phone="…") is a correction that waits; without values it is a deletion."""

    def ask(account: Account, note: str = "", **wanted: Any) -> PersonalRequest:
        person = get_own(account.person_id)
        if wanted:
            made = services.ask_correction(account, person, note, **wanted)
        else:
            made = services.ask_deletion(account, person, note)
        db.session.commit()
        return made

    return ask


@pytest.fixture
def count(db_session) -> Callable[[type], int]:
    return lambda model: db_session.scalar(select(func.count()).select_from(model))
