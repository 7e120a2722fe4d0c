"""What waits in an office: certificates that nobody has received, nominees who have not answered."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, func, select

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.commendations.models import Nomination
from portal.honours.models import Honour
from portal.honours.own import waiting
from portal.honours.queries import READ, WAITS
from portal.honours.services import RIGHT
from portal.offices.access import can

HAND_OVER_WITHIN = timedelta(days=30)


def questions(account: Account, association: Association, day: date) -> dict[str, Select[Any]]:
    """What is counted for whoever hands over, and for whoever put forward and can ask again, or take paper."""
    asked: dict[str, Select[Any]] = {}
    if can(account, RIGHT, association, whole=True):
        late = (Honour.association_id == association.id, *WAITS, Honour.decided_on < day - HAND_OVER_WITHIN)
        asked["honours_waiting"] = select(func.count()).select_from(Honour).where(*late)
    if can(account, READ, association, whole=True):
        silent = select(func.count()).select_from(Nomination).join(Nomination.call)
        asked["consents_waiting"] = silent.where(Nomination.association_id == association.id, waiting())
    return asked
