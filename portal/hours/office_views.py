"""Office pages of hours: what waits for approval, one entry with how it came about, and what is decided there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, abort, flash, g, request
from flask_login import current_user

from portal.accounts.reader import me
from portal.associations.queries import list_groups
from portal.core import downloads, web
from portal.core.access import requires
from portal.core.calendar import record_deadline
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.forms import choices
from portal.core.i18n import _, ngettext
from portal.core.paging import Page, page_number
from portal.hours import exports, overlap, queries, queue, services, story
from portal.hours.blueprint import blueprint
from portal.hours.forms import ApproveForm, CorrectForm, FilterForm, RefuseForm, StrikeForm
from portal.hours.models import HoursEntry, HoursRevision, MinutesOrigin
from portal.hours.queue import Asked

SIZE = 50
WHY = "hours/why.html"


@blueprint.get("/office/<code>/hours")
@requires("hours.approve")
def office_list(code: str) -> str:
    """The queue, what looks odd on top."""
    form = _filter_form()
    rows = queue.list_waiting(me(), g.association, _asked(form))
    number = min(page_number(), max(1, -(-len(rows) // SIZE)))
    page = Page(rows[(number - 1) * SIZE : number * SIZE], number, SIZE, len(rows), len(rows) >= queue.MOST)
    shown = {"odd": sum(bool(one.oddities) for one in rows), "deadline": record_deadline}
    return web.page("hours/queue.html", form=form, page=page, is_filtered=any(f.data for f in form), **shown)


@blueprint.get("/office/<code>/hours/list.<any(xlsx, csv):form>")
@requires("hours.approve")
def download(code: str, form: str) -> Response:
    """The same as a file; who may see it is asked again."""
    rows = queue.list_waiting(me(), g.association, _asked(_filter_form()))
    return downloads.send(form, exports.waiting(g.association, rows), "hours.office_list")


@blueprint.post("/office/<code>/hours/approve")
@requires("hours.approve")
def approve_many(code: str) -> Response:
    """Approve those that were ticked. What looks odd is opened first, one by one; one's own stays for others."""
    ticked = set(request.form.getlist("shown" if "all" in request.form else "pick"))
    rows = queue.list_waiting(me(), g.association, Asked(only=frozenset(list(ticked)[:SIZE])))
    overlap.lock_people([one.entry.id for one in rows])
    done = sum(_approve(one.revision) for one in sorted(rows, key=lambda one: one.entry.id) if one.is_plain)
    db.session.commit()
    if not ticked:
        flash(_("Tick what you approve."), "warning")
    elif left := len(ticked) - done:
        flash(
            ngettext("%(num)d was not approved: open it.", "%(num)d were not approved: open them.", left), "warning"
        )
    made = ngettext("%(num)d entry is approved.", "%(num)d entries are approved.", done)
    kept = {name: request.args[name] for name in ("group", "origin", "odd") if request.args.get(name)}
    return web.go(".office_list", made if done else None, **kept)


def _approve(revision: HoursRevision) -> bool:
    try:
        with db.session.begin_nested():
            services.approve(me(), revision)
    except RuleError:  # somebody was faster
        return False
    return True


@blueprint.get("/office/<code>/hours/<public_id>")
@requires("activities.read")
def why(code: str, public_id: str) -> Any:
    """Why this number: the activity, every revision, who recorded and who approved it."""
    return _page(load(public_id))


@blueprint.post("/office/<code>/hours/<public_id>/approve")
@requires("hours.approve")
def approve(code: str, public_id: str) -> Any:
    entry, form = load(public_id, services.RIGHT), ApproveForm()
    revision, reason = _revision(entry, form), form.despite.data or ""
    return _do(entry, form, lambda: services.approve(me(), revision, reason), _("The hours are approved."))


