"""Pages that the public meets upon sending a form: what is checked, what was sent, what was refused, what failed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.associations.models import Association
from portal.core.database import db
from tests.applications import filling as joining
from tests.commendations.rows import category_of
from tests.harness.cast import Cast
from tests.harness.client import PortalClient
from tests.harness.praise import make_call
from tests.letters import filling as writing
from tests.notices.rows import acting
from tests.objections.rows import SAID, make_period
from tests.surveys.rows import ANSWERS, make_codes, make_survey
from tests.volunteers import filling as helping

Answer = Any
UNKNOWN = "000000000000"


def public_answers(cast: Cast, client: PortalClient) -> dict[str, str]:
    """The source of each by its address and status; none of them has an address that a link leads to."""
    ways = (interviews, objected, suggested, appraised, refused)
    found = {}
    for way in ways:
        for answer in way(cast, client):
            assert answer.mimetype == "text/html", answer.request.path
            found[f"{answer.request.method} {answer.request.path} {answer.status_code} {len(found)}"] = answer.text
    return found


def interviews(cast: Cast, client: PortalClient) -> Iterator[Answer]:
    """An application, a registration and a letter: a question refused, the check, the confirmation."""
    ways = (
        ("/join", joining.answers_of(cast), joining), ("/volunteer", helping.answers_of(cast), helping),
        ("/letters", writing.answers(), writing),
    )  # fmt: skip
    for at, said, room in ways:
        steps = {"/join": "apply", "/volunteer": "register", "/letters": "write"}[at]
        yield client.force(f"{at}/{steps}/association", {"association": "nowhere"})
        room.fill_in(client, said)
        yield client.get(f"{at}/check")
        yield client.get(f"{at}/{room.send(client)}/sent")


def objected(cast: Cast, client: PortalClient) -> Iterator[Answer]:
    period = make_period(
        acting(cast.secretary), db.session.get_one(Association, cast.community.id), title="又一次公示"
    )
    db.session.commit()
    url = f"/notice-periods/{period.public_id}/object"
    words = {"body": SAID, "name": "许文斌", "phone": "13912340001", "shown": "reviewer"}
    said = {**client.form(url), **words}
    yield client.send(url, {**said, "body": ""})
    yield client.send(url, said)
    yield client.get(client.send(f"{url}/send", said).location)


def suggested(cast: Cast, client: PortalClient) -> Iterator[Answer]:
    call = make_call(db.session.get_one(Association, cast.street.id), by_members=True, by_anyone=True)
    db.session.commit()
    url = f"/commendations/calls/{call.public_id}/nominate?at=wangjiang"
    words = {"nominee": "陈师傅", "reason": "每天清扫楼道，十年如一日。", "name": "路人甲", "phone": "13912340001"}
    said = {**client.form(url), "category": category_of(call).public_id, **words}
    yield client.send(url, {**said, "nominee": ""})
    yield client.send(url, said)
    yield client.get(client.send(url.replace("/nominate", "/nominate/send"), said).location)


def appraised(cast: Cast, client: PortalClient) -> Iterator[Answer]:
    survey = make_survey(cast.secretary, db.session.get_one(Association, cast.community.id), title="又一次评议")
    code = make_codes(survey)[0]
    db.session.commit()
    url, said = f"/appraisals/{survey.public_id}", {**ANSWERS, "code": code}
    yield client.force(url, {"code": UNKNOWN})
    yield client.force(url, {"code": code})
    yield client.force(f"{url}/check", {"code": code})
    yield client.force(f"{url}/check", said)
    yield client.get(client.force(f"{url}/send", said).location)
    yield client.force(f"{url}/send", said)


def refused(cast: Cast, client: PortalClient) -> Iterator[Answer]:
    """References that are none, a code that is none, a wrong password; what is not found, not allowed, not whole."""
    for at in ("/join/follow", "/volunteer/follow", "/letters/follow", "/objections", "/commendations/suggestions"):
        yield client.force(at, {"reference": UNKNOWN})
    yield client.get(f"/verify/{UNKNOWN}0000")
    yield client.force("/sign-in", {"login": "15400000000", "password": "not this one"})
    yield client.force("/activate", {"code": UNKNOWN})
    yield client.get("/nothing-here")
    yield client.post("/letters/follow", data={"reference": UNKNOWN})
    yield client.get("/in/nothing")
    yield client.get("/notices?q=%3Cb%3E&since=x")
