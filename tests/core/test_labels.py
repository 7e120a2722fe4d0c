"""A member of a closed list is its value and carries its label in the reader's language."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from flask_babel import force_locale

from portal.core.forms import choices
from portal.core.i18n import lazy, lazy_pgettext
from portal.core.labels import Labelled

pytestmark = pytest.mark.engines("sqlite")  # no database has a part in it


class Answer(Labelled):
    YES = "yes", lazy("Yes")
    ACTIVE = "active", lazy_pgettext("membership", "Active")


def test_a_member_is_its_value() -> None:
    assert Answer("yes") is Answer.YES
    assert Answer.YES == "yes"
    assert {str(Answer.YES), f"{Answer.YES}", Answer.YES.value} == {"yes"}
    assert json.dumps({"answer": Answer.YES}) == '{"answer": "yes"}'
    assert "yes" in set(Answer)
    assert {"yes": 1}[Answer.YES] == 1
    assert list(Answer) == ["yes", "active"]


def test_a_word_that_is_not_in_the_list_is_refused() -> None:
    with pytest.raises(ValueError, match="perhaps"):
        Answer("perhaps")


def test_the_label_is_in_the_readers_language(app: Flask) -> None:
    with app.test_request_context():
        for language, label in (("en", "Active"), ("zh_Hans", "在会")):
            with force_locale(language):
                assert Answer.ACTIVE.label == label
                assert str(Answer.labels()["active"]) == label


def test_the_labels_are_the_choices_of_a_field(app: Flask) -> None:
    with app.test_request_context(), force_locale("en"):
        offered = [(one.value, str(one.label)) for one in choices(Answer.labels())]
    assert offered == [("yes", "Yes"), ("active", "Active")]
