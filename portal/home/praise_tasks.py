"""What waits about commendations: words to answer, nominees who are silent, certificates that nobody has received,
and, for leaders of groups, calls in which they may speak.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Select, func, select

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.commendations import nomination_queries, queries
from portal.commendations.models import CommendationCall
from portal.commendations.suggesting import led_groups
from portal.core.calendar import today, working_days_between
from portal.core.formats import date_short, local
from portal.core.i18n import _, ngettext
from portal.honours import waiting

# Working days left, title, detail, page, action.
Line = tuple[int | None, str, str, tuple[str, dict[str, Any]], str]


def questions(account: Account, association: Association) -> dict[str, Select[Any]]:
    """What is counted for whoever puts forward, and for whoever leads a group."""
    asked = nomination_queries.questions(account, association)
    asked |= waiting.questions(account, association, today(association.time_zone))
    if led_groups(account, association):
        day = today(association.time_zone)
        above = CommendationCall.association_id.in_(association.path_ids)
        open_now = (above, CommendationCall.by_groups, queries.taking(day))
        asked |= {
            "calls_for_groups": select(func.count()).select_from(CommendationCall).where(*open_now),
            "calls_until": select(func.min(CommendationCall.closes_on)).where(*open_now),
        }
    return asked


def lines(found: Mapping[str, Any], association: Association) -> Iterator[Line]:
    if count := found.get("suggestions"):
        title = ngettext("%(num)d suggestion to answer", "%(num)d suggestions to answer", count)
        since = date_short(local(found["suggestions_since"], association.time_zone).date())
        detail = _("Put them forward, or answer why not. The oldest came on %(day)s.", day=since)
        yield None, title, detail, ("commendations.suggestions", {"state": "waiting"}), _("Answer")
    if count := found.get("consents_waiting"):
        title = ngettext("%(num)d nominee has not answered", "%(num)d nominees have not answered", count)
        detail = _("Nobody is chosen without consent: ask them, or enter what they signed.")
        yield None, title, detail, ("commendations.nominations", {"consent": "waiting"}), _("Open")
    if count := found.get("honours_waiting"):
        title = ngettext(
            "%(num)d certificate of honour not handed over", "%(num)d certificates of honour not handed over", count
        )
        detail = _("Decided more than 30 days ago.")
        yield None, title, detail, ("honours.office_list", {"state": "waiting"}), _("Hand over")
    if count := found.get("calls_for_groups"):
        title = ngettext("%(num)d call takes words from groups", "%(num)d calls take words from groups", count)
        until = found["calls_until"]
        detail = _("Say whom of your group you think of, until %(day)s.", day=date_short(until))
        left = working_days_between(today(association.time_zone), until)
        yield left, title, detail, ("commendations.for_a_group", {}), _("Speak for somebody")
