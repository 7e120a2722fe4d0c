"""Shapes of what is typed about cash: counted by notes and coins or as a sum, brought to the bank."""

from __future__ import annotations

from typing import Any

from wtforms import HiddenField, RadioField, StringField
from wtforms.validators import NumberRange

from portal.core.formats import money
from portal.core.forms import BaseForm, DateField, Length, MoneyField, Optional, Required, WholeNumberField, choices
from portal.core.i18n import _, lazy, lazy_pgettext
from portal.handovers.deposits import FROM_BANK, TO_BANK

REASON = 200
# The notes and coins that are in use, in fen.
PIECES = (10_000, 5_000, 2_000, 1_000, 500, 100, 50, 10)
MOST_PIECES = 100_000


def _piece(fen: int) -> WholeNumberField:
    """How many of a note or a coin."""
    label = lazy("%(yuan)s yuan", yuan=fen // 100) if fen >= 100 else lazy("%(jiao)s jiao", jiao=fen // 10)
    drawn = {"class": "short", "autocomplete": "off", "data-fen": fen}
    return WholeNumberField(label, [Optional(), NumberRange(max=MOST_PIECES)], render_kw=drawn)


def _shown_fen(text: str | None) -> int:
    """A sum as the page showed it; what is no number was not shown by any."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 16 else -1


class PiecesForm(BaseForm):
    """How many of each note and coin; nobody needs to say."""


for _fen in PIECES:
    setattr(PiecesForm, f"pieces_{_fen}", _piece(_fen))


class CountForm(PiecesForm):
    """What was counted, beside what the page expected when it was opened."""

    counted = MoneyField(lazy("Counted"), [Optional()], least=0)
    on = DateField(lazy_pgettext("hand-over", "Handed over on"), [Required(lazy("Enter the day."))])
    note = StringField(lazy("Note"), [Optional(), Length(max=REASON)])
    expected = HiddenField(validators=[Required(lazy("Open this page anew."))])
    key = HiddenField(validators=[Required(lazy("Open this page anew.")), Length(max=64)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.counted.flags.required = True  # by itself or by its pieces

    @property
    def pieces(self) -> list[tuple[int, Any]]:
        """Each note and coin with its box."""
        return [(fen, self[f"pieces_{fen}"]) for fen in PIECES]

    @property
    def pieces_fen(self) -> int:
        """What the notes and coins come to."""
        return sum(fen * (field.data or 0) for fen, field in self.pieces)

    @property
    def expected_fen(self) -> int:
        return _shown_fen(self.expected.data)

    def validate(self, extra_validators: Any = None) -> bool:
        """Also that there is a sum, and that the notes and coins come to it."""
        is_valid = super().validate(extra_validators)
        if is_valid and self.counted.data is None:
            self.counted.data = self.pieces_fen or None
        if is_valid and self.counted.data is None:
            return self._refuse(_("Enter what was counted, or how many of each note and coin."))
        if is_valid and self.pieces_fen not in (0, self.counted.data):
            return self._refuse(_("The notes and coins come to %(fen)s yuan.", fen=money(self.pieces_fen)))
        return is_valid

    def _refuse(self, words: str) -> bool:
        self.counted.errors = (words,)
        return False


class VoidForm(BaseForm):
    """Why a hand-over is declared void."""

    reason = StringField(lazy("Reason"), [Required(lazy("Say why.")), Length(max=REASON)])


class WriteOffForm(BaseForm):
    """Why nobody will bring what lacks, beside what the page showed."""

    reason = StringField(lazy("Reason"), [Required(lazy("Say why.")), Length(max=REASON)])
    lacking = HiddenField(validators=[Required(lazy("Open this page anew."))])

    @property
    def lacking_fen(self) -> int:
        return _shown_fen(self.lacking.data)


class DepositForm(BaseForm):
    """Cash that is brought to the bank, or fetched."""

    way = RadioField(
        lazy("What is done"),
        [Required()],
        choices=choices({TO_BANK: lazy("Cash to the bank"), FROM_BANK: lazy("Cash from the bank")}),
        default=TO_BANK,
    )
    amount = MoneyField(lazy_pgettext("payment", "Amount"), [Required(lazy("Enter the amount."))])
    on = DateField(lazy("Day"), [Required(lazy("Enter the day."))])
    note = StringField(lazy("Note"), [Optional(), Length(max=REASON)])
    seen = HiddenField(validators=[Optional(), Length(max=12)])
