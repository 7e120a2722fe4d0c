"""Cards for many: choose, look at the summary, confirm, wait with a progress bar, fetch the files."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, g, request
from flask_login import current_user

from portal.cards import batch, listing
from portal.cards.blueprint import blueprint
from portal.cards.forms import BatchForm
from portal.cards.loading import PDF
from portal.cards.services import JOB, Batch, open_batch
from portal.core import web
from portal.core.access import requires
from portal.core.calendar import now
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.files import store
from portal.core.i18n import _
from portal.core.jobs import Job, get_job, queue


@blueprint.get("/office/<code>/cards/batch")
@requires("members.write")
def batch_form(code: str) -> str:
    """Whom the cards are for; below, what would happen: how many, and who is left out and why."""
    form = _form(request.args)
    try:
        found = batch.plan(current_user, g.association, _wanted(form)) if form.validate() else None
    except RuleError as error:
        form.refuse(error)
        found = None
    return web.page("cards/batch.html", form=form, plan=found)


def _form(arguments: Any) -> BatchForm:
    """Filled in from the address, or from the hidden fields of the confirmation."""
    form = BatchForm(formdata=arguments if "kind" in arguments else None)
    listing.offer(form, g.association, "members.write")
    return form


def _wanted(form: BatchForm) -> Batch:
    data = form.data
    return Batch(data["kind"], data["place"] or "", data["group"] or "", layout=data["layout"])


@blueprint.post("/office/<code>/cards/batch")
@requires("members.write")
def start_batch(code: str) -> Any:
    """What the summary said is done in the background."""
    form = _form(request.form)
    if not form.validate() or "kind" not in request.form:
        return web.invalid("cards/batch.html", form, plan=None)
    job = open_batch(current_user, g.association, _wanted(form))
    db.session.commit()
    queue.send(batch.run, job.public_id)
    return web.go("cards.batch_job", public_id=job.public_id)


@blueprint.get("/office/<code>/cards/batches/<public_id>")
@requires("members.write")
def batch_job(code: str, public_id: str) -> str:
    """How far it is; in the end the files, for a day."""
    job = _job(public_id)
    template = "cards/_job.html" if web.htmx else "cards/job.html"
    return web.page(template, job=job, is_gone=_is_gone(job))


@blueprint.get("/office/<code>/cards/batches/<public_id>/files/<int:number>")
@requires("members.write")
def batch_file(code: str, public_id: str, number: int) -> Response:
    """One file of a batch, for the officer who asked for it and nobody else."""
    job = _job(public_id)
    files = job.result.get("files", [])
    if _is_gone(job) or not 0 < number <= len(files) or not store.has(files[number - 1]["key"]):
        abort(404)
    name = f"{_('Member cards')}-{g.association.display_name}-{number}.pdf"
    return web.download(store.read(files[number - 1]["key"]), name, PDF)


def _job(public_id: str) -> Job:
    """The reader's own batch of this association."""
    job = get_job(public_id, current_user.id)
    if job is None or job.kind != JOB or job.result.get("association") != g.association.id:
        abort(404)
    return job


def _is_gone(job: Job) -> bool:
    return job.ended_at is not None and job.ended_at < now() - batch.GOOD_FOR
