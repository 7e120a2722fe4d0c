"""Undoing a merge: two records again, unless something that came later stands in the way."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.certificates import issuing
from portal.core.calendar import today
from portal.core.database import db
from portal.duplicates import services
from portal.duplicates.models import PersonMerge
from portal.members import services as members
from portal.members import transfers
from portal.members.models import EndReason, MembershipCover
from portal.people.models import Affiliation, Person
from portal.people.queries import people
from portal.people.services import correct_person
from tests.access.content import digest
from tests.activities.rows import make_log
from tests.duplicates.rows import URL, make_pair
from tests.harness.cases import each, either_engine
from tests.harness.factory import affiliate, kind_of, make_account, make_membership, make_person


@pytest.fixture
def merged(cast) -> tuple[PersonMerge, Person, Person]:
    kept, gone = make_pair(cast.community)
    choice = services.Choice(taken=["residence"])
    return services.merge(None, cast.community, kept, gone, choice), kept, gone


def address(merge: PersonMerge, what: str = "/undo") -> str:
    return f"{URL}/merges/{merge.public_id}{what}"


def test_two_records_again(cast, sign_in, merged):
    merge, kept, gone = merged
    client = sign_in(cast.secretary)
    assert client.submit(address(merge), page=address(merge, "")).status_code == 303
    kept, gone = (db.session.get(Person, person.id) for person in (kept, gone))
    assert (gone.removed_at, gone.merged_into_id, kept.residence) == (None, None, "望江路一带")
    assert len(db.session.scalars(people("钟若兰")).all()) == 2
    assert client.page(URL).select("tbody tr")
    page = client.page(address(merge, ""))
    assert not page.select("main form")


def test_twice_says_so(cast, sign_in, merged):
    client = sign_in(cast.secretary)
    assert client.force(address(merged[0])).status_code == 303
    before = digest(db.session)
    answer = client.force(address(merged[0]))
    assert answer.status_code == 422
    assert digest(db.session) == before


def test_what_was_recorded_since_stays_with_the_record(cast, sign_in, merged):
    merge, kept, _gone = merged
    later = affiliate(kept, cast.sibling_community)
    assert sign_in(cast.chair).force(address(merge)).status_code == 303
    assert db.session.get(type(later), later.id).person_id == kept.id


def test_a_membership_that_moved_since_takes_its_record_along(cast):
    """It came by the merge and goes back by the undo; where it went meanwhile its own holder is held."""
    home, here, there = (
        db.session.get_one(Association, one.id) for one in (cast.village, cast.community, cast.sibling_community)
    )
    kept, gone = make_person("许又新"), make_person("许新")
    make_membership(kept, home)
    moves = make_membership(gone, here)
    merge = services.merge(None, here, kept, gone, services.Choice())
    db.session.expire_all()
    transfer = transfers.propose(None, kept.id, moves, here, there, here, "搬到那边住了")
    transfers.accept(None, kept.id, transfer, moves, there)
    db.session.expire_all()
    services.undo_merge(None, merge, kept, gone)
    live = select(Affiliation.person_id, Affiliation.association_id).where(Affiliation.end_on.is_(None))
    held = db.session.execute(live.where(Affiliation.person_id.in_((kept.id, gone.id)))).all()
    assert {tuple(row) for row in held} == {(kept.id, home.id), (gone.id, there.id)}


def held(person: Person) -> set[int]:
    live = select(Affiliation.association_id).where(
        Affiliation.person_id == person.id, Affiliation.end_on.is_(None), Affiliation.kind == "member"
    )
    return set(db.session.scalars(live))


@pytest.mark.parametrize("leaving", ["transfer", "contact"])
def test_no_association_keeps_a_record_whose_membership_left_since(cast, leaving):
    """Both had one there, so that the merge made one registration of two, and the undo makes two of it again."""
    here, there = (db.session.get_one(Association, one.id) for one in (cast.community, cast.sibling_community))
    kept, gone, third = make_person("许又新"), make_person("许新"), make_person("何秋")
    firm = kind_of(here, 2)
    first = make_membership(kept, here, kind=firm, organisation_name="望江茶厂")
    second = make_membership(gone, here, kind=kind_of(here, 3))
    merge = services.merge(None, here, kept, gone, services.Choice())
    db.session.expire_all()
    if leaving == "transfer":
        transfer = transfers.propose(None, kept.id, second, here, there, here, "搬到那边住了")
        transfers.accept(None, kept.id, transfer, second, there)
    else:
        members.set_contact(None, first, here, third)
    db.session.expire_all()
    services.undo_merge(None, merge, kept, gone)
    expected = ({here.id}, {there.id}) if leaving == "transfer" else (set(), {here.id})
    assert (held(kept), held(gone)) == expected


def test_a_membership_that_ended_since_covers_nobody(cast):
    """It covered both, so that the merge dropped the one, and the undo brings it back."""
    here = db.session.get_one(Association, cast.community.id)
    kept, gone, head = make_person("许又新"), make_person("许新"), make_person("何秋")
    covered = {"covers": [kept, gone], "organisation_name": ""}
    home = members.join(None, head, here, kind_of(here, 1), today(), **covered)
    merge = services.merge(None, here, kept, gone, services.Choice())
    db.session.expire_all()
    members.end_membership(None, home, today(), EndReason.WITHDREW)
    services.undo_merge(None, merge, kept, gone)
    ends = db.session.execute(select(MembershipCover.person_id, MembershipCover.end_on)).all()
    assert {tuple(row) for row in ends} == {(kept.id, today()), (gone.id, today())}
    assert (held(kept), held(gone)) == (set(), set())


def test_a_certificate_of_the_time_of_both_is_valid_no_longer(cast):
    """It was issued while they were one; the time that goes back is not its holder's."""
    kept, gone = make_person("许又新"), make_person("许新")
    make_log(cast.community, (gone,))
    merge = services.merge(None, cast.community, kept, gone, services.Choice())
    db.session.expire_all()
    made = issuing.issue_certificate(cast.secretary, kept, cast.community)
    services.undo_merge(None, merge, kept, gone)
    assert (made.person_id, made.superseded_reason) == (kept.id, "corrected")


