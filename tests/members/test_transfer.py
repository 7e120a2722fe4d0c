"""Transfers: proposed by either side, answered by the other, taken back by the one that proposed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.members import services, transfer_queries, transfers
from portal.members.models import Transfer
from tests.harness.cases import each, either_engine
from tests.harness.factory import LONG_AGO, affiliate, kind_of, make_group, make_membership, make_person
from tests.members.refusals import WHO

HERE, THERE = "/office/wangjiang", "/office/tingyu"
REASON = "搬到听雨社区"


@pytest.fixture
def proposed(cast, held) -> Transfer:
    """The community gives its member to the sibling."""
    return transfers.propose(cast.secretary, cast.secretary.person_id, held, cast.community, cast.sibling_community,
                             cast.community, REASON)  # fmt: skip


@pytest.fixture
def wanted(cast, held) -> Transfer:
    """The sibling wants to take the member over."""
    return transfers.propose(cast.sibling, cast.sibling.person_id, held, cast.community, cast.sibling_community,
                             cast.sibling_community, REASON)  # fmt: skip


def test_given_and_accepted(cast, sign_in, url, held, now_of, stays_of, records_of, logged):
    secretary, sibling, group = sign_in(cast.secretary), sign_in(cast.sibling), cast.group.id
    room = make_group(cast.sibling_community, "听雨一组")
    here, there, public_id, room_id, other = (
        cast.community.id,
        cast.sibling_community.id,
        held.public_id,
        room.public_id,
        room.id,
    )
    choose = secretary.page(f"{url}/transfer")
    assert choose.find("a", href=f"{url}/transfer?to=tingyu")
    response = secretary.submit(f"{url}/transfer?to=tingyu", {"reason": REASON})
    assert response.status_code == 303
    address = response.location.replace(HERE, THERE)
    assert sibling.get(f"{THERE}/memberships/{public_id}").status_code == 404, "not before it is accepted"
    page = sibling.page(address)
    assert REASON in page.get_text()
    assert sibling.submit(f"{address}/accept", {"group": room_id}, page=address).status_code == 303
    assert (now_of(held).association_id, now_of(held).group_id) == (there, other)
    last = today() - timedelta(days=1)
    assert stays_of(held) == [(here, group, LONG_AGO, last), (there, other, today(), None)]
    assert records_of(held.person_id) == [(here, group, last), (there, other, None)]
    assert sibling.get(f"{THERE}/memberships/{public_id}").status_code == 200
    assert secretary.get(url).status_code == 404, "it belongs to the other association"
    assert secretary.get(response.location).status_code == 200, "the transfer stays in both lists"
    assert logged() == ["members.propose_transfer", "members.accept_transfer"]


@either_engine
def test_the_other_side_sees_name_number_and_kind_only(cast, sign_in, held, proposed):
    person = cast.member.person
    held.suspended_on, held.suspension_reason = today(), "停用的缘故"
    text = str(sign_in(cast.sibling).page(f"{THERE}/transfers/{proposed.public_id}").main)  # no number of a file
    for shown in ("王秀英", held.number, "个人会员"):
        assert shown in text
    for secret in (
        person.phone_last4,
        person.public_id,
        held.public_id,
        "第一小组",
        "停用的缘故",
        str(held.joined_on),
    ):
        assert secret not in text


def test_taken_by_number_and_name(cast, sign_in, held, now_of):
    sibling, number = sign_in(cast.sibling), held.number.lower()
    response = sibling.submit(f"{THERE}/transfers/take", {"number": number, "name": " 王秀英 ", "reason": REASON})
    assert response.status_code == 303
    address = response.location
    assert sibling.force(f"{address}/accept").status_code == 403, "who proposed does not answer"
    own = address.replace(THERE, HERE)
    secretary = sign_in(cast.secretary)
    assert secretary.submit(f"{own}/accept", {}, page=own).status_code == 303
    assert now_of(held).association_id == cast.sibling_community.id
    assert now_of(held).group_id is None


@either_engine
def test_a_wrong_name_tells_no_more_than_a_number_that_nobody_has(cast, sign_in, held):
    sibling = sign_in(cast.sibling)
    other = make_membership(make_person("走了"), cast.community, ended_on=today(), end_reason="withdrew")
    answers = set()
    for number, name in (
        (held.number, "王秀"),
        ("NO-1", "王秀英"),
        (other.number, "走了"),
        (held.number, "王秀英英"),
    ):
        response = sibling.submit(f"{THERE}/transfers/take", {"number": number, "name": name, "reason": REASON})
        assert response.status_code == 422
        answers.add(response.text.count("msg"))
        assert "number-error" in response.text
    assert len(answers) == 1


@either_engine
@each("field", ["number", "name", "reason"])
def test_bad_input_keeps_what_was_typed(cast, sign_in, held, field, transfers_of):
    typed = {"number": held.number, "name": "王秀英", "reason": REASON, field: ""}
    response = sign_in(cast.sibling).submit(f"{THERE}/transfers/take", typed)
    assert response.status_code == 422
    assert f'href="#{field}"' in response.text
    assert all(value in response.text for value in typed.values())
    assert transfers_of(held) == []


@either_engine
def test_what_cannot_be_proposed(cast, sign_in, url, held, transfers_of):
    secretary = sign_in(cast.secretary)
    cast.village.archived_on = today()
    for to in ("wangjiang", "shangshi"):
        assert secretary.submit(f"{url}/transfer?to={to}", {"reason": REASON}).status_code == 422
    assert secretary.get(f"{url}/transfer?to=nowhere").status_code == 404
    assert secretary.submit(f"{url}/transfer?to=tingyu", {"reason": "无"}).status_code == 422
    assert secretary.get(f"{url}/transfer?to=tingyu&reason={REASON}").status_code == 200
    assert transfers_of(held) == []
    assert secretary.submit(f"{url}/transfer?to=tingyu", {"reason": REASON}).status_code == 303
    assert secretary.submit(f"{url}/transfer?to=tingyu", {"reason": REASON}).status_code == 422, "twice"
    own = {"number": held.number, "name": "王秀英", "reason": REASON}
    assert secretary.submit(f"{HERE}/transfers/take", own).status_code == 422, "it is here already"
    assert transfers_of(held) == ["proposed"]


def test_declined_with_a_reason(cast, sign_in, held, proposed, transfers_of, now_of):
    address, sibling = f"{THERE}/transfers/{proposed.public_id}", sign_in(cast.sibling)
    for note in ("", "不", "长" * 201):
        response = sibling.submit(f"{address}/decline", {"note": note}, page=address)
        assert response.status_code == 422
        assert 'href="#note"' in response.text
    assert transfers_of(held) == ["proposed"]
    assert sibling.submit(f"{address}/decline", {"note": "不住在本社区"}, page=address).status_code == 303
    assert transfers_of(held) == ["declined"]
    assert now_of(held).association_id == cast.community.id
    assert "不住在本社区" in sign_in(cast.secretary).get(address.replace(THERE, HERE)).text
    for act in ("accept", "decline"):
        assert sibling.force(f"{address}/{act}", {"note": "又一次说明"}).status_code == 422, "twice"


def test_withdrawn(cast, sign_in, held, proposed, transfers_of):
    own, secretary = f"{HERE}/transfers/{proposed.public_id}", sign_in(cast.secretary)
    assert sign_in(cast.sibling).force(f"{own.replace(HERE, THERE)}/withdraw").status_code == 403
    assert secretary.force(f"{own}/accept").status_code == 403
    assert secretary.force(f"{own}/decline", {"note": "自己拒绝"}).status_code == 403
    assert secretary.submit(f"{own}/withdraw", page=own).status_code == 303
    assert secretary.force(f"{own}/withdraw").status_code == 422, "twice"
    assert transfers_of(held) == ["withdrawn"]


@either_engine
def test_who_may_not(cast, sign_in, client, held, proposed, wanted_data, transfers_of):
    address = f"{HERE}/transfers/{proposed.public_id}"
    pages = [
        "/transfers",
        f"/transfers/{proposed.public_id}",
        "/transfers/take",
        f"/memberships/{held.public_id}/transfer",
    ]
    for who, status in WHO.items():
        other = sign_in(getattr(cast, who))
        assert [other.get(HERE + page).status_code for page in pages] == [status] * 4, who
        assert [other.force(f"{address}/{act}").status_code for act in ("accept", "decline", "withdraw")] == [
            status
        ] * 3
        assert other.force(f"{HERE}/transfers/take", wanted_data).status_code == status
    stranger = sign_in(cast.administrator)
    assert stranger.get(f"/office/shangshi/transfers/{proposed.public_id}").status_code == 403
    assert client.force(f"{address}/accept").location.startswith("/sign-in")
    assert [sign_in(cast.secretary).get(f"{address}/{act}").status_code for act in ("accept", "decline")] == [
        405,
        405,
    ]
    assert transfers_of(held) == ["proposed"]


@pytest.fixture
def wanted_data() -> dict[str, str]:
    return {"number": "X-1", "name": "某", "reason": REASON}


@either_engine
def test_a_third_association_knows_nothing(cast, sign_in, proposed):
    chair = sign_in(cast.chair)
    assert chair.get(f"/office/liuan/transfers/{proposed.public_id}").status_code == 404
    assert chair.get(f"{HERE}/transfers/{proposed.public_id}").status_code == 200


def test_lists_and_the_work_list(cast, sign_in, proposed):
    association, there = cast.community, cast.sibling_community
    assert db.session.scalar(transfer_queries.counting_to_answer(association)) == 0
    assert db.session.scalar(transfer_queries.counting_to_answer(there)) == 1
    waiting = sign_in(cast.sibling).page(THERE)
    assert waiting.select_one(".work").find("a", href=f"{THERE}/transfers")
    assert not sign_in(cast.secretary).page(HERE).main.find("a", href=f"{HERE}/transfers")
    for account, place in ((cast.secretary, HERE), (cast.sibling, THERE)):
        assert "王秀英" in sign_in(account).page(f"{place}/transfers").main.get_text()


@either_engine
def test_an_empty_list_says_how_to_begin(cast, sign_in):
    page = sign_in(cast.secretary).page(f"{HERE}/transfers")
    assert page.select_one(".empty")
    assert page.find("a", href=f"{HERE}/transfers/take")


# What moves


def accept(cast, transfer, held, group=None) -> None:
    transfers.accept(cast.sibling, cast.sibling.person_id, transfer, held, cast.sibling_community, group)


def test_it_brings_whom_it_covers_and_leaves_an_outside_payer(cast, records_of):
    kind, people = kind_of(cast.community, 1), [make_person(name) for name in ("户主", "家人", "付款人")]
    home = make_membership(people[0], cast.community, kind=kind)
    services.cover(None, home, kind, cast.community, None, people[1], LONG_AGO)
    affiliate(people[2], cast.community)
    services.set_payer(cast.secretary, home, people[2])
    transfer = transfers.propose(None, cast.secretary.person_id, home, cast.community, cast.sibling_community,
                                 cast.community, REASON)  # fmt: skip
    accept(cast, transfer, home)
    assert home.payer_id is None
    for person in people[:2]:
        assert [row[::2] for row in records_of(person.id)] == [
            (cast.community.id, today() - timedelta(days=1)), (cast.sibling_community.id, None)
        ]  # fmt: skip
    assert records_of(people[2].id) == [(cast.community.id, None, None)]


def test_the_same_membership_there_already(cast, held, proposed):
    make_membership(cast.member.person, cast.sibling_community)
    with pytest.raises(RuleError):
        accept(cast, proposed, held)
    assert proposed.state == "proposed"


def test_a_group_of_the_taking_side_only(cast, held, proposed):
    with pytest.raises(RuleError):
        accept(cast, proposed, held, cast.other_group)
    assert proposed.state == "proposed"


def test_moved_meanwhile(cast, held, proposed):
    services.settle(None, held, cast.village, None, today())
    with pytest.raises(RuleError):
        accept(cast, proposed, held)


def test_there_and_back_on_one_day(cast, held, proposed, stays_of):
    accept(cast, proposed, held)
    back = transfers.propose(None, cast.sibling.person_id, held, cast.sibling_community, cast.community,
                             cast.sibling_community, "弄错了协会")  # fmt: skip
    transfers.accept(None, cast.secretary.person_id, back, held, cast.community, cast.group)
    on_today = [row for row in stays_of(held) if row[3] is None or row[3] >= today()]
    assert on_today == [(cast.community.id, cast.group.id, today(), None)]
