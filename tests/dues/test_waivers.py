"""Waivers and write-offs: asked by one, signed by another, once; and what that does to charge, journal and rate."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import joinedload

from portal.core.audit import AuditEntry
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.dues import closing, services, waivers
from portal.dues.models import Charge, VoidReason, Waiver, WaiverKind
from portal.ledger import queries as ledger
from portal.ledger.models import DuesPeriod
from portal.members.models import Membership
from portal.people.models import Person
from portal.upkeep.ledger import list_faults
from tests.harness.cases import either_engine
from tests.harness.factory import make_membership, make_person
from tests.harness.money import make_charge, make_payment

LIST = "/office/wangjiang/dues/waivers"


@pytest.fixture
def charge(cast):
    """Twelve yuan of somebody in group one."""
    membership = make_membership(make_person("薛小满"), cast.community, group_id=cast.group.id)
    made = make_charge(membership)
    db.session.commit()
    return made


def form_of(charge):
    period, member = charge.period_id, charge.membership_id
    ids = db.session.get_one(DuesPeriod, period).public_id, db.session.get_one(Membership, member).public_id
    return "/office/wangjiang/dues/charges/{}/{}/waive".format(*ids)


def asked(actor, charge, amount=500, kind=WaiverKind.WAIVER, reason="家庭收入骤减，经小组会讨论"):
    made = waivers.ask(actor, charge, kind, amount, reason)
    db.session.commit()
    return made


def test_from_the_question_to_the_second_signature(cast, charge, sign_in):
    treasurer, chair, here = sign_in(cast.treasurer), sign_in(cast.chair), form_of(charge)
    assert treasurer.page(here).select_one("[name=amount]")["value"] == "12"
    for wrong in ({"amount": "12.01"}, {"amount": "0"}, {"amount": "0.001"}, {"reason": " "}, {"kind": "gift"}):
        response = treasurer.force(here, {"kind": "waiver", "amount": "5", "reason": "困难", **wrong})
        assert response.status_code == 422, wrong
    response = treasurer.submit(here, {"kind": "waiver", "amount": "５.00", "reason": "失业，经小组会讨论"})
    waiver = db.session.query(Waiver).one()
    assert response.location == f"{LIST}/{waiver.public_id}"
    assert (waiver.amount_fen, waiver.state, charge.waived_fen) == (500, "asked", 0)
    assert treasurer.force(here, {"kind": "waiver", "amount": "1", "reason": "再来"}).status_code == 422
    decide = f"{response.location}/decide"
    assert treasurer.force(decide, {"decision": "approve"}).status_code == 403
    assert sign_in(cast.sibling).get(response.location).status_code == 404
    assert chair.force(decide, {"decision": "refuse"}).status_code == 422  # without a reason
    assert chair.submit(decide, {"decision": "approve"}, page=response.location).status_code == 303
    assert chair.force(decide, {"decision": "approve"}).status_code == 422  # decided
    db.session.expire_all()
    assert (waiver.state, charge.waived_fen, charge.open_fen) == ("approved", 500, 700)
    assert ledger.balances(cast.community)["waived"] == (500, 0)
    assert list_faults() == []
    page = treasurer.page(f"{LIST}?state=").select_one("main")
    assert "失业，经小组会讨论" in page.get_text()
    assert "失业" in treasurer.get(f"{LIST}/list.csv?state=").text
    actions = {entry.action for entry in db.session.query(AuditEntry).filter(AuditEntry.action.like("dues.%waiver"))}
    assert actions == {"dues.ask_waiver", "dues.approve_waiver"}


def test_who_asked_or_owes_it_does_not_sign(cast, charge):
    waiver = asked(cast.treasurer, charge)
    with pytest.raises(RuleError):
        waivers.approve(cast.treasurer, waiver)
    charge.payer_id = cast.chair.person_id
    db.session.flush()
    with pytest.raises(RuleError):
        waivers.approve(cast.chair, waiver)
    assert waiver.state == "asked"


def test_a_leader_asks_for_the_own_group_only(cast, charge):
    with pytest.raises(RuleError):
        asked(cast.secretary, charge)  # reads dues, does not record them
    asked(cast.leader, charge)
    other = make_charge(make_membership(make_person("卫青"), cast.community, group_id=cast.other_group.id))
    with pytest.raises(RuleError):
        asked(cast.leader, other)


@either_engine
def test_refused_and_withdrawn_leave_it_owed(cast, charge, sign_in):
    first = asked(cast.treasurer, charge)
    waivers.refuse(cast.chair, first, "材料不全")
    second = asked(cast.treasurer, charge)
    with pytest.raises(RuleError):
        waivers.withdraw(cast.chair, second)
    page = f"{LIST}/{second.public_id}"
    assert sign_in(cast.treasurer).submit(f"{page}/withdraw", page=page).status_code == 303
    db.session.expire_all()
    assert (first.state, second.state, charge.open_fen) == ("refused", "withdrawn", 1_200)


def test_paid_meanwhile_there_is_nothing_to_waive(cast, charge):
    waiver = asked(cast.treasurer, charge, amount=800)
    make_payment(db.session.get_one(Person, charge.payer_id), cast.community, 700)
    with pytest.raises(RuleError):
        waivers.approve(cast.chair, waiver)
    db.session.expire_all()
    assert (waiver.state, charge.waived_fen, charge.paid_fen) == ("asked", 0, 700)


def test_a_write_off_is_not_a_waiver(cast, charge):
    """The rate counts without what was waived, and with what was written off."""
    waivers.approve(cast.chair, asked(cast.treasurer, charge, amount=200))
    waivers.approve(cast.chair, asked(cast.treasurer, charge, amount=300, kind=WaiverKind.WRITE_OFF))
    figures = closing.sums(cast.community, db.session.get_one(DuesPeriod, charge.period_id))
    assert figures == {
        "charged_fen": 1_200, "waived_fen": 200, "paid_fen": 0, "written_off_fen": 300, "open_fen": 700, "charges": 1,
    }  # fmt: skip
    assert ledger.balances(cast.community)["written_off"] == (300, 0)


def test_with_its_charge_it_is_void(cast, charge):
    waiver = asked(cast.treasurer, charge)
    waivers.approve(cast.chair, waiver)
    found = db.session.get_one(Charge, charge.id, options=[joinedload(Charge.association)], populate_existing=True)
    services.void(cast.treasurer, found, VoidReason.IN_ERROR, today())
    db.session.commit()
    assert (waiver.state, found.waived_fen) == ("void", 0)
    assert list_faults() == []


def test_what_waits_stands_in_the_way_of_closing(app, cast, charge):
    period = db.session.get_one(DuesPeriod, charge.period_id)
    assert closing.waiting(cast.community, period) == []
    asked(cast.treasurer, charge)
    with app.test_request_context():
        (only,) = closing.waiting(cast.community, period)
    assert only.blocks
    assert closing.waiting(cast.sibling_community, period) == []


def test_what_was_asked_for_goes_with_its_charge(cast, charge):
    waiver = asked(cast.treasurer, charge)
    found = db.session.get_one(Charge, charge.id, options=[joinedload(Charge.association)], populate_existing=True)
    services.void(cast.treasurer, found, VoidReason.CHANGED, today())
    db.session.commit()
    db.session.refresh(waiver)
    assert (waiver.state, waiver.decided_by_id) == ("void", None)


def test_the_member_it_is_for_does_not_sign_though_another_pays(cast, charge):
    chair = make_membership(cast.chair.person, cast.community, payer_id=cast.member.person_id)
    waiver = asked(cast.treasurer, make_charge(chair))
    db.session.refresh(waiver, ["association", "charge"])
    with pytest.raises(RuleError):
        waivers.approve(cast.chair, waiver)
    assert waiver.state == "asked"
