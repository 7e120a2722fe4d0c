"""A year whose every figure was worked out on paper: one community of a street beside its three sisters.

What lies just on either side of a day, a state or an association is among the rows: written so that a figure which
counts it wrongly is another one. The amounts stand in the tables below; no figure of them is computed here.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

import pytest
from docx import Document
from openpyxl import load_workbook
from sqlalchemy import select, update

from portal.activities.models import ActivityLog
from portal.associations.models import Association
from portal.commendations.models import CallCategory, Nomination
from portal.core.calendar import at
from portal.core.database import db
from portal.disclosure.models import Disclosure, DisclosureDuty
from portal.honours.models import Honour
from portal.letters.models import Letter, LetterAbout
from portal.notices.models import Notice
from portal.people.models import Person
from portal.reports.measures import MEASURES
from tests.activities.rows import make_log
from tests.disclosure.rows import make_duty
from tests.dossiers.rows import served
from tests.harness.factory import make_association, make_membership, make_person
from tests.harness.money import make_charge, make_payment, make_period
from tests.harness.praise import make_call

NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)
DAY = date(2026, 11, 22)
NAMES = {"hehua": "荷花社区", "lanhua": "兰花社区", "meihua": "梅花社区", "juhua": "菊花社区"}
numbers = count(1)

# Joined, left. Of 荷花社区 the last one left on the very day, another in December of the year before.
MEMBERS: dict[str, tuple[tuple[str, str | None], ...]] = {
    "hehua": (("2024-01-01", None), ("2024-01-01", "2025-12-15"), ("2026-03-01", None), ("2026-05-01", "2026-11-22"),
              ("2026-11-23", None), ("2023-01-01", "2025-11-21")),
    "lanhua": (("2024-01-01", None),),
    "meihua": (("2026-08-01", None),),
    "juhua": (("2024-01-01", None), ("2025-06-01", None)),
}  # fmt: skip
# Charged, waived and paid for 2026, of the first, the second … member, in fen.
DUES = {
    "hehua": ((0, 1_200, 0, 1_200), (2, 1_200, 600, 600), (3, 1_200, 0, 0)),
    "lanhua": ((0, 1_200, 0, 1_200),),
    "meihua": ((0, 1_200, 0, 0),),
    "juhua": ((0, 1_200, 0, 1_200), (1, 1_200, 0, 0)),
}
# The log book; "open" is not complete, "out" was struck out.
LOG = {
    "hehua": ("2026-03-05", "2026-03-20", "2026-04-02 open", "2026-05-29", "2026-06-01 out", "2026-11-03",
              "2025-01-09", "2025-02-11", "2025-11-22", "2025-11-23", "2024-12-31"),
    "lanhua": ("2026-09-25",),
    "meihua": ("2026-08-08",),
    "juhua": (),
}  # fmt: skip
# Minutes of service on the day of an entry of the log book, in a state or a category.
SERVED = {
    "hehua": (("2026-03-05", 95, {}), ("2026-05-29", 40, {}), ("2026-05-29", 30, {"state": "pending"}),
              ("2026-05-29", 600, {"category": "study"}), ("2025-02-11", 60, {}), ("2025-11-23", 45, {})),
    "lanhua": (("2026-09-25", 600, {}),),
}  # fmt: skip
# Received and closed, by the clock of Beijing; the fifth is about whoever reads.
LETTERS: dict[str, tuple[tuple[str, str | None], ...]] = {
    "hehua": (("2026-01-01 00:30", "2026-01-09 10:00"), ("2026-02-01 10:00", "2026-02-03 10:00"),
              ("2026-06-01 10:00", "2026-11-22 23:30"), ("2026-10-01 10:00", None), ("2026-05-05 10:00", None),
              ("2026-11-01 10:00", None), ("2025-03-01 10:00", "2025-03-02 10:00"),
              ("2025-10-01 10:00", "2025-12-01 10:00"), ("2025-12-31 23:30", None)),
    "lanhua": (("2026-03-01 10:00", "2026-03-09 10:00"), ("2026-04-01 10:00", "2026-04-09 10:00")),
    "meihua": (("2026-09-01 10:00", "2026-09-09 10:00"), *[("2026-10-01 10:00", None)] * 3),
    "juhua": (("2026-10-09 10:00", None),),
}  # fmt: skip
ABOUT_THE_READER = 4
# By the first day of the quarter when its accounts were published. Ten working days after 30 June are 14 July, in
# both years. Of 荷花社区 the first quarter of 2026 was published in time and taken back; 梅花社区 came in July.
PUBLISHED = {
    "hehua": {"2024-10-01": "2025-01-06 10:00", "2025-01-01": "2025-04-03 10:00", "2025-04-01": "2025-07-15 00:10",
              "2025-07-01": "2025-10-09 10:00", "2025-10-01": "2026-01-06 10:00",
              "2026-01-01": "2026-04-02 10:00 out", "2026-04-01": "2026-07-14 23:30",
              "2026-07-01": "2026-11-20 10:00"},
    "lanhua": {"2025-10-01": "2026-01-05 10:00", "2026-01-01": "2026-04-01 10:00", "2026-04-01": "2026-07-01 10:00",
               "2026-07-01": "2026-10-09 10:00"},
    "meihua": {"2026-07-01": "2026-11-01 10:00"},
}  # fmt: skip
# Decided on; "out" was revoked. The federation gave them.
HONOURS = {
    "hehua": ("2026-01-01", "2026-07-11", "2026-07-11 out", "2026-11-22", "2025-06-01", "2025-11-23"),
    "lanhua": ("2026-07-11",),
}
# Of each figure: this year, last year up to the same day, the difference, the mean of the three sisters.
ON_PAPER = {
    "members": ("3", "2", "+1", "1.3"),
    "due": ("30.00", "20.00", "+10.00", "16.00"),
    "paid": ("18.00", "15.00", "+3.00", "8.00"),
    "net": ("60.0%", "75.0%", "-15.0 个百分点", "50.0%"),
    "gross": ("50.0%", "75.0%", "-25.0 个百分点", "50.0%"),
    "entries": ("5", "3", "+2", "0.7"),
    "months": ("20.0% 2／10", "20.0%", "0.0 个百分点", "8.3%"),
    "hours": ("2.2", "1.0", "+1.2", "3.3"),
    "letters": ("5", "2", "+3", "2.3"),
    "closed": ("60.0% 3／5", "50.0%", "+10.0 个百分点", "42.9%"),
    "on_time": ("50.0% 2／4", "75.0%", "-25.0 个百分点", "44.4%"),
    "honours": ("3", "1", "+2", "0.3"),
}
# The whole of 2025, once it is over.
YEAR_BEFORE = {
    "members": "1", "due": "20.00", "paid": "20.00", "net": "100.0%", "gross": "100.0%", "entries": "4",
    "months": "25.0% 3／12", "hours": "1.7", "letters": "3", "closed": "66.7% 2／3", "on_time": "75.0% 3／4",
    "honours": "2",
}  # fmt: skip
# Of the street: the four communities together.
TOGETHER = {
    "members": "7", "due": "78.00", "paid": "42.00", "net": "53.8%", "gross": "50.0%", "entries": "7",
    "months": "11.8% 4／34", "hours": "12.2", "letters": "12", "closed": "50.0% 6／12",
    "on_time": "46.2% 6／13", "honours": "4",
}  # fmt: skip


@pytest.fixture
def street(cast) -> Iterator[Association]:
    with at(NOON):
        root = db.session.get_one(Association, cast.federation.id)
        made = make_association("花园街道协会", root, level="street", code="huayuan")
        duty = make_duty(root, frequency="quarter", level="grassroots", starts_on=date(2024, 7, 1))
        for code, name in NAMES.items():
            place = make_association(name, made, code=code, formation="independent")
            place.founded_on = date(2026, 7, 15) if code == "meihua" else None
            _people(place)
            _work(place, cast.administrator.person_id)
            _published(place, duty)
            _honoured(place, root)
        db.session.execute(update(Association).values(created_at=datetime(2024, 1, 1, tzinfo=UTC)))
        young = update(Association).where(Association.code == "meihua")
        db.session.execute(young.values(created_at=datetime(2026, 7, 15, tzinfo=UTC)))
        db.session.commit()
        yield made


def _people(place: Association) -> None:
    """Members and what they owe; for 2025 posted and paid in the books, for last year's figure is read from them."""
    period = make_period(place, 2026)
    made = [
        make_membership(
            make_person(f"花{next(numbers)}"), place, joined_on=_day(came), ended_on=_day(went) if went else None,
            end_reason="withdrew" if went else None,
        )
        for came, went in MEMBERS[place.code]
    ]  # fmt: skip
    for which, amount, waived, paid in DUES[place.code]:
        make_charge(made[which], period, amount, waived_fen=waived, paid_fen=paid)
    if place.code != "hehua":
        return
    with at(_moment("2025-03-01 12:00")):
        for one in made[:2]:
            make_charge(one, make_period(place, 2025), 1_000)
    for when, which, amount in (("2025-03-02", 0, 1_000), ("2025-11-22", 1, 500), ("2025-11-23", 1, 500)):
        with at(_moment(f"{when} 12:00")):
            make_payment(db.session.get_one(Person, made[which].person_id), place, amount)


