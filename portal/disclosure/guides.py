"""Guides for residents' questions: written, ordered, ended by the association whose they are. Never commits."""

from __future__ import annotations

from typing import Any

from sqlalchemy.exc import IntegrityError

from portal.accounts.models import Account
from portal.associations import lists
from portal.associations.models import Association
from portal.core.audit import record
from portal.core.calendar import now, today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import lazy
from portal.core.text import is_blank, printable
from portal.disclosure import guide_queries as queries
from portal.disclosure.models import Block, Guide

LINES = ("title", "place", "hours", "takes", "cost", "contact", "basis")
TEXTS = ("summary", "who", "steps", "documents")
# Pages of the portal where something can be done at once.
LINKS = {
    "": lazy("Nowhere: in person only"),
    "/join": lazy("Apply to become a member"),
    "/volunteer": lazy("Register as a volunteer"),
    "/letters": lazy("Write to us"),
    "/me/dues": lazy("My dues"),
    "/me/data": lazy("My data"),
    "/activities/open": lazy("Sign up for an activity"),
    "/verify": lazy("Verify a card or certificate"),
    "/notices": lazy("Notices"),
    "/policies": lazy("Policies"),
}


def write_guide(
    actor: Account, association: Association, values: dict[str, Any], guide: Guide | None = None
) -> Guide:
    """A new guide at the end of its block, or other words for one. Raises RuleError by the field at fault."""
    said = _checked(values)
    if guide is None:
        guide, action = Guide(association_id=association.id), "disclosure.add_guide"
    else:
        action = "disclosure.change_guide"
    if guide.block != said["block"]:
        guide.position = _end_of(association, said["block"])
    try:
        with db.session.begin_nested():
            for name, value in said.items():
                setattr(guide, name, value)
            guide.revised_at, guide.revised_by_id = now(), actor.person_id
            db.session.add(guide)
    except IntegrityError:
        raise RuleError("title", lazy("Another guide of this block has this title.")) from None
    record(actor, action, guide, {"title": guide.title, "block": guide.block})
    return guide


def order_guide(actor: Account, association: Association, guide: Guide, *, up: bool) -> None:
    rows = queries.list_of_block(association, guide.block)
    lists.order(actor, "disclosure.order_guides", rows, guide, up=up)


def end_guide(actor: Account, guide: Guide) -> None:
    """Nobody reads it any more; it stays in the record."""
    guide.ended_on = today()
    record(actor, "disclosure.end_guide", guide, {"title": guide.title})


def _end_of(association: Association, block: str) -> int:
    return lists.end_of(queries.list_of_block(association, block))


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    """Lines on one line, texts as they are; a title and what it is about are needed."""
    said = {**values, **{name: " ".join(printable(values.get(name) or "").split()) for name in LINES}}
    said |= {name: printable(values.get(name) or "").strip() for name in TEXTS}
    if said["block"] not in set(Block):
        raise RuleError("block", lazy("Choose a block."))
    if is_blank(said["title"]):
        raise RuleError("title", lazy("Write a title."))
    if is_blank(said["summary"]):
        raise RuleError("summary", lazy("Say what it is about."))
    if (said.get("link") or "") not in LINKS:
        raise RuleError("link", lazy("Choose one of the pages."))
    return {**said, "link": said.get("link") or "", "is_open": bool(said.get("is_open"))}
