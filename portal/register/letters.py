"""A letter to each of many: one text with fixed placeholders, printed with the name, the number and the address."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import ColumnElement, Select

from portal.associations.models import Association
from portal.core.audit import Actor, record
from portal.core.calendar import today
from portal.core.database import db
from portal.core.documents import render_pdf
from portal.core.errors import RuleError
from portal.core.formats import chinese_date
from portal.core.i18n import lazy
from portal.members.models import EndReason, Membership
from portal.people.models import Person

MOST = 500  # pages in one file: two or three seconds
# What may stand in the text. Nothing else is put in: a text is never a template.
PLACEHOLDERS = {
    "姓名": lazy("name"),
    "编号": lazy("member number"),
    "类别": lazy("kind of membership"),
    "协会": lazy("association"),
    "小组": lazy("group"),
    "入会日期": lazy("day of joining"),
}
_PLACEHOLDER = re.compile("【(" + "|".join(PLACEHOLDERS) + ")】")


def why_not() -> dict[str, ColumnElement[bool]]:
    """Nobody writes to the dead, or to a record that was removed."""
    removed = Membership.person.has(Person.removed_at.is_not(None))
    gone = Membership.end_reason.in_((EndReason.DECEASED, EndReason.DELETED)) & Membership.ended_on.is_not(None)
    return {"gone": gone | removed}


def write(
    actor: Actor, association: Association, statement: Select[Any], subject: str, body: str, signed: str
) -> bytes:
    """The letters as one PDF, in the order of names.

    Raises RuleError for more than a file holds, MissingGlyphs for a character that cannot be printed.
    """
    rows = db.session.scalars(statement.where(~why_not()["gone"]).limit(MOST + 1)).all()
    if len(rows) > MOST:
        raise RuleError("", lazy("At most %(most)s letters go into one file: choose fewer.", most=MOST))
    if not rows:
        raise RuleError("", lazy("There is nobody to write to."))
    pages = [_page(row, subject, body) for row in rows]
    data = {"letters": pages, "signed": signed, "day": chinese_date(today()), "sender": association.name}
    pdf = render_pdf("letter", data)
    about = {"letters": len(rows), "subject": subject}
    record(actor, "register.letter", association, about, association_id=association.id)
    return pdf


def _page(row: Membership, subject: str, body: str) -> dict[str, Any]:
    words = {
        "姓名": row.person.name,
        "编号": row.number,
        "类别": row.kind.name,
        "协会": row.association.name,
        "小组": row.group.name if row.group else "",
        "入会日期": chinese_date(row.joined_on),
    }
    return {
        "name": row.display_name,
        "contact": row.person.name if row.organisation_name else "",
        "number": row.number,
        "address": row.person.residence,
        "subject": fill_in(subject, words),
        "paragraphs": [fill_in(line.strip(), words) for line in body.splitlines() if line.strip()],
    }


def fill_in(text: str, words: dict[str, str]) -> str:
    """The text with its placeholders replaced; all else stays as typed, and what is put in is not read again."""
    return _PLACEHOLDER.sub(lambda found: words[found[1]], text)