def _work(place: Association, reader_id: int) -> None:
    """The log book with the service in it, and letters."""
    logs: dict[str, ActivityLog] = {}
    for said in LOG[place.code]:
        day, _, state = said.partition(" ")
        known = {"open": {"is_complete": False}, "out": {"removed_at": NOON}, "": {}}[state]
        logs[day] = make_log(place, held_on=_day(day), **known)
    for day, minutes, known in SERVED.get(place.code, ()):
        served(make_person(f"花{next(numbers)}"), place, minutes, _day(day), log=logs[day], **known)
    for number, (came, closed) in enumerate(LETTERS[place.code]):
        letter = _letter(place, came, closed)
        if place.code == "hehua" and number == ABOUT_THE_READER:
            db.session.add(LetterAbout(letter_id=letter.id, person_id=reader_id))


def _letter(place: Association, came: str, closed: str | None) -> Letter:
    ended = _moment(closed) if closed else None
    state = {"state": "closed", "answered_at": ended, "closed_at": ended} if closed else {}
    known: dict[str, Any] = {"kind": "question", "subject": "开放时间", "body": "几点开门", "due_on": DAY, **state}
    letter = Letter(
        reference=f"L{next(numbers):06}", association_id=place.id, received_by_association_id=place.id,
        received_at=_moment(came), **known,
    )  # fmt: skip
    db.session.add(letter)
    db.session.flush()
    return letter


