"""Transfers: proposed by the giving or the taking side, accepted, declined or withdrawn by the right one."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, g, request
from flask_login import current_user

from portal.associations.models import Association
from portal.associations.queries import get_association
from portal.core import access, downloads, web
from portal.core.access import requires
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.forms import BaseForm
from portal.core.i18n import _
from portal.core.paging import page_number, paginate
from portal.members import exports, queries, transfer_queries, transfers
from portal.members.blueprint import blueprint
from portal.members.change_views import PAGE, WRITE
from portal.members.entry_views import chosen_group, offer_groups
from portal.members.forms import DeclineForm, GroupForm, ReasonForm, TakeForm
from portal.members.models import Membership, Transfer, TransferState
from portal.members.views import load


@blueprint.get("/office/<code>/transfers")
@requires(WRITE)
def list_transfers(code: str) -> str:
    """What waits here, what waits at the other side, and what was decided."""
    statement = transfer_queries.transfers(g.association)
    here = transfer_queries.to_answer(g.association)
    number = page_number()
    return web.page(
        "members/transfers.html",
        incoming=db.session.scalars(statement.where(here)).all(),
        outgoing=db.session.scalars(statement.where(transfer_queries.waits_elsewhere(g.association))).all(),
        page=paginate(statement.where(Transfer.state != TransferState.PROPOSED), number),
    )


@blueprint.get("/office/<code>/transfers/list.<any(xlsx, csv):form>")
@requires(WRITE)
def transfers_file(code: str, form: str) -> Response:
    """All of them as a file."""
    file = exports.transfers(transfer_queries.as_listed(g.association), g.association)
    return downloads.send(form, file, "members.list_transfers")


@blueprint.get("/office/<code>/transfers/<public_id>")
@requires(WRITE)
def transfer(code: str, public_id: str) -> str:
    """One transfer, with what this side may do about it."""
    return _transfer_page(_transfer(public_id))


def _transfer_page(shown: Transfer, failed: Any = None) -> str:
    accepting, declining = GroupForm(formdata=None), DeclineForm(formdata=None)
    declining = failed if isinstance(failed, DeclineForm) else declining
    offer_groups(accepting, g.association)
    reach = access.visible(queries.memberships(), "members.read", Membership)
    return web.page(
        "members/transfer.html",
        transfer=shown,
        accepting=accepting,
        declining=declining,
        form=failed or BaseForm(formdata=None),
        seen=queries.get_membership(reach, shown.membership.public_id),
    )


def _transfer(public_id: str) -> Transfer:
    """A transfer in which this association is one of the two sides; otherwise 404."""
    return transfer_queries.get_transfer(g.association, public_id) or abort(404)


@blueprint.route("/office/<code>/transfers/take", methods=["GET", "POST"])
@requires(WRITE)
def take(code: str) -> Any:
    """The taking side proposes: it names a member by number and full name, no more is shown to it."""
    form = TakeForm()
    if not form.validate_on_submit():
        return web.form_page("members/take.html", form)
    try:
        held = transfers.find(g.association, str(form.number.data), str(form.name.data))
        proposed = transfers.propose(
            current_user, current_user.person_id, held, held.association, g.association, g.association,
            str(form.reason.data),
        )  # fmt: skip
    except RuleError as error:
        return web.refused("members/take.html", form, error)
    db.session.commit()
    return web.go("members.transfer", _("Proposed. The other association answers."), public_id=proposed.public_id)


@blueprint.route("/office/<code>/memberships/<public_id>/transfer", methods=["GET", "POST"])
@requires(WRITE)
def transfer_out(code: str, public_id: str) -> Any:
    """The giving side proposes: first the other association, then the reason."""
    held, to, form = load(public_id, WRITE), _other(), ReasonForm()
    context = {"to": to, **_places(held)}
    if to is None or not form.validate_on_submit():
        return web.form_page("members/transfer_out.html", form, membership=held, **context)
    try:
        proposed = transfers.propose(
            current_user, current_user.person_id, held, held.association, to, held.association, str(form.reason.data)
        )
    except RuleError as error:
        return web.refused("members/transfer_out.html", form, error, membership=load(public_id, WRITE), **context)
    db.session.commit()
    message = _("Proposed. The other association answers.")
    return web.go("members.transfer", message, code=held.association.code, public_id=proposed.public_id)


def _other() -> Association | None:
    """The association that the address names as the other side."""
    code = request.args.get("to", "")
    return (get_association(code) or abort(404)) if code else None


def _places(held: Membership) -> dict[str, Any]:
    text = request.args.get("q", "").strip()[:60]
    return {"text": text, "places": transfer_queries.list_places(held.association, text)}


@blueprint.post("/office/<code>/transfers/<public_id>/accept")
@requires(WRITE)
def accept(code: str, public_id: str) -> Any:
    """The other side says yes; the taking side chooses a group."""
    found, form = _answerable(public_id), GroupForm()
    offer_groups(form, g.association)
    takes = found.to_association_id == g.association.id
    group = chosen_group(form, g.association) if takes else None
    what = (found, found.membership, found.to_association, group)
    try:
        transfers.accept(current_user, current_user.person_id, *what, by=g.association)
    except RuleError as error:
        return _refused(form, error, public_id)
    membership_id = found.membership.public_id
    db.session.commit()
    if takes:
        return web.go(PAGE, _("Accepted. The membership is here from today."), public_id=membership_id)
    return web.go("members.list_transfers", _("Accepted. The membership is with the other association from today."))


@blueprint.post("/office/<code>/transfers/<public_id>/decline")
@requires(WRITE)
def decline(code: str, public_id: str) -> Any:
    """The other side says no, and why."""
    found, form = _answerable(public_id), DeclineForm()
    if not form.validate_on_submit():
        g.form_failed = True
        return _transfer_page(found, form), 422
    return _close(found, TransferState.DECLINED, form)


@blueprint.post("/office/<code>/transfers/<public_id>/withdraw")
@requires(WRITE)
def withdraw(code: str, public_id: str) -> Any:
    """The side that proposed takes it back."""
    found = _transfer(public_id)
    if found.proposed_by_association_id != g.association.id:
        abort(403)
    return _close(found, TransferState.WITHDRAWN, BaseForm())


def _answerable(public_id: str) -> Transfer:
    """A transfer that the other side has proposed to this one."""
    found = _transfer(public_id)
    return found if found.proposed_by_association_id != g.association.id else abort(403)


def _close(found: Transfer, state: TransferState, form: Any) -> Any:
    note = form.note.data if isinstance(form, DeclineForm) else ""
    try:
        transfers.refuse(current_user, current_user.person_id, found, state, note or "", g.association)
    except RuleError as error:
        return _refused(form, error, found.public_id)
    db.session.commit()
    message = _("Declined. The other association reads why.") if note else _("Withdrawn.")
    return web.go("members.list_transfers", message)


def _refused(form: Any, error: RuleError, public_id: str) -> Any:
    """The transfer as it is by now, with the rule's message."""
    web.undo()
    form.refuse(error)
    g.form_failed = True
    return _transfer_page(_transfer(public_id), form), 422
