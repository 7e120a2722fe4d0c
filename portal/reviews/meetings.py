"""The meeting that chooses, the notice period after it, the decision after that. Raises RuleError; never commits.

Only what the meeting chose is shown, only what was shown is decided, and not before the notice period has ended and
every objection is answered. After an upheld objection the nominations are reviewed anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import update

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.commendations.models import CallState, CommendationCall, Nomination, NominationState
from portal.core import audit
from portal.core.calendar import now, today
from portal.core.database import change, db, hold
from portal.core.errors import RuleError
from portal.core.formats import date_long
from portal.core.i18n import _, lazy
from portal.core.text import is_blank, printable
from portal.objections import services as periods
from portal.objections.models import Matter, NoticePeriod, PeriodState
from portal.offices.access import can
from portal.reviews import announcing, queries
from portal.reviews.models import SelectionMeeting, Showing
from portal.reviews.services import RIGHT
from portal.reviews.signals import decided

LONGEST = {"place": 100, "chaired_by": 60, "minutes": 5000}


@dataclass(frozen=True, kw_only=True)
class Held:
    """A meeting as its minutes have it."""

    held_on: date
    place: str
    chaired_by: str
    present: int
    in_favour: int
    against: int
    abstained: int
    minutes: str


def record(actor: Account, call: CommendationCall, held: Held, chosen: Sequence[Nomination]) -> SelectionMeeting:
    """The meeting chose these; all others of the call are passed over. The votes are about all of them together.

    Raises RuleError by the field: held_on, place, chaired_by, present, in_favour, minutes, chosen.
    """
    _check_right(actor, call)
    hold(call)
    _check_state(call, CallState.REVIEW, lazy("The meeting chooses while the call is under review, once."))
    said = _checked(call, held)
    waiting = {one.id: one for one in queries.nominations_in(call, NominationState.NOMINATED)}
    _check_chosen(actor, call, waiting, chosen)
    number = len(queries.meetings_of(call)) + 1
    made = SelectionMeeting(
        call_id=call.id, number=number, chosen=_as_it_was(call, list(waiting.values()), chosen),
        recorded_by_id=actor.person_id, **said,
    )  # fmt: skip
    db.session.add(made)
    _move_nominations(list(waiting), NominationState.NOMINATED, NominationState.PASSED_OVER)
    _move_nominations([one.id for one in chosen], NominationState.PASSED_OVER, NominationState.CHOSEN)
    call.state = CallState.CHOSEN
    db.session.flush()
    audit.record(actor, "reviews.meeting", call, {"chosen": len(chosen), "in_favour": held.in_favour})
    return made


def show(actor: Account, call: CommendationCall, contact: str) -> NoticePeriod:
    """What the meeting chose stands on public notice from today on; shown twice, it is shown once.

    The call is held, and no key is given: under one that can be guessed another notice could have been opened before.
    """
    _check_right(actor, call)
    hold(call)
    if call.state == CallState.SHOWN and (known := queries.showing_of(call)) is not None:
        return known.period
    _check_state(call, CallState.CHOSEN, lazy("First the meeting chooses."))
    association = db.session.get_one(Association, call.association_id)
    meeting = queries.meetings_of(call)[0]
    chosen = queries.nominations_in(call, NominationState.CHOSEN)
    if not chosen:
        raise RuleError("", lazy("Nobody who was chosen is left: choose anew."))
    title = _("Proposed commendations: %(title)s", title=call.title)[:120]
    period = periods.open_period(
        actor, association, matter=Matter.COMMENDATION, title=title, body=announcing.body(call, meeting, chosen),
        contact=contact,
    )  # fmt: skip
    db.session.add(Showing(call_id=call.id, meeting_id=meeting.id, period_id=period.id))
    call.state = CallState.SHOWN
    db.session.flush()
    return period


def decide(actor: Account, call: CommendationCall) -> Sequence[Nomination]:
    """Those who were shown, and still agree, are commended: once. The rooms above enter them in their register.

    Raises RuleError("") before the end of the notice period, while an objection waits, and where one was upheld.
    """
    _check_right(actor, call)
    hold(call)
    _check_state(call, CallState.SHOWN, lazy("It is decided once, after the notice period."))
    showing = queries.showing_of(call)
    assert showing is not None
    chosen = queries.nominations_in(call, NominationState.CHOSEN)
    _check_not_own(actor, chosen)
    if not chosen:
        raise RuleError("", lazy("Nobody who was chosen is left: choose anew."))
    period = showing.period
    hold(period)
    if period.state in (PeriodState.STOPPED, PeriodState.WITHDRAWN):
        raise RuleError("", lazy("It was not decided as shown: review anew."))
    if period.state == PeriodState.OPEN:
        periods.pass_(actor, period, _("Commended as shown: %(count)s.", count=len(chosen)))
    call.state, call.decided_at = CallState.DECIDED, now()
    _move_nominations([one.id for one in chosen], NominationState.CHOSEN, NominationState.HONOURED)
    day = today(db.session.get_one(Association, call.association_id).time_zone)
    audit.record(actor, "reviews.decide", call, {"commended": len(chosen)})
    decided.send(call, actor=actor, nominations=chosen, decided_on=day)
    return chosen


def review_anew(actor: Account, call: CommendationCall) -> None:
    """After what was shown was stopped or withdrawn, or nobody is left of it: reviewers and meeting begin again."""
    _check_right(actor, call)
    hold(call)
    if call.state == CallState.SHOWN:
        showing = queries.showing_of(call)
        assert showing is not None
        hold(showing.period)
        if showing.period.state == PeriodState.OPEN:
            raise RuleError("", lazy("It is on public notice still: stop or withdraw the notice period first."))
        if showing.period.state == PeriodState.PASSED and queries.nominations_in(call, NominationState.CHOSEN):
            raise RuleError("", lazy("It was decided as shown."))
    else:
        _check_state(call, CallState.CHOSEN, lazy("This call is under review, or was decided."))
    for before in (NominationState.CHOSEN, NominationState.PASSED_OVER):
        ids = [one.id for one in queries.nominations_in(call, before)]
        _move_nominations(ids, before, NominationState.NOMINATED)
    call.state = CallState.REVIEW
    audit.record(actor, "reviews.anew", call, {})


def _checked(call: CommendationCall, held: Held) -> dict[str, Any]:
    said = asdict(held)
    missing = {
        "place": lazy("Write where it was."),
        "chaired_by": lazy("Write who presided."),
        "minutes": lazy("Write in a few sentences how it was chosen."),
    }
    for name, most in LONGEST.items():
        said[name] = printable(said[name]).strip()
        if is_blank(said[name]):
            raise RuleError(name, missing[name])
        if len(said[name]) > most:
            raise RuleError(name, _("At most %(count)s characters", count=most))
    day = today(db.session.get_one(Association, call.association_id).time_zone)
    if not call.closes_on < held.held_on <= day:
        first = date_long(call.closes_on)
        raise RuleError("held_on", _("It was after nominations ended (%(day)s), and not in the future.", day=first))
    if held.present < 1 or min(held.in_favour, held.against, held.abstained) < 0:
        raise RuleError("present", lazy("Write how many were there and how they voted."))
    if held.in_favour + held.against + held.abstained != held.present:
        raise RuleError("in_favour", lazy("The votes do not add up to those present."))
    if held.in_favour * 2 <= held.present:
        raise RuleError("in_favour", lazy("More than half of those present must be in favour."))
    return said


def _check_chosen(
    actor: Account, call: CommendationCall, waiting: dict[int, Nomination], chosen: Sequence[Nomination]
) -> None:
    if not chosen:
        raise RuleError("chosen", lazy("Tick those whom the meeting chose."))
    _check_not_own(actor, chosen)
    counted: dict[int, int] = {}
    for one in chosen:
        if one.id not in waiting:
            raise RuleError("chosen", _("%(name)s is not nominated any more.", name=one.name))
        if one.person_id is not None and waiting[one.id].consented_at is None:
            words = _("%(name)s has not agreed yet: nobody is commended without consent.", name=one.name)
            raise RuleError("chosen", words)
        counted[one.category_id] = counted.get(one.category_id, 0) + 1
    for category in queries.categories_of(call):
        if counted.get(category.id, 0) > category.places:
            words = _("%(kind)s: at most %(count)s", kind=category.kind.name, count=category.places)
            raise RuleError("chosen", words)


def _check_not_own(actor: Account, chosen: Sequence[Nomination]) -> None:
    if any(one.person_id == actor.person_id for one in chosen):
        raise RuleError("", lazy("You are among them: somebody else who decides commendations does this."))


def _as_it_was(
    call: CommendationCall, waiting: Sequence[Nomination], chosen: Sequence[Nomination]
) -> list[dict[str, Any]]:
    """The ranking that lay before the meeting, with what it chose; names only of those who then stand on notice."""
    ids = {one.id for one in chosen}
    return [
        {
            "nomination": row.nomination.public_id, "rank": row.rank,
            "points": None if row.points is None else round(float(row.points), 2),
            "reviews": row.reviews, "chosen": row.nomination.id in ids,
            **({"name": row.nomination.name} if row.nomination.id in ids else {}),
        }
        for rows in queries.ranking(call, waiting).values()
        for row in rows
    ]  # fmt: skip


def _move_nominations(ids: Sequence[int], before: NominationState, after: NominationState) -> None:
    """All of them or nothing: a nominee may have said no in this very moment."""
    if not ids:
        return
    db.session.flush()
    moving = update(Nomination).where(Nomination.id.in_(ids), Nomination.state == before).values(state=after)
    if change(moving) != len(ids):
        raise RuleError("", lazy("A nomination ended in this moment. Look at the page again."))
    for one in db.session:
        if isinstance(one, Nomination) and one.id in ids:
            db.session.expire(one, ["state"])


def _check_state(call: CommendationCall, state: CallState, words: object) -> None:
    if call.state != state:
        raise RuleError("", words)


def _check_right(actor: Account, call: CommendationCall) -> None:
    association = db.session.get_one(Association, call.association_id)
    if not can(actor, RIGHT, association, whole=True):
        raise RuleError("", lazy("Whoever decides commendations does this."))
