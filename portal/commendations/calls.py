"""A call's way: drafted, opened (from then on its terms stand), put off, withdrawn, reviewed. Never commits.

What it says is entered in the chain of publications when it is opened; the database keeps the terms as they are.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.commendations import proving, queries
from portal.commendations.models import CallCategory, CallCriterion, CallState, CommendationCall
from portal.commendations.terms import OF_CATEGORY, Terms, checked, revision_of
from portal.core.audit import changed, record
from portal.core.calendar import now, today
from portal.core.database import add_once, db, hold
from portal.core.errors import RuleError
from portal.core.formats import date_long
from portal.core.i18n import _, lazy
from portal.core.text import is_blank, printable, render

RIGHT = "commendations.decide"
LONGEST_REASON, LEAST_REASON = 500, 4
LONGEST_DELAY = 180  # days by which a last day is put off at once
# Once the names are on public notice, what is done with them is said there.
MAY_BE_WITHDRAWN = (CallState.DRAFT, CallState.OPEN, CallState.REVIEW, CallState.CHOSEN)


def draft(
    actor: Account | None, association: Association, terms: Terms, entry_key: str | None = None
) -> CommendationCall:
    """A call that nobody else sees yet, once for each `entry_key`. Raises RuleError by the field at fault."""
    said = checked(terms, association.path_ids[0])
    known = queries.get_by_key(entry_key) if entry_key else None
    if known is not None:
        return _sent_before(known, association)
    call = CommendationCall(
        association_id=association.id, entry_key=entry_key, html=render(terms.body),
        created_by_id=actor.person_id if actor else None, **said,
    )  # fmt: skip
    known = add_once(call, lambda: queries.get_by_key(entry_key or ""))
    if known is not call:
        return _sent_before(known, association)
    _write_rows(call, terms)
    record(actor, "commendations.draft", call, {"title": call.title})
    return call


class ChangedMeanwhileError(RuleError):
    """Somebody else has saved the draft since it was opened."""


def change(actor: Account | None, call: CommendationCall, terms: Terms, revision: str | None = None) -> None:
    """Other terms for a draft. Once it is open its terms stand.

    `revision` is the one the officer saw; ChangedMeanwhileError when it is no longer the present one.
    """
    said = checked(terms, _association(call).path_ids[0])
    _hold(call)
    if call.state != CallState.DRAFT:
        raise RuleError("", lazy("This call is open already: its terms stand."))
    if revision is not None and revision != revision_of(call):
        raise ChangedMeanwhileError(
            "", lazy("Somebody else saved this draft while you had it open. Nothing is lost.")
        )
    changes = changed({name: getattr(call, name) for name in said}, said)
    for name, value in {**said, "html": render(said["body"])}.items():
        setattr(call, name, value)
    _write_rows(call, terms)
    record(actor, "commendations.change", call, {"fields": sorted(changes)})


def open_call(actor: Account | None, call: CommendationCall) -> None:
    """Everybody reads it, and its terms stand. Opened twice, it is opened once.

    Nominations begin on its first day, or now where that is past.
    """
    _hold(call)
    if call.state == CallState.OPEN:
        return
    if call.state != CallState.DRAFT:
        raise RuleError("", lazy("This call was opened and ended already."))
    day = _day(call)
    check_complete(call, day)
    call.state, call.opened_at, call.opens_on = CallState.OPEN, now(), max(call.opens_on, day)
    db.session.flush()
    record(actor, "commendations.open", call, {"title": call.title, "until": call.closes_on.isoformat()})
    proving.enter_opening(call)


def check_complete(call: CommendationCall, day: date) -> None:
    """Whether it can be opened: raises RuleError("") with what is missing still."""
    if not call.categories:
        raise RuleError("", lazy("Say first what is commended: add a category."))
    if not call.criteria:
        raise RuleError("", lazy("Say first by what is judged: add a criterion."))
    for category in call.categories:
        if category.kind.ended_on is not None:
            message = _(
                "“%(name)s” is no longer in the federation's list: choose another kind.", name=category.kind.name
            )
            raise RuleError("", message)
    if call.closes_on < day:
        raise RuleError("", lazy("Its last day is past: change the days first."))


def put_off(actor: Account | None, call: CommendationCall, closes_on: date, reason: str) -> None:
    """Nominations are taken for longer, with a reason that everybody reads; never for less."""
    said = _reason(reason, lazy("Write why it is put off; everybody will read it."))
    _hold(call)
    if call.state != CallState.OPEN:
        raise RuleError("", lazy("Nominations are not taken any more, or not yet."))
    day = _day(call)
    if closes_on <= call.closes_on or closes_on < day:
        last = date_long(call.closes_on)
        raise RuleError("closes_on", _("It can only be put off: choose a day after %(day)s.", day=last))
    if closes_on > max(day, call.closes_on) + timedelta(days=LONGEST_DELAY):
        raise RuleError("closes_on", lazy("Put it off by half a year at most."))
    before, call.closes_on = call.closes_on, closes_on
    call.put_off_reason = "\n".join(filter(None, (call.put_off_reason, said)))
    changes = {"closes_on": [before.isoformat(), closes_on.isoformat()], "reason": said}
    record(actor, "commendations.put_off", call, changes)


def withdraw(actor: Account | None, call: CommendationCall, reason: str) -> None:
    """Nothing comes of it, and everybody reads why; of a draft, the office alone."""
    said = _reason(reason, lazy("Write why it is withdrawn; everybody will read it."))
    _hold(call)
    if call.state not in MAY_BE_WITHDRAWN:
        raise RuleError("", lazy("This call cannot be withdrawn any more."))
    call.state, call.end_reason = CallState.WITHDRAWN, said
    record(actor, "commendations.withdraw", call, {"reason": said})


def begin_review(actor: Account | None, call: CommendationCall) -> None:
    """After the last day; from now on nothing is nominated, nor put off. Begun twice, it is begun once."""
    _hold(call)
    if call.state == CallState.REVIEW:
        return
    if call.state != CallState.OPEN:
        raise RuleError("", lazy("Nominations are not taken any more, or not yet."))
    if _day(call) <= call.closes_on:
        first = date_long(call.closes_on + timedelta(days=1))
        raise RuleError("", _("Nominations are taken still: review begins from %(day)s on.", day=first))
    call.state = CallState.REVIEW
    record(actor, "commendations.begin_review", call, {"title": call.title})


def _write_rows(call: CommendationCall, terms: Terms) -> None:
    """The categories and criteria of a draft, in their order; those before are gone."""
    db.session.flush()
    queries.load_rows(call)
    for row in (*call.categories, *call.criteria):
        db.session.delete(row)
    db.session.flush()
    for position, category in enumerate(terms.categories):
        values: dict[str, Any] = {name: getattr(category, name) for name in OF_CATEGORY}
        db.session.add(CallCategory(call_id=call.id, kind_id=category.kind.id, position=position, **values))
    for position, one in enumerate(terms.criteria):
        said = {"name": one.name, "description": one.description, "points": one.points}
        db.session.add(CallCriterion(call_id=call.id, position=position, **said))
    db.session.flush()
    queries.load_rows(call)


def _hold(call: CommendationCall) -> None:
    """What it says now; nobody opens, ends or changes it before the transaction ends."""
    hold(call)
    queries.load_rows(call)


def _reason(said: str, missing: object) -> str:
    said = printable(said).strip()
    if is_blank(said) or len(said) < LEAST_REASON:
        raise RuleError("reason", missing)
    if len(said) > LONGEST_REASON:
        raise RuleError("reason", _("At most %(count)s characters", count=LONGEST_REASON))
    return said


def _sent_before(known: CommendationCall, association: Association) -> CommendationCall:
    if known.association_id != association.id:
        raise RuleError("", _("This form was used already. Open a new one."))
    return known


def _day(call: CommendationCall) -> date:
    return today(_association(call).time_zone)


def _association(call: CommendationCall) -> Association:
    return db.session.get_one(Association, call.association_id)
