"""`portal check-chain` and the beginning of the chain: what stands in public against what was entered."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from portal.core.database import db, reading
from portal.transparency import chain, kinds, offline, queries, services
from portal.transparency.models import ChainKind
from portal.transparency.offline import BrokenError, Head, Walked

PORTION = 1_000
LATER = (ChainKind.STATEMENT, ChainKind.STATEMENT_WITHDRAWN)  # there were chains before these entered it
MOST = 100  # whoever sees a hundred documents need not see the rest


def begin() -> int:
    """Where the database has no chain yet, begin it with what was published before; where it has one of before yearly
    statements entered it, add those. Returns how many; commits.
    """
    with reading():
        has_begun = queries.get_end() is not None
        if has_begun and (queries.get_first(ChainKind.STATEMENT) or not any(kinds.publications(LATER))):
            return 0
    db.session.rollback()  # what begins here may write
    wanted = LATER if has_begun else tuple(ChainKind)
    found = services.enter_all(kinds.publications(wanted)) if has_begun or services.begin() else 0
    db.session.commit()
    return found


def check(kept: Head | None = None) -> Walked | None:
    """The chain by itself: numbers, links, hashes, and that its head is the last entry's; None where it is empty."""
    walked = offline.verify(map(queries.told, _entries()), kept) if queries.count() or kept else None
    if (queries.get_end() or (0, chain.BEGIN)) != ((walked.number, walked.hash) if walked else (0, chain.BEGIN)):
        raise BrokenError("the chain does not end where its head says: entries are missing at its end.")
    return walked


def list_faults() -> list[str]:
    """Every document that is not what was entered, then what stands in public and was never entered."""
    return [*islice(_altered(), MOST), *islice(_missing(), MOST)]


def _entries() -> Iterator[Any]:
    yield from db.session.execute(queries.ALL.execution_options(yield_per=PORTION))


def _altered() -> Iterator[str]:
    for number in range(1, queries.count() + 1, PORTION):
        for entry in queries.list_entries(number, number + PORTION):
            content = kinds.content_of(entry.kind, entry.document, entry.version)
            if content is None:
                yield f"{_name(entry)} is in no table any more"
            elif chain.digest_of(content) != entry.digest:
                yield f"{_name(entry)} is not what was entered on {entry.published_at:%Y-%m-%d}"
        db.session.expunge_all()  # a portion is all that is held


def _missing() -> Iterator[str]:
    known = queries.list_known()
    for kind, one in kinds.publications():
        if (kind, one.document, one.version) not in known:
            yield f"{kind} {one.document}, version {one.version}, stands in public and is not in the chain"


def _name(entry: Any) -> str:
    return f"{entry.kind} {entry.document}, version {entry.version}, of {entry.association} (entry {entry.number})"
