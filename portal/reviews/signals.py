"""What follows from a decision is said to the rooms above."""

from __future__ import annotations

from blinker import Signal

# sender: the call; actor, nominations (those commended), decided_on
decided = Signal()
