"""Appraisals whose last day is past are closed, whether anybody looks or not."""

from __future__ import annotations

from portal.core.calendar import today
from portal.core.jobs import queue
from portal.surveys import services

EVERY = 30


@queue.every(EVERY)
def close_ended() -> None:
    services.close_ended(today())
