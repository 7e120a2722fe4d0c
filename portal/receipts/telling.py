"""What a stranger learns about a receipt by its code."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.core.database import db
from portal.core.formats import amount_in_capitals, date_long, mask_name, money
from portal.core.i18n import _
from portal.receipts import numbers
from portal.receipts.models import Receipt
from portal.receipts.services import KIND
from portal.verification.kinds import State, Verdict, tells


@tells(KIND)
def tell(code_id: int) -> Verdict | None:
    """A valid one with its number, day and amount, to be held beside the paper: a figure could have been altered. A
    void one says only that it is.
    """
    statement = select(Receipt).where(Receipt.code_id == code_id).options(joinedload(Receipt.association))
    receipt = db.session.scalar(statement)
    if receipt is None:
        return None
    what, association = _("Receipt for dues"), receipt.association.name
    if receipt.voided_at is not None:
        said = _("The association issued it and declared it void. Ask the association for the one that counts.")
        return Verdict(State.VOID, what, "", association, said)
    fen = receipt.snapshot["amount_fen"]
    facts = (
        (_("Number"), numbers.shown(receipt.association, receipt.year, receipt.number)),
        (_("Date"), date_long(receipt.issued_on)),
        (_("Amount"), f"¥{money(fen)}"),
        (_("Amount in words"), amount_in_capitals(fen)),
    )
    said = _("The association issued it. Compare the amount and the number with the paper.")
    return Verdict(State.VALID, what, mask_name(receipt.snapshot["payer"]), association, said, facts)
