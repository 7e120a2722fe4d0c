"""Workers killed in the midst of their work: nothing acknowledged is lost, and nothing is half done."""

from __future__ import annotations

import os
import random
import signal
import threading
from functools import partial

import pytest

from portal.core.search import name_grams
from tests.harness.findings import tell
from tests.harness.installation import wait_until
from tests.harness.together import together

WRITERS = 6
PATIENCE = 180  # seconds, for a machine that has much else to do
SURNAMES = "王李张刘陈杨黄赵周吴"


@pytest.mark.soak
def test_killed_under_load(site, rounds, engine_kind):
    """Half of them enter people, half record payments. Long form: 200 kills."""
    kills = rounds(3, 200)
    assert site.visitor().post("/faults/begin")[0] == 200
    acknowledged: list[str] = []
    unknown: list[str] = []
    stop = threading.Event()

    def write(who: int) -> None:
        visitor, number = site.visitor(), 0
        while not stop.is_set():
            number += 1
            name = f"{SURNAMES[who]}{number}"
            status, _ = visitor.post("/faults/pay" if who % 2 else "/faults/enter", name=name)
            (acknowledged if status == 200 else unknown).append(name)

    killer = threading.Thread(target=kill, args=(site, kills, stop, acknowledged))
    killer.start()
    together([partial(write, who) for who in range(WRITERS)])
    killer.join()
    whole, torn = read(site)
    paid, numbers = read_payments(site)
    whole |= paid
    if kills > 3:
        tell(
            f"{engine_kind}: {kills} kills, {len(acknowledged)} acknowledged, {len(unknown)} without an answer,"
            f" {len(whole)} there, {len(torn)} torn"
        )
    assert set(acknowledged) - whole == set()
    assert torn == set()
    assert whole <= {*acknowledged, *unknown}
    assert len(acknowledged) > kills
    assert numbers == list(range(1, len(paid) + 1)), "a receipt for each payment, numbered without a gap"
    assert site.visitor().post("/faults/faults") == (200, ""), "the books agree"
    if engine_kind == "sqlite":
        assert site.scalar("PRAGMA integrity_check") == "ok"
    check_control(site)


def check_control(site) -> None:
    """Where half is committed before the rest, and an answer given before its commit, one kill shows both."""
    assert site.visitor().post("/faults/careless")[0] == 200
    for child in site.serving.children():
        os.kill(child, signal.SIGKILL)
    keys, numbers = read_payments(site)
    assert ("half" in keys, "late" in keys, None in numbers) == (True, False, True)
    assert wait_until(lambda: site.visitor().post("/faults/faults")[0] == 200, 30)


def kill(site, number: int, stop: threading.Event, acknowledged: list[str]) -> None:
    """Each time a worker, once there is new work acknowledged since the last."""
    chance = random.Random(20)
    try:
        for _ in range(number):
            before = len(acknowledged)
            assert wait_until(lambda: site.serving.children() and len(acknowledged) > before + 3, PATIENCE)  # noqa: B023
            os.kill(chance.choice(site.serving.children()), signal.SIGKILL)
    finally:
        stop.set()


def read(site) -> tuple[set[str], set[str]]:
    """Who stands in the register with every gram and one entry in the log; and who with less."""
    statement = (
        "SELECT name, (SELECT count(*) FROM person_gram WHERE person_id = person.id),"
        " (SELECT count(*) FROM audit_entry WHERE target_id = person.public_id) FROM person WHERE name <> '付方'"
    )
    with site.engine.connect() as connection:
        rows = connection.exec_driver_sql(statement).all()
    torn = {name for name, grams, entries in rows if (grams, entries) != (len(set(name_grams(name))), 1)}
    return {row[0] for row in rows} - torn, torn


def read_payments(site) -> tuple[set[str], list[int | None]]:
    """The keys of the payments that were recorded, and the numbers of their receipts in order."""
    statement = "SELECT payment.key, receipt.number FROM payment LEFT JOIN receipt ON receipt.payment_id = payment.id"
    with site.engine.connect() as connection:
        rows = connection.exec_driver_sql(f"{statement} ORDER BY receipt.number").all()
    return {key for key, _number in rows}, [number for _key, number in rows]