def test_the_record_was_corrected_since(cast, sign_in, merged):
    merge, kept, gone = merged
    correct_person(cast.secretary, kept, residence="第三处")
    answer = sign_in(cast.secretary).force(address(merge))
    assert answer.status_code == 422
    assert db.session.get(Person, gone.id).removed_at is not None


def test_something_took_its_place(cast, sign_in, merged):
    """A registration that moved was ended since: putting it back would say that it goes on."""
    merge, kept, _gone = merged
    db.session.execute(update(Affiliation).where(Affiliation.kind == "volunteer", Affiliation.person_id == kept.id)
                       .values(person_id=cast.member.person_id))  # fmt: skip
    before = digest(db.session)
    assert sign_in(cast.secretary).force(address(merge)).status_code == 422
    assert digest(db.session) == before


def test_merged_again_since(cast, sign_in, merged):
    merge, kept, _gone = merged
    third = make_person("钟若兰")
    affiliate(third, cast.community)
    second = services.merge(None, cast.community, third, kept, services.Choice())
    client = sign_in(cast.secretary)
    assert client.force(address(merge)).status_code == 404  # the record is in no office any more
    assert client.force(address(second)).status_code == 303
    assert client.force(address(merge)).status_code == 303
    assert db.session.scalars(select(Person).where(Person.merged_into_id.is_not(None))).all() == []


def test_the_account_opens_again(cast, sign_in):
    kept, gone = make_pair(cast.community)
    accounts = [make_account(person) for person in (kept, gone)]
    merge = services.merge(cast.secretary, cast.community, kept, gone, services.Choice())
    db.session.commit()
    sign_in(cast.secretary).force(address(merge))
    assert [db.session.get(Account, one.id).disabled_at for one in accounts] == [None, None]


def test_after_a_deletion_there_is_nothing_to_go_back_to(cast, sign_in, merged):
    merge = merged[0]
    merge.log = "{}"
    answer = sign_in(cast.secretary).force(address(merge))
    assert answer.status_code == 422


@either_engine
@each(("role", "status"), [("sibling", 404), ("ended", 404), ("treasurer", 403), ("leader", 403)])
def test_others_may_not(cast, sign_in, merged, role, status):
    assert sign_in(getattr(cast, role)).force(address(merged[0])).status_code == status
    assert db.session.get(PersonMerge, merged[0].id).undone_at is None


def test_a_sibling_does_not_find_it_at_home(cast, sign_in, merged):
    url = address(merged[0], "").replace("wangjiang", "tingyu")
    assert sign_in(cast.sibling).get(url).status_code == 404
    assert sign_in(cast.sibling).force(f"{url}/undo").status_code == 404


@either_engine
def test_not_signed_in_and_not_by_reading(cast, sign_in, client, merged):
    assert client.force(address(merged[0])).status_code == 303
    assert sign_in(cast.secretary).get(address(merged[0])).status_code == 405
    assert db.session.get(PersonMerge, merged[0].id).undone_at is None


def test_list_of_merges(cast, sign_in, merged):
    assert len(sign_in(cast.secretary).page(f"{URL}/merges").select("tbody tr")) == 1
    assert sign_in(cast.sibling).page("/office/tingyu/duplicates/merges").select_one(".empty")
    assert sign_in(cast.secretary).page(f"{URL}/told-apart").select_one(".empty")
