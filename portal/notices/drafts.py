"""What a draft says, and what keeps it from being saved or published."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from typing import Any

from portal.core import text
from portal.core.errors import RuleError
from portal.core.i18n import _
from portal.notices import attachments, desk
from portal.notices.models import Notice, NoticeKind, NoticeVersion
from portal.notices.signals import weighed

LIMITS = {
    "title": 120, "subject": 60, "body": 100_000, "issuer": 120, "document_number": 60, "keywords": 200,
    "contact": 200, "correction_note": 500,
}  # fmt: skip
MOST_PINNED = 3


@dataclass(frozen=True, kw_only=True)
class Content:
    """What a version says."""

    title: str
    kind: str = NoticeKind.NOTICE
    subject: str = ""
    body: str = ""
    issuer: str = ""
    document_number: str = ""
    signed_on: date | None = None
    effective_on: date | None = None
    expires_on: date | None = None
    keywords: str = ""
    contact: str = ""
    correction_note: str = ""

    @classmethod
    def of(cls, version: NoticeVersion) -> Content:
        return cls(**{field.name: getattr(version, field.name) for field in fields(cls)})


@dataclass(frozen=True, kw_only=True)
class Placing:
    """What belongs to the notice and not to a version: settled with the first publication."""

    supersedes: str = ""  # the public id of an own published notice
    is_pinned: bool = False
    target: str = ""  # the code of the association on whose pages, and those below it, it stands too


class ChangedMeanwhileError(RuleError):
    """The draft is not the one that was opened; `notice` is it as it stands now."""

    def __init__(self, notice: Notice, message: Any) -> None:
        super().__init__("", message)
        self.notice = notice


def revision_of(notice: Notice, draft: NoticeVersion) -> str:
    """A mark of what the draft says now: whoever saves or publishes shows the mark of what they saw."""
    files = attachments.mark_of(draft)
    placed = (notice.supersedes_id, notice.is_pinned, notice.target_id)
    seen = [*asdict(Content.of(draft)).values(), *placed, *files]
    return hashlib.blake2b(repr([str(value) for value in seen]).encode(), digest_size=8).hexdigest()


def check_seen(notice: Notice, draft: NoticeVersion, revision: str | None) -> None:
    """Whoever reviews or publishes does it to what they saw."""
    if revision is not None and revision != revision_of(notice, draft):
        raise ChangedMeanwhileError(notice, _("The draft was changed after you opened this page. Check it again."))


def check_shape(content: Content) -> None:
    if text.is_blank(content.title):
        raise RuleError("title", _("Write a title."))
    if content.kind not in set(NoticeKind):
        raise RuleError("kind", _("Choose the kind of notice."))
    for name, limit in LIMITS.items():
        if len(getattr(content, name)) > limit:
            raise RuleError(name, _("At most %(count)s characters", count=limit))
    if content.effective_on and content.expires_on and content.expires_on < content.effective_on:
        raise RuleError("expires_on", _("The end lies before the day on which it takes effect."))


def missing(notice: Notice, draft: NoticeVersion, day: date) -> list[RuleError]:
    """What keeps a draft from being published, by field."""
    found = []
    if text.is_blank(draft.body):
        found.append(RuleError("body", _("The text is empty.")))
    if text.is_blank(draft.issuer):
        found.append(RuleError("issuer", _("Say who issues it.")))
    if draft.signed_on and draft.signed_on > day:
        found.append(RuleError("signed_on", _("The date signed lies in the future.")))
    if draft.number > 1 and text.is_blank(draft.correction_note):
        found.append(RuleError("correction_note", _("Say what is corrected; readers see it beside the version.")))
    if desk.is_taken(notice):
        found.append(RuleError("supersedes", _("Another notice supersedes that one already.")))
    return [*found, *attachments.faults(draft)]


def check_publishable(notice: Notice, draft: NoticeVersion, day: date) -> None:
    for fault in missing(notice, draft, day):
        raise fault
    weighed.send(notice, content=Content.of(draft), before=None)
    if notice.published_at is None:
        check_pins(notice.association_id, notice.is_pinned, notice)
        return
    current = desk.get_current(notice)
    is_same = replace(Content.of(current), correction_note="") == replace(Content.of(draft), correction_note="")
    if is_same and attachments.said(current) == attachments.said(draft):
        raise RuleError("", _("Nothing was changed."))


def check_pins(association_id: int, is_pinned: bool, notice: Notice) -> None:
    if is_pinned and desk.count_pinned(association_id, notice) >= MOST_PINNED:
        raise RuleError(
            "is_pinned", _("%(count)s notices are pinned already; take one of them down first.", count=MOST_PINNED)
        )
