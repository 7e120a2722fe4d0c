"""Terms of office: listed, opened, changed, handed over with a sheet to sign."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, g
from flask_login import current_user

from portal.associations import ties
from portal.associations.queries import list_groups
from portal.core import downloads, web
from portal.core.access import requires
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.forms import choices
from portal.core.i18n import _, ngettext
from portal.offices import exports, queries, services
from portal.offices.forms import HandOverForm, TermForm
from portal.offices.models import Term
from portal.offices.views import GRANT, blueprint, day_here


@blueprint.get("/office/<code>/terms")
@requires("office.enter")
def terms(code: str) -> str:
    """Every term with its days and how many appointments it has."""
    found, day = queries.list_terms(g.association), day_here()
    counts = queries.count_by_term(g.association, day)
    return web.page("offices/terms.html", terms=found, counts=counts, day=day)


@blueprint.get("/office/<code>/terms/list.<any(xlsx, csv):form>")
@requires("office.enter")
def terms_file(code: str, form: str) -> Response:
    """The same as a file."""
    day = day_here()
    counts = queries.count_by_term(g.association, day)
    return downloads.send(form, exports.terms(queries.list_terms(g.association), counts, day), "offices.terms")


@blueprint.route("/office/<code>/terms/open", methods=["GET", "POST"])
@requires(GRANT)
def open_term(code: str) -> Any:
    form = TermForm()
    if not form.validate_on_submit():
        return web.form_page("offices/term_form.html", form, term=None)
    try:
        term = services.open_term(current_user, g.association, **form.values())
    except RuleError as error:
        return web.refused("offices/term_form.html", form, error, term=None)
    db.session.commit()
    return web.go("offices.terms", _("The term “%(name)s” was opened.", name=term.name))


@blueprint.route("/office/<code>/terms/<public_id>", methods=["GET", "POST"])
@requires(GRANT)
def change_term(code: str, public_id: str) -> Any:
    """Name and planned end; the first day stays, for appointments stand on it."""
    term = _term(public_id)
    form = TermForm(obj=term)
    del form.start_on
    if not form.validate_on_submit():
        return web.form_page("offices/term_form.html", form, term=term)
    try:
        services.change_term(current_user, g.association, term, **form.values())
    except RuleError as error:
        return web.refused("offices/term_form.html", form, error, term=_term(public_id))
    db.session.commit()
    return web.go("offices.terms", _("The term was changed."))


@blueprint.route("/office/<code>/terms/<public_id>/hand-over", methods=["GET", "POST"])
@requires(GRANT)
def hand_over(code: str, public_id: str) -> Any:
    """Ends all of a term in one step; whoever is ticked goes on in the next."""
    term, form = _term(public_id), HandOverForm()
    context = _offer(form, term)
    if not form.validate_on_submit():
        return web.form_page("offices/hand_over.html", form, **context)
    to = next(each for each in context["following"] if each.public_id == form.to.data)
    staying = [held for held in context["held"] if held.public_id in (form.staying.data or ())]
    try:
        ended, going_on = services.hand_over(current_user, g.association, term, to, staying)
    except RuleError as error:
        return web.refused("offices/hand_over.html", form, error, **_offer(form, _term(public_id)))
    db.session.commit()
    return web.go("offices.appointments", _handed_over(ended, going_on))


def _handed_over(ended: int, going_on: int) -> str:
    done = ngettext("%(num)d appointment has its end", "%(num)d appointments have their end", ended)
    kept = ngettext("%(num)d goes on in the next term", "%(num)d go on in the next term", going_on)
    return str(_("Handed over: %(done)s, %(kept)s.", done=done, kept=kept))


def _offer(form: Any, term: Term) -> dict[str, Any]:
    """The terms that may follow, whoever holds an office of this one, and what is prepared for the next."""
    day = day_here()
    following = [each for each in queries.list_terms(g.association) if each.start_on > term.start_on]
    held = [each for each in queries.list_of_term(term) if not each.has_ended_by(day)]
    prepared = [each for other in following for each in queries.list_of_term(other)]
    taken = {(each.person_id, each.position, each.group_id) for each in prepared}
    free = [each for each in held if (each.person_id, each.position, each.group_id) not in taken]
    form.to.choices = choices((each.public_id, each.name) for each in reversed(following))
    form.staying.choices = choices((each.public_id, each.person.name) for each in free)
    if len(following) == 1 and not form.is_submitted():
        form.to.data = following[0].public_id
    return {"term": term, "following": following, "held": held, "free": free, "prepared": prepared, "day": day}


@blueprint.get("/office/<code>/terms/<public_id>/sheet")
@requires(GRANT)
def sheet(code: str, public_id: str) -> str:
    """One page that says what passes on, with lines to sign."""
    term, day = _term(public_id), day_here()
    held = [each for each in queries.list_of_term(term) if not each.has_ended_by(day)]
    return web.page(
        "offices/sheet.html",
        term=term,
        day=day,
        held=held,
        accounts=queries.accounts_of([each.person_id for each in held]),
        groups=list_groups(g.association),
        ties=ties.ask().groups(g.association),
        nobody=ties.GroupTies(),
        records=queries.count_records(g.association, term),
    )


def _term(public_id: str) -> Term:
    return queries.get_term(g.association, public_id) or abort(404)