def _published(place: Association, duty: DisclosureDuty) -> None:
    for quarter, said in PUBLISHED.get(place.code, {}).items():
        moment = _moment(said.removesuffix(" out"))
        taken = {"status": "withdrawn", "withdrawn_at": moment, "withdrawal_reason": "数字有误"}
        known = taken if said.endswith("out") else {"status": "published"}
        notice = Notice(association_id=place.id, title="收支情况", kind="accounts", published_at=moment, **known)
        db.session.add(notice)
        db.session.flush()
        row = {"duty_id": duty.id, "association_id": place.id, "period_on": _day(quarter), "notice_id": notice.id}
        db.session.add(Disclosure(**row))


def _honoured(place: Association, root: Association) -> None:
    if place.code not in HONOURS:
        return
    call = make_call(root, title=f"{place.name}表彰")
    category = db.session.scalars(select(CallCategory).where(CallCategory.call_id == call.id)).first()
    for said in HONOURS[place.code]:
        person = make_person(f"花{next(numbers)}")
        one = Nomination(
            call_id=call.id, category_id=category.id, association_id=place.id, person_id=person.id, name=person.name,
            reason="带队清理河道", state="nominated",
        )  # fmt: skip
        db.session.add(one)
        db.session.flush()
        revoked = {"revoked_at": NOON, "revoked_reason": "材料不实"} if said.endswith("out") else {}
        honour = Honour(
            association_id=root.id, of_id=place.id, call_id=call.id, nomination_id=one.id, kind_id=category.kind_id,
            person_id=person.id, name=person.name, decided_on=_day(said.removesuffix(" out")), **revoked,
        )  # fmt: skip
        db.session.add(honour)


def _day(written: str) -> date:
    return date.fromisoformat(written)


def _moment(written: str) -> datetime:
    """By the clock of Beijing."""
    return datetime.fromisoformat(f"{written}:00+08:00")


def test_every_figure_is_the_one_on_paper(street, cast, sign_in):
    """On the page beside last year and the mean of the sisters; the year before as a whole; the street's sums."""
    client = sign_in(cast.administrator)
    with at(NOON):
        pages = [client.page(f"/office/{where}") for where in ("hehua/year", "hehua/year?year=2025", "huayuan/year")]
        files = [client.get(f"/office/{where}").data for where in ("hehua/year.xlsx", "hehua/year.docx")]
    keys = [one.key for one in MEASURES]
    shown = [dict(zip(keys, map(_cells, page.table.select("tr")[1:]), strict=True)) for page in pages]
    assert {key: tuple(cells[:4]) for key, cells in shown[0].items()} == ON_PAPER
    assert {key: cells[0] for key, cells in shown[1].items()} == YEAR_BEFORE
    assert {key: cells[0] for key, cells in shown[2].items()} == TOGETHER
    (sheet,) = load_workbook(io.BytesIO(files[0])).worksheets
    known = {key: list(row[2:]) for key, row in zip(keys, list(sheet.values)[1:], strict=True)}
    assert known == {key: [_number(value) for value in told] for key, told in ON_PAPER.items()}
    (table,) = Document(io.BytesIO(files[1])).tables
    told = [tuple(cell.text for cell in row.cells[1:]) for row in table.rows[1:]]
    assert told == [(cells[0].split(" ")[0], *cells[1:]) for cells in ON_PAPER.values()]


def _cells(row: Any) -> list[str]:
    return [cell.get_text(" ", strip=True) for cell in row.select("td")]


def _number(told: str) -> float:
    """As a spreadsheet has it: of "60.0% 3／5" and of "+10.0 个百分点" the number."""
    return float(told.split(" ")[0].rstrip("%").lstrip("+"))
