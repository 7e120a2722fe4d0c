"""Merging: what is chosen, what moves, what is refused, and that it happens once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from portal.accounts.models import Account, AccountSession
from portal.accounts.sessions import open_session
from portal.activities.models import ActivityParticipant
from portal.arrears.models import Reminder, ReminderRound
from portal.core.audit import AuditEntry
from portal.core.calendar import now, today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.identity import demo_identity
from portal.dues.models import Waiver
from portal.duplicates import services
from portal.duplicates.models import PersonMerge
from portal.hours.models import HoursEntry, HoursRevision
from portal.hours.queries import totals_of
from portal.members import transfers
from portal.members.models import EndReason, Membership, MembershipCover
from portal.offices.rights import Position
from portal.own.models import PersonalRequest
from portal.people.models import Affiliation, Consent, Person
from portal.people.queries import get_by_identity, people
from portal.people.services import correct_person
from portal.signups.models import SignUp
from tests.access.content import digest
from tests.activities.rows import make_log
from tests.cards.rows import cards_of, live_cards, make_card
from tests.duplicates.rows import BORN, CHOSEN, address, make_pair
from tests.harness.cases import each, either_engine
from tests.harness.factory import affiliate, appoint, kind_of, make_account, make_membership, make_person
from tests.harness.money import make_charge
from tests.harness.service import make_activity, make_session, make_sign_up


def sign_ups() -> list[tuple[int, str]]:
    """Whose, and how they stand, in the order in which they were made."""
    return [tuple(row) for row in db.session.execute(select(SignUp.person_id, SignUp.state).order_by(SignUp.id))]


OVER = [
    ("completed", "no_show", 0),
    ("no_show", "arrived", 1),
    ("completed", "completed", 0),
    ("no_show", "confirmed", 0),
]


@either_engine
@pytest.mark.parametrize(("mine", "theirs", "stays"), OVER)
def test_of_two_sign_ups_for_a_session_that_is_over_the_one_that_says_more_stays(cast, mine, theirs, stays):
    kept, gone = make_pair(cast.community)
    session = make_session(make_activity(cast.community), now() - timedelta(days=2), needs={None: 2})
    for person, state in ((kept, mine), (gone, theirs)):
        times = {"in_at": session.starts_at} if state in ("arrived", "completed") else {}
        make_sign_up(session, person, state, **times)
    before = sign_ups()
    merged = services.merge(None, cast.community, kept, gone, services.Choice())
    left = ["withdrawn", "withdrawn"]
    left[stays] = (mine, theirs)[stays]
    assert sign_ups() == [(kept.id, state) for state in left]
    services.undo_merge(None, merged, kept, gone)
    assert sign_ups() == before


def test_two_sign_ups_for_a_session_to_come_are_settled_first(cast):
    kept, gone = make_pair(cast.community)
    session = make_session(make_activity(cast.community), needs={None: 2})
    for person in (kept, gone):
        make_sign_up(session, person)
    with pytest.raises(RuleError):
        services.merge(None, cast.community, kept, gone, services.Choice())


@pytest.mark.parametrize("given", [(True, False), (False, True), (True, True), (False, False)])
def test_reminded_in_one_round_by_both_records_what_was_given_stays(cast, db_session, given):
    kept, gone = make_pair(cast.community)
    made = ReminderRound(association_id=cast.community.id, channel="call", made_on=today(), key="one")
    db_session.add(made)
    db_session.flush()
    for person, is_given in zip((kept, gone), given, strict=True):
        held = {"round_id": made.id, "association_id": cast.community.id, "payer_id": person.id, "amount_fen": 100}
        db_session.add(Reminder(**held, done_at=now() if is_given else None, outcome=person.public_id))
    db_session.flush()
    services.merge(None, cast.community, kept, gone, services.Choice())
    left = db_session.scalars(select(Reminder).execution_options(populate_existing=True)).all()
    expected = gone if given == (False, True) else kept
    assert [(one.payer_id, one.outcome) for one in left] == [(kept.id, expected.public_id)]


def done() -> PersonMerge:
    return db.session.scalar(select(PersonMerge))


def read(person: Person) -> Person:
    return db.session.scalar(select(Person).where(Person.id == person.id))


def test_chosen_checked_merged(cast, sign_in):
    pair = make_pair(cast.community)
    client, url = sign_in(cast.secretary), address(pair, "/check?keep=first&phone=second&residence=second")
    page = client.page(url)
    assert "湖滨新村" in page.get_text()
    response = client.submit(address(pair, "/merge"), page=url)
    assert response.location.endswith(f"/duplicates/merges/{done().public_id}")
    assert client.page(response.location).select_one("main form")
    kept, gone = (read(person) for person in pair)
    assert (kept.residence, kept.phone_last4) == ("湖滨新村", pair[1].phone_last4 or kept.phone_last4)
    assert (gone.merged_into_id, gone.phone, gone.phone_index) == (kept.id, None, None)
    assert db.session.scalars(people("钟若兰")).all() == [kept]
    kinds = db.session.scalars(select(Affiliation.kind).where(Affiliation.person_id == kept.id))
    assert sorted(kinds) == ["member", "volunteer"]


def test_the_old_address_leads_to_the_record_that_stays(cast, sign_in):
    pair, client = make_pair(cast.community), sign_in(cast.secretary)
    client.force(address(pair, "/merge"), CHOSEN)
    response = client.get(f"/office/wangjiang/people/{pair[1].public_id}")
    assert response.status_code == 302
    assert response.location.endswith(pair[0].public_id)
    assert sign_in(cast.sibling).get(f"/office/tingyu/people/{pair[1].public_id}").status_code == 404


def test_the_other_way_round(cast, sign_in):
    pair = make_pair(cast.community)
    sign_in(cast.secretary).force(
        address(pair, "/merge"), {"keep": "second", "phone": "second", "residence": "first"}
    )
    kept = read(pair[1])
    assert kept.residence == "望江路一带"
    assert read(pair[0]).merged_into_id == kept.id


def test_an_identity_number_comes_over_and_decides(cast, sign_in):
    pair = make_pair(cast.community)
    number = demo_identity(3, BORN, "female")
    correct_person(cast.secretary, pair[1], identity_number=number)
    sign_in(cast.secretary).force(address(pair, "/merge"), CHOSEN)
    assert get_by_identity(number).id == pair[0].id
    assert read(pair[0]).sex == "female"


def test_name_of_lists_follows(cast):
    kept, gone = make_pair(cast.community)
    gone.name, gone.sort_key = "钟若岚", "zhong 钟 ruo 若 lan 岚"
    services.merge(None, cast.community, kept, gone, services.Choice(taken=["name"]))
    assert kept.name == "钟若岚"
    assert db.session.scalar(select(Membership.sort_key)) != kept.name
    assert set(db.session.scalars(select(Membership.sort_key).where(Membership.person_id == kept.id))) == {
        kept.sort_key
    }


def test_an_activity_of_both_is_one_with_the_longer_time(cast, db_session):
    kept, gone = make_pair(cast.community)
    log = make_log(cast.community, (kept, gone))
    log.participants[0].minutes, log.participants[1].minutes = 30, 90
    db_session.flush()
    services.merge(None, cast.community, kept, gone, services.Choice())
    db_session.expire_all()
    rows = db_session.scalars(select(ActivityParticipant).where(ActivityParticipant.log_id == log.id)).all()
    assert [(row.person_id, row.minutes) for row in rows] == [(kept.id, 90)]


@each(
    ("mine", "theirs", "counted"),
    [
        (("refused", 30), ("approved", 90), 90),
        (("approved", 30), ("pending", 90), 30),
        (("approved", 30), ("approved", 90), 90),
    ],
)
def test_of_hours_of_both_those_that_count_more_stay(cast, db_session, mine, theirs, counted):
    kept, gone = make_pair(cast.community)
    log = make_log(cast.community, (kept, gone))
    for person, (state, minutes) in ((kept, mine), (gone, theirs)):
        asked = select(HoursRevision).join(HoursRevision.entry).where(HoursEntry.person_id == person.id)
        revision = db_session.scalars(asked.where(HoursEntry.log_id == log.id)).one()
        revision.state, revision.minutes = state, minutes
        revision.decided_at = None if state == "pending" else GIVEN
    db_session.flush()
    services.merge(None, cast.community, kept, gone, services.Choice())
    assert totals_of(kept.id).service == counted


GIVEN, LATER, WITHDRAWN = (datetime(2025, month, 1, tzinfo=UTC) for month in (1, 3, 5))


@each(
    ("mine", "theirs", "live"),
    [
        ((GIVEN, None), (LATER, None), [GIVEN]),
        ((LATER, None), (GIVEN, None), [GIVEN]),
        ((GIVEN, None), (LATER, WITHDRAWN), []),
        ((GIVEN, LATER), (WITHDRAWN, None), [WITHDRAWN]),
        ((GIVEN, None), None, [GIVEN]),
        (None, (GIVEN, None), [GIVEN]),
    ],
)
def test_consents_are_read_strictly(cast, mine, theirs, live):
    """Withdrawn on one record later than given on the other: withdrawn. Of two that are given the earlier stays."""
    kept, gone = make_pair(cast.community)
    for person, given in ((kept, mine), (gone, theirs)):
        if given:
            row = Consent(
                person_id=person.id, purpose="photo", notice_version=1, given_at=given[0], withdrawn_at=given[1]
            )
            db.session.add(row)
    db.session.flush()
    services.merge(None, cast.community, kept, gone, services.Choice())
    rows = db.session.scalars(select(Consent).where(Consent.person_id == kept.id, Consent.withdrawn_at.is_(None)))
    assert [row.given_at for row in rows] == live


def test_of_two_numbers_the_officer_says_which_stays(cast, sign_in):
    pair = make_pair(cast.community)
    first = db.session.scalar(select(Membership).where(Membership.person_id == pair[0].id))
    other = make_membership(pair[1], cast.community, group_id=cast.group.id, joined_on=date(2018, 1, 1))
    client, before = sign_in(cast.secretary), digest(db.session)
    refused = client.force(address(pair, "/merge"), CHOSEN)
    assert refused.status_code == 422
    assert first.number in refused.text
    assert digest(db.session) == before
    client.force(address(pair, "/merge"), {**CHOSEN, "staying-0": other.public_id})
    rows = {
        row.number: row for row in db.session.scalars(select(Membership).where(Membership.person_id == pair[0].id))
    }
    assert rows[first.number].end_reason == EndReason.IN_ERROR
    assert rows[other.number].ended_on is None
    held = db.session.scalars(
        select(Affiliation).where(Affiliation.person_id == pair[0].id, Affiliation.kind == "member")
    ).all()
    assert [(row.start_on, row.end_on, row.group_id) for row in held] == [(date(2018, 1, 1), None, cast.group.id)]


@either_engine
def test_the_check_waits_for_the_number_and_names_what_is_withdrawn(cast, sign_in):
    pair = make_pair(cast.community)
    first = db.session.scalar(select(Membership).where(Membership.person_id == pair[0].id))
    other = make_membership(pair[1], cast.community)
    places = cast.community, cast.sibling_community
    transfers.propose(cast.secretary, cast.secretary.person_id, first, *places, cast.community, "搬到听雨社区居住")
    db.session.commit()
    client, url = sign_in(cast.secretary), address(pair, "/check?keep=first&phone=first&residence=first")
    refused = client.get(url)
    assert refused.status_code == 422
    assert 'href="#staying-0-0"' in refused.text
    assert "请选择保留哪个会员编号" in refused.text
    checked = client.get(f"{url}&staying-0={other.public_id}")
    assert checked.status_code == 200
    assert "听雨社区协会" in checked.text
    assert "听雨社区协会" not in client.get(f"{url}&staying-0={first.public_id}").text


def test_the_card_of_the_number_that_ends_is_void_until_it_is_undone(cast):
    pair = make_pair(cast.community)
    first = db.session.scalar(select(Membership).where(Membership.person_id == pair[0].id))
    other, card = make_membership(pair[1], cast.community), make_card(first)
    made = services.merge(None, cast.community, *pair, services.Choice(staying=[other.public_id]))
    assert cards_of(first.id)[0].void_reason == "ended"
    services.undo_merge(None, made, *pair)
    assert [one.id for one in live_cards(first.id)] == [card.id]


def test_a_foreign_membership_is_no_choice(cast, sign_in):
    pair = make_pair(cast.community)
    make_membership(pair[1], cast.community)
    stranger = db.session.scalar(select(Membership).where(Membership.person_id == cast.stranger.person_id))
    answer = sign_in(cast.secretary).force(address(pair, "/merge"), {**CHOSEN, "staying-0": stranger.public_id})
    assert answer.status_code == 422
    assert done() is None


def test_covers_come_together(cast):
    """Whoever the household's membership that ends covered is covered by the one that stays; nobody by the own."""
    kept, gone = make_pair(cast.community)
    kind, child = kind_of(cast.community, 1), make_person("钟小禾")
    stays, ends = (make_membership(person, cast.sibling_community, kind=kind) for person in (kept, gone))
    for membership, person in ((ends, child), (stays, gone)):
        db.session.add(MembershipCover(membership_id=membership.id, person_id=person.id, start_on=BORN))
    db.session.flush()
    services.merge(None, cast.community, kept, gone, services.Choice(staying=[stays.public_id]))
    db.session.expire_all()
    rows = db.session.scalars(select(MembershipCover).where(MembershipCover.end_on.is_(None))).all()
    assert [(row.membership_id, row.person_id) for row in rows] == [(stays.id, child.id)]


