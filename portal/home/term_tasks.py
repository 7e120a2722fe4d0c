"""What comes to its end: appraisals that are over, terms of office, levies to be paid to those above."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, func, select

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core.calendar import today, working_days_between
from portal.core.formats import date_short
from portal.core.i18n import _, ngettext
from portal.levy.models import Levy, LevyShare
from portal.levy.queries import OWED
from portal.offices.access import can
from portal.offices.models import Term
from portal.surveys.models import Survey, SurveyState

SOON = timedelta(days=60)  # an election is prepared for about so long
# Working days left, title, detail, page, action.
Line = tuple[int | None, str, str, tuple[str, dict[str, Any]], str]


def questions(account: Account, association: Association) -> dict[str, Select[Any]]:
    """What is counted for whoever runs appraisals, hands on offices, and pays."""
    asked: dict[str, Select[Any]] = {}
    day = today(association.time_zone)
    if can(account, "surveys.run", association):
        over = (Survey.association_id == association.id, Survey.state == SurveyState.OPEN, Survey.closes_on < day)
        asked["surveys_over"] = select(func.count()).select_from(Survey).where(*over)
    if can(account, "appointments.grant", association):
        ending = (Term.association_id == association.id, Term.end_on.between(day, day + SOON))
        asked["terms_ending"] = select(func.count()).select_from(Term).where(*ending)
        asked["terms_until"] = select(func.min(Term.end_on)).where(*ending)
    if can(account, "dues.record", association, whole=True):
        owed = (LevyShare.association_id == association.id, *OWED)
        asked["levies"] = select(func.count()).select_from(LevyShare).where(*owed)
        asked["levies_until"] = select(func.min(Levy.due_on)).join(LevyShare.levy).where(*owed)
    return asked


def lines(found: Mapping[str, Any], association: Association) -> Iterator[Line]:
    day = today(association.time_zone)
    if count := found.get("surveys_over"):
        title = ngettext("%(num)d appraisal is over", "%(num)d appraisals are over", count)
        detail = _("Close it, look at the results, publish them.")
        yield None, title, detail, ("surveys.office_list", {}), _("Open")
    if count := found.get("terms_ending"):
        left = working_days_between(day, found["terms_until"])
        title = ngettext("%(num)d term of office ends soon", "%(num)d terms of office end soon", count)
        yield left, title, _("Prepare the election, then open the next term."), ("offices.terms", {}), _("Open")
    if count := found.get("levies"):
        until = found["levies_until"]
        left = working_days_between(day, until)
        title = ngettext("%(num)d levy to pay", "%(num)d levies to pay", count)
        detail = _("The next by %(day)s.", day=date_short(until))
        yield (min(left, -1) if until < day else left), title, detail, ("levy.levies", {}), _("Open")
