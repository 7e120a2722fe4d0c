"""A hostile text in every column that holds words: on no page is it anything but text.

What a form would refuse stands there too, in every room that has a row, a new one by itself: sixty in each column in
`make soak`, where every form is filled in first and all pages are read; each fifth in `make test`, on the pages of
visitors. A column is somebody's words unless it is named here as the portal's own.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import JSON, Column, String, Table, bindparam, select, text, update

from portal.core.database import db
from portal.core.encryption import EncryptedText
from portal.core.text import printable, render
from tests.access.forms import crawl
from tests.access.furnished import STARTS, clients, furnish
from tests.access.test_hostile_texts import dangers_of, in_order
from tests.access.walk import walk
from tests.harness.client import PortalClient
from tests.harness.soaking import SOAKING
from tests.notices.payloads import PAYLOADS
from tests.notices.rows import published

# The pages are the same whichever database keeps the text.
pytestmark = pytest.mark.engines("sqlite")
HAN = re.compile("[\u4e00-\u9fff]")
# What the portal itself writes or checks: codes, keys, digests, numbers, words of a closed list.
OWN = (
    "action address_hash block category channel code code_hash consent_by digest document entry_key field file_key "
    "fingerprint formation frequency given_by grade gram guardian_phone hash holder identity_index identity_last4 "
    "identity_number in_origin key kind language layout level login_hash matter media_type method origin out_origin "
    "part password_hash path pattern phone_index phone_last4 position previous proration public public_id purpose "
    "reference review scope secret series sex sort_key source state stem status target_id target_type thumb_key "
    "time_zone token_hash totp_secret verdict choice account way"
)
OF_A_LIST = (
    "account.email application_draft.answers appointment_letter.number appointment_letter.void_reason "
    "charge.void_reason charter_comment.outcome honour_certificate.number honour_certificate.superseded_reason "
    "member_card.reason member_card.void_reason membership.end_reason membership_application.email "
    "membership_application.phone nomination.end_reason objection.phone person.email person.phone person_merge.log "
    "personal_request.wanted receipt.void_reason service_certificate.number service_certificate.superseded_reason "
    "suggestion.phone volunteer.end_reason volunteer_registration.email volunteer_registration.phone letter.phone "
    "letter.email"
)
TYPED = [printable(payload) for payload in (PAYLOADS if SOAKING else PAYLOADS[::5])]
MARKDOWN = ("body", "steps", "documents", "introduction")
LINE, BODY = " ".join(TYPED).replace("\n", " "), "\n\n".join(TYPED)
ROLES = STARTS if SOAKING else ("visitor",)


def is_words(table: Table, column: Column[Any]) -> bool:
    """Whether somebody may write there what they like."""
    is_text = isinstance(column.type, (String, EncryptedText)) and not column.foreign_keys and not column.primary_key
    return is_text and column.name not in OWN.split() and f"{table.name}.{column.name}" not in OF_A_LIST.split()


def words() -> Iterator[tuple[Table, Column[Any], list[int]]]:
    """Columns of somebody's words, with their rows; in the short form those in which something stands."""
    for table in db.metadata.sorted_tables:
        for column in table.columns:
            if is_words(table, column) and "id" in table.columns:
                rows = db.session.execute(select(table.c.id, column)).all()
                ids = [row_id for row_id, value in rows if SOAKING or HAN.search(str(value))]
                if ids:
                    yield table, column, ids


def poison() -> list[str]:
    """Write the texts behind the portal's back, rendered where a rendered text is kept; where they stand now."""
    db.session.execute(text("PRAGMA ignore_check_constraints = ON"))  # of what is void there is a reason, and so on
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
    _poison_documents()
    db.session.execute(text("PRAGMA ignore_check_constraints = OFF"))  # no transaction takes it back
    db.session.commit()
    db.session.expire_all()
    return [f"{table.name}.{column.name}" for table, column, _ids in found]


def _poison_documents() -> None:
    """The words in what is kept whole: results, choices, what was on a certificate when it was given."""
    for table in db.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, JSON) and "id" in table.columns:
                for row_id, value in db.session.execute(select(table.c.id, column)).all():
                    db.session.execute(update(table).where(table.c.id == row_id).values({column: _hostile(value)}))


def _hostile(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _hostile(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_hostile(one) for one in value]
    return LINE if isinstance(value, str) and HAN.search(value) else value


def read(app: Any, visitors: dict[str, PortalClient], beyond: list[str]) -> dict[str, set[str]]:
    """A page of each kind by each role, with what of it could run, send or fetch."""
    visits, found = Counter[str](), {}
    for role, client in visitors.items():
        starts = [*STARTS[role], *(beyond if role == "secretary" else ())] if role in ROLES else []
        for url, response in crawl(app, client, starts, visits, files=False, each=1):
            found[f"{role} {url}"] = dangers_of(url, response)
    return found


def lived_in(app: Any, cast: Any) -> tuple[dict[str, PortalClient], list[str]]:
    """In the long form every form was sent by then: no room is without a row."""
    if not SOAKING:
        beyond = furnish(cast)
        return clients(app, cast), beyond
    walked = walk(app, cast)
    for client, form in in_order(walked.forms):
        client.force(form.action, form.filled())
    return {role: walked.visitors[role] for role in STARTS}, walked.beyond


@pytest.mark.soak
def test_words_in_rows_are_nothing_but_text(app, cast):
    visitors, beyond = lived_in(app, cast)
    own = {danger for dangers in read(app, visitors, beyond).values() for danger in dangers}
    poisoned = set(poison())
    assert {"notice_version.html", "notice_version.body", "association.name"} <= poisoned
    assert len(poisoned) > 60
    if SOAKING:
        known = {
            f"{table.name}.{c.name}" for table in db.metadata.sorted_tables for c in table.c if is_words(table, c)
        }
        assert known - poisoned == set(), "columns that no text of a person was written into"
    pages = read(app, visitors, beyond)
    wrong = [f"{url}: {danger}" for url, dangers in pages.items() for danger in dangers - own]
    assert not wrong, "\n".join(sorted(wrong))
    assert len(pages) > 30


def test_control_a_body_that_is_not_cleaned_is_seen(cast, client, monkeypatch):
    notice = published(cast.secretary, cast.community)
    monkeypatch.setitem(globals(), "render", lambda body: body)
    poison()
    page = f"/notices/{notice.public_id}"
    assert "<script> is no script of the portal" in dangers_of(page, client.get(page))
