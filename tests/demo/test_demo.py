"""The demonstration federation: its real sizes, the same on the same day, alive on any day, within the boundary."""

from __future__ import annotations

import fcntl
import hashlib
import os
import pickle
import re
import subprocess
import sys
import time
from collections import Counter
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import func, select, text

from portal.accounts.models import Account
from portal.activities.models import ActivityLog, ActivityParticipant, ActivityPhoto
from portal.associations.models import Association, Formation, Group
from portal.commendations import evidence
from portal.commendations.models import CommendationCall, Nomination, NominationState
from portal.core import encryption
from portal.core.database import ALPHABET, Base, db
from portal.core.encryption import blind_index
from portal.core.files import store
from portal.core.identity import IdentityNumber
from portal.core.passwords import hasher
from portal.demo.batch import Batch
from portal.demo.days import first_month
from portal.demo.load import compose, demo_accounts, is_demo, load
from portal.demo.names import DATA, crowd, is_well_known
from portal.demo.notices import drafts
from portal.demo.photos import paint
from portal.demo.places import places
from portal.demo.register import volunteer_shares
from portal.dues.charging import preview
from portal.dues.models import Charge
from portal.ledger.models import BookState, JournalSeal, PeriodBook
from portal.ledger.queries import list_periods
from portal.members.models import Membership, MembershipCover, MembershipStay, NumberCounter, Transfer, TransferState
from portal.notices.models import Notice, NoticeKind, NoticeVersion, way_of
from portal.offices.models import Appointment, Term
from portal.offices.rights import Position
from portal.people.models import Affiliation, Person, PrivacyNotice
from portal.people.services import create_person
from portal.reviews import queries as reviews
from portal.statements.models import YearStatement
from portal.upkeep.ledger import list_faults
from tests.harness.folders import FOLDER
from tests.harness.soaking import ONLY_SOAK, SOAKING
from tests.harness.source import ROOT

TODAY = date(2026, 11, 21)
# The 29th of February of a year that has just begun; in the long form another day of such a year before it.
DAYS = (TODAY, *([date(2027, 2, 14)] if SOAKING else []), date(2028, 2, 29))
# What associations of this kind once kept about people's bodies and families: in no text of the demonstration.
BOUNDARY = re.compile(
    "婚|孕|胎|妊娠|分娩|产妇|生育|计生|避孕|节育|绝育|人口|超生|抚养费|医|药|病|健康|残疾|体检|流产|手术|月经"
    "|举报|流动人员|暂住|户籍|marri|pregnan|contracep|fertil|abort|health|medical|disease",
    re.IGNORECASE,
)


# What is planned lies ahead; nothing else does.
AHEAD = ("starts_at", "ends_at", "deadline_at", "offered_until", "publish_at")
SOME = (Person.__tablename__, Notice.__tablename__)
Rows = dict[str, list[dict[str, Any]]]


def compose_all(day: date = TODAY) -> Rows:
    """Every row of the demonstration on a day, but for the photos; an app must be there for its keys."""
    batch = Batch()
    compose(batch, day)
    return dict(batch.rows)


@cache
def composed(day: date = TODAY) -> Rows:
    """The same, composed by the first process of the run that asks for that day."""
    kept = Path(os.environ[FOLDER]) / f"demonstration-{day}"
    with kept.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            kept.write_bytes(pickle.dumps(compose_all(day)))
    found: Rows = pickle.loads(kept.read_bytes())
    return found


@pytest.fixture
def rows(apps) -> Rows:
    encryption.keyring.configure(apps.settings("sqlite://").encryption_keys)
    return composed()


def strings(rows: Rows) -> set[str]:
    """Everything that can be read, in any table."""
    keys = re.compile("public_id|_index|_hash|sort_key|gram$")
    return {
        value
        for table in rows.values()
        for row in table
        for name, value in row.items()
        if isinstance(value, str) and not keys.search(name)
    }


def count(model: type[Base], *conditions: Any) -> int:
    return int(db.session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0)


def held(top: str, kind: str) -> int:
    """Live affiliations of a kind under a street or town."""
    below = select(Association.id).where(Association.code.startswith(f"{top}-"))
    live = Affiliation.end_on.is_(None), Affiliation.kind == kind, Affiliation.association_id.in_(below)
    return count(Affiliation, *live)


