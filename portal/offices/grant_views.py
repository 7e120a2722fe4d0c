"""Granting an office: find the person, choose the office, see what it gives, confirm."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import abort, current_app, g, request
from flask_login import current_user
from itsdangerous import BadSignature, URLSafeTimedSerializer

from portal.associations.models import Group, Level
from portal.associations.queries import count_below, list_groups
from portal.core import web
from portal.core.access import requires
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.forms import choices
from portal.core.i18n import _
from portal.offices import access, candidates, queries, rules, services
from portal.offices.forms import AppointmentForm, IdentifyForm
from portal.offices.models import Term
from portal.offices.rights import RIGHTS, Position, rights_of
from portal.offices.rules import Wanted
from portal.offices.views import GRANT, blueprint, day_here
from portal.people.models import Person

PROOF_SECONDS = 3600


@blueprint.get("/office/<code>/appointments/grant")
@requires(GRANT)
def find(code: str) -> str:
    """People of this association and below, by name; somebody else by a number in full."""
    text = request.args.get("q", "").strip()[:60]
    found = candidates.search(current_user, g.association, text) if text else []
    template = "offices/_found.html" if web.htmx else "offices/find.html"
    return web.page(template, text=text, found=found, form=IdentifyForm(), limit=candidates.FOUND)


@blueprint.post("/office/<code>/appointments/grant")
@requires(GRANT)
def identify(code: str) -> Any:
    """The number is posted, so that it stands in no address and no log; a signed word carries the answer on."""
    form, context = IdentifyForm(), {"text": "", "found": [], "limit": candidates.FOUND}
    if not form.validate_on_submit():
        return web.invalid("offices/find.html", form, **context)
    try:
        person = services.identify_person(current_user, g.association, form.number.data or "")
    except RuleError as error:
        return web.refused("offices/find.html", form, error, **context)
    db.session.commit()
    proof = _signer().dumps([person.public_id, g.association.id, current_user.id])
    return web.go("offices.grant", person=person.public_id, proof=proof)


@blueprint.route("/office/<code>/appointments/grant/<person>", methods=["GET", "POST"])
@requires(GRANT)
def grant(code: str, person: str) -> Any:
    """First the office, then the page that says what it gives, then it is done."""
    chosen, groups, terms = _candidate(person), list_groups(g.association), queries.list_terms(g.association)
    form = AppointmentForm()
    left_out = _offer(form, chosen, groups, terms)
    context = {"person": chosen, "left_out": left_out}
    if not form.validate_on_submit() or "change" in request.form:
        return _again(form, **context)
    wanted = _wanted(form, chosen, groups, terms)
    try:
        return _check_or_grant(form, wanted)
    except RuleError as error:
        return web.refused("offices/grant.html", form, error, **{**context, "person": _candidate(person)})


def _again(form: Any, **context: Any) -> Any:
    if form.is_submitted() and "change" not in request.form:
        return web.invalid("offices/grant.html", form, **context)
    return web.page("offices/grant.html", form=form, **context)


def _check_or_grant(form: Any, wanted: Wanted) -> Any:
    if form.confirmed.data != "yes":
        rules.check_grant(current_user, wanted)
        below = count_below(g.association) if wanted.covers_subtree else 0
        return web.page("offices/check.html", form=form, wanted=wanted, rights=_in_words(wanted), below=below)
    appointment = services.grant_appointment(current_user, wanted)
    db.session.commit()
    message = _("%(name)s is appointed: %(office)s.", name=wanted.person.name, office=wanted.position.label)
    return web.go("offices.appointment", message, public_id=appointment.public_id)


def _in_words(wanted: Wanted) -> list[str]:
    return [str(RIGHTS[right]) for right in rights_of(wanted.position)]


def _offer(form: Any, person: Person, groups: Any, terms: Any) -> list[Position]:
    """The offices whose rights the reader holds, the live groups and terms. Returns the offices left out."""
    oneself = person.id == current_user.person_id
    may = [each for each in Position if not access.lacking(current_user, each, g.association, oneself=oneself)]
    if not groups:
        may = [each for each in may if each != Position.GROUP_LEADER]
    held = queries.list_holders(g.association, day_here())
    form.position.choices = choices((each, _named(each, held.get(each, ()))) for each in may)
    form.group.choices = choices([("", _("No group")), *((group.public_id, group.name) for group in groups)])
    live = [term for term in terms if term.end_on is None or term.end_on >= today()]
    form.term.choices = choices([("", _("No term")), *((term.public_id, term.name) for term in live)])
    if Position.GROUP_LEADER not in may:
        del form.group
    if g.association.level == Level.GRASSROOTS:
        del form.covers_subtree
    if not form.is_submitted():
        form.start_on.data = today()
        form.term.data = next((term.public_id for term in live if term.start_on <= today()), "")
    return [each for each in Position if each not in may and (groups or each != Position.GROUP_LEADER)]


def _named(position: Position, held: Sequence[str]) -> str:
    """The office and who holds it now, so that nobody is appointed beside somebody unawares."""
    if not held or position == Position.GROUP_LEADER:
        return position.label
    return str(_("%(office)s (now %(names)s)", office=position.label, names=_(", ").join(held)))


def _wanted(form: Any, person: Person, groups: Sequence[Group], terms: Sequence[Term]) -> Wanted:
    """What the form asks for; a term gives its own end where none was entered."""
    group = next((each for each in groups if form.group and each.public_id == form.group.data), None)
    term = next((each for each in terms if each.public_id == form.term.data), None)
    return Wanted(
        person=person,
        association=g.association,
        position=Position(form.position.data),
        start_on=form.start_on.data,
        end_on=form.end_on.data or (term.end_on if term else None),
        group=group,
        term=term,
        covers_subtree=bool(form.covers_subtree and form.covers_subtree.data),
        is_public=form.is_public.data,
        is_identified=_is_proved(person.public_id),
    )


def _candidate(public_id: str) -> Person:
    """Somebody of the subtree whose name the reader may see, or whom the reader named by a number; else 404."""
    return candidates.get(current_user, g.association, public_id, exact=_is_proved(public_id)) or abort(404)


def _is_proved(public_id: str) -> bool:
    """Whether the address carries our signed word that this reader named this person by a number, just now."""
    try:
        proved = _signer().loads(request.args.get("proof", ""), max_age=PROOF_SECONDS)
    except BadSignature:
        return False
    return bool(proved == [public_id, g.association.id, current_user.id])


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="portal.offices.identified")
