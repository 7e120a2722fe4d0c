"""Many writers at once: no update is lost and nobody hears of a lock, because of the guard and only with it.

On SQLite the guard is BEGIN IMMEDIATE for whatever may write; on PostgreSQL a row that is read to be changed is
read FOR UPDATE.
"""

from __future__ import annotations

import time
from collections import Counter

import pytest

from tests.harness.findings import tell
from tests.harness.together import together

WRITERS = 20


def race(site, guard: str, each: int) -> tuple[int, Counter[int | None], float]:
    """What the counter shows after all have written, the answers by status, the seconds it took."""
    site.execute("DELETE FROM fault_counter", "INSERT INTO fault_counter VALUES (0)")
    answers: Counter[int | None] = Counter()

    def write() -> None:
        visitor = site.visitor()
        for _ in range(each):
            answers[visitor.post("/faults/count", guard=guard)[0]] += 1

    begun = time.perf_counter()
    together([write] * WRITERS)
    value = site.scalar("SELECT value FROM fault_counter")
    return int(str(value)), answers, time.perf_counter() - begun


@pytest.mark.soak
def test_every_update_counts_with_the_guard_and_only_with_it(site, rounds, engine_kind):
    """Long form: 20 writers of 200 requests each, with and without."""
    each = rounds(5, 200)
    site.execute("CREATE TABLE fault_counter (value INTEGER)")
    sent = WRITERS * each
    value, answers, seconds = race(site, "on", each)
    shown, unguarded, _ = race(site, "off", each)
    if each > 5:
        tell(
            f"{engine_kind}: guard on: {value} of {sent}, {dict(answers)}, {sent / seconds:.0f} requests/s;"
            f" guard off: {shown} of {sent}, {dict(unguarded)}"
        )
    assert answers == {200: sent}
    assert value == sent
    assert shown < sent, "the control: without the guard updates are lost or refused"
    if engine_kind == "sqlite":
        assert unguarded[503] > 0, "a deferred BEGIN hears that the database is locked"
