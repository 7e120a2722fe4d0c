"""One walk through the furnished federation: every form that anybody meets, and what the pages are like before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from werkzeug.test import TestResponse

from tests.access.forms import FoundForm, forms_of
from tests.access.furnished import STARTS, clients, furnish
from tests.access.steps import forms_behind
from tests.harness.cast import Cast
from tests.harness.client import PortalClient

# Whoever has pages of their own comes first: what has been seen twice is left to nobody else.
ORDER = ("member", "visitor", "secretary", "administrator")


@dataclass
class Walk:
    """Who walked, the addresses that no link leads to, and the forms by what they post to, each with its sender."""

    visitors: dict[str, PortalClient]
    beyond: list[str]
    forms: dict[str, tuple[PortalClient, FoundForm]]

    def starts(self, role: str) -> list[str]:
        return [*STARTS[role], *(self.beyond if role == "secretary" else ())]


def walk(app: Any, cast: Cast, look: Callable[[str, TestResponse], Any] | None = None) -> Walk:
    """Furnish the federation and go through it; `look` is shown every page on the way."""
    beyond, visitors, visits = furnish(cast), clients(app, cast), Counter[str]()
    walked = Walk(visitors, beyond, {})
    for role in ORDER:
        for endpoint, form in forms_of(app, visitors[role], walked.starts(role), look, visits).items():
            walked.forms.setdefault(endpoint, (visitors[role], form))
    walked.forms = forms_behind(app, cast, visitors, look) | walked.forms
    return walked
