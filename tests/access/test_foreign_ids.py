"""Nothing of another association opens under one's own address: every id in every route.

An officer who knows (or guesses) the id of a sibling's row puts it behind their own association's address, where
their rights count. The answer is 404, and nothing changes. The rows of all kinds have the same id here, so that one
question tries them all.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import request
from flask.testing import EnvironBuilder
from sqlalchemy import select, update
from werkzeug.exceptions import Forbidden, HTTPException

from portal.core.database import Base, db
from tests.access.content import digest
from tests.access.foreign import foreign_to, give_every_right, own_of
from tests.access.routes import NOBODY, Route, office_routes, routes
from tests.harness.client import apart

OPENED = (200, 303, 400, 409, 422)
# Where each kind of id opens under the address of its own association.
AT_HOME = {
    "log": "activities.entry", "notice": "notices.office_page", "term": "offices.sheet",
    "appointment": "offices.appointment", "group": "associations.edit_group", "person": "people.person",
    "import": "imports.rows", "application": "applications.show", "merge": "duplicates.merged",
    "told": "duplicates.take_back", "membership": "members.membership", "transfer": "members.transfer",
    "card": "cards.card", "request": "own.request_page", "activity": "plans.activity", "session": "plans.session",
    "hours": "hours.why", "course": "dossiers.course", "volunteer": "dossiers.dossier",
    "registration": "volunteers.registration", "sign_up": "attendance.decide", "asked": "lending.show",
    "period": "objections.office_page", "charter": "charters.office_page", "written": "letters.show",
    "survey": "surveys.office_page", "guide": "disclosure.edit_guide",
    "star": "certificates.star", "certificate": "certificates.certificate", "call": "commendations.office_page",
    "nomination": "commendations.nomination", "suggestion": "commendations.suggestion",
}  # fmt: skip
# Addresses of something that belongs to something: where the first may be one's own, the second is tried too.
WITHIN = {
    "activities": "log",
    "lending": "asked",
    "members": "membership",
    "objections": "period",
    "charters": "charter",
    "signups": "session",
}

# Rows that the database itself keeps as they are, their ids too.
SETTLED = ("charter_paragraph",)

# Some hundreds of questions: each is one look-up by id and association, the same statement on both databases.
pytestmark = pytest.mark.engines("sqlite")


@pytest.fixture
def foreign(cast) -> dict[str, str]:
    """The ids by kind; those of different tables are the same."""
    ids = foreign_to(cast)
    shared: dict[str, str] = {}
    for table in Base.metadata.sorted_tables:
        if "public_id" in table.columns:
            here = select(table.c.public_id).where(table.c.public_id.in_(ids.values())).order_by(table.c.id)
            for number, known in enumerate(db.session.scalars(here).all()):
                shared[known] = known if table.name in SETTLED else f"{number:012}"
                if shared[known] != known:
                    renamed = update(table).where(table.c.public_id == known)
                    db.session.execute(renamed.values(public_id=shared[known]))
    db.session.commit()
    assert shared.keys() | {ids["child"]} == set(ids.values())
    return {kind: shared.get(known, known) for kind, known in ids.items()}


def attempts(route, ids):
    """The route's arguments with each of the ids in each of their places, the others at an id that nothing has."""
    names = sorted(route.arguments - {"code", "form", "size", "number"})
    photo = ids.get("photo", NOBODY)
    for name in names:
        for public_id in sorted(set(ids.values())):
            others = {other: photo if other == "photo_id" else NOBODY for other in names if other != name}
            yield public_id, {**others, name: public_id}


def opened(client, app, ids, code, among=None) -> Iterator[tuple[str, str]]:
    """Endpoints and ids."""
    token = client.token()
    for route in office_routes(app):
        if among is None or route.endpoint in among:
            answers = statuses(client, app, route, code, attempts(route, ids), token)
            yield from ((route.endpoint, one) for one, status in answers if status in OPENED)


