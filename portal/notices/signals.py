"""What follows from a publication is the business of features above: they listen."""

from __future__ import annotations

from blinker import Signal

published = Signal("A version was published.")  # sender: the version, in the transaction that publishes it
withdrawn = Signal("A notice was withdrawn.")  # sender: the notice
discarded = Signal("A notice that was never published goes.")  # sender: the notice, before it is deleted
