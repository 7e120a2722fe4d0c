"""A membership's page, and what a person's page says of memberships."""

from __future__ import annotations

from portal.core.database import db
from portal.members import parts, services
from portal.members.parts import Part
from tests.harness.cases import each, either_engine
from tests.harness.factory import affiliate, kind_of, make_membership, make_person


@either_engine
def test_shown(cast, sign_in, url, held):
    page = sign_in(cast.secretary).page(url)
    text = page.main.get_text()
    for word in (held.number, "王秀英", "望江社区协会", "第一小组", "个人会员"):
        assert word in text
    for act in ("end", "suspend", "group", "payer", "transfer"):
        assert page.find("a", href=f"{url}/{act}"), act


@either_engine
def test_the_persons_page_leads_to_it(cast, sign_in, url):
    page = sign_in(cast.secretary).page(f"/office/wangjiang/people/{cast.member.person.public_id}")
    assert page.find("a", href=url)


@either_engine
def test_a_volunteer_can_be_made_a_member(cast, sign_in):
    public_id = cast.volunteer.person.public_id
    page = sign_in(cast.secretary).page(f"/office/wangjiang/people/{public_id}")
    assert page.find("a", href=f"/office/wangjiang/people/{public_id}/join")


@either_engine
@each(
    ("who", "status"),
    [("chair", 200), ("treasurer", 200), ("leader", 200), ("publisher", 403), ("sibling", 404), ("member", 404),
     ("stranger", 404), ("ended", 404), ("administrator", 403)],
)  # fmt: skip
def test_who_sees_it(cast, sign_in, url, who, status):
    assert sign_in(getattr(cast, who)).get(url).status_code == status


def test_from_above_but_not_from_beside(cast, sign_in, held):
    assert sign_in(cast.chair).get(f"/office/liuan/memberships/{held.public_id}").status_code == 200
    assert sign_in(cast.sibling).get(f"/office/tingyu/memberships/{held.public_id}").status_code == 404
    assert sign_in(cast.chair).get(f"/office/tingyu/memberships/{held.public_id}").status_code == 404


@either_engine
def test_a_leader_sees_the_own_group_only_and_changes_nothing(cast, sign_in, url):
    other = make_membership(make_person("二组的人"), cast.community, group_id=cast.other_group.id)
    leader = sign_in(cast.leader)
    assert leader.get(f"/office/wangjiang/memberships/{other.public_id}").status_code == 404
    page = leader.page(url)
    assert page.main.find_all("form") == []
    assert not page.find("a", href=f"{url}/end")


@either_engine
def test_not_signed_in(client, url):
    assert client.get(url).location.startswith("/sign-in")


@either_engine
def test_of_several_memberships_only_those_within_reach_are_named(cast, sign_in):
    person = make_person("两处会员")
    make_membership(person, cast.community, number="HERE-1")
    make_membership(person, cast.sibling_community, number="THERE-1")
    text = sign_in(cast.secretary).get(f"/office/wangjiang/people/{person.public_id}").text
    assert "HERE-1" in text
    assert "THERE-1" not in text


def test_covers_are_named_on_both_pages(cast, sign_in):
    spouse, holder = make_person("家人"), make_person("户主")
    kind = kind_of(cast.community, 1)
    home = make_membership(holder, cast.community, kind=kind)
    services.cover(None, home, kind, cast.community, None, spouse, home.joined_on)
    secretary = sign_in(cast.secretary)
    assert "家人" in secretary.get(f"/office/wangjiang/memberships/{home.public_id}").text
    assert home.number in secretary.get(f"/office/wangjiang/people/{spouse.public_id}").text


def test_a_feature_above_adds_a_part(cast, sign_in, url, monkeypatch):
    monkeypatch.setattr(parts.parts, "_makers", [*parts.parts._makers])
    parts.part(1)(lambda *_about: None)
    parts.part(99)(lambda *_about: Part("头衔", "members/_macros.html"))
    assert "头衔" in [heading.get_text() for heading in sign_in(cast.secretary).page(url).find_all("h2")]


@either_engine
def test_few_queries(cast, sign_in, url, query_count):
    secretary = sign_in(cast.secretary)
    secretary.get(url)
    with query_count() as few:
        secretary.get(url)
    assert len(few) <= 12, few


@either_engine
def test_names_lead_nowhere_that_is_closed(cast, sign_in, held, url):
    """Of somebody who has left the record is closed; the membership's page stays, and links to no 404."""
    person = make_person("走了的人")
    left = make_membership(person, cast.community, ended_on=held.joined_on, end_reason="withdrew")
    page = sign_in(cast.secretary).page(f"/office/wangjiang/memberships/{left.public_id}")
    assert not page.find("a", href=f"/office/wangjiang/people/{person.public_id}")
    assert page.find("a", href=f"/office/wangjiang/people/{person.public_id}/join"), "but joining again is offered"


@either_engine
def test_a_payer_elsewhere_is_named_without_a_link(cast, sign_in, held, url):
    payer = make_person("外面的人")
    affiliate(payer, cast.village)
    held.payer_id = payer.id
    db.session.flush()
    page = sign_in(cast.secretary).page(url)
    assert "外面的人" in page.main.get_text()
    assert not page.find("a", href=f"/office/wangjiang/people/{payer.public_id}")
