"""What may happen to a notice period: opened, put off, withdrawn, decided. Raises RuleError; never commits.

Nothing is decided as shown before the end of the last day in the association's zone, nor while an objection waits for
its answer: `check_may_pass` asks both, of whoever decides something that is on notice.
"""

from __future__ import annotations

from datetime import date, timedelta

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core import audit, text
from portal.core.calendar import is_working_day, next_working_day, notice_period_end, now, today
from portal.core.database import add_once, db, hold
from portal.core.errors import RuleError
from portal.core.formats import date_long
from portal.core.i18n import _, lazy
from portal.objections import proving, queries
from portal.objections.models import Matter, NoticePeriod, ObjectionState, PeriodState

LIMITS = {"title": 120, "body": 100_000, "contact": 200}  # a charter is shown whole
LONGEST_WORDS = 2000
LEAST_WORDS = 4
LONGEST_DELAY = 180  # days by which a last day is put off at once


def days_from(association: Association) -> tuple[date, date]:
    """First and last day of a notice period that is opened now."""
    first = today(association.time_zone)
    return first, notice_period_end(first)


def open_period(
    actor: Account,
    association: Association,
    *,
    matter: str,
    title: str,
    body: str,
    contact: str,
    entry_key: str | None = None,
) -> NoticePeriod:
    """Show what is to be decided, from today on; the last day is computed. Once for each `entry_key`.

    At least 5 working days and at least 7 days, the first day not counted, never ending on a day of rest: the
    portal's own default (calendar.notice_period_end). Raises RuleError by the field at fault.
    """
    known = queries.period_by_key(entry_key) if entry_key else None
    if known is not None:
        return _sent_before(known, association)
    said = {"title": title, "body": body, "contact": contact}
    _check(matter, said)
    first, last = days_from(association)
    made = NoticePeriod(
        association_id=association.id, matter=matter, html=text.render(body), start_on=first, end_on=last,
        opened_by_id=actor.person_id, entry_key=entry_key, **said,
    )  # fmt: skip
    known = add_once(made, lambda: queries.period_by_key(entry_key or ""))
    if known is not made:
        return _sent_before(known, association)
    proving.enter_opening(made)
    audit.record(actor, "objections.open", made, {"title": title, "until": last.isoformat()})
    return made


def extend(actor: Account, period: NoticePeriod, end_on: date, reason: str) -> None:
    """Put the last day off, with a reason that everybody reads. It is never moved nearer: the database refuses it."""
    hold(period)
    _check_open(period)
    day = today(_association(period).time_zone)
    if end_on <= period.end_on or end_on < day:
        raise RuleError(
            "end_on", _("It can only be put off: choose a day after %(day)s.", day=date_long(period.end_on))
        )
    if end_on > max(day, period.end_on) + timedelta(days=LONGEST_DELAY):
        raise RuleError("end_on", _("Put it off by half a year at most."))
    if not is_working_day(end_on):
        nearest = date_long(next_working_day(end_on))
        raise RuleError("end_on", _("Offices rest on that day. The next working day is %(day)s.", day=nearest))
    reason = words(reason, "reason", lazy("Write why it is put off; everybody will read it."))
    before, period.end_on = period.end_on, end_on
    period.extension_reason = "\n".join(filter(None, (period.extension_reason, reason)))
    changes = {"end_on": [before.isoformat(), end_on.isoformat()], "reason": reason}
    audit.record(actor, "objections.extend", period, changes)


def withdraw(actor: Account, period: NoticePeriod, reason: str) -> None:
    """Take back what was shown: nothing is decided. Objections that came are still answered."""
    said = words(reason, "decision", lazy("Write why it is withdrawn; everybody will read it."))
    hold(period)
    _decide(actor, period, PeriodState.WITHDRAWN, said)


def pass_(actor: Account, period: NoticePeriod, decision: str) -> None:
    """Decide as shown. What an upheld objection speaks against is not decided as shown: it is stopped."""
    said = words(decision, "decision", lazy("Write what was decided; everybody will read it."))
    check_may_pass(period)
    _check_none_upheld(period)
    _decide(actor, period, PeriodState.PASSED, said)


def stop(actor: Account, period: NoticePeriod, decision: str) -> None:
    """Decide that what was shown is not done so. Every objection has its answer first; the last day need not come."""
    said = words(decision, "decision", lazy("Write what was decided; everybody will read it."))
    hold(period)
    _check_open(period)
    _check_answered(period)
    _decide(actor, period, PeriodState.STOPPED, said)


def check_may_pass(period: NoticePeriod) -> None:
    """Hold the notice period until the transaction ends, and refuse unless what it shows may be decided now.

    Raises RuleError("") while it runs, to the end of its last day in the association's zone, while an objection waits
    for its answer, and where it was decided or withdrawn already.
    """
    hold(period)
    _check_may(period)


def why_not(period: NoticePeriod) -> str:
    """Why it cannot be decided as shown now, in words; empty where it can. For pages: nothing is held."""
    try:
        _check_may(period)
        _check_none_upheld(period)
    except RuleError as error:
        return str(error)
    return ""


def _check_may(period: NoticePeriod) -> None:
    _check_open(period)
    if today(_association(period).time_zone) <= period.end_on:
        day = date_long(period.end_on + timedelta(days=1))
        raise RuleError("", _("The notice period runs: it can be decided from %(day)s on.", day=day))
    _check_answered(period)


def words(said: str, field: str, missing: object) -> str:
    """What everybody will read: a few words at least, and not endless. Raises RuleError by the field."""
    said = text.printable(said).strip()
    if text.is_blank(said) or len(said) < LEAST_WORDS:
        raise RuleError(field, missing)
    if len(said) > LONGEST_WORDS:
        raise RuleError(field, _("At most %(count)s characters", count=LONGEST_WORDS))
    return said


def _check(matter: str, said: dict[str, str]) -> None:
    missing = {
        "title": lazy("Write a title."),
        "body": lazy("Write what is to be decided, about whom, and on what basis."),
        "contact": lazy("Say whom one can ask, and how."),
    }
    if matter not in set(Matter):
        raise RuleError("matter", _("Choose what is to be decided."))
    for name, value in said.items():
        if text.is_blank(value):
            raise RuleError(name, missing[name])
        if len(value) > LIMITS[name]:
            raise RuleError(name, _("At most %(count)s characters", count=LIMITS[name]))


def _check_open(period: NoticePeriod) -> None:
    if period.state != PeriodState.OPEN:
        raise RuleError("", _("This notice period was decided or withdrawn already."))


def _check_none_upheld(period: NoticePeriod) -> None:
    if queries.count_in(period, ObjectionState.UPHELD):
        raise RuleError(
            "", _("An objection was upheld, so it is not decided as shown. Stop it, and show anew what was changed.")
        )


def _check_answered(period: NoticePeriod) -> None:
    if queries.count_in(period, ObjectionState.RECEIVED):
        raise RuleError("", _("An objection waits for its answer. Nothing is decided before."))


def _decide(actor: Account, period: NoticePeriod, state: PeriodState, decision: str) -> None:
    _check_open(period)
    period.state, period.decision = state, decision
    period.decided_at, period.decided_by_id = now(), actor.person_id
    db.session.flush()
    proving.enter_decision(period)
    audit.record(actor, f"objections.{state}", period, {"decision": decision})


def _sent_before(known: NoticePeriod, association: Association) -> NoticePeriod:
    if known.association_id != association.id:
        raise RuleError("", _("This form was used already. Open a new one."))
    return known


def _association(period: NoticePeriod) -> Association:
    return db.session.get_one(Association, period.association_id)
