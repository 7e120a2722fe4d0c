"""The list as a file: the rows and columns that the page shows; numbers in clear only where they were asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy.orm import Session, defaultload

from portal.core import access
from portal.core.calendar import today
from portal.core.downloads import ListFile, each, words
from portal.core.i18n import _, pgettext
from portal.members.models import Membership
from portal.people.models import AffiliationKind, Person
from portal.people.queries import MASKED
from portal.register.columns import COLUMNS, Words, values
from portal.register.figures import Figures
from portal.register.queries import count_covered
from portal.register.words import band_label

CLEAR = ("identity_number", "phone")  # only through a reason that is kept, see services.reveal_all


def members(statement: Any, columns: Sequence[str]) -> ListFile:
    """The memberships of a list, in the columns chosen."""
    lines = partial(_portion, columns=("name", *columns), words=Words(), day=today())
    masked = statement.options(defaultload(Membership.person).options(*MASKED))
    return ListFile(_("Members"), _headings(columns), masked, lines)


def members_in_clear(found: Sequence[Membership], columns: Sequence[str], clear: Sequence[str]) -> ListFile:
    """Few memberships at once, with numbers in clear at the end of each line."""
    shown = ("name", *_kept(columns, clear))
    rows = _lines(found, count_covered(found), shown, Words(), today())
    lines = [row + [getattr(one.person, name) for name in clear] for row, one in zip(rows, found, strict=True)]
    return ListFile(_("Members"), _headings(columns, clear), lines)


def _headings(columns: Sequence[str], clear: Sequence[str] = ()) -> list[str]:
    """The name and the chosen columns; numbers in clear stand at the end."""
    words = {"identity_number": _("Identity number"), "phone": _("Phone")}
    return [_("Name"), *(str(COLUMNS[name]) for name in _kept(columns, clear)), *(words[name] for name in clear)]


def _kept(columns: Sequence[str], clear: Sequence[str]) -> list[str]:
    """A column that stands in clear at the end does not stand masked before."""
    return [name for name in columns if name not in clear]


def _portion(found: Sequence[Membership], session: Session, **shown: Any) -> Iterator[list[Any]]:
    return _lines(found, count_covered(found, session), **shown)


def _lines(
    found: Sequence[Membership], covered: Mapping[int, int], columns: Sequence[str], words: Words, day: date
) -> Iterator[list[Any]]:
    for row in found:
        shown = values(row, covered.get(row.id, 0), words, day)
        yield [shown[name] for name in columns]


def everybody(statement: Any, kind: str = "") -> ListFile:
    """Everybody whose record is held (as `kind`, if one is given): as what, in which groups, the phone masked."""
    kinds, comma, sees = words(AffiliationKind.labels()), _(", "), access.sight()

    def line(person: Person) -> list[str]:
        live = [held for held in person.affiliations if held.is_live and sees(held)]
        groups = dict.fromkeys(held.group.name for held in live if held.group)
        return [person.name, comma.join(kinds[held.kind] for held in live), comma.join(groups), person.masked_phone]

    headings = [_("Name"), _("Registered as"), _("Group"), _("Phone")]
    title = {"volunteer": _("Volunteers"), "officer": _("Officers")}.get(kind, _("Register"))
    return ListFile(title, headings, statement.options(*MASKED), each(line))


def figures(found: Figures) -> ListFile:
    """All figures as one long table: what is counted, of what, how many."""
    of_month = {
        "members": _("Members at the end"),
        "joined": pgettext("figures", "Joined"), "left": pgettext("figures", "Left"),
        "moved_in": _("Moved in"), "moved_out": _("Moved out"),
    }  # fmt: skip
    rows: list[list[Any]] = [[_("By association"), place.name, place.members] for place in found.places]
    for name, label in of_month.items():
        rows += [[label, f"{month.first:%Y-%m}", getattr(month, name)] for month in found.months]
    rows += [[_("By age"), str(band_label(name)), number] for name, number in found.ages.items()]
    rows += [[_("By kind"), name, number] for name, number in found.kinds]
    headings = [pgettext("figures", "Figure"), pgettext("figures", "Of"), pgettext("figures", "Number")]
    return ListFile(_("Figures of the register"), headings, rows)
