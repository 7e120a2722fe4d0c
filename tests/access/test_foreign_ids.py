"""Nothing of another association opens under one's own address: every id in every route.

An officer who knows (or guesses) the id of a sibling's row puts it behind their own association's address, where
their rights count. The answer is 404, and nothing changes.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import request
from flask.testing import EnvironBuilder
from werkzeug.exceptions import Forbidden, HTTPException

from portal.activities.models import ActivityLog, ActivityPhoto
from portal.core.calendar import now, today
from portal.core.database import db
from portal.duplicates import services as duplicates
from portal.hours.models import HoursEntry
from portal.imports.models import ImportRow, RegisterImport
from portal.lending.models import LendingRequest, LentVolunteer
from portal.members import services, transfers
from portal.notices.models import Notice, NoticeVersion
from portal.offices.models import Appointment, Term
from portal.offices.rights import Position
from portal.own.models import PersonalRequest
from portal.volunteers.models import Volunteer
from portal.volunteers.queries import live_letter
from tests.access.content import digest
from tests.access.routes import NOBODY, office_routes
from tests.activities.rows import make_log
from tests.applications.filling import applied
from tests.cards.rows import make_card, membership_of
from tests.certificates.rows import make_certificate, make_request, serve
from tests.duplicates.rows import make_pair
from tests.harness.client import apart
from tests.harness.factory import LONG_AGO, kind_of, make_membership, make_person
from tests.harness.service import make_activity, make_session, make_sign_up, make_skill, make_volunteer
from tests.volunteers.filling import registered
from tests.volunteers.rows import enrolled

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
    "star": "certificates.star", "certificate": "certificates.certificate",
}  # fmt: skip
# Addresses of something that belongs to something: where the first may be one's own, the second is tried too.
WITHIN = {"activities": "log", "lending": "asked", "members": "membership", "signups": "session"}

# Some thousands of questions: each is one look-up by id and association, the same statement on both databases.
pytestmark = pytest.mark.engines("sqlite")


@pytest.fixture
def foreign(cast) -> dict[str, str]:
    """One row of every kind, all of the community Wangjiang."""
    here = cast.community
    log = ActivityLog(association_id=here.id, kind="safety", title="清洁日", held_on=today(), place="湖滨",
                      summary="清理步道两侧的杂物。")  # fmt: skip
    photo = ActivityPhoto(key="a" * 32 + ".jpg", thumb_key="b" * 32 + ".jpg", width=4, height=3)
    log.photos = [photo]
    notice = Notice(association_id=here.id, title="开放时间", kind="notice", status="published", published_at=now())
    notice.versions = [
        NoticeVersion(number=1, title="开放时间", kind="notice", body="正文", issuer="协会", published_at=now()),
        NoticeVersion(number=2, title="开放时间", kind="notice", body="更正", issuer="协会", correction_note="改"),
    ]
    term = Term(association_id=here.id, name="第三届", start_on=today())
    asked = PersonalRequest(kind="correction", person_id=cast.member.person_id, association_id=here.id)
    db.session.add_all([log, notice, term, asked])
    db.session.flush()
    appointment = db.session.query(Appointment).filter_by(person_id=cast.treasurer.person_id).one()
    ids = {
        "log": log.public_id, "photo": photo.public_id, "notice": notice.public_id, "term": term.public_id,
        "appointment": appointment.public_id, "group": cast.group.public_id, "child": here.code,
        "person": cast.member.person.public_id, "card": make_card(membership_of(cast.member)).public_id,
        "request": asked.public_id, "import": brought_in(cast).public_id, **memberships(cast),
        **decided(cast), "application": applied(cast, notice_version=1).public_id, **planned(cast),
        "hours": served_there(cast).public_id, **volunteering(cast), **praised(cast), **lent(here, cast.village),
    }  # fmt: skip
    db.session.commit()
    return ids


def volunteering(cast) -> dict[str, str]:
    """Somebody who wants to help, and somebody who does, with a letter."""
    held = enrolled(cast, make_person("蒋文竹"))
    letter = live_letter(held.id)
    registration = registered(cast, notice_version=1)
    return {"registration": registration.public_id, "volunteer": held.public_id, "letter": letter.public_id}


def memberships(cast) -> dict[str, str]:
    """A household's membership of the community with somebody whom it covers, on its way to the village."""
    kind = kind_of(cast.community, 1)
    home = make_membership(make_person("户主"), cast.community, kind=kind)
    row = services.cover(None, home, kind, cast.community, None, make_person("家人"), today())
    transfer = transfers.propose(
        None, home.person_id, home, cast.community, cast.village, cast.community, "搬到上石村"
    )
    return {"membership": home.public_id, "cover": row.public_id, "transfer": transfer.public_id}


def decided(cast) -> dict[str, str]:
    """Two records that were made one, and two that were told apart."""
    pairs = [make_pair(cast.community), make_pair(cast.community)]
    merge = duplicates.merge(None, cast.community, *pairs[0], duplicates.Choice())
    return {"merge": merge.public_id, "told": duplicates.tell_apart(None, cast.community, *pairs[1]).public_id}


