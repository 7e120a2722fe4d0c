"""What everybody reads: the notice periods open now and the past ones, each with its answers and its decision."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Response, abort, current_app, request, url_for
from markupsafe import Markup

from portal.associations.models import Association
from portal.associations.queries import get_association
from portal.core import web
from portal.core.access import public
from portal.core.calendar import today
from portal.core.documents import qr_svg
from portal.core.drawn import public_page as drawn_page
from portal.core.formats import local
from portal.core.i18n import _, pgettext
from portal.core.paging import page_number, paginate
from portal.core.recent import recent
from portal.core.shared import shared
from portal.core.text import printable
from portal.objections import feed as feeds
from portal.objections import queries
from portal.objections.blueprint import blueprint
from portal.objections.models import Matter, ObjectionState, PeriodState
from portal.transparency.queries import proof_of

TONES = {PeriodState.PASSED: "green", PeriodState.STOPPED: "red", PeriodState.WITHDRAWN: "grey"}


@blueprint.get("/notice-periods", strict_slashes=False)
@public
def public_list() -> Response | str:
    """All notice periods, those open now first; `association` limits them to one and those below it."""
    place, day = _place(), today()
    page = paginate(queries.public_rows(day, place.path if place else None), page_number(), scalars=False)
    values = (tuple(page.rows), page.number, place and place.code, day)
    shown = {"page": page, "place": place, "day": day, "matters": Matter.labels()}
    return drawn_page("objections/list.html", values, lambda: shown)


@blueprint.get("/notice-periods/feed.atom")
@public
def feed() -> Response:
    """The latest changes, of all associations or of one and those below it."""
    place, site = _place(), current_app.extensions["portal.site"]()
    path = url_for(".feed") + (f"?{urlencode({'association': place.code})}" if place else "")
    base, author = current_app.extensions["portal.settings"].base_url, place.name if place else site.name
    title = f"{pgettext('office', 'Notice periods')} · {author}"
    file = feeds.build(queries.list_changes(place.path if place else None), base, path, title, author)
    return Response(file, mimetype="application/atom+xml")


@blueprint.get("/notice-periods/<public_id>")
@public
def public_page(public_id: str) -> Response | str:
    """What is shown before it is decided, with the days left, the way to object, what was answered and decided."""
    period = queries.get_public(public_id) or abort(404)
    day, answered = today(period.time_zone), queries.list_answered(period.id)
    return drawn_page(
        "objections/public.html", (tuple(period), tuple(answered), day), lambda: around(period, day, answered)
    )


@blueprint.get("/notice-periods/<public_id>/print")
@public
@shared
def sheet(public_id: str) -> str:
    """The same as a sheet to hang up, with the way to object as a code to scan."""
    period = queries.get_public(public_id) or abort(404)
    address = url_for("objections.public_page", public_id=public_id, _external=True)
    shown = around(period, today(period.time_zone), queries.list_answered(period.id))
    return web.page(
        "objections/sheet.html", address=address, qr=qr_svg(address, _("QR code of this notice period")), **shown
    )


def _place() -> Association | None:
    """The association that the address names, if it names one."""
    code = printable(request.args.get("association", ""))
    return (get_association(code) or abort(404)) if code else None


def around(period: Any, day: Any, answered: Any) -> dict[str, Any]:
    """A notice period with what is said about it."""
    return {
        "period": period,
        "day": day,
        "runs": is_running(period, day),
        "answered": answered,
        "matters": Matter.labels(),
        "outcomes": ObjectionState.labels(),
        "entry": proof_of(period.public_id),
        "since": local(period.decided_at or period.opened_at, period.time_zone).date(),
    }


def is_running(period: Any, day: Any) -> bool:
    """Whether objections are taken."""
    return bool(period.state == PeriodState.OPEN and day <= period.end_on)


@blueprint.app_template_global("period_state")
def period_state(period: Any, day: Any) -> tuple[str, str]:
    """Words and tone of how it stands: one that runs, one whose last day is over, one that is decided."""
    if period.state != PeriodState.OPEN:
        state = PeriodState(period.state)
        return state.label, TONES[state]
    if is_running(period, day):
        return PeriodState.OPEN.label, "amber"
    return str(_("Being decided")), "blue"


@blueprint.app_template_global("objection_state")
def objection_state(state: str) -> str:
    return ObjectionState(state).label


@blueprint.app_template_filter("lines")
def lines(said: str) -> Markup:
    """A plain text with the lines it was typed in."""
    return Markup("<br>").join(said.splitlines())


@blueprint.app_template_global("open_notice_periods")
def open_notice_periods(path: str | None = None) -> Any:
    """The first few that run, for the block on other pages; a new one stands there within a minute."""
    day = today()
    rows = recent(f"objections:open:{path or ''}:{day}", lambda: list(queries.open_now(day, path)))
    return [row for row in rows if row.end_on >= day]
