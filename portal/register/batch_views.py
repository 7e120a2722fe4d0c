"""Pages for many memberships at once: a summary, the act, its outcome."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, flash, g, request
from flask_login import current_user

from portal.associations.models import Group
from portal.cards import batch as cards
from portal.cards.services import Batch, open_batch
from portal.core import web
from portal.core.access import requires
from portal.core.calendar import today
from portal.core.database import db
from portal.core.documents import MissingGlyphs
from portal.core.errors import RuleError
from portal.core.forms import choices
from portal.core.i18n import _, lazy
from portal.core.jobs import get_job, queue
from portal.members.models import EndReason, Membership
from portal.register import batch, letters, listing, queries
from portal.register.blueprint import blueprint
from portal.register.forms import EndForm, LetterForm, MoveForm

NO_GROUP = "none"
NOT_BY_HAND = (EndReason.DELETED,)  # belongs to a request of the person


def _choose(right: str = batch.RIGHT) -> Any:
    return batch.choose(request.args, current_user, g.association, right)


def _summarise(chosen: Any, why_not: Any) -> batch.Summary:
    """What would happen; without anybody chosen there is nothing to do, and the list says so."""
    try:
        summary = batch.summarise(chosen, why_not)
    except RuleError as error:
        abort(_back(error))
    return summary if summary.total else abort(_back(_("Choose at least one membership.")))


def _back(message: Any) -> Response:
    """To the list as it was, with a word about why."""
    kept = {name: request.args.getlist(name) for name in listing.KEPT if request.args.get(name)}
    flash(str(message), "warning")
    return web.go("register.members", **kept)


@blueprint.get("/office/<code>/members/move")
@requires("members.write")
def move(code: str) -> str:
    """To which group; then who would move and who would not."""
    form, summary, chosen = _move_form(), None, _choose()
    if "to" in request.args and form.validate():
        summary = _summarise(chosen, batch.why_not_move(_group(form)))
    everybody = summary or _summarise(chosen, batch.why_not_end())
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != "to"]
    return web.page("register/move.html", form=form, summary=summary, total=everybody.total, kept=kept)


@blueprint.post("/office/<code>/members/move")
@requires("members.write")
def carry_out_move(code: str) -> Any:
    """What the summary said."""
    form = _move_form()
    if not form.validate():
        abort(400)
    group = _group(form)
    return _carry_out("move", {"group": group.id if group else None})


def _move_form() -> MoveForm:
    form = MoveForm(formdata=request.args)
    shown = listing.read(request.args, current_user, g.association)
    groups = [(group.public_id, group.name) for group in queries.list_groups(shown.scope)]
    form.to.choices = choices([("", _("Choose")), *groups, (NO_GROUP, _("None"))])
    return form


def _group(form: MoveForm) -> Group | None:
    shown = listing.read(request.args, current_user, g.association)
    return next((one for one in queries.list_groups(shown.scope) if one.public_id == form.to.data), None)


@blueprint.route("/office/<code>/members/end", methods=["GET", "POST"])
@requires("members.write")
def end(code: str) -> Any:
    """When and why; who has ended already is left out."""
    form, summary = EndForm(), _summarise(_choose(), batch.why_not_end())
    form.reason.choices = choices(
        [("", _("Choose")), *((k, label) for k, label in EndReason.labels().items() if k not in NOT_BY_HAND)]
    )
    if not form.is_submitted():
        form.last_day.data = today()
        return web.page("register/end.html", form=form, summary=summary)
    if not form.validate():
        return web.invalid("register/end.html", form, summary=summary)
    values = form.values("last_day", "reason", "note")
    if values["last_day"] > today():
        error = RuleError("last_day", lazy("The last day cannot lie in the future."))
        return web.refused("register/end.html", form, error, summary=summary)
    return _carry_out("end", {**values, "last_day": values["last_day"].isoformat(), "note": values["note"] or ""})


def _carry_out(act: str, options: dict[str, Any]) -> Response:
    job = batch.start(current_user, g.association, _choose(), act, options)
    db.session.commit()
    batch.carry_on(job)
    return web.go("register.outcome", public_id=job.public_id)


@blueprint.get("/office/<code>/members/outcomes/<public_id>")
@requires("members.write")
def outcome(code: str, public_id: str) -> str:
    """How far the work is, and what came of it: for whoever began it."""
    job = get_job(public_id, current_user.id)
    if job is None or job.kind != batch.JOB or job.result.get("association") != g.association.id:
        abort(404)
    return web.page("register/_outcome.html" if web.htmx else "register/outcome.html", job=job)


@blueprint.route("/office/<code>/members/cards", methods=["GET", "POST"])
@requires("members.write")
def issue_cards(code: str) -> Any:
    """New cards for the chosen who have none; the work and its files belong to the cards."""
    chosen = _choose().with_only_columns(Membership.public_id)
    wanted = Batch(memberships=tuple(db.session.scalars(chosen.limit(batch.MOST))))
    if not wanted.memberships:
        return _back(_("Choose at least one membership."))
    if request.method == "GET":
        found = cards.plan(current_user, g.association, wanted)
        return web.page("register/cards.html", plan=found, total=len(wanted.memberships))
    job = open_batch(current_user, g.association, wanted)
    db.session.commit()
    queue.send(cards.run, job.public_id)
    return web.go("cards.batch_job", public_id=job.public_id)


@blueprint.route("/office/<code>/members/letter", methods=["GET", "POST"])
@requires("members.read")
def letter(code: str) -> Any:
    """A letter to each of the chosen, as one PDF to print."""
    form, chosen = LetterForm(), _choose("members.read")
    summary = _summarise(chosen, letters.why_not())
    context = {"summary": summary, "placeholders": letters.PLACEHOLDERS, "most": letters.MOST}
    if not form.is_submitted():
        form.signed.data = g.association.name
        return web.page("register/letter.html", form=form, **context)
    if not form.validate():
        return web.invalid("register/letter.html", form, **context)
    values = form.values("subject", "body", "signed")
    try:
        pdf = letters.write(current_user, g.association, chosen, **values)
    except (RuleError, MissingGlyphs) as error:
        return web.refused("register/letter.html", form, _as_rule(error), **context)
    db.session.commit()
    return web.download(pdf, f"{form.subject.data}-{today()}.pdf", "application/pdf")


def _as_rule(error: RuleError | MissingGlyphs) -> RuleError:
    if isinstance(error, RuleError):
        return error
    return RuleError("", lazy("The fonts lack these characters: %(characters)s.", characters=str(error)))
