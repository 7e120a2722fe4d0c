"""What follows from a publication is the business of features above: they listen."""

from __future__ import annotations

from blinker import Signal

published = Signal("A version was published.")  # sender: the version, in the transaction that publishes it
withdrawn = Signal("A notice was withdrawn.")  # sender: the notice
# sender: the notice; content: what it would say; before: what the draft says now, None at publication. Whoever knows
# what a notice must say raises RuleError.
weighed = Signal("A draft is about to be saved, submitted or published.")
discarded = Signal("A notice that was never published goes.")  # sender: the notice, before it is deleted
