"""Honours as a decision gave them."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import date, datetime, timedelta

from sqlalchemy import select

from portal.commendations.models import CommendationCall
from portal.core.calendar import at
from portal.core.database import db
from portal.honours import services  # noqa: F401 - the register listens to decisions
from portal.honours.models import Honour
from portal.reviews import meetings
from tests.harness.cast import Cast
from tests.harness.praise import make_call
from tests.notices.rows import acting
from tests.reviews.rows import CONTACT, agree, chosen_by_meeting, noon, put_forward, to_review


def shown(cast: Cast, first: date | None = None) -> tuple[CommendationCall, datetime]:
    """The volunteer and the first group stand on public notice; the moment from which it can be decided. `first` is
    the day on which the call opened: today, if none is named.
    """
    secretary, chair = acting(cast.secretary), acting(cast.chair)
    with at(noon(first)) if first else nullcontext():
        call = make_call(cast.street)
        volunteer = put_forward(secretary, call, cast.community, acting(cast.volunteer).person)
        group = put_forward(secretary, call, cast.community, group=cast.group)
        agree(volunteer)
    day = to_review(chair, call)
    chosen_by_meeting(chair, call, day, volunteer, group)
    with at(noon(day)):
        period = meetings.show(chair, call, CONTACT)
    return call, noon(period.end_on + timedelta(days=1))


def honoured(cast: Cast, first: date | None = None) -> tuple[Honour, Honour, datetime]:
    """The volunteer's honour and the group's, and the moment of the decision."""
    call, moment = shown(cast, first)
    with at(moment):
        meetings.decide(acting(cast.chair), call)
    person, group = db.session.scalars(select(Honour).where(Honour.call_id == call.id).order_by(Honour.id)).all()
    return person, group, moment
