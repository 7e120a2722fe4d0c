"""The meeting that adopts a charter or does not, the notice period before it, publication after it. Never commits.

The rule is that of the model charter of social organisations (社会团体章程示范文本, Ministry of Civil Affairs,
articles 15 and 18): at least two thirds of those entitled are present, more than half of those present are in favour.
For the charter itself two thirds of those present are asked: the portal's own default.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import date
from fractions import Fraction

from sqlalchemy import update

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.charters import proving, queries
from portal.charters.models import Charter, CharterAdoption, CharterKind
from portal.charters.moves import move
from portal.charters.splitting import as_markdown
from portal.core import audit
from portal.core.calendar import today
from portal.core.database import db, hold
from portal.core.errors import RuleError
from portal.core.formats import date_long, local
from portal.core.i18n import _, lazy
from portal.notices import desk
from portal.notices import services as notices
from portal.notices.drafts import Content, Placing
from portal.notices.models import Notice, NoticeKind
from portal.objections import services as periods
from portal.objections.models import Matter, NoticePeriod, PeriodState

QUORUM = Fraction(2, 3)  # of those entitled, at least
MAJORITY = Fraction(1, 2)  # of those present, more than
STOPPED = lazy("It was decided not to do as was on notice: this draft cannot be adopted.")
CHARTER_MAJORITY = Fraction(2, 3)  # of those present, at least


@dataclass(frozen=True, kw_only=True)
class Meeting:
    """A meeting as its minutes have it."""

    held_on: date
    place: str
    meeting: str
    presided_by: str
    recorded_as: str = ""
    entitled: int
    present: int
    in_favour: int
    against: int
    abstained: int
    effective_on: date | None = None


def is_adopted_by(kind: str, present: int, in_favour: int) -> bool:
    """Whether so many votes are enough."""
    if kind == CharterKind.CHARTER:
        return in_favour >= CHARTER_MAJORITY * present
    return in_favour > MAJORITY * present


def check(charter: Charter, held: Meeting) -> bool:
    """Whether the meeting adopted it. Raises RuleError by the field at fault: figures add up, dates are possible, and
    enough were present for the meeting to decide anything.
    """
    _check_words(held)
    _check_days(charter, held)
    if not 0 < held.present <= held.entitled:
        raise RuleError("present", _("At least one and at most all who are entitled were present."))
    if held.in_favour + held.against + held.abstained != held.present:
        raise RuleError("in_favour", _("The votes do not add up to those present."))
    if held.present < QUORUM * held.entitled:
        raise RuleError("present", _("Fewer than two thirds were present: the meeting can decide nothing."))
    adopted = is_adopted_by(charter.kind, held.present, held.in_favour)
    if adopted:
        _check_shown(charter)
    return adopted


def record(actor: Account, charter: Charter, held: Meeting) -> CharterAdoption:
    """Record the meeting; what it decided follows from the figures. The database keeps them as they are."""
    hold(charter)
    adopted = check(charter, held)
    period = db.session.get(NoticePeriod, charter.period_id) if charter.period_id else None
    if period is not None and period.state == "open":
        decision = _("Decided by the meeting of %(day)s.", day=date_long(held.held_on))
        (periods.pass_ if adopted else periods.stop)(actor, period, decision)
    move(charter, "adopt" if adopted else "reject")
    draft = queries.get_draft(charter, 3)
    assert draft is not None
    values = asdict(held) | {"effective_on": (held.effective_on or held.held_on) if adopted else None}
    made = CharterAdoption(
        charter_id=charter.id, draft_id=draft.id, is_adopted=adopted, recorded_by_id=actor.person_id, **values
    )
    db.session.add(made)
    db.session.flush()
    if adopted:
        proving.enter_charter(charter)
    audit.record(actor, "charters.adopt", charter, {"is_adopted": adopted, "in_favour": held.in_favour})
    return made


def put_on_notice(actor: Account, charter: Charter, contact: str) -> NoticePeriod:
    """Show the final draft before the meeting, which is recorded once that has ended and objections are answered."""
    hold(charter)
    draft = queries.get_draft(charter, 3)
    if charter.state != "final" or draft is None:
        raise RuleError("", _("Only the final draft is put on notice, before the meeting."))
    known = db.session.get(NoticePeriod, charter.period_id) if charter.period_id else None
    if known is not None and known.state == PeriodState.STOPPED:
        raise RuleError("", STOPPED)
    if known is not None and known.state != PeriodState.WITHDRAWN:
        return known
    association = db.session.get_one(Association, charter.association_id)
    period = periods.open_period(
        actor, association, matter=Matter.CHARTER, title=_("%(title)s: final draft", title=charter.title)[:120],
        body=as_markdown(queries.paragraphs_of(draft)), contact=contact,
    )  # fmt: skip
    charter.period_id = period.id
    db.session.flush()
    return period


def publish(actor: Account, charter: Charter) -> Notice:
    """Publish what was adopted as a policy that supersedes the former one; where the federation wants a review,
    another officer reads it first. Done again, it is the same notice.
    """
    hold(charter)
    if charter.state != "adopted":
        raise RuleError("", _("Only what a meeting adopted is published."))
    if charter.notice_id is not None:
        return db.session.get_one(Notice, charter.notice_id)
    association = db.session.get_one(Association, charter.association_id)
    notice = notices.save_draft(actor, association, _content(charter, association), _placing(charter, association))
    db.session.flush()
    charter.notice_id = notice.id
    draft = desk.get_draft(notice)
    assert draft is not None
    act = notices.submit if desk.is_reviewed(association) else notices.publish
    act(actor, notice, number=draft.number)
    audit.record(actor, "charters.publish", charter, {"notice": notice.public_id})
    return notice


@notices.discarded.connect
def forget(notice: Notice, **_details: object) -> None:
    """The draft of what was adopted is discarded: it is published by another one."""
    db.session.execute(update(Charter).where(Charter.notice_id == notice.id).values(notice_id=None))


def _content(charter: Charter, association: Association) -> Content:
    held, draft = queries.adoption_of(charter), queries.get_draft(charter, 3)
    assert held is not None
    assert draft is not None
    told = _(
        "Adopted on %(day)s by the %(meeting)s: %(entitled)s entitled, %(present)s present, %(in_favour)s in favour, "
        "%(against)s against, %(abstained)s abstained.",
        day=date_long(held.held_on), meeting=held.meeting, entitled=held.entitled, present=held.present,
        in_favour=held.in_favour, against=held.against, abstained=held.abstained,
    )  # fmt: skip
    body = f"{told}\n\n{as_markdown(queries.paragraphs_of(draft))}"
    return Content(
        title=charter.title, kind=NoticeKind.POLICY, body=body, issuer=association.name, signed_on=held.held_on,
        effective_on=held.effective_on, contact=association.contact,
    )  # fmt: skip


def _placing(charter: Charter, association: Association) -> Placing:
    """It supersedes the former one, if that stands published and nothing else has superseded it."""
    former = db.session.get(Charter, charter.follows_id) if charter.follows_id else None
    notice = db.session.get(Notice, former.notice_id) if former and former.notice_id else None
    free = {row.public_id for row in desk.list_supersedable(association)} if notice else set()
    return Placing(supersedes=notice.public_id) if notice and notice.public_id in free else Placing()


def _check_words(held: Meeting) -> None:
    missing = {"place": lazy("Say where it was held."), "meeting": lazy("Say which meeting it was."),
               "presided_by": lazy("Say who presided.")}  # fmt: skip
    for name, message in missing.items():
        if not getattr(held, name).strip():
            raise RuleError(name, message)
    for name in ("place", "meeting", "presided_by", "recorded_as"):
        if len(getattr(held, name)) > 120:
            raise RuleError(name, _("At most %(count)s characters", count=120))
    for field in fields(held):
        value = getattr(held, field.name)
        if isinstance(value, int) and value < 0:
            raise RuleError(field.name, _("Write a whole number, for example 25."))


def _check_shown(charter: Charter) -> None:
    """What was on notice is adopted only by way of it: neither taken back before its objections are answered, nor
    against what was decided after it.
    """
    period = db.session.get(NoticePeriod, charter.period_id) if charter.period_id else None
    if period is not None and period.state == PeriodState.WITHDRAWN:
        raise RuleError("", _("The notice period was withdrawn: put the final draft on notice anew."))
    if period is not None and period.state == PeriodState.STOPPED:
        raise RuleError("", STOPPED)


def _check_days(charter: Charter, held: Meeting) -> None:
    zone = db.session.get_one(Association, charter.association_id).time_zone
    draft = queries.get_draft(charter, 3)
    settled = local(draft.settled_at, zone).date() if draft and draft.settled_at else None
    if held.held_on > today(zone):
        raise RuleError("held_on", _("The meeting lies in the future."))
    if settled is None or held.held_on < settled:
        raise RuleError("held_on", _("The meeting lies before the final draft was ready."))
    period = db.session.get(NoticePeriod, charter.period_id) if charter.period_id else None
    if period is not None and held.held_on <= period.end_on:
        raise RuleError("held_on", _("The meeting lies in the notice period, which ends first."))
    if held.effective_on and held.effective_on < held.held_on:
        raise RuleError("effective_on", _("It takes effect on the day of the meeting or later."))
