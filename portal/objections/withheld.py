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
class Name:
    """Where the text of a notice period names somebody: on a line of its list, or in a whole paragraph."""

    period_id: int
    name: str = ""
    paragraph: int | None = None  # counted from 0


_parts: Parts[[Sequence[int]], Collection[Name]] = Parts()
withholds = _parts.declare


def without_names(rows: Sequence[Any]) -> list[Any]:
    """Rows with `id`, `matter` and `html`, their texts as everybody may read them now."""
    ids = [row.id for row in rows if row.matter == Matter.COMMENDATION]
    found: dict[int, list[Name]] = {}
    for one in (name for names in _parts.of(ids) for name in names) if ids else ():
        found.setdefault(one.period_id, []).append(one)
    return [_without(row, found[row.id]) if row.id in found else row for row in rows]


def _without(row: Any, names: Sequence[Name]) -> Any:
    text, said = row.html, escape(_("[a name was taken back]"), quote=False)
    for one in names:
        if one.paragraph is None:
            written = re.escape(escape(one.name, quote=False))
            text = re.sub(rf"(?<=<li>){written}(?=（|</li>)", lambda _match: said, text)
        else:
            paragraphs = list(re.finditer(r"(?<=<p>).*?(?=</p>)", text, re.DOTALL))
            if one.paragraph < len(paragraphs):
                at = paragraphs[one.paragraph]
                text = text[: at.start()] + said + text[at.end() :]
    values = {**row._asdict(), "html": text}
    return namedtuple("Shown", values)(**values)
