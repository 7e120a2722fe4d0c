"""Office pages of certificates: what was issued, one of them, and one issued for somebody without an account."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, g, request

from portal.accounts.reader import me
from portal.certificates import exports, issuing, queries
from portal.certificates.blueprint import blueprint
from portal.certificates.forms import SpanForm
from portal.certificates.loading import load_certificate, offer_spans, pdf_of, span_of
from portal.certificates.printing import verify_url
from portal.core import access, downloads, web
from portal.core.access import requires
from portal.core.database import db
from portal.core.documents import qr_svg
from portal.core.errors import RuleError
from portal.core.i18n import _
from portal.core.paging import page_number, paginate
from portal.people.models import Person
from portal.people.queries import get_person
from portal.verification.codes import shown


@blueprint.get("/office/<code>/certificates")
@requires("volunteers.read")
def office_list(code: str) -> str:
    """What was issued in the name of the association and of those below it, the latest first."""
    text = request.args.get("q", "").strip()[:60]
    page = paginate(queries.issued(me(), g.association, text=text), page_number())
    return web.page("certificates/list.html", page=page, text=text, state_of=exports.state_of)


@blueprint.get("/office/<code>/certificates/list.<any(xlsx, csv):form>")
@requires("volunteers.read")
def download(code: str, form: str) -> Response:
    text = request.args.get("q", "").strip()[:60]
    statement = queries.issued(me(), g.association, text=text)
    return downloads.send(form, exports.certificates(statement), "certificates.office_list")


@blueprint.get("/office/<code>/certificates/<public_id>")
@requires("volunteers.read")
def certificate(code: str, public_id: str) -> str:
    """One as it was issued, with its entries, its code, and whether it is valid."""
    found = load_certificate(public_id)
    qr = qr_svg(verify_url(found), _("QR code to verify the certificate"))
    context = {"state": exports.state_of(found), "code": shown(found.code.code), "qr": qr}
    return web.page("certificates/certificate.html", certificate=found, **context)


@blueprint.get("/office/<code>/certificates/<public_id>/certificate.pdf")
@requires("volunteers.write")
def certificate_pdf(code: str, public_id: str) -> Response:
    """For the printer; one that is superseded says so across the page."""
    return pdf_of(load_certificate(public_id, "volunteers.write"))


@blueprint.route("/office/<code>/people/<public_id>/certificate", methods=["GET", "POST"])
@requires("volunteers.write")
def issue(code: str, public_id: str) -> Any:
    """For somebody who comes to the office: what the association and those below it organised."""
    person, form = _person(public_id), SpanForm()
    entries = issuing.approved_entries(person.id, None, None, g.association.path)
    offer_spans(form, entries)
    context = {"person": person, "count": len(entries), "total": sum(entry.minutes for entry in entries)}
    if not form.validate_on_submit():
        return web.form_page("certificates/issue.html", form, **context)
    try:
        made = issuing.issue_certificate(me(), person, g.association, *span_of(form), by_officer=True)
    except RuleError as error:
        return web.refused("certificates/issue.html", form, error, **{**context, "person": _person(public_id)})
    db.session.commit()
    told = _("The certificate %(number)s is ready: save it or print it.", number=made.number)
    return web.go(".certificate", told, public_id=made.public_id)


def _person(public_id: str) -> Person:
    """Somebody whose record the reader keeps as a volunteer's; 404 for everybody else."""
    return get_person(access.reached("volunteers.write"), public_id, g.association) or abort(404)
