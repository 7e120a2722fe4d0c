"""Cash that is brought to the bank, or fetched from it: never more than there is. Never commits."""

from __future__ import annotations

from datetime import date

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core import audit
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.formats import money
from portal.core.i18n import lazy
from portal.handovers import queries
from portal.ledger import cashbox
from portal.ledger import services as ledger
from portal.ledger.models import EntryKind, JournalEntry, LedgerAccount
from portal.offices.access import can
from portal.payments.rules import NOTE, RIGHT, check_amount

TO_BANK, FROM_BANK = "to_bank", "from_bank"
WAYS = {
    TO_BANK: (LedgerAccount.BANK, LedgerAccount.CASH),
    FROM_BANK: (LedgerAccount.CASH, LedgerAccount.BANK),
}


def deposit(
    actor: Account,
    association: Association,
    amount_fen: int,
    on: date,
    *,
    seen: str,
    way: str = TO_BANK,
    note: str = "",
) -> JournalEntry:
    """Cash to the bank (or back), at most what the books say is there. `seen` names the last such entry that the
    page knew of: the same form again is the same entry, and of two at once the second looks again.

    Raises RuleError by the field: amount, on, note.
    """
    if not can(actor, RIGHT, association, whole=True):
        raise RuleError("", lazy("Whoever keeps all the dues of the association does this."))
    check_amount(amount_fen)
    if len(note.strip()) > NOTE:
        raise RuleError("note", lazy("At most %(count)s characters", count=NOTE))
    come, go = WAYS[way]
    with db.session.begin_nested():
        cashbox.hold(association)
        last = queries.last_deposit(association)
        if (last.public_id if last else "") != seen:
            return _same(actor, last, amount_fen, on, come)
        ledger.hold_open(association, on)
        _check_there(association, go, amount_fen, on)
        lines = (ledger.Line(account=come, debit=amount_fen), ledger.Line(account=go, credit=amount_fen))
        entry = ledger.post(actor, association, on, EntryKind.DEPOSIT, lines, memo=note.strip())
        told = {"amount_fen": amount_fen, "way": way, "on": on.isoformat()}
        audit.record(actor, "handovers.deposit", entry, told)
    return entry


def _check_there(association: Association, account: LedgerAccount, amount_fen: int, on: date) -> None:
    """On that day, and on each day since."""
    there = cashbox.holds_fen(association, on, account)
    if amount_fen > there:
        raise RuleError("amount", lazy("There are only %(fen)s yuan on that day.", fen=money(there)))


def _same(actor: Account, last: JournalEntry | None, amount_fen: int, on: date, account: str) -> JournalEntry:
    """The entry that the form made before. Raises RuleError when it is another's, or says something else."""
    if last is not None and last.recorded_by_id == actor.person_id and last.entry_on == on:
        came = [line.debit_fen for line in last.lines if line.account == account]
        if sum(came) == amount_fen:
            return last
    raise RuleError("", lazy("Cash was brought to the bank meanwhile: look at the sums again."))
