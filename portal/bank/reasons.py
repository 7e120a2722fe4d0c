"""Why a line waits, how it was matched, what is wrong with a row: codes in the tables, words on the page."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from portal.bank.matching import Why
from portal.bank.models import BankLine, LineState
from portal.core.formats import money
from portal.core.i18n import lazy

WAITS = {
    "no_name": lazy("The line says no name and no member number."),
    "nobody": lazy("Nobody of this name owes anything here."),
    "namesakes": lazy("%(num)s people are of this name."),
    "amount": lazy("The amount differs: owes %(owes)s, came %(came)s."),
    "which": lazy("%(owes)s fits what is owed for more than one member."),
    "several_numbers": lazy("The memo names members for whom different people pay."),
    "no_period": lazy("No period of dues covers this day."),
    "closed": lazy("The book of this day’s period is closed: record it on a later day."),
    "changed": lazy("What is owed changed while the file was taken in."),
    "recorded": lazy("A payment with this number of the bank is recorded already."),
    "alike": lazy(
        "A line of another file, of this day, amount and name, is matched already: perhaps it is this money."
    ),
    "typed": lazy("A payment of this amount was recorded by hand: perhaps it is this money."),
    "refused": lazy("It could not be recorded: look at it."),
    "reversed": lazy("The payment was taken back."),
    "back": lazy("Brought back from “no dues”."),
}
HOW = {
    "by_number": lazy("Matched by the member number and the amount"),
    "by_name": lazy("Matched by name and amount"),
    "by_hand": lazy("Matched by an officer"),
    "linked": lazy("Joined with a payment recorded by hand"),
}
FAULTS = {
    "date": lazy("This is no day that can be read, for example 2026-01-07."),
    "date_future": lazy("This day is still to come."),
    "amount": lazy("This is no amount that can be read, for example 1,200.50."),
    "amount_many": lazy("More than 10,000,000 yuan: count the digits."),
    "negative": lazy("Less than nothing came in: the bank took something back. Settle it by hand."),
    "both": lazy("Money came in and went out in one line."),
    "direction": lazy("It is not said whether the money came in or went out."),
}  # fmt: skip


def kept(why: Why) -> str:
    """As it stands in the table."""
    return json.dumps([why.code, *why.figures])


def words(line: BankLine) -> str:
    """Why the line stands where it does, in the reader's language; an officer's reason as it was written."""
    return teller()(line)


def teller() -> Callable[[BankLine], str]:
    """The same for many lines: the words are looked up now, while the reader is known."""
    said = {code: str(text) for code, text in {**WAITS, **HOW}.items()}

    def tell(line: BankLine) -> str:
        if line.state == LineState.SET_ASIDE or not line.reason:
            return line.reason
        code, *figures = json.loads(line.reason)
        return _filled(said[code], code, figures)

    return tell


def _filled(text: str, code: str, figures: Sequence[int]) -> str:
    if code == "namesakes":
        return text % {"num": figures[0]}
    return text % dict(zip(("owes", "came"), map(money, figures), strict=False)) if figures else text
