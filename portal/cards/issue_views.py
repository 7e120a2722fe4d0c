"""Issue and reissue a card, take one out of use, hand one over or a whole stack."""

from __future__ import annotations

from typing import Any

from flask import g
from flask_login import current_user

from portal.cards import listing, queries, services
from portal.cards.blueprint import blueprint
from portal.cards.forms import FirstForm, HandOverForm, ReissueForm, VoidForm
from portal.cards.loading import load, load_membership
from portal.cards.models import IssueReason, MemberCard, VoidReason
from portal.core import web
from portal.core.access import requires
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import _, ngettext
from portal.members.models import Membership


@blueprint.route("/office/<code>/memberships/<public_id>/card", methods=["GET", "POST"])
@requires("members.write")
def issue(code: str, public_id: str) -> Any:
    """The first card of a membership, or another in the place of the one in use: what is printed, why, confirmed."""
    membership = load_membership(public_id)
    cards = queries.list_cards(membership.id)
    form = ReissueForm() if cards else FirstForm()
    if not form.validate_on_submit():
        return _issue_page(form, membership, cards)
    try:
        card = _issue(form, membership)
    except RuleError as error:
        web.undo()
        form.refuse(error)
        return _issue_page(form, load_membership(public_id), queries.list_cards(membership.id))
    db.session.commit()
    done = _("The card of %(name)s was issued. Print it now.", name=card.printed_name)
    return web.go("cards.card", done, public_id=card.public_id)


def _issue(form: Any, membership: Membership) -> MemberCard:
    reason = IssueReason(form.reason.data) if "reason" in form else IssueReason.FIRST
    replaces = (form.replaces.data or None) if "replaces" in form else None
    person_id = current_user.person_id
    return services.issue(current_user, person_id, membership, reason, form.note.data or "", replaces)


def _issue_page(form: Any, membership: Membership, cards: Any) -> Any:
    used = next((card for card in cards if card.voided_at is None), None)
    if "replaces" in form:
        form.replaces.data = used.public_id if used else ""
    context = {"membership": membership, "cards": cards, "used": used, "printed": services.snapshot_of(membership)}
    context["missing"] = services.unprintable(context["printed"])
    if form.is_submitted():
        return web.invalid("cards/issue.html", form, **context)
    return web.page("cards/issue.html", form=form, **context)


@blueprint.route("/office/<code>/cards/<public_id>/void", methods=["GET", "POST"])
@requires("members.write")
def void(code: str, public_id: str) -> Any:
    """Ask before a card is taken out of use, and for the reason."""
    card, form = load(public_id, "members.write"), VoidForm()
    if not form.validate_on_submit():
        return web.form_page("cards/void.html", form, card=card)
    try:
        services.void(current_user, card, VoidReason(form.reason.data), form.note.data or "")
    except RuleError as error:
        return web.refused("cards/void.html", form, error, card=card)
    db.session.commit()
    return web.go("cards.card", _("The card is void."), public_id=public_id)


@blueprint.route("/office/<code>/cards/<public_id>/hand-over", methods=["GET", "POST"])
@requires("members.write")
def hand_over(code: str, public_id: str) -> Any:
    """The day on which the holder got the card."""
    card, form = load(public_id, "members.write"), HandOverForm(data={"on": today(g.association.time_zone)})
    if not form.validate_on_submit():
        return web.form_page("cards/hand_over.html", form, card=card)
    try:
        services.hand_over(current_user, card, form.on.data)
    except RuleError as error:
        return web.refused("cards/hand_over.html", form, error, card=card)
    db.session.commit()
    return web.go("cards.card", _("Marked as handed over."), public_id=public_id)


@blueprint.post("/office/<code>/cards/<public_id>/take-back")
@requires("members.write")
def take_back(code: str, public_id: str) -> Any:
    """It was marked as handed over by mistake."""
    card = load(public_id, "members.write")
    try:
        services.hand_over(current_user, card, None)
    except RuleError as error:
        web.undo()
        return web.go("cards.card", error, public_id=public_id)
    db.session.commit()
    return web.go("cards.card", _("Marked as not handed over."), public_id=public_id)


@blueprint.route("/office/<code>/cards/hand-over", methods=["GET", "POST"])
@requires("members.write")
def hand_over_all(code: str) -> Any:
    """A stack of cards is handed over: all that the list shows as waiting, after asking."""
    form = HandOverForm(data={"on": today(g.association.time_zone)})
    asked = listing.filter_form(g.association)
    asked.state.data = "waiting"
    ids = queries.list_waiting(current_user, g.association, listing.wanted(asked))
    if not ids:
        return web.go("cards.office_list", _("No card waits to be handed over."), state="valid")
    if not form.validate_on_submit():
        return web.form_page("cards/hand_over_all.html", form, count=len(ids), asked=asked)
    try:
        count = services.hand_over_all(current_user, g.association, ids, form.on.data or today())
    except RuleError as error:
        return web.refused("cards/hand_over_all.html", form, error, count=len(ids), asked=asked)
    db.session.commit()
    done = ngettext("%(num)d card is marked as handed over.", "%(num)d cards are marked as handed over.", count)
    return web.go("cards.office_list", done, state="valid")


@blueprint.app_template_global("needs_card")
def needs_card(membership: Membership) -> bool:
    """Whether the reader may issue a card of it and it has none, for the pages that lead here."""
    held = queries.get_membership(current_user, "members.write", g.association, membership.public_id)
    is_active = held is not None and held.ended_on is None and held.suspended_on is None
    return is_active and queries.live_card(membership.id) is None
