"""A levy that was laid by mistake, at a wrong rate or of a wrong day: taken back before anything is paid of it, in
all its books, so that it can be laid anew. It stays in the list with its reason. Never commits.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from portal.accounts.models import Account
from portal.core import audit
from portal.core.calendar import now, today
from portal.core.database import db, hold
from portal.core.errors import RuleError
from portal.core.i18n import lazy
from portal.dues import rules
from portal.ledger import services as ledger
from portal.ledger.models import EntryKind, LedgerAccount
from portal.levy.books import both, hold_books
from portal.levy.models import Levy, LevyShare
from portal.levy.services import check_may_lay


def take_back(actor: Account, levy: Levy, reason: str) -> None:
    """Nothing of it is owed any more: every book of it takes it back today (load `association`).

    Raises RuleError for who may not lay one, without a reason, where something is paid, or a book is closed.
    """
    check_may_lay(actor, levy.association)
    reason = rules.check_reason(reason)
    hold(levy, "voided_at")
    if levy.voided_at is not None:
        raise RuleError("", lazy("This levy was taken back already."))
    if db.session.scalar(select(func.sum(LevyShare.paid_fen)).where(LevyShare.levy_id == levy.id)):
        raise RuleError("", lazy("Something is paid of it already: take back the payments first."))
    _post(actor, levy)
    levy.voided_at, levy.void_reason = now(), reason
    told = {"reason": reason, "rate_fen": levy.rate_fen, "counted_on": levy.counted_on.isoformat()}
    audit.record(actor, "levy.take_back", levy, told, association_id=levy.association_id)


def _post(actor: Account, levy: Levy) -> None:
    receiver, day = levy.association, today(levy.association.time_zone)
    found = select(LevyShare).where(LevyShare.levy_id == levy.id).order_by(LevyShare.id)
    shares = db.session.scalars(found.options(joinedload(LevyShare.association))).all()
    places = [share.association for share in shares]
    away = next((place for place in places if not place.path.startswith(receiver.path)), None)
    if away is not None:
        words = lazy("%(name)s is no longer below: nothing is written into its books.", name=away.display_name)
        raise RuleError("", words)
    period = hold_books(receiver, places, day)
    postings = []
    for share in shares:
        owes = both(LedgerAccount.LEVY_PAYABLE, LedgerAccount.LEVY_EXPENSE, share.amount_fen)
        is_owed = both(LedgerAccount.LEVY_INCOME, LedgerAccount.LEVY_RECEIVABLE, share.amount_fen)
        for place, other, lines in ((share.association, receiver, owes), (receiver, share.association, is_owed)):
            of: Any = {"period": period, "lines": lines, "memo": other.display_name}
            postings.append(ledger.Posting(association_id=place.id, on=day, kind=EntryKind.LEVY, **of))
    ledger.post_all(actor, postings)
