"""Terms that end: who is to be asked, and a whole list renewed in one go."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import Response, g, request

from portal.accounts.reader import me
from portal.core import downloads, web
from portal.core.access import requires
from portal.core.calendar import read_date, today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import ngettext
from portal.core.paging import page_number, paginate
from portal.volunteers import exports, queries, renewing, services
from portal.volunteers.blueprint import blueprint
from portal.volunteers.forms import RenewForm
from portal.volunteers.letter_views import pdf_of
from portal.volunteers.queries import SOON


@blueprint.get("/office/<code>/volunteers/terms")
@requires("volunteers.read")
def terms(code: str) -> str:
    """Whose term is over or ends soon, the first to end first."""
    until = _until()
    page = paginate(queries.ending(me(), g.association, until), page_number())
    day = today(g.association.time_zone)
    return web.page("volunteers/terms.html", page=page, until=until, day=day, soon=day + timedelta(days=SOON))


@blueprint.get("/office/<code>/volunteers/terms/list.<any(xlsx, csv):form>")
@requires("volunteers.read")
def download_terms(code: str, form: str) -> Response:
    """The same volunteers as a file."""
    return downloads.send(form, exports.terms(queries.ending(me(), g.association, _until())), "volunteers.terms")


@blueprint.route("/office/<code>/volunteers/terms/renew", methods=["GET", "POST"])
@requires("volunteers.write")
def renew_all(code: str) -> Any:
    """First who would be renewed and who not, and why; then all of them in one go."""
    form, until = RenewForm(), _until()
    if not form.is_submitted():
        form.term_end_on.data = services.default_term_end(today())
    planned = renewing.plan(me(), g.association, until)
    if not form.validate_on_submit():
        return web.form_page("volunteers/terms_renew.html", form, planned=planned, until=until)
    try:
        made = renewing.renew_all(me(), g.association, planned, form.term_end_on.data)  # type: ignore[arg-type]
    except RuleError as error:
        planned = renewing.plan(me(), g.association, until)
        return web.refused("volunteers/terms_renew.html", form, error, planned=planned, until=until)
    db.session.commit()
    message = ngettext("%(num)d term was renewed.", "%(num)d terms were renewed.", len(made))
    return web.go("volunteers.print_letters", message, since=today().isoformat())


@blueprint.get("/office/<code>/volunteers/letters")
@requires("volunteers.read")
def print_letters(code: str) -> str:
    """The letters issued since a day, to be printed together."""
    since = read_date(request.args.get("since", "")) or today() - timedelta(days=31)
    page = paginate(queries.issued(me(), g.association, since), page_number(), 50)
    return web.page("volunteers/letters.html", page=page, since=since)


@blueprint.get("/office/<code>/volunteers/letters.pdf")
@requires("volunteers.read")
def letters_file(code: str) -> Response:
    """The same page of letters as one PDF; back to the page where there is none."""
    since = read_date(request.args.get("since", "")) or today() - timedelta(days=31)
    page = paginate(queries.issued(me(), g.association, since), page_number(), 50)
    return pdf_of(page.rows) if page.rows else web.go("volunteers.print_letters", since=since.isoformat())


def _until() -> date:
    """The day that the address names, otherwise the days in which one begins to ask."""
    return read_date(request.args.get("until", "")) or today() + timedelta(days=SOON)