def test_one_account_moves_with_its_sessions(cast, sign_in):
    pair = make_pair(cast.community)
    account = make_account(pair[1])
    owner = sign_in(account)
    sign_in(cast.secretary).force(address(pair, "/merge"), CHOSEN)
    assert db.session.get(Account, account.id).person_id == pair[0].id
    assert owner.get("/me").status_code == 200


def test_of_two_accounts_the_other_is_blocked(cast, sign_in):
    pair = make_pair(cast.community)
    mine, other = (make_account(person) for person in pair)
    open_session(other, "test", "127.0.0.1")
    sign_in(cast.secretary).force(address(pair, "/merge"), CHOSEN)
    assert db.session.get(Account, other.id).disabled_at is not None
    assert db.session.get(Account, mine.id).disabled_at is None
    assert db.session.scalar(select(AccountSession.ended_at).where(AccountSession.account_id == other.id)) is not None


def test_nobody_merges_away_the_account_one_sits_in(cast, sign_in):
    own = cast.secretary.person
    twin = make_person(own.name)
    affiliate(twin, cast.community)
    make_account(twin)
    answer = sign_in(cast.secretary).force(address((twin, own), "/merge"), {"keep": "first", "phone": "first"})
    assert answer.status_code == 422
    assert done() is None


def test_a_request_that_waits_on_both_is_settled_first(cast, sign_in):
    pair = make_pair(cast.community)
    for person in pair:
        db.session.add(PersonalRequest(kind="correction", person_id=person.id, association_id=cast.community.id))
    db.session.flush()
    client, before = sign_in(cast.secretary), digest(db.session)
    assert client.force(address(pair, "/merge"), CHOSEN).status_code == 422
    assert digest(db.session) == before


