"""All certificates of a call for the printer: asked for, waited for with a progress bar, fetched."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, g, request

from portal.accounts.reader import me
from portal.commendations.models import CommendationCall
from portal.core import web
from portal.core.access import requires
from portal.core.calendar import now
from portal.core.database import db
from portal.core.files import store
from portal.core.i18n import _
from portal.core.jobs import Job, get_job, queue
from portal.honours import batch, queries, services
from portal.honours.blueprint import blueprint
from portal.honours.forms import PlainForm
from portal.honours.loading import PDF


@blueprint.route("/office/<code>/honours/batch", methods=["GET", "POST"])
@requires(services.RIGHT, whole=True)
def batch_form(code: str) -> Any:
    """How many there are of a call; sent, they are drawn in the background."""
    call = _call(request.args.get("call", ""))
    form, count = PlainForm(), len(queries.printable_of(me(), g.association, call.public_id))
    if not form.validate_on_submit() or not count:
        return web.form_page("honours/batch.html", form, call=call, count=count)
    job = batch.open_batch(me(), g.association, call)
    db.session.commit()
    queue.send(batch.run, job.public_id)
    return web.go("honours.batch_job", public_id=job.public_id)


@blueprint.get("/office/<code>/honours/batches/<public_id>")
@requires(services.RIGHT, whole=True)
def batch_job(code: str, public_id: str) -> str:
    """How far it is; in the end the files, for a day."""
    job = _job(public_id)
    template = "honours/_job.html" if web.htmx else "honours/job.html"
    return web.page(template, job=job, call=_call(job.result["call"]), is_gone=_is_gone(job))


@blueprint.get("/office/<code>/honours/batches/<public_id>/files/<int:number>")
@requires(services.RIGHT, whole=True)
def batch_file(code: str, public_id: str, number: int) -> Response:
    """One file of a batch, for the officer who asked for it and nobody else."""
    job = _job(public_id)
    files = job.result.get("files", [])
    if _is_gone(job) or not 0 < number <= len(files) or not store.has(files[number - 1]["key"]):
        abort(404)
    name = f"{_('Certificates of honour')}-{_call(job.result['call']).title}-{number}.pdf"
    return web.download(store.read(files[number - 1]["key"]), name.replace("/", "-"), PDF)


def _call(public_id: str) -> CommendationCall:
    """A call of this association by which there are honours."""
    known = queries.calls_decided(me(), g.association)
    return next((one for one in known if one.public_id == public_id), None) or abort(404)


def _job(public_id: str) -> Job:
    """The reader's own batch of this association."""
    job = get_job(public_id, me().id)
    if job is None or job.kind != batch.JOB or job.result.get("association") != g.association.id:
        abort(404)
    return job


def _is_gone(job: Job) -> bool:
    return job.ended_at is not None and job.ended_at < now() - batch.GOOD_FOR