def test_loaded(app):
    """Loading once a database has been made: sizes, references, accounts, files, and room for more rows."""
    assert not is_demo()
    said: list[str] = []
    begin = time.process_time()
    summary = load(db.session, said.append, TODAY)
    assert time.process_time() - begin < 15
    assert said
    db.session.flush()
    sizes_are_those_of_the_domain(summary)
    references_hold()
    everybody_of_the_cast_can_sign_in()
    photos_lie_in_the_store()
    books_agree()
    commendations_agree()
    assert is_demo()
    create_person(None, "后来的人")
    db.session.flush()


def sizes_are_those_of_the_domain(summary):
    assert [held("wh", "member"), held("lx", "member")] == [2256, 3370]
    assert [held("wh", "volunteer"), held("lx", "volunteer")] == [307, 307]
    assert count(Association, Association.code.startswith("wh-")) == 22
    assert count(Association, Association.code.startswith("lx-")) == 31
    assert count(Notice) == summary.notices == 101
    assert count(Notice, Notice.status == "published") == 97
    assert count(PrivacyNotice) == 3
    street = select(Association.id).where(Association.code.startswith("wh"))
    training = ActivityLog.kind == "training", ActivityLog.association_id.in_(street)
    assert count(ActivityLog, *training) == 26
    assert summary.entries == count(ActivityLog) > 2500


def references_hold():
    if db.engine.dialect.name == "sqlite":
        assert db.session.execute(text("PRAGMA foreign_key_check")).all() == []
    paths = dict(db.session.execute(select(Association.id, Association.path)).all())
    for association in db.session.scalars(select(Association)):
        assert association.path == f"{paths.get(association.parent_id, '')}{association.id}/"


def everybody_of_the_cast_can_sign_in():
    kept = dict(db.session.execute(select(Account.phone_index, Account.password_hash)).all())
    roles = [role for role, _, _ in demo_accounts()]
    assert len(set(roles)) == len(kept) >= 10
    assert all(kept[blind_index(login, "phone")] for _, login, _ in demo_accounts())
    _, login, password = demo_accounts()[0]
    assert hasher.matches(kept[blind_index(login, "phone")], password)


def photos_lie_in_the_store():
    photos = db.session.scalars(select(ActivityPhoto)).all()
    assert len(photos) > 60
    assert len({key for photo in photos for key in (photo.key, photo.thumb_key)}) == 2 * len(photos)
    assert all(store.read(key)[:3] == b"\xff\xd8\xff" for photo in photos for key in (photo.key, photo.thumb_key))


def books_agree():
    """Journal, sums and seals of three years; what is closed kept its figures, as they are now."""
    assert list_faults() == []
    frozen = db.session.scalars(select(PeriodBook).where(PeriodBook.state != BookState.OPEN)).all()
    assert len(frozen) == 43
    charged = sum(book.figures["charged_fen"] for book in frozen)
    assert charged == db.session.scalar(
        select(func.sum(Charge.amount_fen))
        .join(
            PeriodBook,
            (PeriodBook.association_id == Charge.association_id) & (PeriodBook.period_id == Charge.period_id),
        )
        .where(PeriodBook.state != BookState.OPEN)
    )
    showcase = db.session.scalar(select(Association).where(Association.code == "wh-04"))
    for period in list_periods(showcase):
        assert preview(showcase, period).differs == 0
    assert count(JournalSeal) > 8_000
    assert count(YearStatement) > 10


def commendations_agree():
    """What was kept with each nomination is what the record says; the ranking of each meeting is what points say."""
    for call in db.session.scalars(select(CommendationCall)).all():
        nominations = reviews.nominations_in(call, *NominationState)
        named = select(Nomination.person_id).where(Nomination.call_id == call.id, Nomination.person_id.is_not(None))
        facts = evidence._facts(named, call)
        for one in nominations:
            if one.person_id is not None:
                assert {**facts[one.person_id].kept(), "stars": 0} == {**one.evidence, "stars": 0}
        for team in [one for one in nominations if one.person_id is None][-2:]:
            association = db.session.get_one(Association, team.association_id)
            assert evidence.team_facts(call, association, team.group).kept() == team.evidence
        ranked = [row for rows in reviews.ranking(call, nominations).values() for row in rows]
        for meeting in reviews.meetings_of(call):
            told = [(one["nomination"], one["rank"]) for one in meeting.chosen]
            assert [(row.nomination.public_id, row.rank) for row in ranked] == told
    assert Counter(db.session.scalars(select(CommendationCall.state))) == {"decided": 4, "review": 1, "open": 1}


def digest(rows: Rows) -> str:
    """Everything but the password's hash, whose salt is new each time."""
    plain = {
        table: [{name: value for name, value in row.items() if name != "password_hash"} for row in found]
        for table, found in sorted(rows.items())
    }
    return hashlib.sha256(repr(plain).encode()).hexdigest()