@each("missing", list(CHOSEN))
def test_what_differs_must_be_chosen(cast, sign_in, missing):
    pair, client = make_pair(cast.community), sign_in(cast.secretary)
    chosen = {name: value for name, value in CHOSEN.items() if name != missing}
    query = "&".join(f"{name}={value}" for name, value in chosen.items())
    checked = client.get(address(pair, f"/check?{query}"))
    assert checked.status_code == 422
    assert 'href="#' + missing in checked.text
    assert client.force(address(pair, "/merge"), chosen).status_code == 422
    assert done() is None


def test_told_apart_is_not_merged(cast, sign_in):
    pair, client = make_pair(cast.community), sign_in(cast.secretary)
    services.tell_apart(cast.secretary, cast.community, *pair)
    assert client.force(address(pair, "/merge"), CHOSEN).status_code == 422
    assert done() is None


def test_twice_is_once(cast, sign_in):
    pair, client = make_pair(cast.community), sign_in(cast.secretary)
    answers = [client.force(address(pair, "/merge"), CHOSEN) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].location == answers[1].location
    assert db.session.scalar(select(func.count()).select_from(PersonMerge)) == 1


@either_engine
@each(("role", "status"), [("sibling", 404), ("ended", 404), ("treasurer", 403), ("leader", 403)])
def test_others_may_not(cast, sign_in, role, status):
    pair = make_pair(cast.community)
    assert sign_in(getattr(cast, role)).force(address(pair, "/merge"), CHOSEN).status_code == status
    assert done() is None


