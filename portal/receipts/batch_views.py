"""The receipts of a day: choose, look at how many, wait for the file, fetch it."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, g, request

from portal.accounts.reader import me
from portal.core import web
from portal.core.access import requires
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.files import store
from portal.core.i18n import pgettext
from portal.core.jobs import Job, get_job, queue
from portal.receipts import batch, listing
from portal.receipts.blueprint import blueprint
from portal.receipts.forms import BatchForm
from portal.receipts.loading import PDF


@blueprint.get("/office/<code>/dues/receipts/print")
@requires("dues.record")
def print_day(code: str) -> str:
    """Which day, and how many receipts that are."""
    form = _form(request.args)
    days = listing.days_to_print(me(), g.association)
    return web.page("receipts/print.html", form=form, days=days, plan=_plan(form) if form.validate() else None)


@blueprint.post("/office/<code>/dues/receipts/print")
@requires("dues.record")
def start_print(code: str) -> Any:
    """Drawn in the background: a day of hundreds takes seconds."""
    form = _form(request.form)
    if "on" not in request.form or not form.validate() or not form.on.data:
        days = listing.days_to_print(me(), g.association)
        return web.invalid("receipts/print.html", form, days=days, plan=None)
    job = batch.begin(me(), g.association, form.on.data, form.layout.data, only_new=bool(form.only_new.data))
    db.session.commit()
    queue.send(batch.run, job.public_id)
    return web.go("receipts.print_job", public_id=job.public_id)


@blueprint.get("/office/<code>/dues/receipts/print/<public_id>")
@requires("dues.record")
def print_job(code: str, public_id: str) -> str:
    """How far it is; in the end the file, for a day."""
    job = _job(public_id)
    template = "receipts/_job.html" if web.htmx else "receipts/job.html"
    return web.page(template, job=job, is_gone=batch.is_gone(job))


@blueprint.get("/office/<code>/dues/receipts/print/<public_id>/receipts.pdf")
@requires("dues.record")
def print_file(code: str, public_id: str) -> Response:
    """The file, for the officer who asked for it and nobody else."""
    job = _job(public_id)
    if job.state != "done" or batch.is_gone(job):
        abort(404)
    name = f"{pgettext('dues', 'Receipts')}-{g.association.display_name}-{job.result['wanted']['on']}.pdf"
    return web.download(store.read(job.result["file"]), name, PDF)


def _form(arguments: Any) -> BatchForm:
    """As the address asks; else what is new of today."""
    if "on" in arguments:
        return BatchForm(formdata=arguments)
    return BatchForm(formdata=None, data={"on": today(g.association.time_zone), "only_new": "1"})


def _plan(form: BatchForm) -> batch.Plan | None:
    if form.on.data is None:
        return None
    try:
        return batch.plan(me(), g.association, form.on.data, only_new=bool(form.only_new.data))
    except RuleError as error:
        form.refuse(error)
        return None


def _job(public_id: str) -> Job:
    """The reader's own work of this association."""
    job = get_job(public_id, me().id)
    if job is None or job.kind != batch.JOB or job.result.get("association") != g.association.id:
        abort(404)
    return job
