"""The form of a draft with what stands around it: its choices, its preview, and what somebody else saved."""

from __future__ import annotations

from secrets import token_urlsafe
from typing import Any

from flask import g, request, url_for

from portal.core import web
from portal.core.calendar import today
from portal.core.forms import choices
from portal.core.i18n import _
from portal.core.text import printable, render
from portal.notices import desk
from portal.notices.drafts import Content, Placing, revision_of
from portal.notices.forms import CONTENT, DraftForm
from portal.notices.models import Notice, NoticeKind, NoticeVersion
from portal.notices.services import ChangedMeanwhileError
from portal.notices.subject_queries import list_subjects

FORM = "notices/form.html"
Answer = Any


class Drafting:
    """A draft in the making: new, or the draft of `notice`."""

    def __init__(self, form: DraftForm, notice: Notice | None = None) -> None:
        self.form, self.notice = form, notice
        self.is_correction = notice is not None and notice.published_at is not None
        self.theirs: NoticeVersion | None = None
        self._offer()

    @classmethod
    def start(cls) -> Drafting:
        """An empty form: issued by the association, signed today, and a key under which it makes one notice."""
        kind = request.args.get("kind", "")
        first = {
            "entry_key": token_urlsafe(16),
            "kind": kind if kind in set(NoticeKind) else NoticeKind.NOTICE,
            "issuer": g.association.name,
            "signed_on": today(g.association.time_zone),
            "contact": g.association.contact,
        }
        return cls(DraftForm(formdata=None, data=first))

    @classmethod
    def reopen(cls, notice: Notice, draft: NoticeVersion) -> Drafting:
        """The form filled in with the draft as it stands."""
        data = {name: getattr(draft, name) for name in (*CONTENT, "correction_note")} | {
            "revision": revision_of(notice, draft),
            "supersedes": notice.supersedes.public_id if notice.supersedes else "",
            "is_pinned": notice.is_pinned,
            "target": notice.target.code if notice.target else "",
        }
        return cls(DraftForm(formdata=None, data=data), notice)

    @classmethod
    def sent(cls, notice: Notice | None = None) -> Drafting:
        return cls(DraftForm(), notice)

    def renew(self) -> Drafting:
        """The same text for a notice of its own."""
        self.form.entry_key.data, self.form.revision.data = token_urlsafe(16), ""
        return self

    @property
    def wants_preview(self) -> bool:
        return "preview" in request.form

    @property
    def entry_key(self) -> str:
        return printable(self.form.entry_key.data or "")[:64]

    def content(self) -> Content:
        names = (*CONTENT, "correction_note") if self.is_correction else CONTENT
        return Content(**self.form.values(*names))

    def placing(self) -> Placing | None:
        """What a first publication settles; None once it is settled."""
        if self.is_correction:
            return None
        return Placing(
            supersedes=self.form.supersedes.data or "",
            is_pinned=bool(self.form.is_pinned.data),
            target=(self.form.target.data or "") if "target" in self.form else "",
        )

    def page(self, preview: bool = False) -> Answer:
        """The form; with `preview` the text as it will look, where it stands in the page."""
        return web.page(FORM, form=self.form, **self._context(preview))

    def refuse(self, error: Any = None) -> Answer:
        """The form as it was sent with what is wrong; of a text that changed meanwhile both, and the choice."""
        if isinstance(error, ChangedMeanwhileError):
            self.notice, self.theirs = error.notice, desk.get_draft(error.notice)
        if self.theirs and self.notice:
            self.form.revision.data = revision_of(self.notice, self.theirs)
        if error is not None:
            self.form.refuse(error)
        html, status = web.invalid(FORM, form=self.form, **self._context(preview=True))
        return html, 409 if self.theirs else status

    def _context(self, preview: bool) -> dict[str, Any]:
        public_id = self.notice.public_id if self.notice else None
        action = url_for(".edit", public_id=public_id) if public_id else url_for(".new")
        return {
            "notice": self.notice,
            "action": action,
            "is_correction": self.is_correction,
            "preview": render(self.form.body.data or "") if preview else None,
            "theirs": self.theirs,
        }

    def _offer(self) -> None:
        nothing = ("", _("None"))
        rows = [] if self.is_correction else desk.list_supersedable(g.association, self.notice)
        older = [(row.public_id, f"{row.index_number} {row.title}") for row in rows]
        kinds, subjects = choices(NoticeKind.labels()), choices([nothing, *self._subjects()])
        self.form.offer(kinds, subjects, choices([nothing, *older]), choices(self._targets()))
        if self.is_correction:
            self.form.keep_correction()
        else:
            self.form.keep_first()

    def _subjects(self) -> list[tuple[str, str]]:
        """Those of the federation's list, and the one that the draft has if that was renamed or ended since."""
        names = [one.name for one in list_subjects(g.association.path_ids[0])]
        draft = desk.get_draft(self.notice) if self.notice else None
        own = [draft.subject] if draft and draft.subject and draft.subject not in names else []
        return [(name, name) for name in (*own, *names)]

    def _targets(self) -> list[tuple[str, Any]]:
        """Nobody else's, or those of an association below; its own means that all below it show it."""
        here = g.association
        rows = [] if self.is_correction else desk.list_targets(here)
        named = [(row.code, _("%(name)s and all below it", name=row.display_name)) for row in rows]
        return [("", _("Nobody else: its own page only")), *named]
