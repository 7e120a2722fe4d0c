"""How the federation numbers what is published: looked at first, then settled."""

from __future__ import annotations

from typing import Any

from portal.associations.list_desk import MANAGE
from portal.core.access import requires
from portal.core.i18n import lazy
from portal.members.numbering import Numbering
from portal.notices import index_numbers
from portal.notices.blueprint import blueprint

NUMBERING = Numbering(
    scheme_of=index_numbers.scheme_of,
    checked=index_numbers.checked,
    next_number=index_numbers.next_number,
    set_scheme=index_numbers.set_scheme,
    title=lazy("Index numbers of notices"),
    promise=lazy(
        "What is published gets the next number of this pattern. Numbers that were given never change, and no number"
        " comes twice."
    ),
    hint=lazy(
        "Write {code} where the association’s code belongs, {year} for the year of publication, {serial} for the"
        " running number."
    ),
    coming=lazy("The next notices would get these numbers:"),
    done=lazy("What is published from now on is numbered so."),
    back="notices.manage_subjects",
)


@blueprint.route("/office/<code>/index-numbers", methods=["GET", "POST"])
@requires(MANAGE)
def index_scheme(code: str) -> Any:
    return NUMBERING.page()