@blueprint.post("/office/<code>/hours/<public_id>/refuse")
@requires("hours.approve")
def refuse(code: str, public_id: str) -> Any:
    entry, form = load(public_id, services.RIGHT), RefuseForm()
    revision = _revision(entry, form)
    told = _("The hours are not approved; the reason stands beside them.")
    return _do(entry, form, lambda: services.refuse(me(), revision, form.reason.data or ""), told)


@blueprint.post("/office/<code>/hours/<public_id>/correct")
@requires("activities.write")
def correct(code: str, public_id: str) -> Any:
    entry, form = load(public_id, "activities.write"), CorrectForm()
    told = _("The correction is recorded. Somebody else approves it; until then the earlier number counts.")
    return _do(entry, form, lambda: services.correct(me(), entry, form.minutes.data or 0, form.why.data or ""), told)


@blueprint.post("/office/<code>/hours/<public_id>/strike-out")
@requires("activities.write")
def strike_out(code: str, public_id: str) -> Any:
    entry, form = load(public_id, "activities.write"), StrikeForm()
    told = _("The entry counts no longer. It stays in the record.")
    return _do(entry, form, lambda: services.void(me(), entry, form.cause.data or ""), told)


@blueprint.post("/office/<code>/hours/<public_id>/restore")
@requires("activities.write")
def restore(code: str, public_id: str) -> Any:
    entry = load(public_id, "activities.write")
    if not services.revive(me(), entry):
        flash(_("It stands already, or another entry stands in its place."), "warning")
        return web.go(".why", public_id=public_id)
    db.session.commit()
    is_own = entry.person_id == current_user.person_id
    told = _("The entry is back; somebody else approves it.") if is_own else _("The entry counts as before.")
    return web.go(".why", told, public_id=public_id)


def _do(entry: HoursEntry, form: Any, act: Callable[[], Any], told: str) -> Any:
    """One thing done to an entry, or its page again with what is wrong."""
    if not form.validate_on_submit():
        return _page(entry, form)
    try:
        act()
    except RuleError as error:
        web.undo()
        form.refuse(error)
        return _page(load(entry.public_id), form)
    db.session.commit()
    return web.go(".why", told, public_id=entry.public_id)


def _page(entry: HoursEntry, refused: Any = None) -> Any:
    """Everything about one entry, and what the reader can do with it; a refused form stands as it was sent."""
    forms = {kind: kind(formdata=None) for kind in (ApproveForm, RefuseForm, CorrectForm, StrikeForm)}
    if refused is not None:
        forms[type(refused)] = refused
    waits = queue.look_at(me(), entry, g.association) if entry.voided_at is None else None
    names = ("approval", "refusal", "correction", "strike")
    beside = overlap.list_beside(entry) if waits is not None and not waits.bar else []
    context = {
        "entry": entry,
        "waits": waits,
        "beside": beside,
        **dict(zip(names, forms.values(), strict=True)),
        **story.of(entry),
    }
    return web.invalid(WHY, refused, **context) if refused is not None else web.page(WHY, form=None, **context)


def _revision(entry: HoursEntry, form: ApproveForm | RefuseForm) -> HoursRevision:
    """The revision that the page has shown, whatever became of it since."""
    return next((one for one in entry.revisions if one.public_id == form.revision.data), None) or abort(404)


def load(public_id: str, right: str = "activities.read") -> HoursEntry:
    """The entry, if the reader may see it by the right; another group's or association's is not there."""
    return queries.get_entry(me(), right, g.association, public_id) or abort(404)


def _filter_form() -> FilterForm:
    form = FilterForm(formdata=request.args)
    every = ("", _("All"))
    form.group.choices = choices([every, *((group.public_id, group.name) for group in list_groups(g.association))])
    form.origin.choices = choices([every, *MinutesOrigin.labels().items()])
    form.validate()
    return form


def _asked(form: FilterForm) -> Asked:
    return Asked(form.group.data or "", form.origin.data or "", bool(form.odd.data))
