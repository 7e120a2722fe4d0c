"""The notice board of the demonstration: notices with numbers, versions and validity, and drafts on their way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import accumulate, repeat
from typing import Any

from portal.core import text
from portal.demo.batch import Batch
from portal.demo.chance import seeded
from portal.demo.days import moment, working_day_before
from portal.demo.notices import Draft, announced, drafts, fill, in_order, reference
from portal.demo.register import Local
from portal.notices.models import Notice, NoticeKind, NoticeStatus, NoticeSubject, NoticeVersion
from portal.notices.subjects import FIRST_SUBJECTS
from portal.offices.rights import Position

# The sign under which an office numbers its documents; letters, calls and accounts are not numbered.
SIGNS = {"qh": "青协", "wh": "望协", "lx": "临协", "wh-04": "槐协"}
NUMBERED = (NoticeKind.NOTICE, NoticeKind.POLICY, NoticeKind.RESULT, NoticeKind.CONSULTATION)
SUBJECTS = {
    "财务公开": ("会费", "收支公开"),
    "志愿服务": ("志愿服务", "志愿者招募"),
    "评比表彰": ("表彰", "先进个人"),
    "考核评估": ("考评", "百分制", "评估认定"),
    "组织建设": ("换届", "会员代表大会"),
    "会员服务": ("会员证", "个人信息"),
    "居民自治": ("自治公约", "停车"),
    "走访关怀": ("关怀基金", "走访慰问"),
    "来信来访": ("来信来访",),
    "教育培训": ("培训",),
}


class Board:
    """Adds notices to the batch, the oldest first, as the offices would have published them."""

    def __init__(self, batch: Batch, locals_: dict[str, Local], today: date) -> None:
        self.batch = batch
        self.locals = locals_
        self.today = today
        self._numbers: dict[tuple[str, str, int], Iterator[int]] = {}
        self._published: dict[str, tuple[int, str]] = {}
        self._subjects = self._begin_subjects(next(iter(locals_.values())).id)

    def _begin_subjects(self, root_id: int) -> dict[str, int]:
        """The list that every federation begins with."""
        return {
            name: self.batch.add(NoticeSubject, association_id=root_id, name=name, position=position, ended_on=None)
            for position, name in enumerate(FIRST_SUBJECTS)
        }

    def fill(self) -> None:
        found = [draft for draft in drafts(self.today) if "stage" not in draft.meta]
        found = sorted([*found, *announced(self.today, self.locals)], key=in_order)
        successors = {draft.meta["supersedes"]: draft for draft in found if "supersedes" in draft.meta}
        by_slug = {draft.slug: draft for draft in found}
        for draft in found:
            old = by_slug.get(draft.meta.get("supersedes", ""))
            self._publish(draft, old, self._expires(draft, successors.get(draft.slug)))
        for draft in drafts(self.today):
            if "stage" in draft.meta:
                self._leave(draft)

    def _expires(self, draft: Draft, successor: Draft | None) -> date | None:
        """What supersedes a document ends it the day before it takes effect."""
        if successor is None:
            return draft.day("ends")
        effective = (successor.day("effective") or successor.signed_on) - timedelta(days=1)
        return min(filter(None, (draft.day("ends"), effective)))

    def _publish(self, draft: Draft, old: Draft | None, expires_on: date | None) -> None:
        secretary, publisher = self._officers(draft)
        published_at = moment(draft.signed_on, 9 + len(draft.slug) % 8, len(draft.title) % 60)
        corrected_at = self._corrected_at(published_at, draft.meta.get("corrected"))
        values = self._values(draft, old, expires_on)
        notice_id = self.batch.add(
            Notice,
            association_id=self.locals[draft.issuer].id,
            index_number=self._index_number(draft),
            status=NoticeStatus.PUBLISHED,
            **{field: values[field] for field in ("title", "kind", "expires_on", "subject_id")},
            target_id=self.locals[draft.meta["target"]].id if "target" in draft.meta else None,
            is_pinned="pinned" in draft.meta,
            published_at=published_at,
            updated_at=corrected_at or published_at,
            supersedes_id=self._published[old.slug][0] if old else None,
            created_by=publisher,
            created_at=published_at - timedelta(hours=20),
            entry_key=None,
        )
        self._published[draft.slug] = notice_id, values["document_number"]
        wrote, read = ("written_by", "submitted_by"), ("reviewed_by", "published_by")
        stamps = {"notice_id": notice_id} | dict.fromkeys(wrote, publisher) | dict.fromkeys(read, secretary)
        self._versions(draft, values, published_at, corrected_at, stamps)
        if "correcting" in draft.meta:
            self._correct(notice_id, values, draft.meta["correcting"], publisher)

    def _officers(self, draft: Draft) -> tuple[int, int]:
        """Who reads and who writes at the association on the day."""
        officers = self.locals[draft.issuer].officers_on(draft.signed_on)
        return officers[Position.SECRETARY].id, officers[Position.PUBLISHER].id

    def _correct(self, notice_id: int, values: dict[str, Any], change: dict[str, Any], writer: int) -> None:
        """A correction that waits for another officer."""
        body = values["body"].replace(change["find"], change["put"])
        text_ = values | {"body": body, "correction_note": change["note"]}
        since = moment(working_day_before(self.today - timedelta(days=1)), 16, 40)
        self.batch.add(NoticeVersion, number=2, notice_id=notice_id, **text_, **_waiting(writer, since))

    def _leave(self, draft: Draft) -> None:
        """A draft on its way: it waits for another officer, was sent back by one, or has its moment set."""
        secretary, publisher = self._officers(draft)
        since = moment(draft.signed_on, 10, 20)
        values = self._values(draft, None, draft.day("ends")) | {"document_number": ""}
        notice_id = self.batch.add(
            Notice, association_id=self.locals[draft.issuer].id, index_number=None, status=NoticeStatus.DRAFT,
            **{field: values[field] for field in ("title", "kind", "expires_on", "subject_id")},
            target_id=None, is_pinned=False, published_at=None, updated_at=since, supersedes_id=None,
            created_by=publisher, created_at=since, entry_key=None,
        )  # fmt: skip
        way = _waiting(publisher, since)
        if draft.meta["stage"] != "submitted":
            way |= {"reviewed_at": since + timedelta(hours=4), "reviewed_by": secretary}
        if draft.meta["stage"] == "sent_back":
            way |= {"submitted_at": None, "review_note": draft.meta["note"]}
        if draft.meta["stage"] == "scheduled":
            at = moment(self.today + timedelta(days=draft.meta["after"]), 9)
            way |= {"publish_at": at, "published_by": secretary}
        self.batch.add(NoticeVersion, number=1, notice_id=notice_id, **values, **way)

    def _versions(
        self,
        draft: Draft,
        values: dict[str, Any],
        first: datetime,
        second: datetime | None,
        stamps: dict[str, int],
    ) -> None:
        """The one version, or the faulty one and the one that corrects it."""
        if second is None:
            self._version(1, values, first, **stamps)
            return
        change = draft.meta["corrected"]
        faulty = values["body"]
        for right, wrong in ((change["right"], change["wrong"]), *change.get("also", ())):
            faulty = faulty.replace(right, wrong)
        self._version(1, values | {"body": faulty}, first, **stamps)
        self._version(2, values | {"correction_note": change["note"]}, second, **stamps)

    def _corrected_at(self, published_at: datetime, corrected: dict[str, Any] | None) -> datetime | None:
        """The correction, if it lies before today."""
        if corrected is None:
            return None
        day = published_at + timedelta(days=corrected["after"])
        return day if day.date() < self.today else None

    def _version(self, number: int, values: dict[str, Any], at: datetime, **stamps: int) -> None:
        self.batch.add(
            NoticeVersion,
            number=number,
            **values,
            html=text.render(values["body"]),
            written_at=at - timedelta(hours=3),
            submitted_at=at - timedelta(hours=2),
            reviewed_at=at - timedelta(hours=1),
            review_note="",
            publish_at=None,
            published_at=at,
            **stamps,
        )

    def _values(self, draft: Draft, old: Draft | None, expires_on: date | None) -> dict[str, Any]:
        place, subject = self.locals[draft.issuer].place, _subject(draft.meta["keywords"])
        cited = reference(old, self._published[old.slug][1]) if old else ""
        return {
            "title": draft.title,
            "kind": draft.meta["kind"],
            "subject": subject,
            "subject_id": self._subjects[subject],
            "body": fill(draft.body, draft.signed_on, cited),
            "issuer": place.name,
            "document_number": self._document_number(draft),
            "signed_on": draft.signed_on,
            "effective_on": draft.day("effective") or draft.signed_on,
            "expires_on": expires_on,
            "keywords": " ".join(draft.meta["keywords"]),
            "contact": f"{place.name}秘书处 {place.phone}",
            "correction_note": "",
        }

    def _document_number(self, draft: Draft) -> str:
        """望协〔2026〕12号: by office and year; the numbers between belong to papers that are not public."""
        if draft.meta["kind"] not in NUMBERED:
            return ""
        if draft.issuer not in SIGNS:
            return ""
        return f"{SIGNS[draft.issuer]}〔{draft.signed_on.year}〕{self._next('document', draft)}号"

    def _index_number(self, draft: Draft) -> str:
        return f"{draft.issuer.upper()}-{draft.signed_on.year}-{self._next('index', draft):04d}"

    def _next(self, kind: str, draft: Draft) -> int:
        key = kind, draft.issuer, draft.signed_on.year
        if key not in self._numbers:
            chance = seeded(*key)
            steps = repeat(None) if kind == "index" else (chance.choice((1, 1, 2)) for _ in repeat(None))
            self._numbers[key] = accumulate(1 if step is None else step for step in steps)
        return next(self._numbers[key])


def _waiting(writer: int, since: datetime) -> dict[str, Any]:
    """A draft as its writer has submitted it."""
    return {
        "html": "",
        "written_by": writer,
        "written_at": since,
        "submitted_by": writer,
        "submitted_at": since + timedelta(minutes=10),
        **dict.fromkeys(("reviewed_at", "reviewed_by", "publish_at", "published_at", "published_by")),
        "review_note": "",
    }


def _subject(keywords: list[str]) -> str:
    """The subject under which a document is filed, by its first telling keyword."""
    for word in keywords:
        for subject, words in SUBJECTS.items():
            if word in words:
                return subject
    return "协会工作"
