"""Time: midnight in Beijing, 29 February, and a machine whose own clock is set to an odd zone."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from portal.core import calendar
from portal.core.identity import IdentityNumber, check_character
from portal.people.models import AffiliationKind
from tests.faults import clockwork
from tests.harness.factory import affiliate, appoint, make_account, make_person
from tests.harness.installation import Installation

MIDNIGHT = datetime(2026, 11, 7, 16, 0, tzinfo=UTC)  # in Beijing the 8th begins
SECOND = timedelta(seconds=1)


def test_an_office_ends_at_midnight_in_beijing(cast, sign_in):
    """The last day counts to its end there, not to the end of the day in UTC or of the machine."""
    person = make_person("韩卸任")
    appoint(person, cast.community, "secretary", end_on=date(2026, 11, 7))
    account = make_account(person)
    with calendar.at(MIDNIGHT - SECOND):
        client = sign_in(account)
        assert client.get("/office/wangjiang").status_code == 200
    with calendar.at(MIDNIGHT):
        assert client.get("/office/wangjiang").status_code == 404


def test_an_office_begins_at_midnight_in_beijing(cast, sign_in):
    person = make_person("冯上任")
    appoint(person, cast.community, "secretary", start_on=date(2026, 11, 8))
    account = make_account(person)
    with calendar.at(MIDNIGHT - SECOND):
        client = sign_in(account)
        assert client.get("/office/wangjiang").status_code == 404
    with calendar.at(MIDNIGHT):
        assert client.get("/office/wangjiang").status_code == 200


def test_a_record_of_somebody_who_left_is_closed_at_midnight_in_beijing(cast, sign_in):
    person = make_person("蒋转出")
    affiliate(person, cast.community, AffiliationKind.VOLUNTEER, end_on=date(2026, 11, 7))
    address = f"/office/wangjiang/people/{person.public_id}"
    with calendar.at(MIDNIGHT - SECOND):
        client = sign_in(cast.secretary)
        assert client.get(address).status_code == 200
    with calendar.at(MIDNIGHT):
        assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    ("day", "age"),
    [(date(2026, 2, 28), 17), (date(2026, 3, 1), 18), (date(2028, 2, 28), 19), (date(2028, 2, 29), 20)],
)
def test_born_on_29_february(app, day, age):
    """A year older on 1 March where there is no 29 February."""
    assert make_person("闰年生", birth_on=date(2008, 2, 29)).age_on(day) == age


def test_an_identity_number_of_29_february():
    """A day that was is read; one that never was is a fault of the date."""
    for year, is_real in ((2008, True), (2007, False), (1900, False), (2000, True)):
        first = f"110101{year}0229851"
        number = first + check_character(first)
        if is_real:
            assert IdentityNumber.parse(number, on=date(2026, 1, 1)).birth == date(year, 2, 29)
        else:
            with pytest.raises(ValueError, match="date"):
                IdentityNumber.parse(number, on=date(2026, 1, 1))


@pytest.fixture
def set_to(monkeypatch) -> Iterator[Callable[[str], None]]:
    """set_to(zone) is what the machine believes, until the test ends."""

    def set_to(zone: str) -> None:
        monkeypatch.setenv("TZ", zone)
        time.tzset()

    yield set_to
    monkeypatch.undo()
    time.tzset()


def says_what_it_is(lines: list[str]) -> None:
    first, second, *rest = lines
    assert first == "2028-02-29 True 2028-03-14"
    assert second.startswith("2028-02-28T16:30:00+00:00 2028年2月29日")
    assert second.endswith(" 00:30")
    assert rest == ["20", "True", "2028-02-28 16:30:00"]


@pytest.mark.parametrize(("zone", "hours"), [("Pacific/Kiritimati", 14), ("America/St_Johns", -3.5)])
def test_the_machines_own_zone_changes_nothing(app, set_to, zone, hours):
    """Written and read by a machine that believes to be 14 hours before Greenwich, or 3½ behind it."""
    set_to(zone)
    assert time.timezone == -3600 * hours
    with app.test_request_context("/"):
        says_what_it_is(list(clockwork.told()))


@pytest.mark.engines("sqlite")
def test_nor_does_it_for_a_process_that_begins_there(apps, engine_kind, tmp_path):
    database = apps.databases.migrated(engine_kind)
    environment = {**Installation(tmp_path / "data", database.url).environment, "TZ": "Pacific/Kiritimati"}
    command = [sys.executable, "-m", "tests.faults.clockwork"]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    database.drop()
    says_what_it_is(result.stdout.splitlines() or [result.stderr, ""])