def brought_in(cast) -> RegisterImport:
    """An import that waits to be taken in, with a row that waits for a choice."""
    shown = RegisterImport(
        association_id=cast.community.id, state="checked", file_name="会员.xlsx", counts={"new": 1}
    )
    db.session.add(shown)
    db.session.flush()
    db.session.add(ImportRow(import_id=shown.id, number=1, verdict="possible", matched_id=cast.member.person_id))
    return shown


def planned(cast) -> dict[str, str]:
    """An activity of the plan with a session, a course, and a volunteer of the roster."""
    activity, course = make_activity(cast.community), make_activity(cast.community, kind="training")
    volunteer = db.session.query(Volunteer).filter_by(association_id=cast.community.id).first()
    session = make_session(activity)
    known = {"activity": activity, "session": session, "course": course, "volunteer": volunteer}
    known["sign_up"] = make_sign_up(session, cast.volunteer.person)
    return {kind: one.public_id for kind, one in known.items()}


def praised(cast) -> dict[str, str]:
    """A star that is asked for, and a certificate of what was served."""
    serve(cast.volunteer, cast.community)
    star, certificate = make_request(cast.volunteer, cast.community), make_certificate(cast.volunteer, cast.community)
    return {"star": star.public_id, "certificate": certificate.public_id}


def lent(borrower, lender) -> dict[str, str]:
    """A request that was agreed to, and somebody who comes."""
    skill, day = make_skill(borrower, "理发"), today()
    asked = LendingRequest(association_id=borrower.id, lender_id=lender.id, skill_id=skill.id, wanted=1,
                           occasion="义剪", start_on=day, end_on=day, state="agreed")  # fmt: skip
    comes = make_volunteer(make_person("沈一刀"), lender, [skill])
    db.session.add(asked)
    db.session.flush()
    named = LentVolunteer(request_id=asked.id, volunteer_id=comes.id, state="agreed")
    db.session.add(named)
    db.session.flush()
    return {"asked": asked.public_id, "lent": named.public_id}


def own_of(cast) -> dict[str, str]:
    """What the sister has of her own, that holds something else."""
    place = cast.sibling_community
    session, log = make_session(make_activity(place)), make_log(place)
    home = make_membership(make_person("户主二"), place, kind=kind_of(place, 1))
    made = {"session": session, "log": log, "membership": home}
    return {**{kind: one.public_id for kind, one in made.items()}, "asked": lent(place, cast.village)["asked"]}


def served_there(cast) -> HoursEntry:
    """Time served at the community, approved."""
    make_log(cast.community, (cast.volunteer.person,))
    return db.session.query(HoursEntry).one()


def attempts(route, ids):
    """The route's arguments with each of the ids in each of their places, the others at an id that nothing has."""
    names = sorted(route.arguments - {"code", "form", "size", "number"})
    photo = ids.get("photo", NOBODY)
    for name in names:
        for kind, public_id in ids.items():
            others = {other: photo if other == "photo_id" else NOBODY for other in names if other != name}
            yield kind, {**others, name: public_id}


def opened(client, app, ids, code, among=None) -> Iterator[tuple[str, str]]:
    """Endpoints and kinds of id. What is taken out of `ids` meanwhile is not tried any more."""
    token = client.token()
    for route in office_routes(app):
        if among is None or route.endpoint in among:
            answers = statuses(client, app, route, code, attempts(route, ids), token)
            yield from ((route.endpoint, kind) for kind, status in answers if status in OPENED)


def opened_within(client, app, ids, own, code) -> Iterator[tuple[str, str]]:
    """Each of the ids inside of something that is one's own; the same as `opened` where nothing is inside."""
    token = client.token()
    for route in office_routes(app):
        inner = sorted(route.arguments - {"code", "public_id"})
        holder = WITHIN.get(route.endpoint.split(".")[0])
        if "public_id" in route.arguments and inner and inner[0].endswith("_id") and holder:
            tries = [(kind, {"public_id": own[holder], inner[0]: one}) for kind, one in ids.items()]
            answers = statuses(client, app, route, code, tries, token)
            yield from ((route.endpoint, kind) for kind, status in answers if status in OPENED)


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
            for kind, arguments in tries:
                request.view_args = {**given, **arguments}
                yield kind, status_of(app)

    db.session.commit()
    found = apart(lambda: list(ask()))
    db.session.expire_all()
    return found


def status_of(app) -> int:
    try:
        return app.make_response(app.dispatch_request()).status_code
    except HTTPException as refused:
        return refused.code


def give_every_right(account, association) -> None:
    for position in (Position.CHAIR, Position.TREASURER):
        person, place = account.person_id, association.id
        db.session.add(Appointment(person_id=person, association_id=place, position=position, start_on=LONG_AGO))
    db.session.commit()


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
    assert found >= {(endpoint, kind) for kind, endpoint in AT_HOME.items()}


def test_control_what_is_one_s_own_opens_within_what_is_one_s_own(app, cast, sign_in, foreign):
    give_every_right(cast.secretary, cast.community)
    found = set(opened_within(sign_in(cast.secretary), app, foreign, foreign, "wangjiang"))
    wanted = {("activities.photo", "photo"), ("lending.reveal", "lent"), ("members.uncover", "cover")}
    assert found >= {*wanted, ("signups.take_out", "sign_up")}
