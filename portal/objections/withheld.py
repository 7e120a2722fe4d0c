"""Names in a text on notice whose bearers took their consent back: everybody reads the text without them.

The text itself stays as it was published, and its digest in the chain holds. The features above, which put names
there, say which are not read any more.
"""

from __future__ import annotations

import re
from collections import namedtuple
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from portal.core.i18n import _
from portal.core.parts import Parts
from portal.objections.models import Matter


@dataclass(frozen=True)
class Withheld:
    """Of a text on notice: the only names that its lists show still, or the paragraph that names somebody."""

    period_id: int
    kept: frozenset[str] = frozenset()
    paragraph: int | None = None  # counted from 0


_parts: Parts[[Sequence[int]], Collection[Withheld]] = Parts()
withholds = _parts.declare


def without_names(rows: Sequence[Any]) -> list[Any]:
    """Rows with `id`, `matter` and `html`, their texts as everybody may read them now."""
    ids = [row.id for row in rows if row.matter == Matter.COMMENDATION]
    found = {one.period_id: one for part in _parts.of(ids) for one in part} if ids else {}
    return [_without(row, found[row.id]) if row.id in found else row for row in rows]


def _without(row: Any, withheld: Withheld) -> Any:
    said = escape(_("[a name was taken back]"), quote=False)
    if withheld.paragraph is None:
        names = "|".join(re.escape(escape(one, quote=False)) for one in withheld.kept)
        keeps = rf"(?!(?:{names})(?:（|</li>))" if names else ""
        text = re.sub(rf"(?<=<li>){keeps}.*?(?=</li>)", lambda _match: said, row.html, flags=re.DOTALL)
    else:
        paragraphs = list(re.finditer(r"(?<=<p>).*?(?=</p>)", row.html, re.DOTALL))
        at = paragraphs[withheld.paragraph]
        text = row.html[: at.start()] + said + row.html[at.end() :]
    values = {**row._asdict(), "html": text}
    return namedtuple("Shown", values)(**values)
