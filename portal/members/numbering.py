"""A federation settles how something is numbered: first one looks at the next numbers, then it is settled.

Members are numbered so, and in a room above this one what is published.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import request
from flask_login import current_user

from portal.associations.models import Association
from portal.associations.topmost import topmost
from portal.core import web
from portal.core.audit import Actor
from portal.core.database import db
from portal.core.errors import RuleError
from portal.members.forms import SchemeForm
from portal.members.kind_queries import list_examples
from portal.members.numbers import Scheme

PAGE = "members/number_scheme.html"


@dataclass(frozen=True, kw_only=True)
class Numbering:
    """What is numbered: its rules, its words, and the page that shows how it is now."""

    scheme_of: Callable[[Association], Scheme]
    checked: Callable[[str, int], Scheme]
    next_number: Callable[[Association, Scheme], str]
    set_scheme: Callable[[Actor, Association, str, int], None]
    title: Any
    promise: Any
    hint: Any
    coming: Any
    done: Any
    back: str

    def page(self) -> Any:
        """The pattern and the digits."""
        root, form = topmost(), SchemeForm()
        now = self.scheme_of(root)
        if not form.is_submitted():
            form.pattern.data, form.digits.data = now
        context = {"words": self, "now": now, "given": self.examples(root, now), "examples": None}
        if not form.validate_on_submit():
            return web.form_page(PAGE, form, **context)
        try:
            said = self.checked(str(form.pattern.data), form.digits.data or 0)
            if request.form.get("settle") != "yes":
                return web.page(PAGE, form=form, **{**context, "examples": self.examples(root, said)})
            self.set_scheme(current_user, root, *said)
        except RuleError as error:
            return web.refused(PAGE, form, error, **context)
        db.session.commit()
        return web.go(self.back, self.done)

    def examples(self, root: Association, scheme: Scheme) -> list[tuple[str, str]]:
        """The next number at some associations."""
        return [(place.display_name, self.next_number(place, scheme)) for place in list_examples(root)]
