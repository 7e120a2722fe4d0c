"""What of an appraisal stands in the chain of publications: its results as they were frozen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select

from portal.core.database import db
from portal.surveys.models import Survey
from portal.transparency.kinds import Publication, lists, names, proves
from portal.transparency.models import ChainKind
from portal.transparency.services import enter


def enter_results(survey: Survey) -> None:
    enter(ChainKind.APPRAISAL, survey.association_id, survey.public_id, 1, proof(survey), at=survey.published_at)


def proof(survey: Survey) -> dict[str, Any]:
    days = {name: getattr(survey, name).isoformat() for name in ("opens_on", "closes_on")}
    return {"appraisal": survey.public_id, "title": survey.title, **days, "results": survey.results}


@proves(ChainKind.APPRAISAL, "surveys.start", "public_id")
def results_of(document: str, version: int) -> dict[str, Any] | None:
    survey = db.session.scalar(select(Survey).where(Survey.public_id == document))
    return proof(survey) if survey is not None and survey.published_at else None


@lists(ChainKind.APPRAISAL)
def published() -> Iterable[Publication]:
    for survey in db.session.scalars(select(Survey).where(Survey.published_at.is_not(None))):
        assert survey.published_at is not None
        yield Publication(survey.association_id, survey.public_id, 1, survey.published_at)


@names(ChainKind.APPRAISAL)
def titles(documents: Sequence[str]) -> dict[str, str]:
    statement = select(Survey.public_id, Survey.title).where(Survey.public_id.in_(documents))
    return {row.public_id: row.title for row in db.session.execute(statement)}
