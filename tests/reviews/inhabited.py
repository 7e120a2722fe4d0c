"""Reviews at every step, for walks through all pages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from portal.associations.models import Association, Group
from portal.commendations import calls
from portal.commendations.models import CommendationCall, Nomination
from portal.core.calendar import at, today
from portal.core.database import db
from portal.reviews import meetings, services
from tests.harness.cast import Cast
from tests.harness.praise import make_call
from tests.notices.rows import acting
from tests.reviews.rows import CONTACT, agree, held, noon, put_forward

OFFICE = "/office/liuan/reviews"


def addresses(cast: Cast) -> Iterator[tuple[str, str]]:
    """A role and the address of each page: under review, chosen, on notice, and of whoever reviews."""
    call, person, group = _under_review(cast, "评审中的评选")
    reviewer = services.ask_reviewer(acting(cast.chair), call, acting(cast.member).person)
    here, mine = f"{OFFICE}/{call.public_id}", f"/me/reviews/{call.public_id}"
    asked = ("", "/reviewers/new?q=吴", f"/reviewers/{reviewer.public_id}/end", "/meeting")
    yield "chair", OFFICE
    yield from (("chair", f"{here}{what}") for what in asked)
    own = ("", f"/{person.public_id}", f"/{group.public_id}", f"/{group.public_id}/not-impartial")
    yield from (("member", f"{page}") for page in ("/me/reviews", *(f"{mine}{what}" for what in own)))
    chosen = _chosen(cast, "评出人选的评选")
    yield from (("chair", f"{OFFICE}/{chosen}{what}") for what in ("", "/notice", "/anew", "/meetings/1"))
    shown, over = _chosen(cast, "公示中的评选", shows=True), _chosen(cast, "公示期满的评选", shows=True, back=60)
    yield from (("chair", f"{OFFICE}/{one}{what}") for one in (shown, over) for what in ("", "/decide"))


def _under_review(cast: Cast, title: str, back: int = 20) -> tuple[CommendationCall, Nomination, Nomination]:
    """The volunteer, who agreed, and the first group, in a call that lets their own association review; opened so
    many days back, open for nineteen.
    """
    before = today() - timedelta(days=back)
    last = before + timedelta(days=19)
    with at(noon(before)):
        street, place = (db.session.get_one(Association, one.id) for one in (cast.street, cast.community))
        values = {"opens_on": before, "closes_on": last, "keeps_own_out": False}
        call, secretary = make_call(street, title=title, **values), acting(cast.secretary)
        person = put_forward(secretary, call, place, acting(cast.volunteer).person)
        group = put_forward(secretary, call, place, group=db.session.get_one(Group, cast.group.id))
        agree(person)
    with at(noon(call.closes_on + timedelta(days=1))):
        calls.begin_review(acting(cast.chair), call)
    return call, person, group


def _chosen(cast: Cast, title: str, *, shows: bool = False, back: int = 20) -> str:
    call, person, group = _under_review(cast, title, back)
    day = call.closes_on + timedelta(days=1)
    with at(noon(day)):
        meetings.record(acting(cast.chair), call, held(day), [person, group])
        if shows:
            meetings.show(acting(cast.chair), call, CONTACT)
    return call.public_id
