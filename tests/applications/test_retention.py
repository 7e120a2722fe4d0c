"""What came to nothing is not kept for ever: drafts a day, declined and withdrawn forms half a year; figures stay."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.applications import drafts, retention, services
from portal.applications.models import ApplicationDraft, ApplicationMessage, ApplicationState
from portal.core.audit import AuditEntry
from portal.core.calendar import now
from portal.core.database import db
from portal.volunteers import retention as volunteers
from portal.volunteers.models import RegistrationState
from tests.applications.filling import OFFICE, applied
from tests.harness.cases import either_engine
from tests.volunteers.filling import registered

DAY = timedelta(days=1)
SAID = (
    "name",
    "identity_number",
    "identity_index",
    "phone",
    "phone_index",
    "residence",
    "decision_reason",
    "birth_on",
)


def decided(form: Any, state: str, days: int) -> Any:
    form.state, form.decided_at, form.decision_reason = state, now() - days * DAY, "住址不在本社区"
    db.session.commit()
    return form


def read_again(form: Any) -> Any:
    db.session.expire_all()
    return db.session.get(type(form), form.id)


def is_emptied(form: Any) -> bool:
    values = {name: getattr(read_again(form), name) for name in SAID}
    if values["name"] != "已删除":
        assert all(values.values())
        return False
    assert not any(value for name, value in values.items() if name != "name")
    return True


@either_engine
@pytest.mark.parametrize("what", ["application", "registration"])
def test_emptied_half_a_year_after_it_came_to_nothing(cast, client, notice, what):
    make, states, room = (
        (applied, ApplicationState, retention)
        if what == "application"
        else (registered, RegistrationState, volunteers)
    )
    old, gone, young, waits = (make(cast) for _ in range(4))
    decided(old, states.DECLINED, 181)
    decided(gone, states.WITHDRAWN, 181)
    decided(young, states.DECLINED, 179)
    waits.submitted_at, waits.decision_reason = now() - 400 * DAY, "x"
    db.session.commit()
    figures = select(type(old).state, func.count()).group_by(type(old).state)
    before = sorted(db.session.execute(figures).all())
    room.forget()
    assert [is_emptied(form) for form in (old, gone, young, waits)] == [True, True, False, False]
    assert sorted(db.session.execute(figures).all()) == before
    logged = select(func.count()).select_from(AuditEntry).where(AuditEntry.action.endswith(".forget"))
    assert db.session.scalar(logged) == 2
    room.forget()
    assert db.session.scalar(logged) == 2, "done again, it does nothing"
    path = f"/{'join' if what == 'application' else 'volunteer'}/{old.reference}"
    page = client.page(path).select_one("main")
    assert "住址不在本社区" not in page.get_text()
    assert page.select_one("blockquote") is None


def test_an_accepted_one_stays_with_the_membership(cast, notice, sign_in):
    made = applied(cast)
    sign_in(cast.secretary).submit(
        f"{OFFICE}/{made.public_id}/accept", {"group": ""}, page=f"{OFFICE}/{made.public_id}"
    )
    row = read_again(made)
    assert row.state == "accepted"
    row.decided_at = now() - 900 * DAY
    db.session.commit()
    retention.forget()
    assert read_again(made).name == "钟若兰"


def test_what_was_said_about_it_goes_too(cast, notice):
    made = applied(cast, reason="想参加志愿服务")
    services.ask(cast.secretary, made, "请问住在几号楼？")
    services.answer(made, "七号楼")
    decided(made, ApplicationState.DECLINED, 200)
    retention.forget()
    bodies = db.session.scalars(select(ApplicationMessage.body)).all()
    assert (bodies, read_again(made).reason) == (["", ""], "")


def test_answers_that_nobody_came_back_to(cast):
    old, young = drafts.new_token(), drafts.new_token()
    drafts.keep(old, {"name": {"name": "钟若兰"}})
    db.session.query(ApplicationDraft).update({"updated_at": now() - DAY})
    drafts.keep(young, {"name": {"name": "许新"}})
    db.session.commit()
    retention.forget()
    assert db.session.query(ApplicationDraft).count() == 1
    assert drafts.load(young)
