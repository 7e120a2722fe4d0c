"""Appraisals and their results as rows of a sheet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portal.core.downloads import ListFile, each, words
from portal.core.formats import percent
from portal.core.i18n import _, pgettext
from portal.surveys.models import QuestionKind, SurveyState
from portal.surveys.results import Satisfaction, rate


def surveys(statement: Any) -> ListFile:
    """The office's list."""
    labels = words(SurveyState.labels())

    def lines(found: Any, _session: Any) -> Any:
        for survey, answered in found:
            days = (survey.opens_on, survey.closes_on)
            yield [survey.title, labels[survey.state], *days, survey.asked, answered]

    headings = [
        pgettext("appraisal", "Title"), _("State"), pgettext("appraisal", "First day"),
        pgettext("appraisal", "Last day"), _("Asked"), _("Answered"),
    ]  # fmt: skip
    return ListFile(_("Appraisals"), headings, statement, lines)


def hand_out(statement: Any) -> ListFile:
    """Who is to get a sheet, to be ticked off and signed; which sheet is nobody's business."""
    headings = [_("Name"), _("Association"), _("Signature")]
    return ListFile(_("Members to hand a sheet to"), headings, statement, each(lambda row: [row.name, row.place, ""]))


def results(title: str, found: Mapping[str, Any]) -> ListFile:
    """Question, group, answer, number, base, share; what is hidden says so."""
    lines: list[list[Any]] = [
        [_("Asked"), None, None, found["asked"], None, None],
        [_("Answered"), None, None, found["answered"], found["asked"], percent(found["answered"], found["asked"])],
    ]
    if by := found.get("asked_by"):
        ways = ((_("Asked by their account"), by["accounts"]), (_("Asked by a printed code"), by["codes"]))
        lines[1:1] = [[words_, None, None, count, found["asked"], None] for words_, count in ways]
    for question in found["questions"]:
        lines += _question(question)
    headings = [
        _("Question"),
        pgettext("appraisal", "Group"),
        pgettext("appraisal", "Answer"),
        pgettext("appraisal", "Number"),
    ]
    return ListFile(title, [*headings, _("Base"), _("Share")], lines)


def _question(question: Mapping[str, Any]) -> list[list[Any]]:
    text, base = question["text"], question["base"]
    if question["kind"] == QuestionKind.TEXT:
        return [[text, None, words_, None, base, None] for words_ in question["texts"]] or [
            [text, None, None, None, base, None]
        ]
    if question["counts"] is None:
        return [[text, None, _("too few answers to be shown"), None, None, None]]
    named = _names(question)
    found = [
        [text, None, named[key], count, base, None if key == Satisfaction.UNKNOWN else percent(count, base)]
        for key, count in question["counts"].items()
    ]
    if question["kind"] == QuestionKind.SATISFACTION:
        content, said = rate(question)
        found.append([text, None, _("Satisfaction rate"), content, said, percent(content, said)])
        found += [_group(text, group) for group in question["groups"]]
    return found


def _group(text: str, group: Mapping[str, Any]) -> list[Any]:
    if group["base"] is None:
        return [text, group["name"], _("too few answers to be shown"), None, None, None]
    share = percent(group["content"], group["base"])
    return [text, group["name"], _("Satisfaction rate"), group["content"], group["base"], share]


def _names(question: Mapping[str, Any]) -> dict[str, str]:
    if question["kind"] == QuestionKind.SATISFACTION:
        return words(Satisfaction.labels())
    return {str(number): choice for number, choice in enumerate(question["choices"])}
