"""The roster as a file: the rows and columns that the page shows, phones masked."""

from __future__ import annotations

from typing import Any

from portal.core.downloads import ListFile, each, words
from portal.core.i18n import _, pgettext
from portal.people.models import Sex
from portal.volunteers.models import LeaveReason, SkillKind, Volunteer
from portal.volunteers.roster_words import Times


def roster(statement: Any) -> ListFile:
    """The volunteers of a list, what each can do and when."""
    times, comma, sexes, reasons = Times(), _(", "), words(Sex.labels()), words(LeaveReason.labels())

    def line(row: Volunteer) -> list[Any]:
        person = row.person
        return [
            person.name, sexes.get(person.sex or ""), row.association.display_name,
            row.group.name if row.group else None, comma.join(named(row, SkillKind.SKILL)),
            comma.join(named(row, SkillKind.INTEREST)), times.of(row),
            person.masked_phone, row.started_on, row.term_end_on, row.ended_on, reasons.get(row.end_reason or ""),
        ]  # fmt: skip

    headings = [
        _("Name"), _("Sex"), _("Association"), _("Group"), _("Skills"), _("Kinds of service"), _("Time available"),
        _("Phone"), pgettext("volunteer", "Since"), _("Term until"), pgettext("volunteer", "Ended on"),
        pgettext("volunteer", "Reason of the end"),
    ]  # fmt: skip
    return ListFile(pgettext("volunteers", "Roster"), headings, statement, each(line))


def named(row: Volunteer, kind: SkillKind) -> list[str]:
    """What a volunteer can do, or would like to do, in the order of the federation's list."""
    held = sorted((one.skill for one in row.abilities if one.skill.kind == kind), key=lambda one: one.position)
    return [skill.name for skill in held]
