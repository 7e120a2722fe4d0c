"""Who can tell about a code: features above hand their knowledge down, this floor does not know them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from portal.core.i18n import lazy_pgettext
from portal.core.labels import Labelled


class State(Labelled):
    """What a stranger learns of something printed; never why, but of an honour: that stood on public notice."""

    VALID = "valid", lazy_pgettext("verification", "Valid")
    ENDED = "ended", lazy_pgettext("verification", "Ended")
    VOID = "void", lazy_pgettext("verification", "Not valid")
    SUPERSEDED = "superseded", lazy_pgettext("verification", "Superseded")
    REVOKED = "revoked", lazy_pgettext("verification", "Revoked")
    UNKNOWN = "unknown", lazy_pgettext("verification", "Unknown")


@dataclass(frozen=True)
class Verdict:
    """All that is said about a code: its state, what it stands on, whose it is (masked), and the association.

    `said` takes the place of the sentence that is said of every kind in this state; `facts` are pairs of a label and
    a value that stand on the paper, to be compared with it.
    """

    state: State
    what: str = ""
    name: str = ""
    association: str = ""
    said: str = ""
    facts: tuple[tuple[str, str], ...] = ()


UNKNOWN = Verdict(State.UNKNOWN)
Teller = Callable[[int], Verdict | None]
_tellers: dict[str, Teller] = {}


def tells(kind: str) -> Callable[[Teller], Teller]:
    """Declare who tells about codes of a kind; the teller is given the code's id."""

    def declare(teller: Teller) -> Teller:
        _tellers[kind] = teller
        return teller

    return declare


def verdict_on(kind: str, code_id: int) -> Verdict:
    """What the feature of the kind says. A code that stands on nothing is unknown, like one that does not exist."""
    teller = _tellers.get(kind)
    return (teller(code_id) if teller else None) or UNKNOWN
