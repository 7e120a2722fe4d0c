"""The questions at /volunteer that /join does not ask: what somebody can do, would like to do, and when."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, SelectMultipleField, TextAreaField
from wtforms.validators import Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from portal.applications.questions import (
    AssociationForm,
    BirthForm,
    ConsentsForm,
    ContactForm,
    GuardianForm,
    IdentityForm,
    NameForm,
    ResidenceForm,
)
from portal.core.forms import BaseForm, Required, choices
from portal.core.i18n import lazy
from portal.volunteers.models import DayPart
from portal.volunteers.registering import LONGEST_NOTE

WEEKDAYS = {
    0: lazy("Monday"),
    1: lazy("Tuesday"),
    2: lazy("Wednesday"),
    3: lazy("Thursday"),
    4: lazy("Friday"),
    5: lazy("Saturday"),
    6: lazy("Sunday"),
}


class SeveralField(SelectMultipleField):
    """Some of several, each with a box to tick; none is an answer too."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class TimesField(SeveralField):
    """Parts of weekdays, drawn as a table of seven rows: values are like 5-morning."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        parts = DayPart.labels()
        words = [(f"{day}-{part}", name, word) for day, name in WEEKDAYS.items() for part, word in parts.items()]
        kwargs["choices"] = choices((value, f"{name} {word}") for value, name, word in words)
        super().__init__(*args, **kwargs)

    def pairs(self) -> list[tuple[int, str]]:
        """What was ticked, as the register keeps it."""
        return [(int(value[0]), value[2:]) for value in self.data or []]


class SkillsForm(BaseForm):
    skills = SeveralField(lazy("Skills"))


class InterestsForm(BaseForm):
    interests = SeveralField(lazy("Kinds of service"))


class TimesForm(BaseForm):
    times = TimesField(lazy("When do you have time?"))
    note = TextAreaField(
        lazy("What else should we know about your skills or your time?"), [Optional(), Length(max=LONGEST_NOTE)]
    )


class OfferForm(SkillsForm, InterestsForm):
    """What a volunteer changes alone."""

    times = TimesField(lazy("When do you have time?"))


class VolunteerConsentsForm(ConsentsForm):
    """The same consents as a member's, each by itself; without the first nobody can become a volunteer."""

    register = BooleanField(
        lazy("I have read the privacy notice and agree that the association keeps my record"),
        [Required(lazy("Without this consent nothing may be recorded, and nobody can become a volunteer."))],
    )


class VolunteerGuardianForm(GuardianForm):
    guardian_agrees = BooleanField(
        lazy("I am the guardian, and I agree to this registration"),
        [Required(lazy("Without a guardian's consent a child cannot register."))],
    )


QUESTIONS: dict[str, type[BaseForm]] = {
    "association": AssociationForm,
    "name": NameForm,
    "identity": IdentityForm,
    "birth": BirthForm,
    "contact": ContactForm,
    "residence": ResidenceForm,
    "guardian": VolunteerGuardianForm,
    "skills": SkillsForm,
    "interests": InterestsForm,
    "times": TimesForm,
    "consents": VolunteerConsentsForm,
}
OWN = ("association", "skills", "interests", "times", "consents")  # the others look as at /join

__all__ = ["OWN", "QUESTIONS", "WEEKDAYS", "SeveralField", "TimesField"]
