"""A hostile text in every column that holds words: on no page is it anything but text.

What a form would refuse stands there too, in every room that has a row, a new one by itself: sixty in each column in
`make soak`, where all pages are read; each fifth in `make test`, on the pages of visitors.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Column, String, Table, bindparam, select, text, update

from portal.core.database import db
from portal.core.encryption import EncryptedText
from portal.core.text import printable, render
from tests.access.forms import crawl
from tests.access.furnished import STARTS, clients, furnish
from tests.access.test_hostile_texts import dangers_of
from tests.harness.soaking import SOAKING
from tests.notices.payloads import PAYLOADS
from tests.notices.rows import published

# The pages are the same whichever database keeps the text.
pytestmark = pytest.mark.engines("sqlite")
HAN = re.compile("[\u4e00-\u9fff]")
NUMBERS = ("phone", "identity", "email")  # nobody's words
TYPED = [printable(payload) for payload in (PAYLOADS if SOAKING else PAYLOADS[::5])]
MARKDOWN = ("body", "steps", "documents", "introduction")
LINE, BODY = " ".join(TYPED).replace("\n", " "), "\n\n".join(TYPED)
ROLES = STARTS if SOAKING else ("visitor",)


def words() -> Iterator[tuple[Table, Column[Any], list[int]]]:
    """Columns in which something stands that a person wrote, with the rows in which it does."""
    for table in db.metadata.sorted_tables:
        for column in table.columns:
            is_text = isinstance(column.type, (String, EncryptedText)) and not column.foreign_keys
            if is_text and "id" in table.columns and not any(word in column.name for word in NUMBERS):
                rows = db.session.execute(select(table.c.id, column))
                ids = [row_id for row_id, value in rows if HAN.search(str(value))]
                if ids:
                    yield table, column, ids


def poison() -> list[str]:
    """Write the texts behind the portal's back, rendered where a rendered text is kept; where they stand now."""
    for (name,) in db.session.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
        db.session.execute(text(f"DROP TRIGGER {name}"))
    found = list(words())
    for table, column, ids in found:
        value = {"html": render(BODY)}.get(column.name, BODY if column.name in MARKDOWN else LINE)
        changed = (
            update(table)
            .where(table.c.id == bindparam("row"))
            .values({column: bindparam("value", type_=column.type)})
        )
        db.session.connection().execute(changed, [{"row": row_id, "value": f"{value} {row_id}"} for row_id in ids])
    db.session.commit()
    db.session.expire_all()
    return [f"{table.name}.{column.name}" for table, column, _ids in found]


def read(app: Any, cast: Any, beyond: list[str]) -> dict[str, set[str]]:
    """A page of each kind by each role, with what of it could run, send or fetch."""
    visits, found = Counter[str](), {}
    for role, client in clients(app, cast).items():
        starts = [*STARTS[role], *(beyond if role == "secretary" else ())] if role in ROLES else []
        for url, response in crawl(app, client, starts, visits, files=False, each=1):
            found[f"{role} {url}"] = dangers_of(url, response)
    return found


@pytest.mark.soak
def test_words_in_rows_are_nothing_but_text(app, cast):
    beyond = furnish(cast)
    own = {danger for dangers in read(app, cast, beyond).values() for danger in dangers}
    poisoned = poison()
    assert {"notice_version.html", "notice_version.body", "association.name"} <= set(poisoned)
    assert len(poisoned) > 60
    pages = read(app, cast, beyond)
    wrong = [f"{url}: {danger}" for url, dangers in pages.items() for danger in dangers - own]
    assert not wrong, "\n".join(sorted(wrong))
    assert len(pages) > 30


def test_control_a_body_that_is_not_cleaned_is_seen(cast, client, monkeypatch):
    notice = published(cast.secretary, cast.community)
    monkeypatch.setitem(globals(), "render", lambda body: body)
    poison()
    page = f"/notices/{notice.public_id}"
    assert "<script> is no script of the portal" in dangers_of(page, client.get(page))
