"""Deletion at one's own request: nothing in any table tells who it was, and what stands against it is said."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from portal.accounts.models import Account
from portal.activities.models import ActivityLog, ActivityParticipant
from portal.applications.models import ApplicationMessage, MembershipApplication
from portal.arrears.models import Reminder, ReminderRound
from portal.bank.models import BankFile, BankLine
from portal.cards.models import MemberCard
from portal.core.calendar import now, today
from portal.core.database import Base, db
from portal.core.encryption import blind_index
from portal.core.identity import demo_identity
from portal.duplicates.models import PersonMerge
from portal.members.models import EndReason, Membership, MembershipCover
from portal.own.models import PersonalRequest
from portal.people import services as people
from portal.people.models import Consent, ConsentPurpose, Person
from portal.people.queries import get_own
from portal.verification.models import VerifiableCode
from tests.harness.cases import each, either_engine
from tests.harness.factory import kind_of, make_account, make_membership, make_person
from tests.harness.money import make_charge, make_payment

URL = "/me/deletion"
NUMBER = demo_identity(9, date(1988, 5, 20), "female")
SURE = {"is_sure": "y"}
# What stays in clear on purpose, each with its reason: docs/decisions/0008-what-deletion-leaves.md.
EXCEPTIONS = {"audit_entry.actor_name", "audit_entry.changes", "reveal.by_name"}


@pytest.fixture
def known(cast, ask) -> PersonalRequest:
    """The member, known in every table there is, who asks for deletion."""
    person, here = get_own(cast.member.person_id), cast.community
    people.correct_person(
        cast.secretary, person, name="王秀瑛", identity_number=NUMBER, email="wang@example.com", residence="东片"
    )
    people.give_consent(cast.secretary, person, ConsentPurpose.REGISTER, 1)
    people.give_consent(cast.secretary, person, ConsentPurpose.PHOTO, 1)
    held = db.session.scalars(select(Membership).where(Membership.person_id == person.id)).one()
    held.suspension_reason = "王秀瑛外出"
    card(held, here)
    application(here, person)
    gone = make_person("王秀瑛", identity_last4=NUMBER[-4:])
    gone.merged_into_id, gone.removed_at = person.id, now()
    make_account(gone, email="wang@example.com", disabled_at=now())
    db.session.add(PersonMerge(kept_id=person.id, gone_id=gone.id, association_id=here.id, log=f'"{person.name}"'))
    log = ActivityLog(association_id=here.id, kind="safety", title="清洁日", held_on=today(), place="湖滨")
    log.participants = [ActivityParticipant(person_id=person.id, is_volunteer=True, minutes=90)]
    db.session.add(log)
    dues(cast, held)
    db.session.commit()
    ask(cast.member, name="王秀樱")
    return ask(cast.member, "王秀瑛不想留记录")


def dues(cast: Any, held: Membership) -> None:
    """Owed, reminded of, paid through the bank with a receipt; the name stands in every note."""
    charge = make_charge(held, note="王秀瑛补交")
    payer, place = get_own(held.person_id), cast.community
    paid = make_payment(payer, place, 500, actor=cast.treasurer, method="transfer", note="王秀瑛转来")
    known = {"association_id": place.id, "made_on": today(), "channel": "call", "key": "round"}
    round_ = ReminderRound(**known)
    file = BankFile(association_id=place.id, name="bank.csv", digest="0")
    db.session.add_all([round_, file])
    db.session.flush()
    told = {"payer_id": payer.id, "amount_fen": charge.amount_fen - 500, "outcome": "王秀瑛说月底交"}
    line = {"position": 1, "fingerprint": "1", "booked_on": today(), "amount_fen": 500, "payer_name": "王秀瑛"}
    db.session.add(Reminder(round_id=round_.id, association_id=place.id, **told))
    db.session.add(
        BankLine(association_id=place.id, file_id=file.id, payment_id=paid.id, state="matched", memo="王秀瑛", **line)
    )


def card(held: Membership, here: Any) -> None:
    code = VerifiableCode(code="0123456789abcdef", kind="card")
    db.session.add(code)
    db.session.flush()
    printed = {"name": "王秀英", "number": held.number}
    db.session.add(
        MemberCard(membership_id=held.id, serial=1, code_id=code.id, association_id=here.id, reason="first",
                   note="王秀瑛亲领", snapshot=printed, issued_on=today())
    )  # fmt: skip


def application(here: Any, person: Person) -> None:
    row = MembershipApplication(
        reference="ABCDEFGHJKMN", association_id=here.id, kind_id=kind_of(here).id, name="王秀英", sex="female",
        birth_on=date(1988, 5, 20), identity_number=NUMBER, identity_index=blind_index(NUMBER, "identity"),
        identity_last4=NUMBER[-4:], phone=person.phone, phone_index=person.phone_index, residence="东片",
        reason="王秀英想参加活动", guardian_name="王秀英之母", notice_version=1,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    db.session.add(ApplicationMessage(application_id=row.id, is_from_applicant=True, body="我是王秀英"))


def office(asked: PersonalRequest, act: str = "") -> str:
    return f"/office/wangjiang/requests/{asked.public_id}{act}"


def traces(words: set[str]) -> set[str]:
    """table.column wherever one of the words stands, in any row, decrypted too."""
    found = set()
    for table in Base.metadata.tables.values():
        for row in db.session.execute(table.select()).mappings():
            for column, value in row.items():
                if any(word in str(value) for word in words):
                    found.add(f"{table.name}.{column}")
    return found


def words_of(person: Person) -> set[str]:
    assert person.phone
    assert person.phone_index
    index = blind_index(NUMBER, "identity")
    return {"王秀英", "王秀瑛", "王秀樱", person.phone, person.phone_index, NUMBER, index, "wang@example.com", "东片"}


def test_nothing_is_left(cast, sign_in, known, db_session):
    words = words_of(cast.member.person)
    assert len(traces(words)) > 15, "control: the search finds what is there"
    secretary = sign_in(cast.secretary)
    assert secretary.submit(office(known, "/accept"), SURE, page=office(known)).status_code == 303
    assert traces(words) <= EXCEPTIONS
    person = db_session.get(Person, cast.member.person_id)
    assert (person.name, person.birth_on, person.sex) == ("已删除", None, None)
    assert person.removed_at is not None


def test_of_a_former_officer_only_the_acts_keep_the_name(cast, sign_in, ask, db_session):
    words = {cast.ended.name, cast.ended.person.phone}
    people.reveal(cast.ended, get_own(cast.member.person_id), "phone", "核对报名", cast.community)
    asked = ask(cast.ended)
    sign_in(cast.secretary).force(office(asked, "/accept"), SURE)
    assert traces(words) == {"audit_entry.actor_name", "reveal.by_name"}


def test_what_stays(cast, sign_in, known, db_session):
    before = db_session.scalars(select(Membership.number)).all()
    sign_in(cast.secretary).force(office(known, "/accept"), SURE)
    held = db_session.scalars(select(Membership).where(Membership.person_id == cast.member.person_id)).one()
    assert (held.ended_on, held.end_reason) == (today(), EndReason.DELETED)
    assert db_session.scalars(select(Membership.number)).all() == before
    assert db_session.scalars(select(ActivityParticipant.minutes)).all() == [90]
    assert set(db_session.scalars(select(PersonalRequest.state))) == {"done", "withdrawn"}
    assert not db_session.scalars(select(Consent).where(Consent.withdrawn_at.is_(None))).all()


@either_engine
def test_nobody_signs_in_with_it_any_more(cast, sign_in, known, client, db_session):
    member = sign_in(cast.member)
    phone = cast.member.person.phone
    sign_in(cast.secretary).force(office(known, "/accept"), SURE)
    assert member.get("/me").status_code == 303
    assert client.submit("/sign-in", {"login": phone, "password": "a password for tests"}).status_code == 422
    account = db_session.get(Account, cast.member.id)
    assert account.disabled_at
    assert (account.phone_index, account.email, account.password_hash) == (None, None, None)


def test_the_outcome_is_read_by_its_reference(cast, sign_in, known, client):
    page = f"/requests?reference={known.reference}"
    assert "处理" in client.page(page).get_text() or client.page(page).select_one(".tag.amber")
    sign_in(cast.secretary).force(office(known, "/accept"), SURE)
    shown = client.page(page)
    assert shown.select_one(".tag.green")
    assert "望江社区协会" in shown.get_text()
    for typed in (known.public_id, known.reference.replace("-", " "), known.public_id.replace("0", "o")):
        assert client.page(f"/requests?reference={typed}").select_one(".tag.green")
    assert client.page("/requests?reference=%00%27%22", status=404)
    assert client.page("/requests?reference=0000-0000-0000", status=404).select_one(".notice.amber")
    assert "王秀" not in shown.get_text()


def test_asked_in_person_by_the_page(cast, sign_in, db_session):
    member = sign_in(cast.member)
    assert member.submit(URL, {"reason": "搬走了"}).status_code == 422
    answer = member.submit(URL, {"reason": "搬走了", **SURE})
    asked = db_session.scalars(select(PersonalRequest)).one()
    assert answer.location == f"/me/requests/{asked.public_id}"
    assert asked.reference in member.page(answer.location).get_text()
    assert member.get(URL).location == answer.location
    assert member.force(URL, SURE).location == answer.location


def test_withdrawn_in_time(cast, sign_in, known, db_session):
    url = f"/me/requests/{known.public_id}"
    assert sign_in(cast.member).submit(f"{url}/withdraw", page=url).status_code == 303
    assert sign_in(cast.secretary).force(office(known, "/accept"), SURE).status_code == 422
    assert db_session.get(Person, cast.member.person_id).removed_at is None


def test_asked_twice_of_the_officer(cast, sign_in, known, db_session):
    secretary = sign_in(cast.secretary)
    assert secretary.force(office(known, "/accept")).status_code == 422
    assert db_session.get(Person, cast.member.person_id).removed_at is None
    assert secretary.force(office(known, "/accept"), SURE).status_code == 303
    assert secretary.force(office(known, "/accept"), SURE).status_code == 422


def test_an_office_has_to_end_first(cast, sign_in, ask, db_session):
    asked = ask(cast.treasurer)
    assert sign_in(cast.treasurer).page(f"/me/requests/{asked.public_id}")
    chair = sign_in(cast.chair)
    assert not chair.page(office(asked)).find("form", action=office(asked, "/accept"))
    answer = chair.force(office(asked, "/accept"), SURE)
    assert answer.status_code == 422
    assert "财务" in answer.text
    assert db_session.get(Person, cast.treasurer.person_id).removed_at is None
    assert chair.force(office(asked, "/refuse"), {"reason": "任期内须留存任职记录"}).status_code == 303


def test_a_contact_of_an_organisation_has_to_be_another_first(cast, sign_in, ask, db_session):
    make_membership(
        cast.volunteer.person, cast.community, kind=kind_of(cast.community, 2), organisation_name="望江茶社"
    )
    asked = ask(cast.volunteer)
    answer = sign_in(cast.secretary).force(office(asked, "/accept"), SURE)
    assert answer.status_code == 422
    assert "望江茶社" in answer.text


def test_in_a_household_the_others_lose_nothing_but_the_cover(cast, sign_in, ask, db_session):
    household = make_membership(cast.stranger.person, cast.community, kind=kind_of(cast.community, 1))
    db_session.add(MembershipCover(membership_id=household.id, person_id=cast.volunteer.person_id, start_on=today()))
    household.payer_id = cast.volunteer.person_id
    db_session.commit()
    asked = ask(cast.volunteer)
    sign_in(cast.secretary).force(office(asked, "/accept"), SURE)
    db_session.refresh(household)
    assert (household.ended_on, household.payer_id) == (None, None)
    assert db_session.scalars(select(MembershipCover.end_on)).all() == [today()]
    assert db_session.get(Person, cast.stranger.person_id).name == "何远山"


def test_nobody_deletes_oneself(cast, sign_in, ask, db_session):
    asked = ask(cast.secretary)
    assert sign_in(cast.secretary).force(office(asked, "/accept"), SURE).status_code == 422


@either_engine
@each(("role", "status"), [("treasurer", 403), ("sibling", 404), ("member", 404)])
def test_who_may_not(cast, sign_in, ask, db_session, role, status):
    asked = ask(cast.volunteer)
    assert sign_in(getattr(cast, role)).force(office(asked, "/accept"), SURE).status_code == status
    assert db_session.get(Person, cast.volunteer.person_id).removed_at is None


def test_a_request_follows_the_membership(cast, ask, db_session):
    from portal.members import services as members
    from portal.members.queries import list_of_person

    asked = ask(cast.member)
    held = list_of_person(cast.member.person_id)[0]
    members.settle(cast.chair, held, cast.sibling_community, None, today())
    members.moved.send(held)
    db_session.flush()
    db_session.refresh(asked)
    assert asked.association_id == cast.sibling_community.id