@either_engine
def test_held_out_of_reach_is_refused_by_the_service_too(cast, sign_in):
    pair = make_pair(cast.community)
    affiliate(pair[1], cast.village)
    assert sign_in(cast.secretary).force(address(pair, "/merge"), CHOSEN).status_code == 422
    assert done() is None
    response = sign_in(cast.chair).force(address(pair, "/merge").replace("wangjiang", "liuan"), CHOSEN)
    assert response.status_code == 422


def test_rights_do_not_grow_by_it(cast, sign_in):
    pair = make_pair(cast.community)
    appoint(pair[0], cast.street, Position.CHAIR, covers_subtree=True)
    assert sign_in(cast.secretary).force(address(pair, "/merge"), CHOSEN).status_code == 422
    assert done() is None


@either_engine
def test_not_signed_in_and_not_by_reading(cast, sign_in, client):
    pair = make_pair(cast.community)
    assert client.force(address(pair, "/merge"), CHOSEN).status_code == 303
    assert sign_in(cast.secretary).get(address(pair, "/merge")).status_code == 405
    assert done() is None


@either_engine
def test_a_hostile_choice_is_an_error_by_the_field(cast, sign_in):
    pair = make_pair(cast.community)
    answer = sign_in(cast.secretary).force(address(pair, "/merge"), {**CHOSEN, "keep": "third", "phone": "' OR 1=1"})
    assert answer.status_code == 422
    assert done() is None


def test_it_stands_in_the_log(cast, sign_in):
    pair = make_pair(cast.community)
    sign_in(cast.secretary).force(address(pair, "/merge"), CHOSEN)
    entry = db.session.scalar(select(AuditEntry).where(AuditEntry.action == "duplicates.merge"))
    assert (entry.person_id, entry.actor_name) == (pair[0].id, cast.secretary.name)
    assert entry.changes["gone"] == pair[1].public_id


def test_who_signed_what_the_other_asked_for_is_somebody_else(cast, sign_in):
    """Two signatures of two records: they cannot be one person, or nobody signed second."""
    pair = make_pair(cast.community)
    charge = make_charge(make_membership(make_person("薛小满"), cast.community))
    known = {"association_id": cast.community.id, "amount_fen": 100, "reason": "困难", "state": "refused"}
    db.session.add(Waiver(charge_id=charge.id, asked_by_id=pair[0].id, decided_by_id=pair[1].id, **known))
    answer = sign_in(cast.secretary).force(address(pair, "/merge"), CHOSEN)
    assert (answer.status_code, "签批过另一人" in answer.text) == (422, True)
    assert done() is None
