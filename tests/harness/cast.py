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

from dataclasses import dataclass

from portal.accounts.models import Account
from portal.associations.models import Association, Formation, Group, Level
from portal.core.database import db
from portal.offices.rights import Position
from portal.people.models import AffiliationKind
from tests.harness.factory import (
    affiliate,
    appoint,
    make_account,
    make_association,
    make_group,
    make_person,
    yesterday,
)


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

    def accounts(self) -> dict[str, Account]:
        """Everybody by name, for tests that try each of them."""
        return {name: value for name, value in vars(self).items() if isinstance(value, Account)}


def build_cast() -> Cast:
    """Write the federation and its people through the session that is open, and commit."""
    places = _build_places()
    cast = Cast(**vars(places), **_appoint_officers(places), **_join(places))
    db.session.commit()
    return cast


def _build_places() -> Places:
    federation = make_association("清河区协会联合会", code="qinghe", level=Level.FEDERATION)
    street = make_association("柳岸街道协会", federation, code="liuan", level=Level.TOWN)
    town = make_association("石桥镇协会", federation, code="shiqiao", level=Level.TOWN)
    community = make_association("望江社区协会", street, code="wangjiang", formation=Formation.INDEPENDENT)
    return Places(
        federation=federation,
        street=street,
        community=community,
        sibling_community=make_association("听雨社区协会", street, code="tingyu", formation=Formation.JOINT),
        town=town,
        village=make_association("上石村协会", town, code="shangshi", formation=Formation.INDEPENDENT),
        group=make_group(community, "第一小组"),
        other_group=make_group(community, "第二小组", position=1),
    )


def _appoint_officers(places: Places) -> dict[str, Account]:
    everything = {"covers_subtree": True}
    here, leading = places.community, {"group_id": places.group.id}
    former = {"end_on": yesterday()}
    return {
        "administrator": _officer("管文静", places.federation, Position.ADMINISTRATOR, **everything),
        "chair": _officer("林建国", places.street, Position.CHAIR, **everything),
        "secretary": _officer("黄淑兰", here, Position.SECRETARY),
        "treasurer": _officer("周明德", here, Position.TREASURER),
        "publisher": _officer("沈思远", here, Position.PUBLISHER),
        "leader": _officer("吴桂芳", here, Position.GROUP_LEADER, **leading),
        "sibling": _officer("郑海燕", places.sibling_community, Position.SECRETARY),
        "ended": _officer("孙立新", here, Position.SECRETARY, **former),
    }


def _officer(name: str, association: Association, position: Position, **values: object) -> Account:
    person = make_person(name)
    appoint(person, association, position, **values)
    return make_account(person)


def _join(places: Places) -> dict[str, Account]:
    member, volunteer, stranger = make_person("王秀英"), make_person("陈晓明"), make_person("何远山")
    affiliate(member, places.community, group_id=places.group.id)
    affiliate(volunteer, places.community, AffiliationKind.VOLUNTEER)
    affiliate(stranger, places.village)
    people = {"member": member, "volunteer": volunteer, "stranger": stranger}
    return {name: make_account(person) for name, person in people.items()}
