"""What members owed before the association kept its books here: read from lines, checked, entered all or none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core import audit
from portal.core.calendar import today
from portal.core.database import add_single, db
from portal.core.errors import RuleError
from portal.core.i18n import _, lazy
from portal.core.money import read_money
from portal.dues.charging import check_begun, entry_day
from portal.dues.models import Charge, ChargeOrigin
from portal.dues.queries import STANDS
from portal.ledger import services as ledger
from portal.ledger.models import DuesPeriod, EntryKind, LedgerAccount
from portal.members.models import Membership
from portal.members.queries import SHOWN

MOST_LINES = 500
_MARKS = ",，;；"


@dataclass(frozen=True)
class Arrear:
    """A member and what is owed from before."""

    membership: Membership
    amount_fen: int


@dataclass
class Sheet:
    """The lines that were typed or copied: what they say, and what is wrong with which of them."""

    arrears: list[Arrear] = field(default_factory=list)
    faults: list[tuple[int, str]] = field(default_factory=list)
    uncharged: str = ""  # the period whose dues are then not charged to these members, where it is not over yet

    @property
    def total_fen(self) -> int:
        return sum(one.amount_fen for one in self.arrears)


def read(association: Association, period: DuesPeriod, text: str) -> Sheet:
    """Lines of number, name (to be sure) and amount in yuan, as copied from a spreadsheet; a head is skipped.

    Raises RuleError("lines") for none, and for more than MOST_LINES.
    """
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if lines and not any(character.isdecimal() for character in lines[0][1]):
        lines = lines[1:]
    if not lines:
        raise RuleError("lines", lazy("Enter a line for each member: number, name, amount."))
    if len(lines) > MOST_LINES:
        raise RuleError("lines", lazy("At most %(most)s lines at once.", most=MOST_LINES))
    cells = [(number, _cells(line)) for number, line in lines]
    known = _members(association, [row[0].upper() for _number, row in cells])
    charged = _charged(period, [one.id for one in known.values()])
    sheet = Sheet(uncharged=period.name if period.end_on >= today(association.time_zone) else "")
    for number, row in cells:
        _take(sheet, number, row, known, charged)
    return sheet


def _cells(line: str) -> list[str]:
    """By tabs as a spreadsheet gives them, else by spaces, else by commas."""
    if "\t" in line:
        found = line.split("\t")
    else:
        found = line.split() if len(line.split()) > 1 else re.split(f"[{_MARKS}]", line)
    return [one for one in (cell.strip().strip(_MARKS).strip() for cell in found) if one]


def _members(association: Association, numbers: Sequence[str]) -> dict[str, Membership]:
    here = (Membership.association_id == association.id, Membership.number.in_(numbers))
    return {one.number: one for one in db.session.scalars(select(Membership).where(*here).options(*SHOWN))}


def _charged(period: DuesPeriod, ids: Sequence[int]) -> set[int]:
    kept = (Charge.period_id == period.id, Charge.membership_id.in_(ids), STANDS)
    return set(db.session.scalars(select(Charge.membership_id).where(*kept)))


def _take(sheet: Sheet, number: int, row: Sequence[str], known: dict[str, Membership], charged: set[int]) -> None:
    membership = known.get(row[0].upper())
    try:
        if len(row) < 2:
            raise ValueError(_("Number, name and amount belong on the line."))
        if membership is None:
            raise ValueError(_("No member here has the number %(number)s.", number=row[0]))
        if len(row) > 2 and "".join(row[1:-1]) != membership.display_name.replace(" ", ""):
            raise ValueError(_("The number is %(name)s's.", name=membership.display_name))
        if membership.id in charged:
            raise ValueError(_("%(name)s has a charge for this period already.", name=membership.display_name))
        sheet.arrears.append(Arrear(membership, read_money(row[-1])))
        charged.add(membership.id)
    except ValueError as error:
        sheet.faults.append((number, str(error)))


def bring_in(
    actor: Account | None, association: Association, period: DuesPeriod, arrears: Sequence[Arrear], note: str = ""
) -> list[Charge]:
    """A charge for each, of the period in which it was due, owed to the opening balance; all in one entry.

    Raises RuleError for a period that is closed here or still to come, or a member who was charged meanwhile.
    """
    check_begun(association, period)
    on = entry_day(association, period)
    ledger.hold_open(association, on, "period")
    # In one order by everybody: two who bring in the same members would wait for each other.
    made = [_charge(association, period, one, note) for one in sorted(arrears, key=lambda one: one.membership.id)]
    if not add_single(*made):
        raise RuleError("lines", lazy("Somebody was charged meanwhile: check the lines again."))
    owed = [ledger.Line(account=LedgerAccount.RECEIVABLE, debit=one.amount_fen, charge_id=one.id) for one in made]
    total = sum(one.amount_fen for one in made)
    lines = [*owed, ledger.Line(account=LedgerAccount.OPENING, credit=total)]
    ledger.post(actor, association, on, EntryKind.OPENING, lines, period.name)
    told = {"period": period.name, "charges": len(made), "amount_fen": total, "note": note.strip()}
    audit.record(actor, "dues.bring_in", association, told, association_id=association.id)
    return made


def _charge(association: Association, period: DuesPeriod, one: Arrear, note: str) -> Charge:
    return Charge(
        association_id=association.id,
        group_id=one.membership.group_id,
        period_id=period.id,
        membership_id=one.membership.id,
        payer_id=one.membership.payer_id or one.membership.person_id,
        origin=ChargeOrigin.OPENING,
        amount_fen=one.amount_fen,
        due_on=period.due_on,
        note=note.strip(),
    )
