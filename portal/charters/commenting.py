"""What members say about a draft, and what becomes of it. Raises RuleError; never commits."""

from __future__ import annotations

from dataclasses import dataclass

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.charters import queries
from portal.charters.models import Charter, CharterComment, CommentAnswer, ConsultationRound
from portal.charters.services import running_round, said
from portal.core import audit
from portal.core.calendar import now, today
from portal.core.database import add_once, db, hold
from portal.core.errors import RuleError
from portal.core.i18n import _, lazy
from portal.people.models import Channel

MOST_COMMENTS = 30  # of one member in one round: the length of a charter by article, and no way to fill a table


@dataclass(frozen=True, kw_only=True)
class Said:
    """A comment: on a paragraph (its public id), or on the whole."""

    body: str
    paragraph: str = ""
    shows_name: bool = False


def comment(
    charter: Charter, person_id: int, given: Said, *, key: str | None = None, entered_by: Account | None = None
) -> CharterComment:
    """Take a member's comment while the round runs, once for each `key`; from paper also later, until it is closed.

    Members of the association and of those below it comment. Raises RuleError by the field at fault.
    """
    known = queries.comment_by_key(key) if key else None
    if known is not None:
        return _sent_before(known, person_id)
    hold(charter)
    association = db.session.get_one(Association, charter.association_id)
    running = running_round(charter)
    day = today(association.time_zone)
    if running is None or day < running.opens_on or (day > running.closes_on and entered_by is None):
        raise RuleError("", _("No consultation runs now."))
    if not queries.is_member(person_id, association):
        raise RuleError("who" if entered_by else "", _("Members of %(name)s comment.", name=association.name))
    _check_often(running, person_id)
    draft = queries.get_draft(charter, running.number)
    paragraph = queries.get_paragraph(draft, given.paragraph) if draft and given.paragraph else None
    if given.paragraph and paragraph is None:
        raise RuleError("paragraph", _("This paragraph is not there any more."))
    made = CharterComment(
        round_id=running.id, paragraph_id=paragraph.id if paragraph else None, person_id=person_id, key=key,
        body=said(given.body, "body", lazy("Write what you would have otherwise, and why.")),
        shows_name=given.shows_name,
    )  # fmt: skip
    if entered_by:
        made.channel, made.entered_by_id = Channel.PAPER, entered_by.person_id
    return _keep(made, charter, entered_by)


def _check_often(running: ConsultationRound, person_id: int) -> None:
    if queries.count_comments(running, person_id) >= MOST_COMMENTS:
        words = _(
            "%(count)s comments in one round are the most. Please call or visit the office.", count=MOST_COMMENTS
        )
        raise RuleError("", words)


def _keep(made: CharterComment, charter: Charter, entered_by: Account | None) -> CharterComment:
    known = add_once(made, lambda: queries.comment_by_key(made.key or ""))
    if known is not made:
        return _sent_before(known, made.person_id)
    whose = {"association_id": charter.association_id, "person_id": made.person_id}
    audit.record(entered_by, "charters.comment", made, {"channel": made.channel}, **whose)
    return made


def answer(actor: Account, charter: Charter, found: CharterComment, outcome: str, reply: str) -> None:
    """Answer a comment once its round is closed: taken up, in part, or not, and why. Until the next draft stands the
    answer can be given anew.
    """
    if outcome not in set(CommentAnswer):
        raise RuleError("outcome", _("Choose whether it is taken up."))
    words = said(reply, "answer", lazy("Write the reason; everybody reads it."))
    hold(charter)
    heard = db.session.get_one(ConsultationRound, found.round_id)
    if heard.closed_at is None:
        raise RuleError("", _("Comments are answered once the round is closed, all alike."))
    following = queries.get_draft(charter, heard.number + 1)
    if following is not None:
        db.session.refresh(following, ["settled_at"])  # it may stand by now
    if following is None or following.settled_at is not None:
        raise RuleError("", _("The next draft stands already; the answers to the one before stay."))
    found.outcome, found.answer = outcome, words
    found.answered_at, found.answered_by_id = now(), actor.person_id
    db.session.flush()
    whose = {"association_id": charter.association_id, "person_id": found.person_id}
    audit.record(actor, "charters.answer", found, {"outcome": outcome}, **whose)


def _sent_before(known: CharterComment, person_id: int) -> CharterComment:
    if known.person_id != person_id:
        raise RuleError("", _("This form was used already. Open a new one."))
    return known
