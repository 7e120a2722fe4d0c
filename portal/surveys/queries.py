"""Reading appraisals: lists, one with its questions, what was given out, and how many answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from portal.accounts.models import Account
from portal.associations import ties
from portal.associations.models import Association
from portal.associations.queries import in_subtree
from portal.core.calendar import today
from portal.core.database import db
from portal.core.i18n import ngettext
from portal.offices.access import visible
from portal.people.models import Person
from portal.surveys.models import Survey, SurveyAnswer, SurveyState, SurveyTicket

PUBLIC = (SurveyState.OPEN, SurveyState.CLOSED, SurveyState.PUBLISHED)


@ties.stays_open
def _tell_open(association: Association) -> str:
    count = ties.count_at(association, Survey, Survey.state == SurveyState.OPEN)
    return ngettext("%(num)d open appraisal", "%(num)d open appraisals", count) if count else ""


def office_rows(account: Account, association: Association) -> Select[Any]:
    """The appraisals of an association, the latest first, with how many answered."""
    answered = select(func.count()).where(SurveyAnswer.survey_id == Survey.id).correlate(Survey).scalar_subquery()
    statement = select(Survey, answered.label("answered")).where(Survey.association_id == association.id)
    return visible(statement.order_by(Survey.id.desc()), account, "surveys.run", Survey)


def get_survey(account: Account, association: Association, public_id: str) -> Survey | None:
    """One of the association's, for its office, with its questions."""
    statement = select(Survey).where(Survey.association_id == association.id, Survey.public_id == public_id)
    return _first(visible(_whole(statement), account, "surveys.run", Survey))


def get_public(public_id: str) -> Survey | None:
    """One that everybody may know of: it was opened."""
    return _first(_whole(select(Survey).where(Survey.public_id == public_id, Survey.state.in_(PUBLIC))))


def public_rows() -> Select[Any]:
    """Open and published ones, the latest first."""
    statement = select(Survey).where(Survey.state.in_(PUBLIC)).options(joinedload(Survey.association))
    return statement.order_by(Survey.opened_at.desc(), Survey.id.desc())


def get_by_entry_key(entry_key: str) -> Survey | None:
    return db.session.scalar(select(Survey).where(Survey.entry_key == entry_key))


def is_accepting(survey: Survey, day: date | None = None) -> bool:
    """Whether answers are taken: from the first day to the last."""
    day = day or today(survey.association.time_zone)
    return survey.state == SurveyState.OPEN and survey.opens_on <= day <= survey.closes_on


def is_over(survey: Survey, day: date | None = None) -> bool:
    """Whether its results can be looked at: not while answers come in, lest two looks tell one answer."""
    day = day or today(survey.association.time_zone)
    is_past = survey.state == SurveyState.OPEN and day > survey.closes_on
    return is_past or survey.state in (SurveyState.CLOSED, SurveyState.PUBLISHED)


def list_ended(day: date) -> Sequence[Survey]:
    """Open ones whose last day is past."""
    statement = select(Survey).where(Survey.state == SurveyState.OPEN, Survey.closes_on < day)
    return db.session.scalars(statement.options(joinedload(Survey.association))).all()


def count_answers(survey: Survey) -> int:
    return db.session.scalar(select(func.count()).where(SurveyAnswer.survey_id == survey.id)) or 0


def given_out(survey: Survey) -> Sequence[Any]:
    """By association: printed codes and members asked by their account, and how many of all were used."""
    used = func.count().filter(SurveyTicket.is_used)
    statement = (
        select(
            Association.name,
            func.count(SurveyTicket.code_hash).label("printed"),
            func.count(SurveyTicket.person_id).label("members"),
            used.label("used"),
        )
        .join(Association, Association.id == SurveyTicket.association_id)
        .where(SurveyTicket.survey_id == survey.id)
        .group_by(Association.id)
        .order_by(Association.path)
    )
    return db.session.execute(statement).all()


def asked_by_place(survey: Survey) -> dict[int, int]:
    """How many tickets were given out, by association."""
    statement = select(SurveyTicket.association_id, func.count()).where(SurveyTicket.survey_id == survey.id)
    return {row[0]: row[1] for row in db.session.execute(statement.group_by(SurveyTicket.association_id))}


def list_answers(survey: Survey) -> Sequence[Any]:
    """(id, association, answers), in the order of their random ids."""
    statement = select(SurveyAnswer.id, SurveyAnswer.association_id, SurveyAnswer.answers)
    return db.session.execute(statement.where(SurveyAnswer.survey_id == survey.id).order_by(SurveyAnswer.id)).all()


def places_of(survey: Survey, *, also_archived: bool = False) -> Sequence[Any]:
    """The association and all below it: id, code, name, path; those archived since for what was answered there."""
    statement = select(Association.id, Association.code, Association.name, Association.path)
    live = () if also_archived else (Association.archived_on.is_(None),)
    kept = (in_subtree(survey.association.path), *live)
    return db.session.execute(statement.where(*kept).order_by(Association.path)).all()


def get_ticket(survey: Survey, hashes: Sequence[str]) -> SurveyTicket | None:
    """The ticket of a code."""
    statement = select(SurveyTicket).where(SurveyTicket.survey_id == survey.id, SurveyTicket.code_hash.in_(hashes))
    return db.session.scalar(statement.execution_options(populate_existing=True))


def get_ticket_of(survey: Survey, person_id: int) -> SurveyTicket | None:
    """The ticket of a member; of somebody of whom there were two records, one that was used before any other."""
    statement = select(SurveyTicket).where(
        SurveyTicket.survey_id == survey.id, SurveyTicket.person_id.in_(_records(person_id))
    )
    order = (SurveyTicket.is_used.desc(), SurveyTicket.id)
    return db.session.scalars(statement.order_by(*order).execution_options(populate_existing=True)).first()


def _records(person_id: int) -> Select[Any]:
    """The record of somebody with those that were merged into it: under each of them they may have been asked."""
    return select(Person.id).where(or_(Person.id == person_id, Person.merged_into_id == person_id))


def list_own(person_id: int) -> Sequence[Any]:
    """(appraisal, whether it was used) of whoever is asked by their account, the latest first."""
    statement = (
        select(Survey, SurveyTicket.is_used)
        .join(SurveyTicket, SurveyTicket.survey_id == Survey.id)
        .where(SurveyTicket.person_id.in_(_records(person_id)), Survey.state.in_(PUBLIC))
        .options(joinedload(Survey.association))
        .order_by(Survey.id.desc(), SurveyTicket.is_used)  # what is used comes last, and counts
        .limit(50)
    )
    return list({row.Survey.id: row for row in db.session.execute(statement)}.values())


def _whole(statement: Any) -> Any:
    return statement.options(joinedload(Survey.association), selectinload(Survey.questions))


def _first(statement: Any) -> Survey | None:
    survey: Survey | None = db.session.scalar(statement)
    return survey
