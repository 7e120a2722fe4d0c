"""Tickets are given out: codes printed on sheets, a batch for each association; members asked by their account."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select, update

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.associations.queries import in_subtree
from portal.core.audit import record
from portal.core.calendar import now
from portal.core.database import change, db, hold, insert_all
from portal.core.documents import let_go
from portal.core.errors import RuleError
from portal.core.files import store
from portal.core.i18n import _, lazy
from portal.core.jobs import Job, open_job, queue, working_on
from portal.surveys import asked_queries, codes, printing, queries
from portal.surveys.models import Audience, Survey, SurveyState, SurveyTicket

JOB = "appraisal-codes"
MOST, MOST_IN_ALL = 2_000, 20_000
GOOD_FOR = timedelta(days=1)
LOOK_BACK = timedelta(days=30)
NOBODY_LEFT = lazy("Everybody there is asked by the account, or has a sheet: each answers once.")
CLOSED = lazy("Codes are given out while the appraisal is open.")


def order_batch(actor: Account, survey: Survey, places: Sequence[Association], count: int) -> Job:
    """`count` codes for each of the associations, drawn and printed by a task. Commit, then send it.

    Where members are asked, each of several associations gets no more than it has members left.
    Raises RuleError for too few, too many, and unless the appraisal is open.
    """
    if survey.state != SurveyState.OPEN:
        raise RuleError("", CLOSED)
    if not 0 < count <= MOST:
        raise RuleError("count", _("From 1 to %(most)s sheets.", most=f"{MOST:,}"))
    if count * len(places) > MOST_IN_ALL:
        raise RuleError("count", _("At most %(most)s codes at once.", most=f"{MOST_IN_ALL:,}"))
    counts = _shares(survey, places, count)
    job = open_job(JOB, actor.id, total=len(counts))
    job.result = {"survey": survey.public_id, "association": survey.association_id, "counts": list(counts.items())}
    known = [place.code for place in places if place.id in counts]
    record(actor, "surveys.give_out", survey, {"codes": sum(counts.values()), "associations": known})
    return job


def _shares(survey: Survey, places: Sequence[Association], count: int) -> dict[int, int]:
    """How many sheets each association gets: residents as many as wished, members one each."""
    if survey.audience != Audience.MEMBERS:
        return dict.fromkeys((place.id for place in places), count)
    left, found = asked_queries.sheets_left(survey), dict[int, int]()
    in_all = left.get(
        survey.association_id, 0
    )  # codes printed for above stand for somebody below, nobody knows where
    for place in places:
        if share := min(count, left.get(place.id, 0), in_all - sum(found.values())):
            found[place.id] = share
    if not found:
        raise RuleError("count", NOBODY_LEFT)
    if len(places) == 1:
        _check_left(count, left[places[0].id])
    return found


def _check_left(count: int, left: int) -> None:
    if count > left:
        message = _(
            "At most %(left)s sheets: so many members there are not asked by their account and have none.",
            left=f"{left:,}",
        )
        raise RuleError("count", message if left else NOBODY_LEFT)


@queue.task
def draw(job_id: str) -> None:
    """A batch for each association: its codes are in the file and nowhere else, then their hashes are kept. So that
    nobody waits for the drawing of pages, they are drawn first; a file whose codes could not be kept is removed.
    """
    tidy()
    with working_on(job_id) as job:
        survey = queries.get_public(job.result["survey"])
        if survey is None or survey.state != SurveyState.OPEN:
            raise RuleError("", CLOSED)
        files: list[dict[str, Any]] = []
        for number, (place_id, count) in enumerate(job.result["counts"]):
            place = db.session.get_one(Association, place_id)
            files.append(_batch(survey, place, count))
            job.result = {**job.result, "files": list(files)}
            job.advance(number + 1)
    queue.send_later(GOOD_FOR + timedelta(minutes=1), tidy)


def _batch(survey: Survey, place: Association, count: int) -> dict[str, Any]:
    drawn = [codes.new_code() for _number in range(count)]
    db.session.commit()  # nobody waits for this reader while the pages are drawn
    key = store.keep(printing.print_codes(survey, place, drawn), ".pdf")
    let_go()
    try:
        keep_codes(survey, place, drawn)
    except Exception:
        db.session.rollback()
        store.remove(key)
        raise
    return {"key": key, "name": place.name, "count": count}


def keep_codes(survey: Survey, place: Association, drawn: Sequence[str]) -> None:
    """The hashes of a batch, and as many asked more, where the appraisal is still open, and has so many to ask."""
    _ask_more(survey, len(drawn))
    if survey.audience == Audience.MEMBERS:  # counted again, now that nobody else gives any out
        _check_left(len(drawn), asked_queries.sheets_left(survey).get(place.id, 0))
    sheet = (
        db.session.scalar(select(func.max(SurveyTicket.sheet)).where(SurveyTicket.survey_id == survey.id)) or 0
    ) + 1
    known = {"survey_id": survey.id, "association_id": place.id, "sheet": sheet, "is_used": False}
    insert_all(SurveyTicket, [{**known, "code_hash": codes.hash_of(code)} for code in drawn])


def ask_members(actor: Account, survey: Survey) -> int:
    """Every member at the association and below who has an account is asked there, but where codes were printed; how
    many more. Done again, only those who came since. Raises RuleError unless members are asked and it is open.
    """
    if survey.audience != Audience.MEMBERS:
        raise RuleError("", lazy("Residents are asked by printed codes."))
    hold(survey, "asked", "state")  # two at once ask each once
    found = db.session.execute(asked_queries.members_to_ask(survey)).all()
    if found:
        _ask_more(survey, len(found))
        known = {"survey_id": survey.id, "sheet": 0, "is_used": False}
        rows = [{**known, "association_id": row.association_id, "person_id": row.person_id} for row in found]
        insert_all(SurveyTicket, rows)
        record(actor, "surveys.ask_members", survey, {"members": len(found)})
    return len(found)


def choose_places(survey: Survey, code: str) -> Sequence[Association]:
    """The association with a code at or below the appraisal's own; with "below" each of those directly below."""
    statement = select(Association).where(in_subtree(survey.association.path), Association.archived_on.is_(None))
    if code == "below":
        statement = statement.where(Association.parent_id == survey.association_id)
    else:
        statement = statement.where(Association.code == code)
    return db.session.scalars(statement.order_by(Association.path)).all()


def _ask_more(survey: Survey, count: int) -> None:
    """Kept by one statement, that holds the appraisal open until the tickets are there too."""
    statement = update(Survey).where(Survey.id == survey.id, Survey.state == SurveyState.OPEN)
    if change(statement.values(asked=Survey.asked + count)) != 1:
        raise RuleError("", CLOSED)
    db.session.refresh(survey, ["asked", "state"])


@queue.task
def tidy() -> None:
    """Remove the files of batches of more than a day ago: their codes are then on the sheets alone."""
    old = select(Job).where(Job.kind == JOB, Job.ended_at < now() - GOOD_FOR, Job.ended_at > now() - LOOK_BACK)
    for job in db.session.scalars(old):
        for file in job.result.get("files", ()):
            store.remove(file["key"])
        job.result = {name: job.result[name] for name in ("survey", "association")}
    db.session.commit()
