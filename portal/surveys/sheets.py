"""The sheet that is filled in, as a form and as it is shown to be checked: the same by code, by account, on paper."""

from __future__ import annotations

from typing import Any

from portal.core.formats import percent
from portal.core.i18n import _
from portal.surveys.answering import name_of
from portal.surveys.blueprint import blueprint
from portal.surveys.forms import sheet_form
from portal.surveys.models import QuestionKind, Survey, SurveyQuestion
from portal.surveys.results import Satisfaction, rate


def form_of(survey: Survey, *, with_code: bool) -> Any:
    """A form with a field for each question, filled in with what was sent."""
    asked = [(name_of(one), one.kind, one.text, _offered(one)) for one in survey.questions]
    return sheet_form(asked, with_code=with_code)()


def said(survey: Survey, form: Any) -> dict[str, Any]:
    """What was answered, by the names of the fields."""
    return {name_of(one): form[name_of(one)].data for one in survey.questions}


def rows(survey: Survey, form: Any) -> list[dict[str, Any]]:
    """Each question with the words of its answer, to be checked."""
    found = []
    for question in survey.questions:
        value = form[name_of(question)].data or ""
        if value and question.kind != QuestionKind.TEXT:
            value = dict(_offered(question))[value]
        found.append({"label": question.text, "value": value or _("no answer")})
    return found


def _offered(question: SurveyQuestion) -> list[tuple[str, Any]]:
    if question.kind == QuestionKind.SATISFACTION:
        return list(Satisfaction.labels().items())
    return [(str(number), choice) for number, choice in enumerate(question.choices)]


@blueprint.app_template_global("appraisal_bars")
def bars(question: dict[str, Any]) -> list[tuple[str, int, str]]:
    """The answers to a question for a chart: the words, how many, and how many with their share of all who said."""
    labels = dict(Satisfaction.labels())
    found = []
    for key, count in question["counts"].items():
        label = labels.get(key) or question["choices"][int(key)]
        share = "" if key == Satisfaction.UNKNOWN else f" · {percent(count, question['base'])}"
        found.append((str(label), count, f"{count}{share}"))
    return found


blueprint.app_template_global("appraisal_rate")(rate)
