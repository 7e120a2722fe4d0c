"""What waits of lending: what sister associations ask of us, and what became of what we asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from portal.core.i18n import _, ngettext

# Title, detail, page, action: a task without a day.
Line = tuple[str, str, tuple[str, dict[str, Any]], str]


def lines(found: Mapping[str, Any]) -> Iterator[Line]:
    """Requests and the silent stand on one page: where there are both, the second is told beside the first."""
    asked_of: tuple[str, dict[str, Any]] = ("lending.office_list", {"side": "of"})
    named = int(found.get("lending_silent") or 0)
    silent = _silent(named) if named else ""
    if count := found.get("lending_asked"):
        title = ngettext(
            "%(num)d request to borrow volunteers waits for your answer",
            "%(num)d requests to borrow volunteers wait for your answer",
            int(count),
        )
        detail = silent or _("Name volunteers with the skill, or say why not.")
        yield title, detail, asked_of, _("Answer")
    elif silent:
        yield silent, _("Call them, and enter what they say."), asked_of, _("Open")
    if count := found.get("lending_answered"):
        title = ngettext(
            "%(num)d request for volunteers was answered", "%(num)d requests for volunteers were answered", int(count)
        )
        yield title, _("See who comes, or ask somebody else."), ("lending.office_list", {}), _("Open")


def _silent(count: int) -> str:
    return ngettext(
        "%(num)d volunteer has not answered a request to help elsewhere",
        "%(num)d volunteers have not answered a request to help elsewhere",
        count,
    )
