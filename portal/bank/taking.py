"""Lines of a file written in portions, and matched in portions: each is committed, so that nobody waits for long.

A line that is there already changes nothing, and one that is settled is not settled again: work that was stopped
half-way is taken up where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, cast

from sqlalchemy import CursorResult, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.bank import queries, reasons, recorded, services
from portal.bank.matching import Match, Owing, Why
from portal.bank.models import BankFile, BankLine, LineState
from portal.bank.reading import Line
from portal.core.database import db, hold, new_public_id
from portal.core.errors import RuleError
from portal.core.waiting import again
from portal.imports.queries import portions
from portal.ledger import queries as ledger
from portal.people.models import Person

WRITTEN, MATCHED = 1_000, 200
# By the field of which a payment's rules speak.
REFUSALS = {"amount": "changed", "bank_reference": "recorded", "received_on": "closed", "payer": "nobody"}
Tell = Callable[[int], None]


def write(file: BankFile, lines: Iterable[Line], tell: Tell) -> int:
    """The lines that the association does not have yet; returns how many there were. Commits after each portion."""
    new = 0
    for portion in portions(lines, WRITTEN):
        # One at a time for an association: two files with the same lines in another order would wait for each other.
        hold(file.association, "name")
        new += _insert([_row(file, line) for line in portion])
        tell(len(portion))
    return new


def _insert(rows: list[dict[str, object]]) -> int:
    """Whoever brings the same line in the same moment waits here, and has it already."""
    connection = db.session.connection()
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(BankLine.__table__).on_conflict_do_nothing(  # type: ignore[arg-type]
        index_elements=["association_id", "fingerprint"]
    )
    written = connection.execute(statement, rows, execution_options={"preserve_rowcount": True})
    return cast("CursorResult[Any]", written).rowcount


def _row(file: BankFile, line: Line) -> dict[str, object]:
    return {
        "public_id": new_public_id(),
        "association_id": file.association_id,
        "file_id": file.id,
        "position": line.number,
        "fingerprint": line.fingerprint,
        "booked_on": line.booked_on,
        "amount_fen": line.amount_fen,
        "payer_name": line.name,
        "memo": line.memo,
        "reference": line.reference,
        "state": str(LineState.WAITING),
        "reason": "",
    }


class Matcher:
    """Matches what waits with what is owed to one association, read once and kept in step."""

    def __init__(self, association: Association) -> None:
        self.association = association
        self._members: dict[str, set[int]] = {}
        self.owing = Owing(queries.owing(association), self._members)
        self.recorded = recorded.typed(association)
        self._days: dict[date, Why | None] = {}
        self._numbers: set[str] = set()  # of the bank, that payments have
        self._alike: set[int] = set()  # lines that another file has, told otherwise

    def match(self, actor: Account, ids: Sequence[int], tell: Tell) -> int:
        """Of these lines those that have one answer become payments, the others keep their reason; how many did.

        Commits after what waits, and after each portion of payments.
        """
        told = queries.told(ids)
        references = {line.reference for line in told if line.reference}
        self._numbers |= queries.recorded_of(self.association.id, references)
        self._members |= queries.members_named(self.association.id, {line.payer_name for line in told})
        self._alike |= queries.alike_settled([line.id for line in told])
        judged = {line.id: self._judge(line) for line in told}
        sure = [(line_id, found) for line_id, found in judged.items() if isinstance(found, Match)]
        self._keep({line_id: why for line_id, why in judged.items() if isinstance(why, Why)})
        tell(len(ids) - len(sure))
        matched = 0
        for portion in portions(sure, MATCHED):
            matched += self._record_all(actor, dict(portion))
            tell(len(portion))
        return matched

    def _record_all(self, actor: Account, found: dict[int, Match]) -> int:
        """All at once; where one of them is refused, one by one, each committed: many that wait for each other's
        charges and for the receipts' counter would stand in each other's way.
        """
        try:
            again(lambda: services.match_all(actor, self.association, found))
        except (RuleError, IntegrityError):
            return sum(self._record(actor, line, found[line.id]) for line in queries.lines(found))
        return len(found)

    def _judge(self, line: queries.Told) -> Match | Why:
        """What was matched is taken out, so that the next line finds what is left. What may be recorded already is
        left to somebody who looks at it.
        """
        if self.recorded.of(line):
            return Why("typed")
        if (known := self._of_number(line)) is not None:
            return known
        found = self.owing.judge(line)
        if isinstance(found, Match):
            why = self._of_day(line.booked_on) or self._of_other_file(line)
            if why is not None:
                return why
            self.owing.take(found)
            self._numbers.add(line.reference)
        return found

    def _record(self, actor: Account, line: BankLine, match: Match) -> bool:
        """Whether it could be recorded; it waits with its reason if not."""
        charges = queries.charges({part.charge_id for part in match.parts})
        parts = [(charges[part.charge_id], part.open_fen) for part in match.parts]
        payer = db.session.get_one(Person, match.payer_id)
        try:
            known = {"method": line.file.method, "how": match.how}
            again(lambda: services.match(actor, line, payer, parts, line.booked_on, **known))
        except RuleError as error:
            self._keep({line.id: Why(REFUSALS.get(error.field, "refused"))})
            return False
        finally:
            db.session.commit()
        return True

    def _of_day(self, day: date) -> Why | None:
        """Why nothing can be dated on a day."""
        if day not in self._days:
            period = ledger.period_on(self.association, day)
            is_closed = period is not None and not ledger.is_open(self.association, period)
            self._days[day] = Why("no_period") if period is None else Why("closed") if is_closed else None
        return self._days[day]

    def _of_number(self, line: queries.Told) -> Why | None:
        """A payment that has this number of the bank may be this money: somebody looks at it."""
        return Why("recorded") if line.reference and line.reference in self._numbers else None

    def _of_other_file(self, line: queries.Told) -> Why | None:
        """The same money told otherwise, in a file with other columns say: somebody looks at it."""
        return Why("alike") if line.id in self._alike else None

    @staticmethod
    def _keep(found: dict[int, Why]) -> None:
        """The reasons of lines that wait, one statement for each reason; the lines in one order by everybody."""
        queries.hold_waiting(found)
        by_reason: dict[str, list[int]] = {}
        for line_id, why in found.items():
            by_reason.setdefault(reasons.kept(why), []).append(line_id)
        for reason, ids in by_reason.items():
            waits = (BankLine.id.in_(ids), BankLine.state == LineState.WAITING)
            kept = update(BankLine).where(*waits, BankLine.reason != reason).values(reason=reason)
            db.session.execute(kept.execution_options(synchronize_session=False))
