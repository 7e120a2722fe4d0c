"""The inhabited federation, with something waiting in every room of the register: so that its forms are on a page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import select

from portal.accounts import services as accounts
from portal.associations.models import Association
from portal.core.calendar import today
from portal.core.database import db
from portal.core.files import store
from portal.duplicates import services as duplicates
from portal.members import services as members
from portal.members import transfers
from portal.members.models import EndReason, Membership
from portal.notices.models import Notice
from portal.own.models import PersonalRequest
from portal.plans.models import Activity
from tests.applications.filling import applied
from tests.cards.rows import make_card
from tests.certificates.rows import make_request, serve_hours
from tests.duplicates.rows import make_pair
from tests.harness.cast import Cast
from tests.harness.client import PortalClient, client_of
from tests.harness.factory import affiliate, kind_of, make_account, make_membership, make_person
from tests.harness.service import make_volunteer
from tests.journeys import inhabited

ROLES = ("secretary", "administrator", "member")
STARTS = {
    "secretary": ("/office/wangjiang", "/me", "/office/wangjiang/people"),
    "administrator": ("/office/qinghe",),
    "member": ("/me",),
    "visitor": ("/", "/join", "/sign-in"),
}


def furnish(cast: Cast) -> list[str]:
    """Write all of it and commit; the addresses of what no link of a first page leads to."""
    place, sibling = (db.session.get_one(Association, one.id) for one in (cast.community, cast.sibling_community))
    secretary, office = cast.secretary, "/office/wangjiang"
    pairs = [make_pair(place) for _ in range(3)]
    duplicates.tell_apart(secretary, place, *pairs[1])
    done = duplicates.merge(secretary, place, *pairs[2], duplicates.Choice())
    more = _memberships(secretary, place, sibling)
    blocked = make_person("任长青")
    affiliate(blocked, place)
    accounts.block(secretary, make_account(blocked))
    asking = make_person("葛明月")
    make_membership(asking, place)
    db.session.add(PersonalRequest(kind="correction", person_id=asking.id, association_id=place.id, note="姓名写错"))
    inhabited.settle(cast)
    applied(cast, notice_version=1)
    make_card(db.session.scalars(select(Membership).where(Membership.person_id == asking.id)).one())
    _stars(cast, place)
    people = [blocked.public_id, asking.public_id, cast.member.person.public_id]
    return [
        f"{office}/duplicates/told-apart",
        f"{office}/duplicates/merges/{done.public_id}",
        f"{office}/duplicates/{pairs[0][0].public_id}/{pairs[0][1].public_id}",
        f"{office}/duplicates/{pairs[0][0].public_id}/{pairs[0][1].public_id}/check?keep=first&phone=first&residence=first",
        *(f"{office}/memberships/{public_id}" for public_id in more),
        *(f"{office}/memberships/{more[2]}/{what}" for what in ("cover", "cover/new", "payer", "transfer", "end")),
        f"{office}/memberships/{more[3]}/contact",
        *_notices(office),
        *(f"{office}/plan/{public_id}" for public_id in db.session.scalars(select(Activity.public_id))),
        *(f"{office}/people/{public_id}/access-code" for public_id in people),
        f"{office}/people/{cast.member.person.public_id}/certificate",
    ]


def _stars(cast: Cast, place: Association) -> None:
    """The member, who serves with two, has reached the next star; the secretary waits for one."""
    make_volunteer(cast.member.person, db.session.get_one(Association, cast.sibling_community.id))
    serve_hours(cast.member, place, 300)
    make_request(cast.secretary, place)


def _notices(office: str) -> list[str]:
    """The pages of each notice: which forms they have depends on how far it has come."""
    ids = db.session.scalars(select(Notice.public_id))
    return [f"{office}/notices/{public_id}{what}" for public_id in ids for what in ("", "/check")]


def _memberships(secretary: Any, place: Association, sibling: Association) -> list[str]:
    """One suspended, one ended today, a household, a firm; one on its way to the sibling, one asked for there."""
    kinds = {"甘泉": 0, "涂山": 0, "柯桥": 1, "江帆": 2, "路遥远": 0}
    rest, left, home, firm, leaving = (
        make_membership(
            make_person(name), place, kind=kind_of(place, kind), organisation_name="望江电器厂" if kind == 2 else ""
        )
        for name, kind in kinds.items()
    )
    coming = make_membership(make_person("桑田"), sibling)
    members.suspend(secretary, rest, "暂时离开本地")
    members.end_membership(secretary, left, today(), EndReason.WITHDREW)
    for membership, giving, taking in ((leaving, place, sibling), (coming, sibling, place)):
        transfers.propose(secretary, secretary.person_id, membership, giving, taking, giving, "搬到那边住了")
    return [one.public_id for one in (rest, left, home, firm, leaving)]


def clients(app: Any, cast: Cast) -> dict[str, PortalClient]:
    """Somebody signed in for each role, and a visitor."""
    made = {role: client_of(app) for role in (*ROLES, "visitor")}
    for role in ROLES:
        made[role].sign_in(getattr(cast, role))
    return made


@contextmanager
def tried(client: PortalClient) -> Iterator[Any]:
    """What is done inside leaves nothing: the database and the visitor's cookies are as before, no file is gone."""
    cookies = dict(client._cookies)
    db.session.remove()
    point = db.engines[None].begin_nested()  # type: ignore[attr-defined]
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(store, "remove", lambda _key: None)
            yield point
    finally:
        db.session.remove()
        point.rollback()
        client._cookies.clear()
        client._cookies.update(cookies)
