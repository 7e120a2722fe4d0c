"""A dossier in words: what its page, its sheet and its workbook say alike."""

from __future__ import annotations

from typing import Any

from portal.core.formats import date_long
from portal.core.i18n import _, pgettext
from portal.dossiers.models import Grade
from portal.dossiers.queries import Dossier
from portal.people.models import Sex
from portal.volunteers.models import SkillKind
from portal.volunteers.roster_words import Times

# So many of each stand on the sheet, which is one page: the latest.
MOST = {"years": 4, "service": 7, "training": 3, "awards": 2, "stars": 1, "evaluations": 2}
TONES = {Grade.EXCELLENT: "green", Grade.GOOD: "green", Grade.SATISFACTORY: "blue", Grade.UNSATISFACTORY: "amber"}


def basic_data(dossier: Dossier) -> list[tuple[str, str]]:
    """What a registration holds, in the order of the measures; the identity number and the phone masked."""
    person, comma = dossier.person, pgettext("between names", ", ")
    contact = [value for value in (person.masked_phone, person.email) if value]
    return [
        (_("Name"), person.name),
        (_("Sex"), Sex(person.sex).label if person.sex else ""),
        (_("Date of birth"), date_long(person.birth_on) if person.birth_on else ""),
        (_("Identity number"), person.masked_identity),
        (_("Area of residence"), person.residence),
        (_("Contact"), comma.join(contact)),
        (_("Skills"), comma.join(dossier.abilities(SkillKind.SKILL))),
        (_("Kinds of service"), comma.join(dossier.abilities(SkillKind.INTEREST))),
        (_("Free time"), Times().say(dossier.times)),
    ]


def context_of(dossier: Dossier) -> dict[str, Any]:
    """What the templates show."""
    grades = {str(grade): (grade.label, TONES[grade]) for grade in Grade}
    return {"dossier": dossier, "data": basic_data(dossier), "grades": grades, "most": MOST}
