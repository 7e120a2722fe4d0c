"""Charging a period: look at what would happen, confirm, wait with a progress bar, read the outcome."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Response, abort, g, request
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from portal.core import downloads, web
from portal.core.access import requires
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.forms import choices
from portal.core.i18n import lazy
from portal.core.jobs import Job, get_job, queue
from portal.core.paging import page_number, paginate
from portal.dues import charging, charging_queries, exports, runs
from portal.dues.blueprint import blueprint
from portal.dues.desired import DIFFERING, LEFT_OUT, Finding
from portal.dues.forms import ChargingForm
from portal.ledger import queries as ledger
from portal.ledger.models import DuesPeriod
from portal.register.scope import scope_of

RIGHT = "dues.record"


@dataclass(frozen=True)
class Asked:
    """What an address asks for: the form, its period, how far, and why it cannot be charged now."""

    form: ChargingForm
    period: DuesPeriod | None
    below: bool
    refusal: str = ""

    @property
    def arguments(self) -> dict[str, str]:
        """As the next address asks for the same."""
        period = self.period.public_id if self.period else ""
        return {"period": period, **({"below": "y"} if self.below else {})}


@blueprint.get("/office/<code>/dues/charging")
@requires(RIGHT, whole=True)
def charging_form(code: str) -> str:
    """Which period and how far; below, how many charges would be new, changed, void, and who is left out."""
    return web.page("dues/charging.html", **_context(_asked(request.args)))


@blueprint.post("/office/<code>/dues/charging")
@requires(RIGHT, whole=True)
def start_charging(code: str) -> Any:
    """What the preview said is done in the background."""
    return _start(runs.open_run, runs.run, "dues.charging_run")


@blueprint.post("/office/<code>/dues/charging/preview")
@requires(RIGHT, whole=True)
def start_preview(code: str) -> Any:
    """What would happen to very many members is worked out in the background."""
    return _start(runs.open_preview, runs.look, "dues.charging_preview")


def _start(open_job: Callable[..., Job], task: Callable[[str], None], page: str) -> Any:
    asked = _asked(request.form)
    if asked.period is None or asked.refusal:
        asked.form.refuse(RuleError("", asked.refusal or lazy("Choose a period.")))
        return web.invalid("dues/charging.html", **_context(asked))
    job = open_job(current_user, g.association, asked.period, below=asked.below)
    db.session.commit()
    queue.send(task, job.public_id)
    return web.go(page, public_id=job.public_id)


@blueprint.get("/office/<code>/dues/charging/previews/<public_id>")
@requires(RIGHT, whole=True)
def charging_preview(code: str, public_id: str) -> str:
    """How far that is; in the end what would happen, and the wish that it does."""
    job = _job(public_id, runs.PREVIEW)
    period, below = db.session.get_one(DuesPeriod, job.result["period"]), job.result["below"]
    asked = Asked(ChargingForm(formdata=None), period, below, _refusal(period, below))
    told = job.result.get("outcome")
    found = charging.Outcome(**told) if told and job.state == "done" else None
    template = "dues/_charging_preview.html" if web.htmx else "dues/charging_preview.html"
    return web.page(template, job=job, asked=asked, found=found, left_out=LEFT_OUT)


@blueprint.get("/office/<code>/dues/charging/runs/<public_id>")
@requires(RIGHT, whole=True)
def charging_run(code: str, public_id: str) -> str:
    """How far it is; in the end what was done, with the reference of the run."""
    job = _job(public_id)
    period = db.session.get_one(DuesPeriod, job.result["period"])
    template = "dues/_charging_run.html" if web.htmx else "dues/charging_run.html"
    return web.page(template, job=job, period=period)


@blueprint.get("/office/<code>/dues/charging/members")
@requires(RIGHT, whole=True)
def charging_members(code: str) -> str:
    """Member by member: who is newly charged, changed, void, or left out."""
    asked, finding = _found()
    page = paginate(_statement(asked, finding), page_number(), scalars=False)
    context = {"asked": asked, "finding": finding, "findings": (Finding.NEW, *DIFFERING, *LEFT_OUT)}
    return web.page("dues/charging_members.html", page=page, **context)


@blueprint.get("/office/<code>/dues/charging/members/list.<any(xlsx, csv):form>")
@requires(RIGHT, whole=True)
def charging_members_file(code: str, form: str) -> Response:
    """The same as a file."""
    asked, finding = _found()
    return downloads.send(form, exports.found(_statement(asked, finding), finding), "dues.charging_members")


def _asked(arguments: MultiDict[str, str]) -> Asked:
    """The period of the address, else today's or the last one that has begun."""
    periods, day = ledger.list_periods(g.association), today(g.association.time_zone)
    begun = [one for one in periods if one.start_on <= day]
    form = ChargingForm(arguments)
    form.period.choices = choices((one.public_id, one.name) for one in periods)
    chosen = next((one for one in periods if one.public_id == form.period.data), None)
    period = chosen or next(iter(begun), None)
    form.period.data = period.public_id if period else ""
    below = bool(form.below.data) and scope_of(current_user, g.association, RIGHT).below
    return Asked(form, period, below, _refusal(period, below))


def _refusal(period: DuesPeriod | None, below: bool) -> str:
    """Why the period cannot be charged here; of a branch each association is asked when its turn comes."""
    if period is None:
        return ""
    try:
        charging.check_begun(g.association, period)
        if not below and not ledger.is_open(g.association, period):
            raise RuleError("", lazy("The book of %(name)s is closed: nothing is charged there.", name=period.name))
    except RuleError as error:
        return str(error)
    return ""


def _context(asked: Asked) -> dict[str, Any]:
    reaches_below = scope_of(current_user, g.association, RIGHT).below
    shown = asked.period is not None and not asked.refusal
    large = runs.MOST_LOOKED_AT if shown and runs.is_large(g.association, below=asked.below) else 0
    at_once = asked.period if shown and not large else None
    found = charging.preview(g.association, at_once, below=asked.below) if at_once else None
    closed = charging_queries.count_closed(g.association, asked.period) if asked.below and asked.period else 0
    known = {"form": asked.form, "asked": asked, "found": found, "reaches_below": reaches_below, "closed": closed}
    return {**known, "left_out": LEFT_OUT, "large": large}


def _found() -> tuple[Asked, Finding]:
    asked, finding = _asked(request.args), request.args.get("finding", Finding.NEW.value)
    return (asked, Finding(finding)) if asked.period and finding in set(Finding) else abort(404)


def _statement(asked: Asked, finding: Finding) -> Any:
    assert asked.period is not None
    return charging_queries.listing(current_user, g.association, asked.period, finding, below=asked.below)


def _job(public_id: str, kind: str = runs.JOB) -> Job:
    """The reader's own run of this association."""
    job = get_job(public_id, current_user.id)
    if job is None or job.kind != kind or job.result.get("association") != g.association.id:
        abort(404)
    return job
