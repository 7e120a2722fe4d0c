"""The office's side: hand out a one-time code, print its slip, block an account and allow it again."""

from __future__ import annotations

from typing import Any

from flask import abort, current_app, g
from flask_login import current_user

from portal.accounts import codes, queries, services
from portal.accounts.forms import SlipForm
from portal.accounts.models import OneTimeCode
from portal.accounts.reader import me
from portal.accounts.views import blueprint
from portal.core import access, formats, web
from portal.core.access import requires
from portal.core.calendar import now
from portal.core.database import db
from portal.core.documents import MissingGlyphs, qr_svg, render_pdf
from portal.core.errors import RuleError
from portal.core.i18n import _, locale, pgettext
from portal.people.models import Person
from portal.people.queries import get_person
from portal.settings import Settings


def _person(public_id: str) -> Person:
    """Somebody whose record this association holds; 404 for everybody else."""
    return get_person(access.reached("accounts.issue"), public_id, g.association) or abort(404)


@blueprint.get("/office/<code>/people/<public_id>/access-code")
@requires("accounts.issue")
def access_code(code: str, public_id: str) -> str:
    """Whether the person can sign in, and the buttons to hand out a code or to block the account."""
    return web.page("accounts/access_code.html", **_state(_person(public_id)), form=SlipForm(formdata=None))


def _refuse(public_id: str, error: RuleError) -> Any:
    """The page again, read anew: what the attempt had begun is rolled back."""
    db.session.rollback()
    form = SlipForm(formdata=None)
    form.refuse(error)
    return web.invalid("accounts/access_code.html", form, **_state(_person(public_id)))


def _state(person: Person) -> dict[str, Any]:
    account = queries.get_of_person(person)
    last = queries.last_code(account) if account is not None else None
    is_own, is_covered = person.id == current_user.person_id, access.covers(person.id)
    return {
        "person": person,
        "user_account": account,
        "last": last,
        "is_own": is_own,
        "is_covered": is_covered,
        "is_last_usable": last is not None and last.is_usable(now()),
    }


@blueprint.post("/office/<code>/people/<public_id>/access-code")
@requires("accounts.issue")
def issue_code(code: str, public_id: str) -> Any:
    """A new code, shown this once: the page is not kept, and a second POST hands out another."""
    person = _person(public_id)
    try:
        issued = codes.issue(me(), person, g.association, is_covered=access.covers(person.id))
    except RuleError as error:
        return _refuse(public_id, error)
    db.session.commit()
    return web.page("accounts/slip.html", **_slip(issued, _live(issued)))


def _live(code: str) -> OneTimeCode:
    return queries.get_live_code(codes.hashes(code)) or abort(404)


@blueprint.post("/office/<code>/people/<public_id>/access-code/slip")
@requires("accounts.issue")
def slip(code: str, public_id: str) -> Any:
    """The slip as a PDF. The code comes from the page that showed it: the portal cannot tell it again."""
    person, issued = _person(public_id), SlipForm().code.data or ""
    row = _live(issued)
    if row.account.person_id != person.id or row.issued_by != current_user.id:
        abort(404)
    shown = _slip(issued, row)
    try:
        pdf = render_pdf("slip", _document(shown))
    except MissingGlyphs:
        return web.page("accounts/slip.html", **shown, is_unprintable=True), 422
    return web.download(pdf, f"{_('One-time code')}-{person.name}.pdf", "application/pdf")


@blueprint.post("/office/<code>/people/<public_id>/access-code/block")
@requires("accounts.issue")
def block(code: str, public_id: str) -> Any:
    """Nobody signs in with the account until it is allowed again."""
    return _switch(public_id, services.block, _("The account is blocked."))


@blueprint.post("/office/<code>/people/<public_id>/access-code/unblock")
@requires("accounts.issue")
def unblock(code: str, public_id: str) -> Any:
    return _switch(public_id, services.unblock, _("The account may sign in again."))


def _switch(public_id: str, act: Any, message: str) -> Any:
    """Block or unblock, for accounts that the officer could take over anyway; others are refused in words."""
    person = _person(public_id)
    account = queries.get_of_person(person) or abort(404)
    try:
        codes.refuse_uncovered(access.covers(person.id))
        act(me(), account)
    except RuleError as error:
        return _refuse(public_id, error)
    db.session.commit()
    return web.go("accounts.access_code", message, public_id=public_id)


def _slip(code: str, row: OneTimeCode) -> dict[str, Any]:
    """What the slip says; its address comes from the settings, never from the request."""
    settings: Settings = current_app.extensions["portal.settings"]
    shown = codes.shown(code)
    url = f"{settings.base_url}/activate/{shown}"
    return {
        "person": row.account.person,
        "code": shown,
        "url": url,
        "page": url.rpartition("/")[0],
        "qr": qr_svg(url, _("QR code of the page where the code is used")),
        "expires": formats.datetime_local(row.expires_at, g.association.time_zone),
        "login": " · ".join(row.account.logins_shown),
        "steps": steps(),
    }


def steps() -> list[str]:
    """What the holder of a slip does."""
    return [
        str(_("Scan the QR code with your phone, or open the address below in a browser.")),
        str(_("Check the code, or type it in.")),
        str(_("Choose a password of your own. You are signed in at once.")),
    ]


def _document(shown: dict[str, Any]) -> dict[str, Any]:
    """The slip for the printer, in the officer's language."""
    return {
        "federation": current_app.extensions["portal.site"]().name,
        "association": g.association.name,
        "name": shown["person"].name,
        "issued_by": current_user.name,
        "lang": "en" if locale() == "en" else "zh",
        **{name: shown[name] for name in ("code", "qr", "expires", "steps")},
        "url": shown["page"],
        "labels": {
            "title": _("One-time code"),
            "name": pgettext("slip", "For"),
            "code": pgettext("slip", "Code"),
            "expires": _("Valid until"),
            "steps": _("How to use it"),
            "keep": _("Good once. Do not pass it on or photograph it for others."),
            "issued_by": _("Handed out by"),
        },
    }
