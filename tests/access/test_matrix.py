"""Every route × every role × every place: what the one rule says is what the portal answers.

The expectation is worked out slowly and apart: positions of the cast, the readable table of rights, parents walked
one by one.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import g
from flask.testing import EnvironBuilder
from werkzeug.exceptions import HTTPException

from portal.associations.models import Association
from portal.core.calendar import today
from portal.core.database import db
from portal.offices import access
from portal.offices.models import Appointment
from portal.offices.rights import GRANTS, Position
from tests.access.routes import Route, office_routes, routes
from tests.harness.cases import either_engine
from tests.harness.client import apart

PLACES = ("wangjiang", "liuan", "tingyu", "qinghe", "shangshi")
ROLES = (
    "administrator", "chair", "secretary", "treasurer", "publisher", "leader", "sibling", "member", "volunteer",
    "stranger", "ended",
)  # fmt: skip
# Who walks the whole way to each page: somebody who may open most, and somebody from next door.
WHOLE_WAY = ("secretary", "sibling")
TOPMOST_ONLY = {
    "people.write_notice", "members.manage_kinds", "members.add_kind", "members.number_scheme",
    "volunteers.manage_skills", "volunteers.add_skill", "certificates.star_tables", "certificates.new_star_table",
    "ledger.new_period", "notices.manage_subjects", "notices.add_subject", "notices.index_scheme",
    "disclosure.duties_list", "disclosure.add_duty", "commendations.manage_kinds", "commendations.add_kind",
}  # fmt: skip


def slow_rights(account, code: str) -> tuple[set[tuple[str, bool]], bool]:
    """The rights that an account has at a place, each for all of it (True) or at least a group (False), and whether
    any appointment of it reaches there.
    """
    place = db.session.query(Association).filter_by(code=code).one()
    above = [place]
    while above[-1].parent_id is not None:
        above.append(db.session.get(Association, above[-1].parent_id))
    held: set[tuple[str, bool]] = set()
    reaches = False
    for appointment in db.session.query(Appointment).filter_by(person_id=account.person_id):
        in_force = appointment.start_on <= today() and (appointment.end_on is None or appointment.end_on >= today())
        at = [a.id for a in (above if appointment.covers_subtree else above[:1])]
        if in_force and appointment.association_id in at:
            reaches = True
            given = set(GRANTS[Position(appointment.position)])
            given |= {right.removesuffix("write") + "read" for right in given if right.endswith(".write")}
            held |= {(right, whole) for right in given for whole in (False, appointment.group_id is None)}
    return held, reaches


def try_route(client, app, route: Route, code: str) -> int:
    """The whole way: hooks, view, page."""
    url = route.address(app, code=code)
    return (client.get(url) if route.method == "GET" else client.force(url)).status_code


def ask_hooks(client, app, asked: list[Route], code: str) -> Iterator[tuple[Route, int]]:
    """What stands before the views decides alone, as for real requests of this visitor: no page is drawn. The
    visitor's session is read once for all of them.
    """
    environ = EnvironBuilder(app, headers={"X-CSRFToken": client.token()}).get_environ()
    client._add_cookies_to_wsgi(environ)

    def ask(route: Route) -> int:
        address = {"PATH_INFO": route.address(app, code=code), "REQUEST_METHOD": route.method}
        g.pop("association", None)
        with app.request_context({**environ, **address}):
            try:
                answer = app.preprocess_request()
            except HTTPException as error:
                return error.code or 500
            return 200 if answer is None else app.make_response(answer).status_code

    def ask_all() -> list[int]:
        with app.app_context():
            return [ask(route) for route in asked]

    db.session.commit()
    return zip(asked, apart(ask_all), strict=True)


def expected(route: Route, held: set[tuple[str, bool]], reaches: bool) -> str:
    if (route.declared, route.whole) in held:
        return "open"
    return "forbidden" if reaches else "hidden"


def seen(status: int) -> str:
    return {403: "forbidden", 401: "signed out", 404: "hidden"}.get(status, "open")


def agrees(route: Route, wanted: str, status: int) -> bool:
    """An open route may still answer 404: for an id that nothing has, or away from the topmost association."""
    may_be_missing = len(route.arguments) > 1 or route.endpoint in TOPMOST_ONLY
    return seen(status) == wanted or (wanted == "open" and status == 404 and may_be_missing)


def one_route_a_right(app) -> list[Route]:
    return list({(route.declared, route.whole): route for route in office_routes(app)}.values())


def one_route_a_feature(app) -> list[Route]:
    """One that is read and one that is sent, of each feature."""
    return list({(route.endpoint.split(".")[0], route.method): route for route in office_routes(app)}.values())


# What a view declares and what its page answers is the same on both databases; how rights are found is not: see
# test_every_right_at_every_place.
@pytest.mark.engines("sqlite")
@pytest.mark.parametrize("role", ROLES)
def test_every_office_route_at_the_own_community(app, cast, sign_in, role):
    """Whoever has no office there is refused alike by every route; somebody from next door asks them all."""
    account = getattr(cast, role)
    client, (held, reaches) = sign_in(account), slow_rights(account, "wangjiang")
    wrong, asked = [], office_routes(app) if reaches or role in WHOLE_WAY else one_route_a_feature(app)
    for route, status in ask_hooks(client, app, asked, "wangjiang"):
        wanted = expected(route, held, reaches)
        if seen(status) != wanted:
            wrong.append(f"{role} {route.method} {route.endpoint}: {status}, should be {wanted}")
    assert not wrong, wrong


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize("role", WHOLE_WAY)
def test_the_page_answers_what_the_hooks_decided(app, cast, sign_in, role):
    """Every page of whom the hooks let in. To somebody from next door they answer themselves, before any view."""
    account = getattr(cast, role)
    client, (held, reaches) = sign_in(account), slow_rights(account, "wangjiang")
    wrong = []
    for route in office_routes(app) if reaches else one_route_a_feature(app):
        status, wanted = try_route(client, app, route, "wangjiang"), expected(route, held, reaches)
        if not agrees(route, wanted, status):
            wrong.append(f"{role} {route.method} {route.endpoint}: {status}, should be {wanted}")
    assert not wrong, wrong


@pytest.mark.parametrize("role", ROLES)
def test_every_right_at_every_place(app, cast, sign_in, role):
    account = getattr(cast, role)
    client = sign_in(account)
    wrong = []
    for code in PLACES:
        held, reaches = slow_rights(account, code)
        for route, status in ask_hooks(client, app, one_route_a_right(app), code):
            wanted = expected(route, held, reaches)
            if seen(status) != wanted:
                wrong.append(f"{role} at {code}, {route.declared}: {status}, should be {wanted}")
    assert not wrong, wrong


@either_engine
def test_without_an_account_every_private_route_leads_to_sign_in(app, cast, client):
    for route in routes(app):
        if route.declared == "public":
            continue
        url = route.address(app, **({"code": "wangjiang"} if "code" in route.arguments else {}))
        response = client.get(url) if route.method == "GET" else client.force(url)
        assert response.status_code in (302, 303), (route, response.status_code)
        assert response.location.startswith("/sign-in"), route


def test_control_the_matrix_sees_a_hole(app, cast, sign_in, monkeypatch):
    """With the rule switched off, the same comparisons fail."""
    monkeypatch.setattr(access, "can", lambda *_args, **_kwargs: True)
    client = sign_in(cast.sibling)
    route = next(route for route in office_routes(app) if route.endpoint == "register.members")
    wanted = expected(route, *slow_rights(cast.sibling, "wangjiang"))
    assert not agrees(route, wanted, try_route(client, app, route, "wangjiang"))
    assert [seen(status) for _, status in ask_hooks(client, app, [route], "wangjiang")] != [wanted]


def test_an_archived_association_can_only_be_read(app, cast, sign_in):
    cast.community.archived_on = today()
    db.session.commit()
    client = sign_in(cast.secretary)
    assert try_route(client, app, _route(app, "register.members"), "wangjiang") == 200
    for endpoint in ("activities.create", "notices.create", "members.new"):
        assert client.force(_route(app, endpoint).address(app, code="wangjiang")).status_code == 403


def _route(app, endpoint: str) -> Route:
    return next(route for route in routes(app) if route.endpoint == endpoint)
