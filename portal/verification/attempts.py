"""Guessing codes is slowed: an address that asks for codes which do not exist waits longer and longer.

Kept in the worker's memory, not in a table: a look-up is a GET, and a GET writes nothing. With 80 bits to a code,
nobody finds one by trying; this keeps somebody who tries from keeping the portal busy. Codes that exist cost nothing,
so a whole office behind one address can check a pile of cards.
"""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from math import ceil
from threading import Lock

from portal.core.calendar import now

FREE = 20
WINDOW = timedelta(hours=1)
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=5), timedelta(minutes=5)
MOST_ADDRESSES = 10_000


def network(address: str | None) -> str:
    """What counts as one address: of IPv6 the first 64 bits, since whoever has one has all that begin with them."""
    try:
        known = ip_address(address or "")
    except ValueError:
        return ""
    return str(ip_network(f"{known}/64", strict=False)) if known.version == 6 else str(known)


class Attempts:
    """Failed look-ups by address: how many in a row, and when the last one was."""

    def __init__(self) -> None:
        self._failed: OrderedDict[str, tuple[int, datetime]] = OrderedDict()
        self._lock = Lock()

    def wait(self, address: str) -> int:
        """Seconds to wait before the next look-up; 0 if it may come now. During a wait nothing is looked up."""
        with self._lock:
            count, last = self._failed.get(address, (0, now()))
        if count < FREE or last + WINDOW <= now():
            return 0
        end: datetime = last + min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(count - FREE, 20))
        return max(0, ceil((end - now()).total_seconds()))

    def fail(self, address: str) -> None:
        """Count a look-up that found nothing; an hour without one forgets the earlier ones."""
        with self._lock:
            count, last = self._failed.pop(address, (0, now()))
            self._failed[address] = (count + 1 if now() - last < WINDOW else 1, now())
            if len(self._failed) > MOST_ADDRESSES:
                self._failed.popitem(last=False)
