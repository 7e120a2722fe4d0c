"""What follows in commendations from what happens on the floors below."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update

from portal.associations import group_services
from portal.associations.models import Group
from portal.commendations.models import Nomination, NominationState
from portal.core.database import change
from portal.core.i18n import _


@group_services.ended.connect
def end_nominations(group: Group, **_details: Any) -> None:
    """A group that is dissolved is not commended any more, unless the meeting has chosen it already."""
    waiting = (Nomination.group_id == group.id, Nomination.state == NominationState.NOMINATED)
    ended = {"state": NominationState.WITHDRAWN, "end_reason": _("The group was dissolved.")}
    change(update(Nomination).where(*waiting).values(**ended))