@ONLY_SOAK
def test_the_same_day_gives_the_same_rows(rows):
    """In another process too, whose sets come out in another order."""
    program = (
        "from tests.demo.test_demo import *\n"
        f"encryption.keyring.configure({encryption.keyring._keys!r})\n"
        "print(digest(compose_all()))"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": str(ROOT)}
    other = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert other.stdout.strip() == digest(rows)
    assert paint(3) == paint(3)


def test_control_another_day_gives_other_rows(rows):
    assert digest({table: composed(DAYS[-1])[table] for table in SOME}) != digest(
        {table: rows[table] for table in SOME}
    )


def test_identity_numbers_and_phones_belong_to_nobody(rows):
    people = rows[Person.__tablename__]
    numbers = [IdentityNumber.parse(row["identity_number"]) for row in people if row["identity_number"]]
    assert len(numbers) > 2000
    assert all(number.is_demo for number in numbers)
    assert len({number.value for number in numbers}) == len(numbers)
    phones = [row["phone"] for row in people if row["phone"]]
    assert all(re.fullmatch(r"154\d{8}", phone) for phone in phones)
    assert len(set(phones)) == len(phones)


def test_the_number_agrees_with_the_record(rows):
    for row in rows[Person.__tablename__]:
        if row["identity_number"]:
            number = IdentityNumber.parse(row["identity_number"])
            assert (number.birth, number.sex) == (row["birth_on"], row["sex"])


def test_volunteers_and_officers_have_a_number(rows):
    kept = {row["id"]: row["identity_number"] for row in rows[Person.__tablename__]}
    tasks = [row for row in rows[Affiliation.__tablename__] if row["kind"] != "member"]
    assert all(kept[row["person_id"]] for row in tasks)


def test_nothing_over_the_boundary(rows):
    assert [found for found in strings(rows) if BOUNDARY.search(found)] == []
    files = [path for path in DATA.rglob("*") if path.is_file()]
    assert [path.name for path in files if BOUNDARY.search(path.read_text("utf-8"))] == []


def test_control_a_text_over_the_boundary_is_found():
    assert BOUNDARY.search("育龄妇女体检登记")
    assert not BOUNDARY.search("湖滨步道清洁日")


def test_names_belong_to_nobody_known(rows):
    names = [row["name"] for row in rows[Person.__tablename__]]
    assert [name for name in names if is_well_known(name)] == []
    assert is_well_known("鲁迅")
    assert any("·" in name for name in names)
    assert any(len(name) == 4 and "·" not in name for name in names)
    assert {"𬱖", "㛃", "䶮", "栩"} <= set("".join(names))


def test_crowd_is_grown_up():
    born = [person.birth_on for person in crowd("anybody", 500, TODAY)]
    assert min(born) >= date(1942, 1, 1)
    assert max(born) < date(2008, 11, 22)


def test_three_formations_in_the_street():
    street = [place for place in places() if place.code.startswith("wh-")]
    assert Counter(place.formation for place in street) == {
        Formation.INDEPENDENT: 13,
        Formation.JOINT: 4,
        Formation.AFFILIATED: 5,
    }
    assert all(50 <= place.members <= 100 for place in street if place.formation == Formation.JOINT)
    parents = {place.code: place.land for place in places()}
    attached = [place for place in places() if place.formation == Formation.AFFILIATED]
    assert all(parents[str(place.parent)] == "community" for place in attached)


def test_shares_add_up():
    assert sum(volunteer_shares("wh").values()) == sum(volunteer_shares("lx").values()) == 307


def test_officers_in_all_positions(rows):
    """Every association: each position of the council once, a leader for each group, and a former council."""
    now = [row for row in rows[Appointment.__tablename__] if row["end_on"] is None]
    held_at = Counter((row["association_id"], row["position"]) for row in now)
    groups = Counter(row["association_id"] for row in rows[Group.__tablename__])
    council = set(Position) - {Position.GROUP_LEADER, Position.ADMINISTRATOR}
    for association in rows[Association.__tablename__]:
        assert all(held_at[association["id"], position] == 1 for position in council)
        assert held_at[association["id"], Position.GROUP_LEADER] == groups[association["id"]]
    assert sum(held_at[row["id"], Position.ADMINISTRATOR] for row in rows[Association.__tablename__]) == 1
    assert len(rows[Appointment.__tablename__]) > len(now)


def test_appointments_lie_in_their_term(rows):
    terms = {row["id"]: row for row in rows[Term.__tablename__]}
    for row in rows[Appointment.__tablename__]:
        term = terms[row["term_id"]]
        assert term["start_on"] == row["start_on"]
        assert row["end_on"] in (None, term["end_on"])
        assert term["association_id"] == row["association_id"]


def test_officers_were_there_before(rows):
    """Nobody held an office before they joined, and nobody recorded an entry out of office."""
    joined = {
        (row["person_id"], row["association_id"]): row["start_on"]
        for row in rows[Affiliation.__tablename__]
        if row["kind"] == "member"
    }
    held: dict[tuple[int, int], list[tuple[date, date]]] = {}
    for row in rows[Appointment.__tablename__]:
        key = row["person_id"], row["association_id"]
        assert row["start_on"] >= joined.get(key, date.min)
        held.setdefault(key, []).append((row["start_on"], row["end_on"] or date.max))
    for row in rows[ActivityLog.__tablename__]:
        tenures = held[row["recorded_by"], row["association_id"]]
        assert any(start <= row["held_on"] <= end for start, end in tenures)


def test_on_any_day_what_supersedes_is_younger():
    """Some notices keep their day of the year, others are so many days old."""
    for number in range(0, 2 * 366, 3):
        found = {draft.slug: draft for draft in drafts(TODAY + timedelta(days=number))}
        for draft in found.values():
            old = found[draft.meta.get("supersedes", draft.slug)]
            assert old is draft or old.signed_on < draft.signed_on, (number, draft.slug)


@pytest.mark.soak
def test_alive_on_any_day(rows, rounds):
    """Today and on a 29 February. Long form: two years, a day in each month."""
    others = [TODAY + timedelta(days=number * 30) for number in range(1, rounds(1, 25))]
    for day in (TODAY, DAYS[-1], *others):
        is_alive(composed(day), day)


def is_alive(found, day):
    """The newest entries and notices are days old, only the plan lies in the future, three years are covered."""
    held = [row["held_on"] for row in found[ActivityLog.__tablename__]]
    assert day - timedelta(days=8) <= max(held) < day
    assert min(held).replace(day=1) == first_month(day)
    signed = [row["signed_on"] for row in found[NoticeVersion.__tablename__]]
    assert day - timedelta(days=8) <= max(signed) <= day
    values = [item for table in found.values() for row in table for item in row.items()]
    assert max(v for name, v in values if isinstance(v, datetime) and name not in AHEAD).date() <= day
    assert day < max(v for name, v in values if isinstance(v, datetime)).date() < day + timedelta(days=120)
    assert sum(row["kind"] == "training" for row in found[ActivityLog.__tablename__]) == 26


@pytest.mark.parametrize("day", DAYS)
def test_what_supersedes_is_later(day):
    signed = {draft.slug: draft.signed_on for draft in drafts(day)}
    pairs = [(draft.slug, draft.meta["supersedes"]) for draft in drafts(day) if "supersedes" in draft.meta]
    assert len(pairs) == 3
    assert all(signed[new] > signed[old] for new, old in pairs)


def test_most_months_are_complete(rows):
    """At most associations nearly every month has an entry; some are careless."""
    months: dict[int, set[str]] = {}
    for row in rows[ActivityLog.__tablename__]:
        months.setdefault(row["association_id"], set()).add(f"{row['held_on']:%Y-%m}")
    complete = [len(found) for found in months.values()]
    assert sum(number >= 32 for number in complete) > 40
    assert min(complete) < 32
    assert max(complete) <= 36


def test_texts_have_the_length_of_their_kind(rows):
    bodies = [re.sub(r"\s", "", row["body"]) for row in rows[NoticeVersion.__tablename__]]
    assert all(150 <= len(body) <= 600 for body in bodies)
    assert not any("{" in body for body in bodies)
    published = [row for row in rows[NoticeVersion.__tablename__] if row["published_at"]]
    assert all(row["html"].startswith("<") for row in published)
    summaries = [row["summary"] for row in rows[ActivityLog.__tablename__] if row["is_complete"]]
    assert all(40 <= len(summary) <= 150 for summary in summaries)
    assert not any("{" in summary for summary in summaries)


def test_what_was_corrected_is_said_once(rows):
    """The page says beside it that it is a correction."""
    notes = [row["correction_note"] for row in rows[NoticeVersion.__tablename__] if row["correction_note"]]
    assert notes
    assert not any(note.startswith("更正") for note in notes)


def test_every_kind_of_notice(rows):
    assert {row["kind"] for row in rows[Notice.__tablename__]} == set(NoticeKind)
    assert all(row["subject_id"] for row in rows[Notice.__tablename__])


def test_drafts_of_every_stage_and_what_another_officer_read(rows):
    """Nobody reviewed what they wrote; two were corrected, and a correction waits."""
    versions = rows[NoticeVersion.__tablename__]
    ways = [way_of(SimpleNamespace(**row)) for row in versions if row["published_at"] is None]
    assert sorted(ways) == ["scheduled", "sent_back", "submitted", "submitted", "submitted"]
    assert all(row["reviewed_by"] not in (row["written_by"], row["submitted_by"]) for row in versions)
    assert sum(row["number"] == 2 and row["published_at"] is not None for row in versions) == 2
    assert sum(row["target_id"] is not None for row in rows[Notice.__tablename__]) == 1


def test_people_took_part_who_were_there(rows):
    """Of an association's own entries: everybody joined before the day, and nobody stands there twice."""
    since: dict[int, date] = {}
    for row in rows[Affiliation.__tablename__]:
        person = row["person_id"]
        since[person] = min(row["start_on"], since.get(person, date.max))
    held = {row["id"]: row["held_on"] for row in rows[ActivityLog.__tablename__]}
    took_part = [(row["log_id"], row["person_id"]) for row in rows[ActivityParticipant.__tablename__]]
    assert len(set(took_part)) == len(took_part)
    assert all(since[person] <= held[log] for log, person in took_part)


def test_public_ids_are_the_kind_that_addresses_hold(rows):
    ids = {row["public_id"] for row in _with_ids(rows)[Person.__tablename__]}
    assert len(ids) == len(rows[Person.__tablename__])
    assert all(len(one) == 12 and set(one) <= set(ALPHABET) for one in ids)


def _with_ids(rows: Rows) -> Rows:
    batch = Batch()
    batch.rows.update({table: [dict(row) for row in found] for table, found in rows.items()})
    batch._give_public_ids()
    return dict(batch.rows)


def test_memberships_of_every_kind_in_every_state(rows):
    """Households, organisations, honorary and resting memberships, and transfers in every state."""
    held = rows[Membership.__tablename__]
    live = Counter(row["kind_id"] for row in held if row["ended_on"] is None)
    assert len(live) == 4
    assert min(live.values()) > 10
    assert sum(row["suspended_on"] is not None for row in held) > 10
    assert {row["state"] for row in rows[Transfer.__tablename__]} == set(TransferState)
    assert len({row["number"] for row in held}) == len(held)
    counters = {row["stem"]: row["last"] for row in rows[NumberCounter.__tablename__]}
    assert all(int(row["number"][-5:]) <= counters[row["number"][:-5] + "{serial}"] for row in held)


def test_each_membership_is_where_its_last_stay_says(rows):
    last = {row["membership_id"]: row for row in rows[MembershipStay.__tablename__]}
    for row in rows[Membership.__tablename__]:
        stay = last[row["id"]]
        assert (stay["association_id"], stay["group_id"], stay["end_on"]) == (
            row["association_id"], row["group_id"], row["ended_on"]
        )  # fmt: skip
    kept = [row for row in rows[Affiliation.__tablename__] if row["kind"] == "member" and row["end_on"] is None]
    held = {
        (row["person_id"], row["association_id"]) for row in rows[Membership.__tablename__] if not row["ended_on"]
    }
    covered = {row["person_id"] for row in rows[MembershipCover.__tablename__]}
    grass_roots = {row["id"] for row in rows[Association.__tablename__] if row["level"] == "grassroots"}
    for row in kept:
        if row["association_id"] in grass_roots:
            assert (row["person_id"], row["association_id"]) in held or row["person_id"] in covered


def test_three_people_stand_in_the_street_twice(rows):
    """A volunteer's record with the name and the date of birth of a member of the same association."""
    codes = {row["id"]: row["code"] for row in rows[Association.__tablename__]}
    people = {row["id"]: (row["name"], row["birth_on"]) for row in rows[Person.__tablename__]}
    held: dict[tuple[int, str], dict[tuple[str, date], int]] = {}
    for row in rows[Affiliation.__tablename__]:
        place = held.setdefault((row["association_id"], row["kind"]), {})
        place[people[row["person_id"]]] = row["person_id"]
    twice = [
        codes[place]
        for (place, kind), volunteers in held.items()
        if kind == "volunteer"
        for who, person_id in volunteers.items()
        if held[place, "member"].get(who, person_id) != person_id
    ]
    assert sorted(twice) == ["wh-01", "wh-02", "wh-05"]
