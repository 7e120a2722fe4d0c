"""What a meeting adopted is published as it stands: no edit of its notice says something else, before or after."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from portal.charters import queries
from portal.charters.models import Charter, CharterState
from portal.charters.splitting import as_markdown
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import lazy
from portal.core.text import printable
from portal.notices import services as notices
from portal.notices.drafts import Content
from portal.notices.models import Notice

DECIDED = ("title", "kind", "body", "signed_on", "effective_on")
STANDS = lazy(
    "This is what the meeting adopted: it is published as it stands. To change it, begin a new charter, which is "
    "consulted on and decided in its turn."
)
ANOTHER = lazy("This is no longer what the meeting adopted. Discard the draft, and publish the charter anew.")


@notices.weighed.connect
def keep_adopted(notice: Notice, *, content: Content, before: Content | None, **_details: Any) -> None:
    """An edit leaves what was decided as it is; only the text of the final draft is published. Raises RuleError."""
    adopted = (Charter.notice_id == notice.id, Charter.state == CharterState.ADOPTED)
    charter = db.session.scalar(select(Charter).where(*adopted))
    if charter is None:
        return
    if before is not None:
        changed = (name for name in DECIDED if _plain(content, name) != _plain(before, name))
        for name in changed:
            raise RuleError(name, STANDS)
        return
    draft = queries.get_draft(charter, 3)
    text = printable(as_markdown(queries.paragraphs_of(draft))) if draft else ""
    if content.title != charter.title or not _plain(content, "body").endswith(text.strip()):
        raise RuleError("body", ANOTHER)


def _plain(content: Content, name: str) -> Any:
    """A form sends other line ends than it was given."""
    value = getattr(content, name)
    return printable(value).strip() if isinstance(value, str) else value
