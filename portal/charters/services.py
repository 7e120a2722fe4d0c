"""What may happen to a charter on its way to the meeting. Raises RuleError; never commits.

Two rounds of consultation (两上两下): each draft stands open to comments for a while, each comment is answered, then
the next draft follows. Where a step leads is told by `moves`; nothing skips one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.charters import queries
from portal.charters.models import Charter, CharterDraft, CharterKind, CharterParagraph, ConsultationRound
from portal.charters.moves import CONSULTING, WRITING, move
from portal.charters.splitting import Piece, as_markdown, split
from portal.core import audit, text
from portal.core.calendar import now, today
from portal.core.database import add_single, db, hold
from portal.core.errors import RuleError
from portal.core.formats import date_long
from portal.core.i18n import _, lazy
from portal.objections import services as periods
from portal.objections.models import NoticePeriod, PeriodState

ROUND_DAYS = 7  # a round runs at least so long, the first day not counted; the portal's own default
LONGEST_ROUND = 180
MOST_PARAGRAPHS = 400
LONGEST = {"title": 120, "reason": 2000, "note": 2000, "body": 4000}
LONGEST_TEXT = 90_000  # so that all of it stands on notice, and in the notice by which it is published
TOO_LONG = lazy("The whole text is too long: at most 90,000 characters, so that all of it can be published.")


def begin(
    actor: Account,
    association: Association,
    *,
    kind: str,
    title: str,
    reason: str = "",
    pasted: str = "",
    follows: Charter | None = None,
    entry_key: str | None = None,
) -> Charter:
    """Begin a first draft: empty, of a pasted text, or of the one in force. Once for each `entry_key`.

    Of each kind one charter is under way at a time.
    """
    known = queries.charter_by_key(entry_key) if entry_key else None
    if known is not None:
        return _sent_before(known, association)
    pieces: Sequence[Any] = split(pasted) if not follows else _text_of(follows)
    _check_begin(association, kind, title, pieces)
    former = follows or queries.in_force(association.id, kind)
    made = Charter(
        association_id=association.id, kind=kind, title=_line(title), reason=said(reason, "reason"),
        entry_key=entry_key, created_by_id=actor.person_id, follows_id=former.id if former else None,
    )  # fmt: skip
    if not add_single(made):
        known = queries.charter_by_key(entry_key) if entry_key else None
        if known is None:
            raise RuleError("kind", _("One of this kind is under way already."))
        return _sent_before(known, association)
    _write_draft(actor, made, 1, pieces)
    audit.record(actor, "charters.begin", made, {"title": made.title})
    return made


def open_round(
    actor: Account, charter: Charter, opens_on: date, closes_on: date, note: str = ""
) -> ConsultationRound:
    """Let members comment on the draft from a day to a day; from now on the draft stands.

    The second is opened once every comment of the first is answered, and says what was changed.
    """
    hold(charter)
    number = CONSULTING[move(charter, "open_round")]
    draft = _settle_draft(actor, charter, number, note)
    _check_days(today(_zone(charter)), opens_on, closes_on)
    made = ConsultationRound(
        charter_id=charter.id, draft_id=draft.id, number=number, opens_on=opens_on, closes_on=closes_on,
        opened_by_id=actor.person_id,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    days = {"from": opens_on.isoformat(), "until": closes_on.isoformat()}
    audit.record(actor, "charters.open_round", charter, {"round": number, **days})
    return made


def extend_round(actor: Account, charter: Charter, closes_on: date) -> None:
    """Put the last day of the round off. It is never moved nearer: the database refuses it."""
    hold(charter)
    running = running_round(charter)
    if running is None:
        raise RuleError("", _("No consultation runs."))
    if closes_on < today(_zone(charter)):
        raise RuleError("closes_on", _("Choose today or a later day."))
    if not running.closes_on < closes_on <= running.closes_on + timedelta(days=LONGEST_ROUND):
        last = date_long(running.closes_on)
        raise RuleError("closes_on", _("It can only be put off: choose a day after %(day)s.", day=last))
    before, running.closes_on = running.closes_on, closes_on
    changes = {"round": running.number, "until": [before.isoformat(), closes_on.isoformat()]}
    audit.record(actor, "charters.extend_round", charter, changes)


def close_round(actor: Account, charter: Charter) -> CharterDraft:
    """After its last day: comments are taken no more, they are shown, and the next draft begins as a copy."""
    hold(charter)
    running = running_round(charter)
    if running is not None and today(_zone(charter)) <= running.closes_on:
        day = date_long(running.closes_on)
        raise RuleError("", _("The consultation runs to the end of %(day)s.", day=day))
    state = move(charter, "close_round")
    assert running is not None
    running.closed_at = now()
    last = queries.get_draft(charter, running.number)
    assert last is not None
    made = _write_draft(actor, charter, WRITING[state], queries.paragraphs_of(last))
    audit.record(actor, "charters.close_round", charter, {"round": running.number})
    return made


def settle(actor: Account, charter: Charter, note: str) -> None:
    """The final draft is ready for the meeting: every comment is answered, and nothing of it is changed any more."""
    hold(charter)
    move(charter, "settle")
    _settle_draft(actor, charter, 3, note)
    audit.record(actor, "charters.settle", charter)


def abandon(actor: Account, charter: Charter, reason: str) -> None:
    """Give it up, with a reason that stays on its page; what is on notice is withdrawn for the same."""
    hold(charter)
    move(charter, "abandon")
    charter.end_reason = said(reason, "reason", lazy("Write why it is given up; everybody will read it."))
    period = db.session.get(NoticePeriod, charter.period_id) if charter.period_id else None
    if period is not None and period.state == PeriodState.OPEN:
        periods.withdraw(actor, period, charter.end_reason)
    audit.record(actor, "charters.abandon", charter, {"reason": charter.end_reason})


def running_round(charter: Charter) -> ConsultationRound | None:
    """The round of the state in which the charter is."""
    number = CONSULTING.get(charter.state)  # type: ignore[call-overload]
    return queries.rounds_of(charter).get(number) if number else None


def said(words: str, field: str, missing: object = None, limit: str = "reason") -> str:
    """What was written, within its length; `missing` is said where it must not be empty. Raises RuleError."""
    plain = text.printable(words).strip()
    if missing is not None and (text.is_blank(plain) or len(plain) < 4):
        raise RuleError(field, missing)
    if len(plain) > LONGEST[limit]:
        raise RuleError(field, _("At most %(count)s characters", count=LONGEST[limit]))
    return plain


def _settle_draft(actor: Account, charter: Charter, number: int, note: str) -> CharterDraft:
    draft = queries.get_draft(charter, number)
    if draft is None or not queries.paragraphs_of(draft):
        raise RuleError("", _("The draft is empty. Write it first."))
    if number > 1:
        if count := queries.count_unanswered(charter):
            raise RuleError("", _("Comments that wait for their answers: %(count)s. Answer each first.", count=count))
        draft.note = said(note, "note", lazy("Write what was changed, and why."), "note")
    draft.settled_at, draft.written_by_id = now(), actor.person_id
    return draft


def _check_days(day: date, opens_on: date, closes_on: date) -> None:
    if opens_on < day or opens_on > day + timedelta(days=LONGEST_ROUND):
        raise RuleError("opens_on", _("Choose today or a day to come."))
    if closes_on < opens_on + timedelta(days=ROUND_DAYS):
        earliest = date_long(opens_on + timedelta(days=ROUND_DAYS))
        raise RuleError("closes_on", _("At least seven days: the last day is %(day)s or later.", day=earliest))
    if closes_on > opens_on + timedelta(days=LONGEST_ROUND):
        raise RuleError("closes_on", _("Half a year at most."))


def _check_begin(association: Association, kind: str, title: str, pieces: Sequence[Any]) -> None:
    if kind not in set(CharterKind):
        raise RuleError("kind", _("Choose what is drawn up."))
    if text.is_blank(title):
        raise RuleError("title", _("Write a title."))
    if len(title) > LONGEST["title"]:
        raise RuleError("title", _("At most %(count)s characters", count=LONGEST["title"]))
    if queries.is_under_way(association.id, kind):
        raise RuleError("kind", _("One of this kind is under way already."))
    if len(pieces) > MOST_PARAGRAPHS or any(len(piece.body) > LONGEST["body"] for piece in pieces):
        raise RuleError("pasted", _("It is too long: at most 400 articles of 4,000 characters each."))
    if len(as_markdown(pieces)) > LONGEST_TEXT:
        raise RuleError("pasted", TOO_LONG)


def _write_draft(actor: Account, charter: Charter, number: int, pieces: Sequence[Any]) -> CharterDraft:
    """A draft of these pieces; those that are paragraphs of the draft before are followed."""
    draft = CharterDraft(charter_id=charter.id, number=number, written_by_id=actor.person_id)
    draft.paragraphs = [
        CharterParagraph(
            position=position, body=piece.body, is_heading=piece.is_heading,
            follows_id=piece.id if number > 1 and isinstance(piece, CharterParagraph) else None,
        )
        for position, piece in enumerate(pieces, 1)
    ]  # fmt: skip
    db.session.add(draft)
    db.session.flush()
    return draft


def _text_of(charter: Charter) -> list[Piece]:
    """The last draft of another charter, to begin with."""
    drafts = queries.drafts_of(charter)
    return [Piece(one.body, one.is_heading) for one in drafts[max(drafts)].paragraphs] if drafts else []


def _sent_before(known: Charter, association: Association) -> Charter:
    if known.association_id != association.id:
        raise RuleError("", _("This form was used already. Open a new one."))
    return known


def _line(words: str) -> str:
    return " ".join(text.printable(words).split())


def _zone(charter: Charter) -> str:
    return db.session.get_one(Association, charter.association_id).time_zone