def opened_within(client, app, ids, own, code) -> Iterator[tuple[str, str]]:
    """Each of the ids inside of something that is one's own; the same as `opened` where nothing is inside."""
    token = client.token()
    for route in office_routes(app):
        inner = sorted(route.arguments - {"code", "public_id"})
        holder = WITHIN.get(route.endpoint.split(".")[0])
        if "public_id" in route.arguments and inner and inner[0].endswith("_id") and holder:
            tries = [(one, {"public_id": own[holder], inner[0]: one}) for one in sorted(set(ids.values()))]
            answers = statuses(client, app, route, code, tries, token)
            yield from ((route.endpoint, one) for one, status in answers if status in OPENED)


def statuses(client, app, route, code, tries, token) -> list[tuple[str, int]]:
    """What the view answers to each, behind the gate of its address, which is the same for all of them.

    The view is asked within one request, and no error page is drawn: a status is all that counts.
    """

    def ask() -> Iterator[tuple[str, int]]:
        environ = EnvironBuilder(
            app, route.address(app, code=code), method=route.method, data={"csrf_token": token}
        ).get_environ()
        client._add_cookies_to_wsgi(environ)
        with app.request_context(environ):
            try:
                assert app.preprocess_request() is None
            except Forbidden:  # a right that only the administrator's association gives: nobody comes further
                return
            given = dict(request.view_args)
            for one, arguments in tries:
                request.view_args = {**given, **arguments}
                yield one, status_of(app)

    db.session.commit()
    found = apart(lambda: list(ask()))
    db.session.expire_all()
    return found


def status_of(app) -> int:
    try:
        return app.make_response(app.dispatch_request()).status_code
    except HTTPException as refused:
        return refused.code


def test_a_sibling_with_every_right_opens_nothing(app, cast, sign_in, foreign):
    give_every_right(cast.sibling, cast.sibling_community)
    client, own = sign_in(cast.sibling), own_of(cast)
    db.session.commit()
    before = digest(db.session)
    found = set(opened(client, app, foreign, "tingyu")) | set(opened_within(client, app, foreign, own, "tingyu"))
    assert not found, found
    assert digest(db.session) == before


def test_control_the_same_ids_open_at_their_own_address(app, cast, sign_in, foreign):
    give_every_right(cast.secretary, cast.community)
    found = set(opened(sign_in(cast.secretary), app, foreign, "wangjiang", set(AT_HOME.values())))
    assert found >= {(endpoint, foreign[kind]) for kind, endpoint in AT_HOME.items()}


def test_control_what_is_one_s_own_opens_within_what_is_one_s_own(app, cast, sign_in, foreign):
    give_every_right(cast.secretary, cast.community)
    found = set(opened_within(sign_in(cast.secretary), app, foreign, foreign, "wangjiang"))
    wanted = {("activities.photo", "photo"), ("lending.reveal", "lent"), ("members.uncover", "cover")}
    assert found >= {(endpoint, foreign[kind]) for endpoint, kind in (*wanted, ("signups.take_out", "sign_up"))}


def test_nobody_opens_what_is_somebody_else_s(app, cast, sign_in, foreign):
    """One's own pages, with the ids of others; the owner's open."""
    found = {}
    for role in ("stranger", "volunteer", "member"):
        client = sign_in(getattr(cast, role))
        before, token = digest(db.session), client.token()
        found[role] = {
            (route.endpoint, one)
            for route in own_routes(app)
            for one, status in statuses(client, app, route, "wangjiang", attempts(route, foreign), token)
            if status in OPENED
        }
        assert role != "stranger" or digest(db.session) == before
    assert not found["stranger"], found["stranger"]
    wanted = {("signups.withdraw", foreign["sign_up"]), ("certificates.own_pdf", foreign["certificate"])}
    assert wanted <= found["volunteer"]
    assert ("own.my_request", foreign["request"]) in found["member"]


def own_routes(app) -> list[Route]:
    rules = {rule.endpoint: rule.rule for rule in app.url_map.iter_rules()}
    return [route for route in routes(app) if rules[route.endpoint].startswith("/me/") and route.arguments]
