"""The sister agrees by naming volunteers, or declines; each volunteer answers; the borrower sees who comes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.core.audit import AuditEntry
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.lending import queries, services
from portal.lending.models import LendingState
from portal.people.models import Reveal
from portal.volunteers import services as volunteers
from portal.volunteers.models import LeaveReason
from tests.harness.cases import either_engine
from tests.lending.rows import FROM, HERE, OWN, THERE, UNTIL, Helpers, again, agree, answered, ask, helpers, lent_of


@pytest.fixture
def made(cast) -> Helpers:
    return helpers(cast)


@pytest.fixture
def asked(cast, made):
    return ask(cast, made.skill)


@pytest.fixture
def named(cast, made, asked):
    return agree(cast, asked, made.first, made.second)


def at(asked, what="", side=THERE) -> str:
    return f"{side}/{asked.public_id}{'/' + what if what else ''}"


def of(asked, lent, what, side=THERE) -> str:
    return f"{side}/{asked.public_id}/volunteers/{lent.public_id}/{what}"


# The sister


def test_the_sister_names_those_with_the_skill(cast, sign_in, made, asked):
    sibling = sign_in(cast.sibling)
    page = sibling.page(at(asked))
    offered = {box["value"] for box in page.select("input[name=volunteers]")}
    assert offered == {made.first.public_id, made.second.public_id}
    answer = sibling.submit(at(asked, "agree"), {"volunteers": [made.first.public_id]}, page=at(asked))
    assert answer.status_code == 303
    row = again(asked.public_id)
    assert (row.state, row.decided_by_id) == ("agreed", cast.sibling.person_id)
    assert [(lent.volunteer_id, lent.state) for lent in lent_of(row)] == [(made.first.id, "asked")]
    assert "沈一刀" not in sign_in(cast.secretary).get(at(asked, side=HERE)).text, "no name before the yes"
    more = {"volunteers": [made.second.public_id]}
    assert sibling.submit(at(asked, "agree"), more, page=at(asked)).status_code == 303
    assert len(lent_of(row)) == 2


@either_engine
def test_nobody_else_can_be_named(cast, sign_in, made, asked):
    sibling = sign_in(cast.sibling)
    for wrong in ([], ["nonsense"], [made.unskilled.public_id], [made.here.public_id]):
        assert sibling.force(at(asked, "agree"), {"volunteers": wrong}).status_code == 422, wrong
    for volunteer in (made.unskilled, made.here):
        db.session.refresh(volunteer, ["abilities"])
        with pytest.raises(RuleError):
            services.agree(cast.sibling, again(asked.public_id), [volunteer])
        db.session.rollback()
    assert again(asked.public_id).state == "asked"


def test_named_once(cast, sign_in, made, asked, named):
    sibling = sign_in(cast.sibling)
    assert sibling.force(at(asked, "agree"), {"volunteers": [made.first.public_id]}).status_code == 422
    with pytest.raises(RuleError):
        services.agree(cast.sibling, again(asked.public_id), [made.first])
    assert len(lent_of(asked)) == 2


def test_declined_with_a_reason(cast, sign_in, asked):
    sibling = sign_in(cast.sibling)
    assert sibling.submit(at(asked, "decline"), {"reason": " "}, page=at(asked)).status_code == 422
    assert again(asked.public_id).state == "asked"
    answer = sibling.submit(at(asked, "decline"), {"reason": "那几天自己有活动"}, page=at(asked))
    assert answer.status_code == 303
    assert again(asked.public_id).state == "declined"
    assert "那几天自己有活动" in sign_in(cast.secretary).get(at(asked, side=HERE)).text
    assert sibling.force(at(asked, "decline"), {"reason": "再说一遍"}).status_code == 422, "twice"


def test_only_the_sister_answers(cast, sign_in, client, made, asked):
    data = {"volunteers": [made.first.public_id], "reason": "不行"}
    for what in ("agree", "decline"):
        assert sign_in(cast.secretary).force(at(asked, what, HERE), data).status_code == 403, "the one that asked"
        for account, status in ((cast.secretary, 404), (cast.leader, 404), (cast.member, 404), (cast.stranger, 404)):
            assert sign_in(account).force(at(asked, what), data).status_code == status
        assert sign_in(cast.leader).force(at(asked, what, HERE), data).status_code == 403
        assert sign_in(cast.sibling).get(at(asked, what)).status_code == 405
        client.force(at(asked, what), data)
    assert sign_in(cast.chair).force(at(asked, "agree", "/office/liuan/lending"), data).status_code == 404
    assert again(asked.public_id).state == "asked"


def test_after_the_days_nothing_is_answered(cast, sign_in, made, asked):
    asked.start_on = asked.end_on = today() - timedelta(days=1)
    sibling = sign_in(cast.sibling)
    assert sibling.force(at(asked, "agree"), {"volunteers": [made.first.public_id]}).status_code == 422
    assert sibling.force(at(asked, "decline"), {"reason": "晚了"}).status_code == 422
    assert again(asked.public_id).state == "asked"


# The volunteer


def test_the_volunteer_says_yes_and_then_no(cast, sign_in, made, asked, named):
    first, helper = named[0], sign_in(made.account)
    assert "重阳节义剪" in helper.page(OWN).get_text()
    answer = helper.submit(f"{OWN}/{first.public_id}", {"answer": "agree"}, page=OWN)
    assert answer.status_code == 303
    assert lent_of(asked)[0].state == "agreed"
    assert queries.is_lent_to(made.account.person_id, cast.community, FROM)
    assert helper.submit(f"{OWN}/{first.public_id}", {"answer": "decline"}, page=OWN).status_code == 303
    assert lent_of(asked)[0].state == "declined"
    assert not queries.is_lent_to(made.account.person_id, cast.community, FROM)
    helper.force(f"{OWN}/{first.public_id}", {"answer": "agree"})
    assert lent_of(asked)[0].state == "declined", "a no is a no"


def test_nobody_answers_for_another(cast, sign_in, client, made, asked, named):
    for account in (cast.member, cast.sibling, cast.secretary):
        assert sign_in(account).force(f"{OWN}/{named[0].public_id}", {"answer": "agree"}).status_code == 404
    assert sign_in(made.account).force(f"{OWN}/{named[1].public_id}", {"answer": "agree"}).status_code == 404
    for wrong in ("", "withdrawn", "asked"):
        assert sign_in(made.account).force(f"{OWN}/{named[0].public_id}", {"answer": wrong}).status_code == 400
    assert sign_in(made.account).get(f"{OWN}/{named[0].public_id}").status_code == 405
    assert client.get(OWN).status_code == 303
    assert {lent.state for lent in lent_of(asked)} == {"asked"}


def test_an_officer_enters_what_was_said(cast, sign_in, made, asked, named):
    sibling, url = sign_in(cast.sibling), of(asked, named[1], "answer")
    for wrong in (
        {"answer": "agreed", "said": ""},
        {"answer": "", "said": "本人电话"},
        {"answer": "x", "said": "本人"},
    ):
        assert sibling.force(url, wrong).status_code == 422
    given = {"answer": "agreed", "said": "本人今早电话里说的"}
    assert sibling.submit(url, given, page=at(asked)).status_code == 303
    assert lent_of(asked)[1].state == "agreed"
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "lending.answer")).one()
    assert entry.changes == {"state": "agreed", "said": "本人今早电话里说的"}
    assert (entry.actor_name, entry.person_id) == (cast.sibling.person.name, made.second.person_id)
    assert "本人今早电话里说的" in sibling.get(at(asked)).text
    assert sibling.force(url, given).status_code == 422, "twice"


def test_only_the_lender_enters_answers(cast, sign_in, asked, named):
    given = {"answer": "agreed", "said": "本人电话"}
    for what in ("answer", "take-back"):
        assert sign_in(cast.secretary).force(of(asked, named[0], what, HERE), given).status_code == 403
        assert sign_in(cast.secretary).force(of(asked, named[0], what), given).status_code == 404
        assert sign_in(cast.leader).force(of(asked, named[0], what, HERE), given).status_code == 403
        assert sign_in(cast.sibling).get(of(asked, named[0], what)).status_code == 405
    assert {lent.state for lent in lent_of(asked)} == {"asked"}


@either_engine
def test_a_named_one_of_another_request(cast, sign_in, made, asked, named):
    other = ask(cast, made.skill, start_on=UNTIL + timedelta(days=9), end_on=UNTIL + timedelta(days=9))
    given = {"answer": "agreed", "said": "本人电话"}
    for what in ("answer", "take-back"):
        assert sign_in(cast.sibling).force(of(other, named[0], what), given).status_code == 404


def test_taken_back(cast, sign_in, made, asked, named):
    sibling, url = sign_in(cast.sibling), of(asked, named[0], "take-back")
    answered(asked, named[0])
    assert sibling.submit(url, page=at(asked)).status_code == 303
    assert lent_of(asked)[0].state == "withdrawn"
    assert sibling.force(url).status_code == 422, "twice"
    assert not queries.is_lent_to(made.account.person_id, cast.community, FROM)


# The borrower


def test_the_borrower_sees_who_comes_until_the_last_day(cast, sign_in, made, asked, named):
    secretary = sign_in(cast.secretary)
    answered(asked, named[0])
    page = secretary.page(at(asked, side=HERE)).get_text()
    assert "沈一刀" in page
    assert f"*******{made.phone[-4:]}" in page
    assert "沈二刀" not in page, "who has not answered"
    asked.start_on = asked.end_on = today() - timedelta(days=1)
    assert "沈一刀" not in secretary.get(at(asked, side=HERE)).text
    assert secretary.force(of(asked, named[0], "reveal", HERE), {"reason": "约时间"}).status_code == 404


def test_the_phone_for_a_reason(cast, sign_in, made, asked, named):
    answered(asked, named[0])
    secretary, url = sign_in(cast.secretary), of(asked, named[0], "reveal", HERE)
    phone = made.phone
    assert secretary.force(url, {"reason": ""}).status_code == 422
    assert secretary.force(url, {"reason": "嗯"}).status_code == 422
    answer = secretary.submit(url, {"reason": "电话约集合时间"}, page=at(asked, side=HERE))
    assert answer.status_code == 200
    assert phone in answer.text.replace(" ", "")
    kept = db.session.scalars(select(Reveal)).one()
    assert (kept.person_id, kept.association_id, kept.by_name) == (
        made.account.person_id, cast.community.id, cast.secretary.person.name,
    )  # fmt: skip
    assert secretary.get(url).status_code == 405


def test_no_phone_before_the_yes_or_for_others(cast, sign_in, made, asked, named):
    reason = {"reason": "电话约集合时间"}
    assert sign_in(cast.secretary).force(of(asked, named[0], "reveal", HERE), reason).status_code == 404
    answered(asked, named[0])
    for account, side, status in (
        (cast.sibling, HERE, 404), (cast.leader, HERE, 403), (cast.treasurer, HERE, 403), (cast.sibling, THERE, 403),
    ):  # fmt: skip
        assert sign_in(account).force(of(asked, named[0], "reveal", side), reason).status_code == status
    assert db.session.scalars(select(Reveal)).all() == []


def test_withdrawn(cast, sign_in, made, asked, named):
    answered(asked, named[0])
    assert sign_in(cast.sibling).force(at(asked, "withdraw")).status_code == 403, "not the sister's to withdraw"
    secretary = sign_in(cast.secretary)
    assert secretary.get(at(asked, "withdraw", HERE)).status_code == 405
    assert sign_in(cast.leader).force(at(asked, "withdraw", HERE)).status_code == 403
    assert secretary.submit(at(asked, "withdraw", HERE), page=at(asked, side=HERE)).status_code == 303
    assert again(asked.public_id).state == "withdrawn"
    assert {lent.state for lent in lent_of(asked)} == {"withdrawn"}
    assert not queries.is_lent_to(made.account.person_id, cast.community, FROM)
    assert secretary.force(at(asked, "withdraw", HERE)).status_code == 422, "twice"
    helper = sign_in(made.account)
    helper.force(f"{OWN}/{named[0].public_id}", {"answer": "decline"})
    assert lent_of(asked)[0].state == "withdrawn"


# What follows


def test_lent_in_the_span_only(cast, made, asked, named):
    person_id = made.account.person_id
    assert not queries.is_lent_to(person_id, cast.community, FROM), "not before the volunteer's yes"
    answered(asked, named[0])
    days = [FROM - timedelta(days=1), FROM, UNTIL, UNTIL + timedelta(days=1)]
    assert [queries.is_lent_to(person_id, cast.community, day) for day in days] == [False, True, True, False]
    assert not queries.is_lent_to(person_id, cast.village, FROM)
    assert not queries.is_lent_to(made.second.person_id, cast.community, FROM)


def test_who_no_longer_serves_is_lent_no_more(cast, made, asked, named):
    answered(asked, named[0])
    volunteers.end(cast.sibling, made.first, today(), LeaveReason.OWN_WISH)
    assert [lent.state for lent in lent_of(asked)] == ["withdrawn", "asked"]
    assert not queries.is_lent_to(made.account.person_id, cast.community, FROM)


def test_another_lending_on_the_same_days_is_shown(cast, sign_in, made, asked, named):
    services.ask(
        cast.chair, cast.village, cast.sibling_community, made.skill, wanted=1, occasion="村里理发", place="",
        start_on=UNTIL, end_on=UNTIL + timedelta(days=3),
    )  # fmt: skip
    db.session.commit()
    page = sign_in(cast.sibling).page(f"{THERE}?side=of")
    url = page.select_one("tbody a")["href"]
    assert "村里理发" in page.select_one("tbody a").get_text()
    clashing = sign_in(cast.sibling).page(url).select(".ticks .tag.red")
    assert len(clashing) == 2
    assert "望江社区协会" in clashing[0].get_text()
    answered(asked, named[0], LendingState.DECLINED)
    assert len(sign_in(cast.sibling).page(url).select(".ticks .tag.red")) == 1, "who has said no is free"


@either_engine
def test_pages_ask_few_questions(cast, sign_in, made, asked, named, query_count):
    answered(asked, named[0])
    for account, url in (
        (cast.sibling, at(asked)), (cast.secretary, at(asked, side=HERE)), (made.account, OWN),
    ):  # fmt: skip
        reader = sign_in(account)
        reader.get(url)
        with query_count() as asked_for:
            assert reader.get(url).status_code == 200
        assert len(asked_for) <= 12, url


# Who is told


def test_the_work_lists_say_whose_turn_it_is(cast, sign_in, made, asked):
    def lines(account, office) -> str:
        return " ".join(link["href"] for link in sign_in(account).page(office).select(".work a[href*=lending]"))

    here, there = "/office/wangjiang", "/office/tingyu"
    assert lines(cast.sibling, there) == f"{THERE}?side=of"
    assert lines(cast.secretary, here) == ""
    lent = agree(cast, asked, made.first)
    assert lines(cast.secretary, here) == HERE, "it was answered"
    assert lines(cast.sibling, there) == f"{THERE}?side=of", "who was named is silent"
    assert sign_in(made.account).page("/me").find("a", href=OWN)
    answered(asked, lent[0])
    assert lines(cast.sibling, there) == ""
    assert not sign_in(made.account).page("/me").select(f".work a[href='{OWN}']")
    assert lines(cast.leader, here) == "", "not a group leader's business"
