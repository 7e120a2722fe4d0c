"""The cast: a small federation and the people whom tests ask for by what they are.

Qinghe district (federation)          administrator
├── Liu'an street                     chair: its rights reach everything below
│   ├── Wangjiang community           secretary, treasurer, leader of group one, member and volunteer there,
│   │                                 ended: its secretary until yesterday
│   └── Tingyu community              sibling: its secretary
└── Shiqiao town
    └── Shangshi village              stranger: a member there
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from portal.accounts.models import Account
from portal.associations.models import Association, Formation, Group, Level
from portal.certificates.tables import begin_stars
from portal.commendations.kinds import begin_commendations
from portal.core.database import db
from portal.members.services import begin_kinds
from portal.notices.subjects import begin_subjects
from portal.offices.rights import Position
from portal.people.models import Person
from portal.volunteers.skills import begin_skills
from tests.harness.factory import (
    appoint,
    make_account,
    make_association,
    make_group,
    make_membership,
    make_person,
    yesterday,
)
from tests.harness.service import make_volunteer

PLACES = {
    "federation": "qinghe",
    "street": "liuan",
    "town": "shiqiao",
    "community": "wangjiang",
    "sibling_community": "tingyu",
    "village": "shangshi",
}
GROUPS = {"group": "第一小组", "other_group": "第二小组"}
PEOPLE = {
    "administrator": "管文静",
    "chair": "林建国",
    "secretary": "黄淑兰",
    "treasurer": "周明德",
    "publisher": "沈思远",
    "leader": "吴桂芳",
    "sibling": "郑海燕",
    "ended": "孙立新",
    "member": "王秀英",
    "volunteer": "陈晓明",
    "stranger": "何远山",
}


@dataclass(frozen=True, kw_only=True)
class Places:
    """The associations and groups of the cast."""

    federation: Association
    street: Association
    community: Association
    sibling_community: Association
    town: Association
    village: Association
    group: Group
    other_group: Group


@dataclass(frozen=True, kw_only=True)
class Cast(Places):
    """Everybody has an account, signs in with PASSWORD, and is named for what they are in this federation."""

    administrator: Account
    chair: Account
    secretary: Account
    treasurer: Account
    publisher: Account
    leader: Account
    sibling: Account
    member: Account
    volunteer: Account
    stranger: Account
    ended: Account
    # Held, so that `cast.secretary.person` is at hand after a request too.
    people: tuple[Person, ...] = field(repr=False)

    def accounts(self) -> dict[str, Account]:
        """Everybody by name, for tests that try each of them."""
        return {name: value for name, value in vars(self).items() if isinstance(value, Account)}


def build_cast() -> Cast:
    """The federation and its people, written and committed unless this database has them already."""
    if db.session.scalar(select(Association.id).where(Association.code == PLACES["federation"])) is None:
        places = _build_places()
        _appoint_officers(places)
        _join(places)
    cast = _read()
    db.session.commit()  # also what was only read: an open transaction would keep the writers of a live app out
    return cast


def _read() -> Cast:
    associations = {row.code: row for row in db.session.scalars(select(Association))}
    groups = {row.name: row for row in db.session.scalars(select(Group))}
    accounts = db.session.scalars(select(Account).join(Account.person).options(contains_eager(Account.person)))
    people = {row.person.name: row for row in accounts}
    return Cast(
        **{name: associations[code] for name, code in PLACES.items()},
        **{name: groups[title] for name, title in GROUPS.items()},
        **{role: people[name] for role, name in PEOPLE.items()},
        people=tuple(row.person for row in people.values()),
    )


def _build_places() -> Places:
    federation = make_association("清河区协会联合会", code=PLACES["federation"], level=Level.FEDERATION)
    street = make_association("柳岸街道协会", federation, code=PLACES["street"], level=Level.TOWN)
    town = make_association("石桥镇协会", federation, code=PLACES["town"], level=Level.TOWN)
    community = _grassroots("望江社区协会", street, "community", Formation.INDEPENDENT)
    return Places(
        federation=federation,
        street=street,
        community=community,
        sibling_community=_grassroots("听雨社区协会", street, "sibling_community", Formation.JOINT),
        town=town,
        village=_grassroots("上石村协会", town, "village", Formation.INDEPENDENT),
        group=make_group(community, GROUPS["group"]),
        other_group=make_group(community, GROUPS["other_group"], position=1),
    )


def _grassroots(name: str, parent: Association, place: str, formation: Formation) -> Association:
    return make_association(name, parent, code=PLACES[place], formation=formation)


def _appoint_officers(places: Places) -> None:
    everything, here = {"covers_subtree": True}, places.community
    _officer("administrator", places.federation, Position.ADMINISTRATOR, **everything)
    _officer("chair", places.street, Position.CHAIR, **everything)
    _officer("secretary", here, Position.SECRETARY)
    _officer("treasurer", here, Position.TREASURER)
    _officer("publisher", here, Position.PUBLISHER)
    _officer("leader", here, Position.GROUP_LEADER, group_id=places.group.id)
    _officer("sibling", places.sibling_community, Position.SECRETARY)
    _officer("ended", here, Position.SECRETARY, end_on=yesterday())


def _officer(role: str, association: Association, position: Position, **values: object) -> None:
    person = make_person(PEOPLE[role])
    appoint(person, association, position, **values)
    make_account(person)


def _join(places: Places) -> None:
    member, volunteer, stranger = (make_person(PEOPLE[role]) for role in ("member", "volunteer", "stranger"))
    begin_kinds(places.federation)
    begin_subjects(places.federation)
    begin_skills(places.federation)
    begin_stars(places.federation)
    begin_commendations(places.federation)
    make_membership(member, places.community, group_id=places.group.id)
    make_volunteer(volunteer, places.community)
    make_membership(stranger, places.village)
    for person in (member, volunteer, stranger):
        make_account(person)
