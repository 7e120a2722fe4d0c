"""Who may have paid a line that waits: for the page, a few questions for all of its lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import or_

from portal.associations.models import Association
from portal.bank import queries, recorded
from portal.bank.matching import Match, Owed, Owing, fitting, numbers_in
from portal.bank.models import BankLine
from portal.dues.models import Charge
from portal.payments.models import Payment
from portal.people.models import Person

_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff·]{2,}")
LENGTHS = (2, 3, 4)
MOST = 3  # people for one line
TEXT = 40


@dataclass
class Suggestion:
    """Somebody who may have paid: what they owe, and what the line settles of it to the last fen, if anything."""

    person: Person
    owes_fen: int
    parts: list[Owed] = field(default_factory=list)
    told: str = ""


def suggest(association: Association, lines: Sequence[BankLine]) -> dict[int, list[Suggestion]]:
    """Line → who may have paid it, whoever fits first."""
    if not lines:
        return {}
    owing = Owing(_owing(association, lines))
    whose = {line.id: _whose(owing, line) for line in lines}
    people = queries.people({payer for found in whose.values() for payer in found})
    return {line.id: [_suggestion(owing, line, people[payer]) for payer in whose[line.id]][:MOST] for line in lines}


def suggest_recorded(association: Association, lines: Sequence[BankLine]) -> dict[int, list[Payment]]:
    """Line → payments recorded by hand that may be its money, the nearest day first."""
    known = recorded.typed(association, lines)
    found = {line.id: known.of(line)[:MOST] for line in lines}
    payments = queries.payments({one for ids in found.values() for one in ids})
    return {line_id: [payments[one] for one in ids] for line_id, ids in found.items()}


def _owing(association: Association, lines: Sequence[BankLine]) -> list[Owed]:
    """What is owed by or for anybody whose name or number stands in one of the lines."""
    names = {name for line in lines for name in _names(line)}
    numbered = {
        number for line in lines for number in numbers_in(f"{line.memo} {line.payer_name}") if len(number) > 2
    }
    found = or_(Person.name.in_(names), queries.Member.name.in_(names), queries.COMPACT.in_(numbered))
    payers = {row.payer_id for row in queries.owing(association, found)}
    return queries.owing(association, Charge.payer_id.in_(payers)) if payers else []


def _names(line: BankLine) -> set[str]:
    """What in a line may be a name: who paid, and every two to four characters of the memo."""
    memo = _HAN.findall(line.memo[:TEXT])
    parts = {run[at : at + size] for run in memo for size in LENGTHS for at in range(len(run) - size + 1)}
    return {line.payer_name, *parts} - {""}


def _whose(owing: Owing, line: BankLine) -> list[int]:
    """Payers in the order in which they are likely: by number, by name, named in the memo."""
    found = owing.judge(line)
    first = [found.payer_id] if isinstance(found, Match) else []
    numbered = [owing.payer_of(member) for member in owing.numbered(f"{line.memo} {line.payer_name}")]
    named = owing.named(line.payer_name)
    others = [payer for name in sorted(_names(line)) for payer in (*owing.named(name), *owing.about(name))]
    return list(dict.fromkeys([*first, *sorted(numbered), *named, *others]))


def _suggestion(owing: Owing, line: BankLine, person: Person) -> Suggestion:
    rows = owing.of[person.id]
    parts = fitting(line.amount_fen, rows) or []
    told = list(dict.fromkeys(part.period for part in parts))
    return Suggestion(person, sum(row.open_fen for row in rows), parts, "、".join(told))
