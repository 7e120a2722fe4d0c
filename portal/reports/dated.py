"""The questions about what has a day in the database, each of four columns: kind, day, name, public id."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, String, cast, literal, select

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.charters.models import Charter, ConsultationRound
from portal.charters.moves import ENDED
from portal.commendations.models import CallState, CommendationCall
from portal.ledger.models import DuesPeriod
from portal.letters import sight
from portal.letters.models import Letter
from portal.letters.moves import OPEN
from portal.levy.models import Levy, LevyShare
from portal.levy.queries import OWED
from portal.members.models import Transfer
from portal.members.transfer_queries import counting_to_answer
from portal.objections.models import NoticePeriod, PeriodState
from portal.offices.access import can, visible
from portal.offices.models import Appointment, Term
from portal.statements.queries import counting_to_close
from portal.surveys.models import Survey, SurveyState
from portal.volunteers.models import Volunteer

CLOSED_WITHIN = timedelta(days=90)  # of the end of a period its book is closed: by 31 March of a calendar year's
LATER = {"book": CLOSED_WITHIN}  # what is due so long after the day that is asked
SOON = timedelta(days=90)  # terms that ended longer ago were settled otherwise
Question = Select[Any]


def questions(account: Account, association: Association, day: date) -> Iterator[Question]:
    """All that this officer may do something about here."""
    here = (account, association)
    yield from _heard(*here)
    yield from _praised(*here)
    yield from _held(*here, day)
    if can(account, sight.RIGHT, association):
        waits = sight.at(account, association).where(Letter.state.in_(OPEN))
        yield _asked(waits, "letter", Letter.due_on)
    if can(account, "members.write", association, whole=True):
        yield _asked(counting_to_answer(association), "transfer", Transfer.effective_on)
    if can(account, "dues.record", association, whole=True):
        books = counting_to_close(association, day)
        yield _asked(books, "book", DuesPeriod.end_on, DuesPeriod.name, DuesPeriod.public_id)
        owed = (LevyShare.association_id == association.id, *OWED)
        shares = select(LevyShare).join(LevyShare.levy).join(Levy.period).where(*owed)
        yield _asked(shares, "levy", Levy.due_on, DuesPeriod.name, LevyShare.public_id)


def _heard(account: Account, association: Association) -> Iterator[Question]:
    """Where people are heard before something is decided, and asked what they think."""
    if can(account, "notices.publish", association) or can(account, "objections.answer", association):
        asked = (NoticePeriod.association_id == association.id, NoticePeriod.state == PeriodState.OPEN)
        names = (NoticePeriod.end_on, NoticePeriod.title, NoticePeriod.public_id)
        yield _asked(select(NoticePeriod).where(*asked), "period", *names)
    if can(account, "notices.write", association):
        rounds = (
            select(ConsultationRound)
            .join(ConsultationRound.charter)
            .where(
                Charter.association_id == association.id,
                Charter.state.not_in(ENDED),
                ConsultationRound.closed_at.is_(None),
            )
        )
        yield _asked(rounds, "round", ConsultationRound.closes_on, Charter.title, Charter.public_id)
    if can(account, "surveys.run", association):
        open_ones = select(Survey).where(Survey.association_id == association.id, Survey.state == SurveyState.OPEN)
        yield _asked(open_ones, "survey", Survey.closes_on, Survey.title, Survey.public_id)


def _praised(account: Account, association: Association) -> Iterator[Question]:
    """Calls in which it nominates: its own and those of the associations above it."""
    if can(account, "commendations.propose", association):
        places = CommendationCall.association_id.in_(association.path_ids)
        calls = select(CommendationCall).where(places, CommendationCall.state == CallState.OPEN)
        names = (CommendationCall.closes_on, CommendationCall.title, CommendationCall.public_id)
        yield _asked(calls, "call", *names)


def _held(account: Account, association: Association, day: date) -> Iterator[Question]:
    """Terms of office, appointments, volunteers' terms."""
    if can(account, "appointments.grant", association):
        terms = select(Term).where(Term.association_id == association.id, Term.end_on >= day - SOON)
        yield _asked(terms, "term", Term.end_on, Term.name, Term.public_id)
        held = select(Appointment).where(Appointment.association_id == association.id, Appointment.end_on >= day)
        yield _asked(held, "appointment", Appointment.end_on)
    if can(account, "volunteers.write", association):
        serving = select(Volunteer).where(Volunteer.association_id == association.id, Volunteer.ended_on.is_(None))
        yield _asked(visible(serving, account, "volunteers.write", Volunteer), "volunteer", Volunteer.term_end_on)


def _asked(statement: Question, kind: str, day: Any, name: Any = None, public_id: Any = None) -> Question:
    nothing = literal("", String)
    columns = (literal(kind, String), day, nothing if name is None else name)
    named = nothing if public_id is None else cast(public_id, String)
    return statement.with_only_columns(*columns, named, maintain_column_froms=True).order_by(None)
