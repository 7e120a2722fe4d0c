"""Groups, and the associations below an office, as files: what their pages show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from portal.associations.directory_queries import Listed
from portal.associations.models import Group
from portal.associations.ties import GroupTies
from portal.core.downloads import ListFile
from portal.core.i18n import _, pgettext


def groups(live: Sequence[Group], ended: Sequence[Group], ties: Mapping[int, GroupTies]) -> ListFile:
    """Groups in their order with their leaders and people; after them those that have ended, with their last day."""
    comma, nobody = _(", "), GroupTies()
    lines: list[list[object]] = []
    for group in live:
        held = ties.get(group.id, nobody)
        lines.append([group.name, group.area, comma.join(held.leaders), held.people, None])
    lines += [[group.name, group.area, "", None, group.ended_on] for group in ended]
    last = pgettext("group", "Ended on")
    return ListFile(_("Groups"), [_("Group"), _("Area"), _("Leaders"), _("People"), last], lines)


def branches(found: Sequence[Listed]) -> ListFile:
    headings = [
        _("Association"),
        pgettext("association", "Belongs to"),
        _("Formation"),
        pgettext("association", "Below"),
        _("Members"),
    ]
    lines = [[row.name, row.above, row.kind_label, row.count or None, row.members] for row in found]
    return ListFile(_("Associations below"), headings, lines)
