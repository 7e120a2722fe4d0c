"""Arrears by age, and reminders: once each, of what is open on the day, never of what was paid."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader

from portal.arrears import queries, sending, services
from portal.arrears.models import Channel, Reminder, ReminderRound
from portal.arrears.queries import Filter
from portal.core.calendar import now, today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.dues.models import Charge
from portal.members import services as members
from portal.members.models import EndReason, Membership
from portal.offices.models import Appointment
from portal.offices.rights import Position
from portal.people import services as people
from portal.people.models import Person, Reveal
from tests.harness.factory import appoint, make_membership, make_person
from tests.harness.money import make_charge, make_payment, make_period
from tests.ledger.rows import last_year

HERE = "/office/wangjiang/dues/arrears"
NEW = f"{HERE}/reminders/new"


@pytest.fixture
def owing(cast):
    """薛小满 (group one) owes 12 yuan for 40 days, 20 for 400; 卫青 (group two) 12 for 40; 何苗 nothing overdue."""
    this, last = make_period(cast.community), make_period(cast.community, last_year())
    people = {}
    for name, group in (("薛小满", cast.group), ("卫青", cast.other_group), ("何苗", cast.group)):
        people[name] = make_person(name)
        membership = make_membership(people[name], cast.community, group_id=group.id)
        late = 40 if name != "何苗" else -1
        make_charge(membership, this, 1_200, due_on=today() - timedelta(days=late))
        if name == "薛小满":
            make_charge(membership, last, 2_000, due_on=today() - timedelta(days=400))
    db.session.commit()
    return people


def sums(account, cast, **wanted):
    rows = db.session.execute(queries.owing(account, cast.community, Filter(**wanted), today())).all()
    return {row.name: row.open_fen for row in rows}


def test_who_owes_since_when(cast, owing, sign_in, query_count):
    assert sums(cast.treasurer, cast) == {"薛小满": 3_200, "卫青": 1_200}
    assert sums(cast.treasurer, cast, days=366) == {"薛小满": 2_000}
    assert sums(cast.leader, cast) == {"薛小满": 3_200}  # the own group
    assert sums(cast.sibling, cast) == {}
    ages = queries.by_age(cast.treasurer, cast.community, Filter(), today())
    assert ages == [("1–30", 0, 0), ("31–90", 2_400, 2), ("91–365", 0, 0), (">365", 2_000, 1)]
    make_payment(owing["薛小满"], cast.community, 2_500)  # all of last year's and five yuan of this
    db.session.commit()
    assert sums(cast.treasurer, cast) == {"卫青": 1_200, "薛小满": 700}
    treasurer = sign_in(cast.treasurer)
    with query_count() as asked:
        page = treasurer.page(f"{HERE}?days=31").select_one("main")
    assert len(asked) <= 12
    assert "7.00" in page.get_text()
    assert "薛小满" in treasurer.get(f"{HERE}/list.csv").text
    assert "卫青" not in sign_in(cast.leader).get(HERE).text
    above = sign_in(cast.chair)
    assert "卫青" in above.get("/office/liuan/dues/arrears?below=y").text
    assert "卫青" not in above.get("/office/liuan/dues/arrears").text
    assert sign_in(cast.sibling).get(HERE).status_code == 404


def test_a_round_is_made_once_and_its_calls_are_ticked(cast, owing, sign_in):
    treasurer = sign_in(cast.treasurer)
    key = treasurer.page(NEW).select_one("[name=key]")["value"]
    typed = {"channel": "call", "days": "31", "group": "", "key": key}
    first, second = (treasurer.force(NEW, typed) for _ in range(2))
    assert first.location == second.location
    rows = db.session.query(Reminder).order_by(Reminder.amount_fen).all()
    assert [(row.amount_fen, row.level, row.done_at) for row in rows] == [(1_200, 1, None), (3_200, 1, None)]
    assert treasurer.force(NEW, {**typed, "channel": "pigeon", "key": "other"}).status_code == 422
    make_payment(owing["薛小满"], cast.community, 3_000)
    make_payment(owing["卫青"], cast.community, 1_200)
    page = treasurer.page(first.location).select_one("main table").get_text()
    assert "2.00" in page  # never the full sum after a part payment
    assert "32.00" not in page
    for row in rows:
        response = treasurer.force(f"{first.location}/{row.public_id}", {"outcome": "答应周末交"})
        assert response.status_code == 303
    db.session.expire_all()
    assert [(row.amount_fen, row.done_at is not None) for row in rows] == [(1_200, False), (200, True)]
    given = rows[1].done_at
    treasurer.force(f"{first.location}/{rows[1].public_id}", {"outcome": "已改约"})
    db.session.expire_all()
    assert (rows[1].done_at, rows[1].outcome) == (given, "已改约")
    assert "已改约" in treasurer.get(f"{first.location}/list.csv").text
    assert "打电话,2,1" in treasurer.get(f"{HERE}/reminders/list.csv").text
    assert first.location in treasurer.get(f"{HERE}/reminders").text
    assert sign_in(cast.secretary).force(NEW, typed).status_code == 403


def test_who_was_reminded_lately_is_left_in_peace(cast, owing):
    made = services.begin(cast.treasurer, cast.community, Channel.CALL, Filter(days=31), "one")
    for one in db.session.query(Reminder):
        services.done(cast.treasurer, one)
    with pytest.raises(RuleError):
        services.begin(cast.treasurer, cast.community, Channel.CALL, Filter(days=31), "two")
    db.session.query(Reminder).update({"done_at": now() - timedelta(days=15)})
    services.begin(cast.treasurer, cast.community, Channel.CALL, Filter(days=31), "two")
    assert made.public_id
    assert sorted(one.level for one in db.session.query(Reminder)) == [1, 1, 2, 2]


def test_a_leader_reminds_the_own_group(cast, owing, sign_in):
    with pytest.raises(RuleError):
        services.begin(cast.leader, cast.community, Channel.CALL, Filter(days=31), "all")
    leader = sign_in(cast.leader)
    assert leader.submit(NEW, {"channel": "call"}).status_code == 303
    assert [one.group_id for one in db.session.query(Reminder)] == [cast.group.id]


def test_the_sums_of_a_round_of_one_group_are_what_is_owed_in_it(cast, owing, sign_in):
    """Somebody of group one pays for a child in group two as well."""
    child = make_membership(make_person("薛豆豆"), cast.community, group_id=cast.other_group.id)
    late = {"due_on": today() - timedelta(days=40), "payer_id": owing["薛小满"].id}
    make_charge(child, make_period(cast.community), 5_000, **late)
    db.session.commit()
    leader = sign_in(cast.leader)
    here = leader.submit(NEW, {"channel": "letter"}).location
    shown = leader.page(here).main.text
    assert ("32.00" in shown, "82.00" in shown) == (True, False)
    letter = leader.submit(f"{here}/letters", page=here)
    assert "50.00" not in "".join(page.extract_text() for page in PdfReader(BytesIO(letter.data)).pages)
    db.session.expire_all()
    assert [one.amount_fen for one in db.session.query(Reminder)] == [3_200]


def test_a_name_that_cannot_be_printed_stops_nobody_else_s_letter(cast, owing, sign_in):
    owing["卫青"].name = "卫\U00030000"
    db.session.commit()
    treasurer = sign_in(cast.treasurer)
    here = treasurer.submit(NEW, {"channel": "letter"}).location
    letters = PdfReader(BytesIO(treasurer.submit(f"{here}/letters", page=here).data))
    assert ["薛小满" in page.extract_text() for page in letters.pages] == [True]
    assert "字体缺字" in treasurer.get(here).text
    db.session.expire_all()
    given = {one.payer_id: one.done_at is not None for one in db.session.query(Reminder)}
    assert given == {owing["薛小满"].id: True, owing["卫青"].id: False}
    for one, fen in ((owing["薛小满"], 3_200), (owing["卫青"], 1_200)):
        make_payment(one, cast.community, fen)
    db.session.commit()
    assert treasurer.submit(f"{here}/letters", page=here).status_code == 303, "no empty page"


def test_letters_name_what_is_open(cast, owing, sign_in):
    treasurer = sign_in(cast.treasurer)
    response = treasurer.submit(NEW, {"channel": "letter"})
    make_payment(owing["薛小满"], cast.community, 2_500)
    pdf = treasurer.submit(f"{response.location}/letters", page=response.location)
    assert pdf.mimetype == "application/pdf"
    pages = [page.extract_text() for page in PdfReader(BytesIO(pdf.data)).pages]
    assert len(pages) == 2
    (letter,) = [page for page in pages if "薛小满" in page]
    assert "7.00" in letter
    assert "32.00" not in letter
    db.session.expire_all()
    assert {one.amount_fen for one in db.session.query(Reminder) if one.done_at} == {700, 1_200}


def test_mails_go_once_to_who_has_an_address(cast, owing, monkeypatch):
    sent = []
    monkeypatch.setattr("portal.core.mail.is_set", lambda *_: True)
    monkeypatch.setattr("portal.core.mail.send", lambda to, _subject, body: sent.append((to, body)))
    with pytest.raises(RuleError):
        services.begin(cast.treasurer, cast.community, Channel.MAIL, Filter(days=31), "nobody has one")
    db.session.get_one(Person, owing["卫青"].id).email = "weiqing@example.org"
    made = services.begin(cast.treasurer, cast.community, Channel.MAIL, Filter(days=31), "mail")
    make_payment(owing["卫青"], cast.community, 500)
    db.session.commit()
    for _ in range(2):
        sending.send_mails(made.public_id)
    ((to, body),) = sent
    assert (to, "7.00" in body, "12.00" in body) == ("weiqing@example.org", True, False)
    assert db.session.query(ReminderRound).count() == 1


def test_a_secretary_who_leads_a_group_gives_letters_to_that_group_only(cast, owing, sign_in):
    """Reading all and recording for one group: the letters of the others are not written down as given."""
    made = services.begin(cast.treasurer, cast.community, Channel.LETTER, Filter(), "letters")
    held = db.session.query(Appointment).filter_by(person_id=cast.leader.person_id).one()
    known = {"association_id": held.association_id, "group_id": held.group_id, "position": held.position}
    db.session.add(Appointment(person_id=cast.secretary.person_id, start_on=held.start_on, **known))
    db.session.commit()
    answer = sign_in(cast.secretary).force(f"{HERE}/reminders/{made.public_id}/letters", {})
    assert answer.status_code == 200
    db.session.expire_all()
    given = {one.payer_id: one.done_at is not None for one in db.session.query(Reminder)}
    assert given == {owing["薛小满"].id: True, owing["卫青"].id: False}


def test_the_key_of_another_associations_round_is_no_round_here(cast, owing):
    services.begin(cast.treasurer, cast.community, Channel.LETTER, Filter(), "one-form")
    make_charge(make_membership(make_person("田野"), cast.sibling_community), due_on=today() - timedelta(days=40))
    appoint(cast.treasurer.person, cast.sibling_community, Position.TREASURER)
    with pytest.raises(RuleError):
        services.begin(cast.treasurer, cast.sibling_community, Channel.LETTER, Filter(), "one-form")


def test_the_phones_of_the_list_to_call(cast, owing, sign_in):
    """By the right of the register and with a reason that is kept; of who owes nothing more none is looked at."""
    for name, phone in (("薛小满", "15400001111"), ("卫青", "15400002222")):
        people.correct_person(cast.secretary, owing[name], phone=phone)
    made = services.begin(cast.treasurer, cast.community, "call", Filter(days=31), "to call")
    make_payment(owing["卫青"], cast.community, 1_200)
    db.session.commit()
    here = f"{HERE}/reminders/{made.public_id}"
    treasurer, secretary = sign_in(cast.treasurer), sign_in(cast.secretary)
    page = treasurer.page(here).select_one("main")
    assert "*******1111" in page.get_text()
    assert page.select_one("form[action$=phones]") is None
    assert treasurer.force(f"{here}/phones", {"reason": "催缴会费"}).status_code == 403
    assert sign_in(cast.sibling).force(f"{here}/phones", {"reason": "催缴会费"}).status_code == 404
    for reason in ("", "催"):
        assert secretary.force(f"{here}/phones", {"reason": reason}).status_code == 422
    assert db.session.query(Reveal).count() == 0
    shown = secretary.submit(f"{here}/phones", {}, page=here).text
    assert "tel:15400001111" in shown
    assert "15400002222" not in shown
    (look,) = db.session.query(Reveal).all()
    assert (look.person_id, look.field, look.by_person_id) == (owing["薛小满"].id, "phone", cast.secretary.person_id)
    assert "1540000" not in secretary.get(here).text
    letters = services.begin(cast.treasurer, cast.community, "letter", Filter(days=1), "letters")
    db.session.commit()
    assert "1111" not in secretary.get(f"{HERE}/reminders/{letters.public_id}").text


def test_two_rounds_remind_nobody_twice_whatever_the_way(cast, owing, sign_in):
    """A round counts nobody as reminded until it is given: whoever is second is told."""
    treasurer = sign_in(cast.treasurer)
    first, second, calls = (
        services.begin(cast.treasurer, cast.community, way, Filter(days=31), key).public_id
        for way, key in ((Channel.LETTER, "a"), (Channel.LETTER, "b"), (Channel.CALL, "c"))
    )
    db.session.commit()
    pages = [f"{HERE}/reminders/{one}" for one in (first, second, calls)]
    for _again in range(2):  # printed once more it is the same
        pdf = treasurer.submit(f"{pages[0]}/letters", page=pages[0])
        assert len(PdfReader(BytesIO(pdf.data)).pages) == 2
    assert treasurer.submit(f"{pages[1]}/letters", page=pages[1]).status_code == 303
    called = db.session.query(Reminder).join(ReminderRound).filter(ReminderRound.public_id == calls).first()
    answer = treasurer.submit(f"{pages[2]}/{called.public_id}", {"outcome": "已接"}, page=pages[2])
    assert "未登记" in treasurer.get(answer.location).text
    assert sorted(one.level for one in db.session.query(Reminder) if one.done_at) == [1, 1]


def test_very_many_letters_are_files_of_so_many(cast, owing, sign_in, monkeypatch):
    """By name; each is written down as given with its own file."""
    made = services.begin(cast.treasurer, cast.community, Channel.LETTER, Filter(days=31), "a")
    db.session.commit()
    monkeypatch.setattr(sending, "TOGETHER", 1)
    here, treasurer = f"{HERE}/reminders/{made.public_id}", sign_in(cast.treasurer)
    page = treasurer.page(here)
    posts = [form["action"] for form in page.select("main form") if "/letters" in form["action"]]
    assert posts == [f"{here}/letters", f"{here}/letters?page=2"]
    assert "打印第 1–1 封" in page.main.text
    names = set()
    for number, post in enumerate(posts, 1):
        (sheet,) = PdfReader(BytesIO(treasurer.submit(post, page=here).data)).pages
        names |= {name for name in ("薛小满", "卫青") if name in sheet.extract_text()}
        assert db.session.query(Reminder).filter(Reminder.done_at.is_not(None)).count() == len(names) == number


def test_the_dead_are_left_in_peace(cast, owing, sign_in):
    made = services.begin(cast.treasurer, cast.community, Channel.LETTER, Filter(days=31), "a")
    dead = {"ended_on": today(), "end_reason": EndReason.DECEASED}
    db.session.query(Membership).filter_by(person_id=owing["薛小满"].id).update(dead)
    db.session.commit()
    assert [
        row.name for row in services.plan(cast.treasurer, cast.community, Channel.CALL, Filter(days=31)).rows
    ] == ["卫青"]
    here = f"{HERE}/reminders/{made.public_id}"
    pdf = sign_in(cast.treasurer).submit(f"{here}/letters", page=here)
    assert [page.extract_text().count("薛小满") for page in PdfReader(BytesIO(pdf.data)).pages] == [0]


def test_files_name_the_day_of_the_place(cast, owing, sign_in):
    made = services.begin(cast.treasurer, cast.community, Channel.CALL, Filter(days=31), "a")
    early = datetime(today().year, today().month, 1, 22, tzinfo=UTC)  # six in the morning of the second
    db.session.query(Reminder).update({"done_at": early})
    db.session.commit()
    file = sign_in(cast.treasurer).get(f"{HERE}/reminders/{made.public_id}/list.csv").text
    assert f"{early + timedelta(days=1):%Y-%m-%d}" in file


def test_a_character_of_the_associations_own_stops_the_letters_with_words(cast, owing, sign_in):
    made = services.begin(cast.treasurer, cast.community, Channel.LETTER, Filter(days=31), "a")
    cast.community.address = "卫\U00030000路1号"
    db.session.commit()
    here, treasurer = f"{HERE}/reminders/{made.public_id}", sign_in(cast.treasurer)
    answer = treasurer.submit(f"{here}/letters", page=here)
    assert "U+30000" in treasurer.get(answer.location).text
    assert db.session.query(Reminder).filter(Reminder.done_at.is_not(None)).count() == 0


def test_who_still_owes_is_not_said_to_have_paid(cast, owing, sign_in):
    """Also in another group by now, and who died."""
    rounds = [
        services.begin(cast.treasurer, cast.community, Channel.CALL, Filter(group_id=group), key)
        for group, key in ((cast.group.id, "a"), (None, "b"))
    ]
    held = {one.person_id: one for one in db.session.query(Membership)}
    members.change_group(cast.secretary, held[owing["薛小满"].id], cast.community, cast.other_group)
    held[owing["卫青"].id].ended_on, held[owing["卫青"].id].end_reason = today(), EndReason.DECEASED
    db.session.commit()
    treasurer = sign_in(cast.treasurer)
    texts = [treasurer.page(f"{HERE}/reminders/{one.public_id}").select_one("main table").text for one in rounds]
    assert ["已缴清" in text for text in texts] == [False, False]
    db.session.query(Charge).update({"paid_fen": Charge.amount_fen})
    db.session.commit()
    assert "已缴清" in treasurer.page(f"{HERE}/reminders/{rounds[0].public_id}").select_one("main table").text
